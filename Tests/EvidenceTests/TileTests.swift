import Bytes
import Crypto
import Evidence
import Testing

@Suite struct `A tile` {
    static let paths: [(Tile, String)] = [
        (Tile(.hashes(level: 0), 0), "tile/0/000"),
        (Tile(.hashes(level: 0), 999), "tile/0/999"),
        (Tile(.hashes(level: 0), 1_000), "tile/0/x001/000"),
        (Tile(.hashes(level: 3), 1_234_067), "tile/3/x001/x234/067"),
        (Tile(.hashes(level: 63), 5, width: 1), "tile/63/005.p/1"),
        (Tile(.hashes(level: 1), 1_234, width: 255), "tile/1/x001/234.p/255"),
        (Tile(.entries, 0), "tile/entries/000"),
        (Tile(.entries, 1, width: 44), "tile/entries/001.p/44"),
        (Tile(.entries, .max), "tile/entries/x018/x446/x744/x073/x709/x551/615"),
    ]

    @Test func `lies at the path that tlog-tiles gives it`() throws {
        for (tile, path) in Self.paths {
            #expect(tile.path == path)
            let read = try Tile(path: path)
            #expect(read == tile)
        }
    }

    @Test(arguments: [
        "", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/0000", "tile/0/x000",
        "tile/0/x000/000", "tile/0/001/000", "tile/0/x01/000", "tile/00/000", "tile/64/000",
        "tile/-1/000", "tile/+1/000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/+1", "tile/0/000/1", "/tile/0/000",
        "tile/0/000/", "tile//000", "tile/data/000", "tile/entries", "tile/entries/x999",
        "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/000.p/1/1", "tiles/0/000",
        "tile/0/x001/x234/x067", "checkpoint",
    ])
    func `refuses any other path`(path: String) {
        #expect(code { _ = try Tile(path: path) } == .malformed)
    }

    @Test func `is made full once, and partial at the edge of each level that grew`() {
        func paths(_ old: UInt64, _ new: UInt64) -> [String] {
            TileGrowth(from: old, to: new).map(\.path)
        }
        #expect(paths(0, 0) == [])
        #expect(paths(5, 5) == [])
        #expect(paths(0, 1) == ["tile/entries/000.p/1", "tile/0/000.p/1"])
        #expect(paths(0, 256) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"])
        #expect(paths(255, 256) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"])
        #expect(paths(256, 257) == ["tile/entries/001.p/1", "tile/0/001.p/1"])
        #expect(
            paths(0, 300) == [
                "tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44",
                "tile/1/000.p/1",
            ])
        #expect(
            paths(300, 520) == [
                "tile/entries/001", "tile/entries/002.p/8", "tile/0/001", "tile/0/002.p/8",
                "tile/1/000.p/2",
            ])
        let large = Array(TileGrowth(from: 0, to: 70_000))
        func widths(_ level: Int) -> [Int] {
            large.filter { $0.row == .hashes(level: level) }.map(\.width)
        }
        #expect(widths(0) == [Int](repeating: 256, count: 273) + [112])
        #expect(widths(1) == [256, 17])
        #expect(widths(2) == [1])
        #expect(widths(3) == [])
        let carried = Array(TileGrowth(from: (1 << 56) - 1, to: 1 << 56))
        #expect(carried.map(\.width) == [256, 256, 256, 256, 256, 256, 256, 256, 1])
        let indices = carried.map(\.index)
        let first: [UInt64] = [0xFFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF, 0xFF_FFFF_FFFF]
        #expect(Array(indices.prefix(3)) == first)
        #expect(Array(indices.suffix(3)) == [255, 0, 0])
        let last = Array(TileGrowth(from: Frontier.countMax - 1, to: Frontier.countMax))
        #expect(last.map(\.width) == [255, 255])
    }

    @Test func `of a growth in steps is what a growth at once makes`() {
        var chance = SeededGenerator(state: 11)
        for _ in 0..<200 {
            var sizes = [0, UInt64.random(in: 1...200_000, using: &chance)]
            for _ in 0..<Int.random(in: 0...5, using: &chance) {
                sizes.append(UInt64.random(in: 0...sizes[1], using: &chance))
            }
            sizes.sort()
            var full: [Tile: Int] = [:]
            var edges: Set<Tile> = []
            for (old, new) in zip(sizes, sizes.dropFirst()) {
                for tile in TileGrowth(from: old, to: new) {
                    // The edge of a row is replaced by what has grown there.
                    edges = edges.filter { $0.row != tile.row || $0.index > tile.index }
                    if tile.isFull { full[tile, default: 0] += 1 } else { edges.insert(tile) }
                }
            }
            let atOnce = Array(TileGrowth(from: 0, to: sizes[sizes.count - 1]))
            #expect(Set(full.keys) == Set(atOnce.filter(\.isFull)))
            #expect(edges == Set(atOnce.filter { !$0.isFull }))
            #expect(full.values.allSatisfy { $0 == 1 })
        }
    }
}

