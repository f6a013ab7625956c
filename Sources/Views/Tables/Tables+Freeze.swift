public import Bytes
public import Events

/// Rows and ids on their way into a checkpoint; they change no more.
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
        /// Calls the sink for each row, sorted by key.
        public let forEach: @Sendable (_ sink: RowSink) throws -> Void
    }

    /// The rows of all tables.
    public let tables: [Rows]
    /// The ids of all families.
    public let ids: [FrozenIDs]
}

extension Tables {
    /// Copies out what changed since the last freeze; `count` events are folded.
    public mutating func freeze(at count: Position) -> FrozenTables {
        let freezer = Freezer(taking: .changes, at: count)
        forEachTable(freezer)
        return FrozenTables(tables: freezer.rows, ids: freezeIDs())
    }

    /// Moves out the rows that last changed before `position`, and all ids.
    ///
    /// For a checkpoint that nobody reads yet: its rows need not be of one moment until the end.
    public mutating func spill(before position: Position) -> FrozenTables {
        let freezer = Freezer(taking: .old, at: position)
        forEachTable(freezer)
        return FrozenTables(tables: freezer.rows, ids: freezeIDs())
    }

    /// Lays the tables over the checkpoint of `count` events, which must not be beyond what they
    /// hold.
    public mutating func rebase(to count: Position) {
        forEachTable(Rebaser(count: count))
        rebaseIDs(to: count)
    }

    /// Forgets ids that a run of the checkpoint holds: those below `count`.
    public mutating func rebaseIDs(to count: Position) {
        ids.rebase(to: count)
        messageIDs.rebase(to: count)
        requestKeys.rebase(to: count)
    }

    /// Forgets rows that last changed before `position` and that the checkpoint holds.
    public mutating func forget(before position: Position) {
        forEachTable(Forgetter(position: position))
    }

    /// Forgets everything in memory, over a checkpoint of `count` events.
    public mutating func clear(at count: Position) {
        forEachTable(Clearer(count: count))
        ids.clear()
        messageIDs.clear()
        requestKeys.clear()
    }

    private mutating func freezeIDs() -> [FrozenIDs] {
        [ids.freeze(), messageIDs.freeze(), requestKeys.freeze()]
    }
}

private final class Freezer: TableVisitor {
    enum Part { case changes, old }

    var rows: [FrozenTables.Rows] = []
    private let part: Part
    private let position: Position

    init(taking part: Part, at position: Position) {
        self.part = part
        self.position = position
    }

    func visit<Row>(_ table: inout RowTable<Row>) {
        let entries =
            part == .changes ? table.freeze(at: position) : table.spill(before: position)
        guard !entries.isEmpty else { return }
        rows.append(
            FrozenTables.Rows(table: table.number) { sink in
                let empty = Row()
                var writer = RowWriter()
                for place in entries.indices.map({ SortKey(entries[$0].key, $0) }).sorted() {
                    let entry = entries[Int(place.slot)]
                    writer.bytes.removeAll(keepingCapacity: true)
                    if entry.row != empty { entry.row.encode(into: &writer) }
                    try sink(entry.key, writer.bytes.span, entry.last)
                }
            })
    }
}

/// A key with its place, so that sorting stays within one array.
private struct SortKey: Comparable {
    let bits: UInt128
    let slot: UInt32

    init(_ key: Fingerprint, _ slot: Int) {
        bits = key.bits
        self.slot = UInt32(truncatingIfNeeded: slot)
    }

    static func < (left: SortKey, right: SortKey) -> Bool { left.bits < right.bits }
}

private struct Rebaser: TableVisitor {
    let count: Position
    func visit<Row>(_ table: inout RowTable<Row>) { table.rebase(to: count) }
}

private struct Forgetter: TableVisitor {
    let position: Position
    func visit<Row>(_ table: inout RowTable<Row>) { table.forget(before: position) }
}

private struct Clearer: TableVisitor {
    let count: Position
    func visit<Row>(_ table: inout RowTable<Row>) { table.clear(at: count) }
}
