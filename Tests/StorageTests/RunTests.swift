import Bytes
import Storage
import TestSupport
import Testing

@Suite(.tags(.memory)) struct `A sorted run` {
    @Test(arguments: [0, 1, 2, 254, 255, 256, 509, 510, 511, 10_000])
    func `finds every entry and nothing else`(_ count: Int) async throws {
        try await withTemporaryFolder { folder in
            var random = SeededGenerator(seed: UInt64(count))
            let entries = makeEntries(count, &random)
            let run = try write(entries, to: folder + "/1.run")
            #expect(run.count == count)
            let expected = Dictionary(grouping: entries, by: \.hash)
            for (hash, twins) in expected {
                let found = try positions(of: hash, in: run)
                #expect(found == twins.map(\.position).sorted(), "count \(count), hash \(hash)")
            }
            for _ in 0..<2000 {
                let hash = random.next()
                let twins = (expected[hash] ?? []).map(\.position).sorted()
                #expect(try positions(of: hash, in: run) == twins, "count \(count), hash \(hash)")
            }
            for hash in [0, 1, .max - 1, .max] as [UInt64] where expected[hash] == nil {
                #expect(try positions(of: hash, in: run) == [])
            }
            #expect(try all(of: run) == entries.sorted())
        }
    }

    @Test func `finds duplicates of a hash across the borders of blocks`() async throws {
        try await withTemporaryFolder { folder in
            let hash: UInt64 = 1 << 63
            for (before, twins) in [(250, 10), (254, 2), (255, 300), (0, 600), (100, 256)] {
                var entries = (0..<before).map {
                    RunEntry(hash: UInt64($0) << 40, position: UInt64($0))
                }
                entries += (0..<twins).map { RunEntry(hash: hash, position: UInt64(1000 + $0)) }
                entries += (0..<40).map { RunEntry(hash: hash + 1 + UInt64($0), position: 5) }
                let run = try write(entries, to: folder + "/\(before)-\(twins).run")
                let expected = (0..<twins).map { UInt64(1000 + $0) }
                #expect(try positions(of: hash, in: run) == expected, "\(before) and \(twins)")
                #expect(try positions(of: hash + 1, in: run) == [5])
                #expect(try positions(of: hash - 1, in: run) == [])
            }
        }
    }

    @Test func `holds the largest hash beside its unused entries`() async throws {
        try await withTemporaryFolder { folder in
            let entries = [
                RunEntry(hash: 0, position: 0), RunEntry(hash: .max, position: 8),
                RunEntry(hash: .max, position: 9),
            ]
            let run = try write(entries, to: folder + "/1.run")
            #expect(try positions(of: .max, in: run) == [8, 9])
            #expect(try positions(of: 0, in: run) == [0])
        }
    }

    @Test func `is merged from others without loss`() async throws {
        try await withTemporaryFolder { folder in
            for seed in UInt64(1)...20 {
                var random = SeededGenerator(seed: seed)
                var all: [RunEntry] = []
                var runs: [RunFile] = []
                for number in 0..<Int.random(in: 1...8, using: &random) {
                    let count = [0, 1, 100, 255, 256, 700].randomElement(using: &random) ?? 0
                    let entries = makeEntries(count, &random)
                    runs.append(try write(entries, to: folder + "/\(seed)-\(number).run"))
                    all += entries
                }
                let path = folder + "/\(seed).run"
                try RunWriter.merge(runs, into: path)
                let merged = try RunFile(path: path)
                #expect(merged.count == all.count, "seed \(seed)")
                #expect(try StorageTests.all(of: merged) == all.sorted(), "seed \(seed)")
                for entry in all.prefix(200) {
                    let found = try positions(of: entry.hash, in: merged)
                    #expect(found.contains(entry.position), "seed \(seed)")
                }
            }
        }
    }

    @Test(arguments: [1, 300])
    func `notices every flipped bit, or answers as before`(_ count: Int) async throws {
        try await withTemporaryFolder { folder in
            var random = SeededGenerator(seed: 99)
            let entries = makeEntries(count, &random)
            let path = folder + "/1.run"
            var wrong: [Int] = []
            var noticed = 0
            _ = try write(entries, to: path)
            let whole = try Descriptor.contents(of: path)
            let asked = entries.map(\.hash).prefix(3) + (0..<3).map { _ in random.next() }
            let expected = asked.map { hash in
                entries.filter { $0.hash == hash }.map(\.position).sorted()
            }
            // Every bit of the header, the borders of blocks and the filter; a sample of the rest.
            for bit in 0..<whole.count * 8 where isTried(bit, of: whole.count) {
                var flipped = whole
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                try overwrite(path, flipped, at: bit / 8)
                do {
                    let run = try RunFile(path: path)
                    if try zip(asked, expected).contains(where: {
                        try positions(of: $0, in: run) != $1
                    }) {
                        wrong.append(bit)
                    }
                } catch let error as StorageError where error.code == .damaged {
                    noticed += 1
                }
                try overwrite(path, whole, at: bit / 8)
            }
            #expect(wrong == [], "bits that changed an answer")
            #expect(noticed > 100)
        }
    }

    @Test func `is refused as damaged when it is cut short or something else`() async throws {
        try await withTemporaryFolder { folder in
            var random = SeededGenerator(seed: 3)
            let path = folder + "/1.run"
            _ = try write(makeEntries(300, &random), to: path)
            let whole = try Descriptor.contents(of: path)
            for size in [0, 63, 4095, 4096, 8192, whole.count - 64, whole.count - 1] {
                try Descriptor.create(path, Array(whole[..<size]))
                #expect(throws: StorageError(.damaged, "")) { try RunFile(path: path) }
            }
            try Descriptor.create(path, whole + [0])
            #expect(throws: StorageError(.damaged, "")) { try RunFile(path: path) }
            #expect(throws: StorageError(.notFound, "")) { try RunFile(path: folder + "/none") }
        }
    }

    @Test func `refuses to merge from a damaged one`() async throws {
        try await withTemporaryFolder { folder in
            var random = SeededGenerator(seed: 4)
            let path = folder + "/1.run"
            _ = try write(makeEntries(600, &random), to: path)
            var damaged = try Descriptor.contents(of: path)
            damaged[4096 * 2 + 17] ^= 4
            try Descriptor.create(path, damaged)
            let run = try RunFile(path: path)
            #expect(throws: StorageError(.damaged, "")) {
                try RunWriter.merge([run], into: folder + "/2.run")
            }
            #expect(throws: StorageError(.damaged, "")) { try all(of: run) }
        }
    }
}

