public import Bytes
public import Events
import Storage
public import Views

extension Ledger.Moment {
    /// Calls `body` with every row of a table: its key, the row, and the position that last changed
    /// it.
    ///
    /// Rows of the checkpoint come first, in the order in which they were made, then those that are
    /// in memory, in that of their last change. Empty rows are the same as none and are left out.
    /// - Throws: what `body` throws; ``LedgerError`` with `busy` where another process wrote the
    ///   views since the moment began.
    public func forEachRow<Row: TableRow>(
        of path: KeyPath<Tables, RowTable<Row>>,
        _ body: (Fingerprint, Row, Position) throws -> Void
    ) throws {
        try forEachRow(of: tables[keyPath: path], body)
    }

    /// Calls `body` with every row of a table of this moment, as ``forEachRow(of:_:)`` does.
    public func forEachRow<Row: TableRow>(
        of table: RowTable<Row>, _ body: (Fingerprint, Row, Position) throws -> Void
    ) throws {
        var newer: [(key: Fingerprint, row: Row, last: Position)] = []
        table.forEach { newer.append(($0, $1, $2)) }
        if let store, base > 0 {
            let known = Set(newer.map(\.key))
            try forEachStored(in: store, table.number) { key, row, last in
                if !known.contains(key) { try body(key, row, last) }
            }
        }
        newer.sort { ($0.last, $0.key) < ($1.last, $1.key) }
        let empty = Row()
        for entry in newer where entry.row != empty { try body(entry.key, entry.row, entry.last) }
    }

    /// The rows of the checkpoint, if it is still the one that the tables lie over.
    private func forEachStored<Row: TableRow>(
        in store: CheckpointStore, _ number: UInt8,
        _ body: (Fingerprint, Row, Position) throws -> Void
    ) throws {
        let headerKey = CheckpointStore.headerKey
        let start: [UInt8] = []
        let empty = Row()
        try store.environment.read { transaction in
            guard let bytes = try transaction.value(of: headerKey.span, in: store.main),
                CheckpointHeader(bytes)?.count == base
            else {
                throw LedgerError(.busy, "the views were written just now; try again")
            }
            try transaction.scan(store.table(number), from: start.span) { key, bytes in
                guard key.count == 16, let stored = StoredBytes(bytes) else {
                    let name = Tables.named(number)?.name ?? ""
                    throw ViewDamage(what: "a row of table \(name)")
                }
                let low = key.load(at: 8, as: UInt64.self).byteSwapped
                let name = Fingerprint(UInt128(stored.high) << 64 | UInt128(low))
                var reader = RowReader(bytes.extracting(0..<stored.count))
                let row = Row(decoding: &reader)
                if row != empty { try body(name, row, stored.last) }
                return true
            }
        }
    }
}
