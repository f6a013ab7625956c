import Bytes
import Events
import TestSupport
import Testing

@testable import Views

@Suite(.tags(.memory)) struct `A table of rows` {
    @Test func `makes rows by touching and never by finding`() {
        var table = RowTable<ReviewRow>(12, "reviews")
        #expect(table.find(key(1)) == nil)
        #expect(table.count == 0)
        let slot = table.touch(key(1), at: 5)
        table[slot].count = 3
        #expect(table.find(key(1)) == slot)
        #expect(table.last(slot) == 5)
        #expect(table.touch(key(1), at: 9) == slot)
        #expect(table.last(slot) == 9)
        #expect(table.count == 1)
    }

    @Test func `copies out what changed since the last freeze and keeps it`() {
        var table = RowTable<ReviewRow>(12, "reviews")
        write(1, at: 5, in: &table)
        write(2, at: 6, in: &table)
        let frozen = table.freeze(at: 7)
        write(7, key: 1, at: 8, in: &table)
        #expect(read(1, in: &table) == 7)
        #expect(read(2, in: &table) == 2)
        #expect(frozen.map(\.row.count) == [1, 2])
        table.rebase(to: 7)
        #expect(table.count == 2)
        #expect(table.freeze(at: 9).map(\.row.count) == [7])
    }

    @Test func `takes frozen rows back when their flush wrote nothing`() {
        var table = RowTable<ReviewRow>(12, "reviews")
        for number in UInt64(1)...4 { write(number, at: number * 10, in: &table) }
        _ = table.freeze(at: 45)
        write(30, key: 3, at: 50, in: &table)
        // Another process wrote the first 30 events.
        table.rebase(to: 30)
        #expect(Set(table.freeze(at: 51).map(\.row.count)) == [30, 4])
        table.rebase(to: 51)
        #expect(table.freeze(at: 51).isEmpty)
        #expect(table.count == 4)
    }

    @Test(arguments: [10, 1_000, 5_000])
    func `counts what its rows own elsewhere`(count: Int) {
        var table = RowTable<LongRow>(12, "long")
        #expect(table.ownedByteCount == 0)
        for number in 0..<count {
            let slot = table.touch(key(UInt64(number)), at: Position(number))
            table[slot].values = Array(repeating: 7, count: 100)
        }
        let exact = count * 800
        #expect((exact * 9 / 10...exact * 11 / 10).contains(table.ownedByteCount))
        #expect(table.byteCount < exact / 4)
        var tables = Tables(tag: 0)
        let before = (tables.byteCount, tables.ownedByteCount)
        #expect(before == (0, 0))
        let slot = tables.subjects.touch(key(1), at: 1)
        #expect(tables.byteCount > 0 && tables.subjects.count == slot + 1)
    }

    /// A row whose values lie elsewhere.
    private struct LongRow: TableRow {
        var values: [UInt64] = []
        init() {}
        init(decoding reader: inout RowReader) {}
        func encode(into writer: inout RowWriter) { for value in values { writer.put(value) } }
    }

    @Test func `forgets copies of rows that have not changed for long`() {
        var table = RowTable<ReviewRow>(12, "reviews")
        for number in UInt64(1)...4 { write(number, at: number * 10, in: &table) }
        table.rebase(to: 35)
        table.forget(before: 30)
        #expect(read(1, in: &table) == nil)
        #expect(read(2, in: &table) == nil)
        #expect(read(3, in: &table) == 3)
        #expect(table.freeze(at: 41).map(\.row.count) == [4])
    }

    @Test func `moves old rows out once, and again what changes after`() {
        let world = SharedWorld()
        var table = RowTable<ReviewRow>(12, "reviews", over: MemorySource(world))
        for number in UInt64(1)...4 { write(number, at: number * 10, in: &table) }
        let first = table.spill(before: 30)
        #expect(first.map(\.row.count) == [1, 2])
        #expect(table.count == 2)
        for entry in first {
            world.rows.tables[12, default: [:]][entry.key] = StoredRow(entry.row, last: entry.last)
        }
        #expect(read(1, in: &table) == 1)
        write(9, key: 2, at: 50, in: &table)
        #expect(table.spill(before: 60).map(\.row.count).sorted() == [3, 4, 9])
        #expect(table.count == 0)
    }

    @Test func `reads what it does not hold from the checkpoint below`() {
        let world = SharedWorld()
        var row = ReviewRow()
        row.count = 42
        world.rows.tables[12] = [key(1): StoredRow(row, last: 3)!]
        let source = MemorySource(world)
        var table = RowTable<ReviewRow>(12, "reviews", over: source)
        #expect(table.count == 0)
        #expect(read(1, in: &table) == 42)
        #expect(table.find(key(1)).map { table.last($0) } == 3)
        #expect(read(2, in: &table) == nil)
        write(43, key: 1, at: 9, in: &table)
        table.clear(at: 10)
        #expect(read(1, in: &table) == 42)
    }

    @Test(arguments: 0..<5)
    func `is a dictionary, however often it is frozen and rebased`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let world = SharedWorld()
        let source = MemorySource(world)
        var table = RowTable<ReviewRow>(12, "reviews", over: source)
        var expected: [UInt64: UInt64] = [:]
        for position in UInt64(1)...3000 {
            let number = UInt64.random(in: 0..<200, using: &random)
            #expect(read(number, in: &table) == expected[number], "seed \(seed)")
            write(position, key: number, at: position, in: &table)
            expected[number] = position
            guard position % 97 == 0 else { continue }
            let frozen = table.freeze(at: position + 1)
            guard position % 2 == 0 else {
                // The flush wrote nothing: the rows come back.
                table.rebase(to: world.count)
                continue
            }
            for entry in frozen {
                world.rows.tables[12, default: [:]][entry.key] = StoredRow(
                    entry.row, last: entry.last)
            }
            world.count = position + 1
            table.rebase(to: world.count)
            if position % 3 == 0 { table.forget(before: position - 50) }
        }
    }

    @Test func `writes rows that read back the same, and notices other lengths`() throws {
        var events = RandomEvents(seed: 8)
        var tables = Tables(tag: 7)
        for position in UInt64(0)..<600 {
            let record = events.next().sealed(at: position, recorded: events.now)
            if let event = EventView(record.span) { Fold.evolve(&tables, by: event) }
        }
        let checker = Recoder()
        tables.forEachTable(checker)
        #expect(checker.rows > 100)
        #expect(checker.wrong == [])
    }
}

/// Encodes and decodes every row.
private final class Recoder: TableVisitor {
    private(set) var rows = 0
    private(set) var wrong: [String] = []

    func visit<Row>(_ table: inout RowTable<Row>) {
        let name = table.name
        table.forEach { [self] _, row, _ in
            rows += 1
            var writer = RowWriter()
            row.encode(into: &writer)
            for (bytes, isWhole) in [
                (writer.bytes, true), (writer.bytes + [0], false), (writer.bytes.dropLast(), false),
            ] {
                var reader = RowReader(bytes.span)
                let decoded = Row(decoding: &reader)
                let isComplete = reader.isComplete
                if isComplete != isWhole || isWhole && decoded != row { wrong.append(name) }
            }
        }
    }
}

private func key(_ number: UInt64) -> Fingerprint { Fingerprint(UInt128(number)) }

private func write(
    _ value: UInt64, key number: UInt64? = nil, at position: Position,
    in table: inout RowTable<ReviewRow>
) {
    let slot = table.touch(key(number ?? value), at: position)
    table[slot].count = value
}

private func read(_ number: UInt64, in table: inout RowTable<ReviewRow>) -> UInt64? {
    table.find(key(number)).map { table[$0].count }
}