/// Entries in order, every tenth with the hash of the one before.
private func makeEntries(_ count: Int, _ random: inout SeededGenerator) -> [RunEntry] {
    var entries: [RunEntry] = []
    for position in 0..<UInt64(count) {
        let isTwin = position % 10 == 9
        entries.append(
            RunEntry(hash: isTwin ? entries.last?.hash ?? 0 : random.next(), position: position))
    }
    return entries.sorted()
}

private func write(_ entries: [RunEntry], to path: String) throws -> RunFile {
    var writer = try RunWriter(path: path, count: entries.count)
    for entry in entries { try writer.append(entry) }
    try writer.finish()
    return try RunFile(path: path)
}

private func positions(of hash: UInt64, in run: RunFile) throws -> [UInt64] {
    var found: [UInt64] = []
    try run.positions(of: hash) { found.append($0) }
    return found
}

private func all(of run: RunFile) throws -> [RunEntry] {
    var entries: [RunEntry] = []
    try run.forEach { entries.append(RunEntry(hash: $0, position: $1)) }
    return entries
}

private func isTried(_ bit: Int, of byteCount: Int) -> Bool {
    let byte = bit / 8
    return byte < 64 || byte % 4096 < 16 || byte % 4096 >= 4080 || byte >= byteCount - 64
        || bit % 61 == 0
}
