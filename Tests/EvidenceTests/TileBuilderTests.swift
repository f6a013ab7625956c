import Bytes
import Crypto
import Evidence
import Testing

@Suite struct `A builder of tiles` {
    @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 512, 1_000, 65_535, 65_536, 65_537, 66_000])
    func `hands out every tile of the log, and knows its root`(count: Int) throws {
        var leaves = Leaves(count: count)
        var hasher = TreeHasher()
        var builder = TileBuilder()
        var made: [String: [UInt8]] = [:]
        for leaf in leaves.hashes {
            for (tile, bytes) in builder.append(leaf, with: &hasher) {
                #expect(made[tile.path] == nil, "\(tile.path) twice")
                made[tile.path] = bytes
            }
        }
        for (tile, bytes) in builder.partialTiles { made[tile.path] = bytes }
        var expected: [String: [UInt8]] = [:]
        for tile in TileGrowth(from: 0, to: UInt64(count)) where tile.row != .entries {
            expected[tile.path] = try tile.contents(from: &leaves)
        }
        #expect(made == expected)
        #expect(builder.frontier.root == leaves.root(of: count))
    }

    @Test func `goes on from what it wrote`() throws {
        let leaves = Leaves(count: 700)
        var hasher = TreeHasher()
        var builder = TileBuilder()
        for (index, leaf) in leaves.hashes.enumerated() {
            if index % 97 == 0 { builder = try TileBuilder(encoded: builder.encoded.span) }
            _ = builder.append(leaf, with: &hasher)
            let last = builder.edgeHash(level: 0, index: UInt64(index))
            #expect(last == ((index + 1) % 256 == 0 ? nil : leaf))
        }
        #expect(builder.frontier.root == leaves.root(of: 700))
        #expect(builder.edgeHash(level: 0, index: 700) == nil)
        #expect(builder.edgeHash(level: 0, index: 511) == nil)
        #expect(builder.edgeHash(level: 8, index: 0) == nil)
        let level1 = builder.edgeHash(level: 1, index: 1)
        #expect(level1 == Leaves.root(leaves.hashes[256..<512]))
    }

    @Test func `refuses what was cut short`() throws {
        var hasher = TreeHasher()
        var builder = TileBuilder()
        for leaf in Leaves(count: 300).hashes { _ = builder.append(leaf, with: &hasher) }
        let bytes = builder.encoded
        for count in [0, 7, 8, 100, bytes.count - 32, bytes.count - 1] {
            let cut = Array(bytes.prefix(count))
            #expect(code { _ = try TileBuilder(encoded: cut.span) } == .truncated, "\(count)")
        }
        #expect(code { _ = try TileBuilder(encoded: (bytes + [0]).span) } == .truncated)
    }
}
