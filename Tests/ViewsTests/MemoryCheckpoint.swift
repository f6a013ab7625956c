import Bytes
import Events
import TestSupport
import Views

/// A log and the checkpoint of its views, in memory: what processes share.
final class SharedWorld {
    var log: [[UInt8]] = []
    /// C: how many events the checkpoint holds.
    var count: Position = 0
    var rows = RowDump()
    var homes: [UInt8: [Fingerprint: Position]] = [:]
    var ids: [IDFamily: [Fingerprint: Position]] = [:]
    private var whole = Reference()
    private var part = Reference()

    /// Puts a frozen tail into the checkpoint, as a flush does.
    func write(_ frozen: FrozenTables, from base: Position, to end: Position) throws {
        for table in frozen.tables {
            var known = rows.tables[table.table] ?? [:]
            try table.forEach { place, row, last in
                // The home of a row is where the log first spoke of it, whoever folded it.
                if let home = homes[table.table]?[place.key], home != place.home {
                    throw WrongHome()
                }
                homes[table.table, default: [:]][place.key] = place.home
                known[place.key] = StoredRow(bytes: row.array, last: last)
            }
            rows.tables[table.table] = known.isEmpty ? nil : known
        }
        for family in frozen.ids {
            for (id, position) in zip(family.ids, family.positions) where position >= base {
                ids[family.family, default: [:]][id] = position
            }
        }
        count = end
    }

    /// The fold of all events, from the beginning.
    func foldOfLog() -> RowDump { whole.fold(log, to: Position(log.count)) }

    /// The fold of the events that the checkpoint holds, from the beginning.
    func foldOfCheckpoint() -> RowDump { part.fold(log, to: count) }
}

/// Two processes gave one row different homes.
private struct WrongHome: Error {}

/// A fold from the beginning that goes on where it was, as long as it need not go back.
private struct Reference {
    private var tables = Tables(tag: SimulatedProcess.tag)
    private var count: Position = 0

    mutating func fold(_ log: [[UInt8]], to end: Position) -> RowDump {
        if end < count { self = Reference() }
        while count < end {
            let record = log[Int(count)]
            if let event = EventView(record.span) { Fold.evolve(&tables, by: event) }
            count += 1
        }
        return RowDump(tables)
    }
}

/// The checkpoint as one process reads it: as of its last renewal.
///
/// A crash of its process must not change what others read, so that it only borrows the world.
final class MemorySource: RowSource, IDSource {
    let world: SharedWorld

    init(_ world: SharedWorld) { self.world = world }

    func withRow(
        _ table: UInt8, _ key: Fingerprint, _ body: (Span<UInt8>, Position, Position) -> Void
    ) {
        guard let row = world.rows.tables[table]?[key] else { return }
        body(row.bytes.span, world.homes[table]?[key] ?? 0, row.last)
    }

    func position(of id: Fingerprint, in family: IDFamily) -> Position? {
        world.ids[family]?[id]
    }
}
