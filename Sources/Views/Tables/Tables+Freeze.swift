public import Bytes
public import Events

/// A tail that is being flushed: rows and ids that change no more.
public struct FrozenTables: Sendable {
    /// Takes a row: its key, its members (empty for a row that is to be removed), and the position
    /// that last changed it.
    public typealias RowSink = (
        _ key: Fingerprint, _ row: Span<UInt8>, _ last: Position
    ) throws -> Void

    /// One table's rows.
    public struct Rows: Sendable {
        /// The table's number.
        public let table: UInt8
        /// Calls the sink for each row that changed at or after a position, sorted by key.
        public let forEach: @Sendable (_ from: Position, _ sink: RowSink) throws -> Void
    }

    /// The rows of all tables.
    public let tables: [Rows]
    /// The ids of all families.
    public let ids: [FrozenIDs]
}

extension Tables {
    /// Sets the whole tail aside for flushing; a new one grows above it.
    public mutating func freeze() -> FrozenTables {
        let freezer = Freezer()
        forEachTable(freezer)
        return FrozenTables(
            tables: freezer.rows, ids: [ids.freeze(), messageIDs.freeze(), requestKeys.freeze()])
    }

    /// Forgets what the checkpoint of `count` events holds.
    public mutating func rebase(to count: Position) {
        forEachTable(Rebaser(count: count))
        ids.rebase(to: count)
        messageIDs.rebase(to: count)
        requestKeys.rebase(to: count)
    }

    /// Forgets the whole tail.
    public mutating func clear() {
        forEachTable(Clearer())
        ids.clear()
        messageIDs.clear()
        requestKeys.clear()
    }
}

private final class Freezer: TableVisitor {
    var rows: [FrozenTables.Rows] = []

    func visit<Row>(_ table: inout RowTable<Row>) {
        let frozen = table.freeze()
        guard !frozen.entries.isEmpty else { return }
        rows.append(
            FrozenTables.Rows(table: table.number) { from, sink in
                let entries = frozen.entries
                let slots = entries.indices.filter { entries[$0].last >= from }
                    .sorted { entries[$0].key < entries[$1].key }
                let empty = Row()
                var writer = RowWriter()
                for slot in slots {
                    writer.bytes.removeAll(keepingCapacity: true)
                    if entries[slot].row != empty { entries[slot].row.encode(into: &writer) }
                    try sink(entries[slot].key, writer.bytes.span, entries[slot].last)
                }
            })
    }
}

private struct Rebaser: TableVisitor {
    let count: Position
    func visit<Row>(_ table: inout RowTable<Row>) { table.rebase(to: count) }
}

private struct Clearer: TableVisitor {
    func visit<Row>(_ table: inout RowTable<Row>) { table.clear() }
}
