import Bytes
public import Events

/// Rows and ids on their way into a checkpoint; they change no more.
public struct FrozenTables: Sendable {
    /// Takes a row: where it lies, its members, and the position that last changed it.
    ///
    /// An empty row is kept: that it was there once decides what its home is.
    public typealias RowSink = (
        _ place: RowPlace, _ row: Span<UInt8>, _ last: Position
    ) throws -> Void

    /// One table's rows.
    public struct Rows: Sendable {
        /// The table's number.
        public let table: UInt8
        /// Where the rows lie, in no order; none for a table by position.
        public let names: @Sendable () -> [RowPlace]
        /// Calls the sink for each row, sorted by home and then by the low half of the key.
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
        likenesses.rebase(to: count)
        sentIDs.rebase(to: count)
        failedIDs.rebase(to: count)
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
        likenesses.clear()
        sentIDs.clear()
        failedIDs.clear()
    }

    private mutating func freezeIDs() -> [FrozenIDs] {
        [
            ids.freeze(), messageIDs.freeze(), requestKeys.freeze(), likenesses.freeze(),
            sentIDs.freeze(), failedIDs.freeze(),
        ]
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
        let isByPosition = table.isByPosition
        rows.append(
            FrozenTables.Rows(
                table: table.number,
                names: { isByPosition ? [] : entries.map(\.place) },
                forEach: { sink in
                    var writer = RowWriter()
                    for key in entries.indices.map({ SortKey(entries[$0].place, $0) }).sorted() {
                        let slot = Int(key.slot)
                        writer.bytes.removeAll(keepingCapacity: true)
                        entries[slot].row.encode(into: &writer)
                        try sink(entries[slot].place, writer.bytes.span, entries[slot].last)
                    }
                }))
    }
}

/// A place with its slot, so that sorting stays within one array.
private struct SortKey: Comparable {
    let bits: UInt128
    let slot: UInt32

    init(_ place: RowPlace, _ slot: Int) {
        bits = UInt128(place.home) << 64 | UInt128(place.key.low)
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
