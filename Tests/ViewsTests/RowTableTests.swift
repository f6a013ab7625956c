import Bytes
import Events
import TestSupport
import Testing

@testable import Views

@Suite struct `A table of rows` {
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

    @Test func `copies frozen rows up and leaves them as they were`() {
        var table = RowTable<ReviewRow>(12, "reviews")
        write(1, at: 5, in: &table)
        write(2, at: 6, in: &table)
        let frozen = table.freeze()
        #expect(table.count == 0)
        write(7, key: 1, at: 8, in: &table)
        #expect(read(1, in: &table) == 7)
        #expect(read(2, in: &table) == 2)
        #expect(frozen.entries.map(\.row.count) == [1, 2])
        // Every key once, the newer row above the frozen one.
        var seen: [UInt64: Position] = [:]
        table.forEach { _, row, last in seen[row.count] = last }
        #expect(seen == [7: 8, 2: 6])
    }

    @Test func `keeps what changed at or after the new base`() {
        var table = RowTable<ReviewRow>(12, "reviews")
        for number in UInt64(1)...4 { write(number, at: number * 10, in: &table) }
        _ = table.freeze()
        write(30, key: 3, at: 50, in: &table)
        table.rebase(to: 30)
        #expect(read(1, in: &table) == nil)
        #expect(read(2, in: &table) == nil)
        #expect(read(3, in: &table) == 30)
        #expect(read(4, in: &table) == 4)
        // Taken back: nothing is frozen any more.
        #expect(table.count == 2)
        table.rebase(to: 51)
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
        table.clear()
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
            let frozen = table.freeze()
            guard position % 2 == 0 else {
                // The flush wrote nothing: the rows come back.
                table.rebase(to: world.count)
                continue
            }
            for entry in frozen.entries {
                world.rows.tables[12, default: [:]][entry.key] = StoredRow(
                    entry.row, last: entry.last)
            }
            world.count = position + 1
            table.rebase(to: world.count)
            #expect(table.count == 0)
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
