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
    var ids: [IDFamily: [Fingerprint: Position]] = [:]

    /// Puts a frozen tail into the checkpoint, as a flush does.
    func write(_ frozen: FrozenTables, from base: Position, to end: Position) throws {
        for table in frozen.tables {
            var known = rows.tables[table.table] ?? [:]
            try table.forEach(base) { key, row, last in
                known[key] = row.isEmpty ? nil : StoredRow(bytes: row.array, last: last)
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

    /// The fold of the first events, from the beginning.
    func fold(to end: Position, tag: UInt32) -> RowDump {
        var tables = Tables(tag: tag)
        for record in log.prefix(Int(end)) {
            if let event = EventView(record.span) { Fold.evolve(&tables, by: event) }
        }
        return RowDump(tables)
    }
}

/// The checkpoint as one process reads it: as of its last renewal.
///
/// A crash of its process must not change what others read, so that it only borrows the world.
final class MemorySource: RowSource, IDSource {
    let world: SharedWorld
    private(set) var reads = 0

    init(_ world: SharedWorld) { self.world = world }

    func withRow(_ table: UInt8, _ key: Fingerprint, _ body: (Span<UInt8>, Position) -> Void) {
        reads += 1
        guard let row = world.rows.tables[table]?[key] else { return }
        body(row.bytes.span, row.last)
    }

    func position(of id: Fingerprint, in family: IDFamily) -> Position? {
        world.ids[family]?[id]
    }
}
