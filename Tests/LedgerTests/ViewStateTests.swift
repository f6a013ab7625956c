import Bytes
import Events
import Gate
import Ledger
import Storage
import TestSupport
import Testing
import Views

@Suite struct `The state of the views` {
    @Test(arguments: [11, 12, 13])
    func `over checkpoint and tail is the fold from 0, row by row`(
        _ seed: UInt64
    ) async throws {
        try await withTemporaryFolder { folder in
            try Ledger.create(folder + "/l", origin: "test/l", isDevelopment: true)
            var history = LedgerHistory(seed: seed)
            var checkpoints: Set<Position> = []
            for round in 0..<4 {
                let ledger = try Ledger.open(folder + "/l")
                if round == 0 { try await ledger.apply(history.policy) }
                try await history.run(on: ledger, events: 4500)
                let difference = try ledger.stateDifference()
                #expect(difference == nil, "seed \(seed), round \(round)")
                // Closing flushes the tail.
                ledger.close()
                checkpoints.insert(try ledger.viewsStatus().checkpoint)
                let flushed = try ledger.stateDifference()
                #expect(flushed == nil, "seed \(seed), round \(round), flushed")
            }
            #expect(checkpoints.count == 4)
            let ledger = try Ledger.open(folder + "/l")
            defer { ledger.close() }
            let report = try ledger.rebuild { _ in }
            #expect(report.differing == 0 && report.rows > 100, "seed \(seed)")
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `is built anew when the folder of the views is gone`() async throws {
        try await withFilledLedger { path, records in
            try Folder.removeAll(path + "/views")
            let ledger = try Ledger.open(path)
            defer { ledger.close() }
            #expect(try ledger.stateDifference() == nil)
            #expect(try ledger.records() == records)
            let again = try await ledger.append([sampleMessage(7, seconds: 1)])
            #expect(again == [Appended(position: 7, isDuplicate: true)])
        }
    }

    @Test func `is built anew when the views are those of another ledger`() async throws {
        try await withFilledLedger { path, _ in
            let other = path + "-other"
            try Ledger.create(other, origin: "other/ledger", isDevelopment: true)
            let source = try Ledger.open(other)
            _ = try await source.append((0..<5000).map { sampleMessage($0 + 7, seconds: 9) })
            source.close()
            let generation = try source.viewsStatus().generation
            let own = try servingGeneration(of: path)
            try Folder.removeAll(path + "/views/\(own)")
            try Folder.rename(
                other + "/views/\(generation)", to: path + "/views/\(own)")
            let ledger = try Ledger.open(path)
            defer { ledger.close() }
            #expect(try ledger.viewsStatus().generation > own)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test(arguments: ["data.mdb", "1.run"])
    func `is built anew when a file of the views is cut short`(_ name: String) async throws {
        try await withFilledLedger { path, _ in
            let file = path + "/views/\(try servingGeneration(of: path))/\(name)"
            let bytes = try Descriptor.contents(of: file)
            try Descriptor.create(file, Array(bytes[..<(bytes.count / 2 / 4096 * 4096)]))
            let ledger = try Ledger.open(path)
            defer { ledger.close() }
            let again = try await ledger.append([sampleMessage(7, seconds: 1)])
            #expect(again == [Appended(position: 7, isDuplicate: true)])
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `is built anew rather than read from a row with a wrong checksum`() async throws {
        try await withFilledLedger { path, _ in
            try tamper(path, table: "t7", fixingChecksum: false)
            let ledger = try Ledger.open(path)
            defer { ledger.close() }
            let before = try ledger.viewsStatus().generation
            let whole = try ledger.withState(after: 5000) { try $0.dump() }
            let rows = try ledger.withState { try $0.dump() }
            #expect(rows == whole)
            #expect(try ledger.viewsStatus().generation > before)
        }
    }

    @Test func `is built anew by a writer that meets a wrong checksum`() async throws {
        try await withFilledLedger { path, _ in
            try tamper(path, table: "t7", fixingChecksum: false)
            let ledger = try Ledger.open(path)
            defer { ledger.close() }
            // Every drop is touched, the damaged one among them.
            let places = try await ledger.append(
                (6000..<6007).map { sampleMessage($0, seconds: 2) })
            #expect(places.map(\.position) == Array(5000..<5007))
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `is compared by a rebuild that names table and position`() async throws {
        try await withFilledLedger { path, _ in
            let last = try tamper(path, table: "t7", fixingChecksum: true)
            let ledger = try Ledger.open(path)
            defer { ledger.close() }
            let report = try ledger.rebuild { _ in }
            #expect(report.differing == 1)
            #expect(report.table == "subjects")
            #expect(report.position == last)
            #expect(try ledger.stateDifference() == nil)
            let again = try ledger.rebuild { _ in }
            #expect(again.differing == 0)
        }
    }
}

/// A closed ledger of 5,000 flushed messages.
private func withFilledLedger(
    _ body: (String, [[UInt8]]) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let path = folder + "/l"
        try Ledger.create(path, origin: "test/l", isDevelopment: true)
        var records: [[UInt8]] = []
        do {
            let ledger = try Ledger.open(path)
            _ = try await ledger.append((0..<5000).map { sampleMessage($0, seconds: 1) })
            ledger.close()
            #expect(try ledger.viewsStatus().checkpoint == 5000)
            records = try ledger.records()
        }
        try await body(path, records)
    }
}

private func servingGeneration(of path: String) throws -> UInt64 {
    let numbers = Folder.names(in: path + "/views").compactMap { UInt64($0) }
    return try #require(numbers.max())
}

/// Changes a byte of the first row of a table; answers the position that last changed the row.
@discardableResult
private func tamper(_ path: String, table: String, fixingChecksum: Bool) throws -> Position {
    let folder = path + "/views/\(try servingGeneration(of: path))"
    let environment = try Environment.open(
        path: folder, options: .init(tables: Tables.names.map { "t\($0.number)" }))
    let rows = environment.table(table)
    let start: [UInt8] = []
    var key: [UInt8] = []
    var value: [UInt8] = []
    try environment.read { transaction in
        try transaction.scan(rows, from: start.span) { name, bytes in
            key = name.array
            value = bytes.array
            return false
        }
    }
    value[9] ^= 1
    let end = value.count - 8
    if fixingChecksum {
        value.store(value.span.extracting(0..<end).checksum, at: end)
    }
    try environment.write { try $0.put(key.span, value.span, in: rows) }
    return value.span.load(at: end - 8, as: Position.self)
}