@Suite struct `Hashes in tiles` {
    @Test(arguments: [1, 2, 255, 256, 257, 300, 511, 512, 1_000, 65_536, 66_000])
    func `are those of the log, and lead to its proofs`(count: Int) throws {
        var leaves = Leaves(count: count)
        var files: [String: [UInt8]] = [:]
        for tile in TileGrowth(from: 0, to: UInt64(count)) where tile.row != .entries {
            files[tile.path] = try tile.contents(from: &leaves)
        }
        var tiles = Self.tiles(count, files)
        let root = try tiles.root(of: UInt64(count))
        #expect(root == leaves.root(of: count))
        for index in Set([0, count / 2, count - 1]) {
            let proof = try InclusionProof(
                index: UInt64(index), size: UInt64(count), from: &tiles)
            try proof.verify(leaf: leaves.hashes[index], root: root)
        }
        let old = max(1, count / 3)
        try ConsistencyProof(from: UInt64(old), to: UInt64(count), from: &tiles)
            .verify(oldRoot: leaves.root(of: old), newRoot: root)
    }

    @Test func `are refused when a tile is too short, too long or not there`() throws {
        let log = try SampleLog(count: 300)
        let files = try log.files()
        for (path, bytes) in files where path.hasPrefix("tile/") && !path.contains("entries") {
            for altered in [Array(bytes.dropLast()), bytes + [0], Array(bytes.dropLast(32)), []] {
                var damaged = files
                damaged[path] = altered
                var tiles = Self.tiles(300, damaged)
                let tile = try Tile(path: path)
                guard case .hashes(let level) = tile.row else { continue }
                let index = tile.index * 256
                #expect(
                    code { _ = try tiles.stored(level: level, index: index) } == .truncated,
                    "\(path) with \(altered.count) bytes")
            }
            var missing = files
            missing[path] = nil
            var tiles = Self.tiles(300, missing)
            #expect(
                code {
                    for index in 0..<300 as Range<UInt64> {
                        _ = try tiles.stored(level: 0, index: index)
                    }
                    _ = try tiles.stored(level: 1, index: 0)
                } == .missing)
        }
    }

    @Test func `are refused beyond the end of the log`() throws {
        var tiles = Self.tiles(300, try SampleLog(count: 300).files())
        _ = try tiles.stored(level: 0, index: 299)
        #expect(code { _ = try tiles.stored(level: 0, index: 300) } == .outOfRange)
        #expect(code { _ = try tiles.stored(level: 1, index: 1) } == .outOfRange)
        #expect(code { _ = try tiles.stored(level: 8, index: 0) } == .outOfRange)
    }

    @Test func `of which one is altered lead to another root`() throws {
        let files = try SampleLog(count: 300).files()
        var whole = Self.tiles(300, files)
        let root = try whole.root(of: 300)
        for (path, bytes) in files where path.hasPrefix("tile/") && !path.contains("entries") {
            // The full tile of leaves is not read for the root: the hash above stands for it.
            guard path != "tile/0/000" else { continue }
            for place in bytes.indices {
                var altered = files
                altered[path]?[place] ^= 0x10
                var tiles = Self.tiles(300, altered)
                let other = try tiles.root(of: 300)
                #expect(other != root, "\(path), byte \(place)")
            }
        }
    }

    static func tiles(_ size: Int, _ files: [String: [UInt8]]) -> TileHashes {
        TileHashes(size: UInt64(size)) { tile throws(EvidenceError) in
            guard let bytes = files[tile.path] else {
                throw EvidenceError(.missing, "There is no tile \(tile.path).")
            }
            return bytes
        }
    }
}

@Suite struct `A bundle of entries` {
    @Test func `gives back its records`() throws {
        let records: [[UInt8]] = [[], [1], [2, 3], [UInt8](repeating: 4, count: 65_535)]
        var bundle: [UInt8] = []
        for record in records { try EntryBundle.append(record.span, to: &bundle) }
        #expect(bundle.prefix(9) == [0, 0, 0, 1, 1, 0, 2, 2, 3])
        let tile = Tile(.entries, 0, width: 4)
        let ranges = try EntryBundle.records(in: bundle.span, of: tile)
        #expect(ranges.map { Array(bundle[$0]) } == records)
    }

    @Test func `refuses a record that is too long`() {
        var bundle: [UInt8] = []
        let record = [UInt8](repeating: 0, count: 65_536)
        #expect(code { try EntryBundle.append(record.span, to: &bundle) } == .tooLarge)
        #expect(bundle.isEmpty)
    }

    @Test func `refuses to be cut short, to be longer or to be of another width`() throws {
        var bundle: [UInt8] = []
        for number in 0..<3 as Range<UInt8> {
            try EntryBundle.append([number, number].span, to: &bundle)
        }
        let tile = Tile(.entries, 0, width: 3)
        for count in 0..<bundle.count {
            let cut = Array(bundle.prefix(count))
            #expect(code { _ = try EntryBundle.records(in: cut.span, of: tile) } == .truncated)
        }
        for altered in [bundle + [0], bundle + [0, 0], [0, 0] + bundle] {
            #expect(code { _ = try EntryBundle.records(in: altered.span, of: tile) } == .truncated)
        }
        let full = Tile(.entries, 0)
        #expect(code { _ = try EntryBundle.records(in: bundle.span, of: full) } == .truncated)
    }
}
