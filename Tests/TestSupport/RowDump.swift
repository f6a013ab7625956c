public import Bytes
public import Events
public import Views

/// A row as it would be stored, and the position that last changed it.
public struct StoredRow: Hashable, Sendable {
    /// The encoded members.
    public var bytes: [UInt8]
    /// The position that last changed the row.
    public var last: Position

    /// A row of its parts.
    public init(bytes: [UInt8], last: Position) {
        self.bytes = bytes
        self.last = last
    }

    /// A row encoded, or nil for one that is empty and so the same as none.
    public init?<Row: TableRow>(_ row: Row, last: Position) {
        guard row != Row() else { return nil }
        var writer = RowWriter()
        row.encode(into: &writer)
        self.init(bytes: writer.bytes, last: last)
    }
}

/// All rows of all tables, by table and key.
public struct RowDump: Equatable, Sendable {
    /// The rows by key, by the table's number.
    public var tables: [UInt8: [Fingerprint: StoredRow]] = [:]

    /// No rows.
    public init() {}

    /// The rows that `tables` hold in memory, over those of a checkpoint.
    public init(_ tables: Tables, over below: RowDump = RowDump()) {
        let dumper = Dumper(below)
        var tables = tables
        tables.forEachTable(dumper)
        self = dumper.dump
    }

    /// The number of rows.
    public var count: Int { tables.values.reduce(0) { $0 + $1.count } }

    /// Where two dumps differ first, as a sentence; nil where they do not.
    public func difference(from other: RowDump) -> String? {
        for (number, name, _) in Tables.names {
            let mine = (tables[number] ?? [:]).filter { !isEmpty($0.value, number) }
            let theirs = (other.tables[number] ?? [:]).filter { !isEmpty($0.value, number) }
            guard mine != theirs else { continue }
            let keys = Set(mine.keys).union(theirs.keys).sorted()
            for key in keys where mine[key] != theirs[key] {
                return "\(name), key \(key.bits): \(text(mine[key])) and \(text(theirs[key]))"
            }
        }
        return nil
    }

    /// A checkpoint keeps empty rows, which are the same as none.
    private func isEmpty(_ row: StoredRow, _ number: UInt8) -> Bool {
        row.bytes == Self.emptyRows[number]
    }

    private static let emptyRows: [UInt8: [UInt8]] = {
        let collector = EmptyRows()
        var tables = Tables(tag: 0)
        tables.forEachTable(collector)
        return collector.rows
    }()

    private func text(_ row: StoredRow?) -> String {
        row.map { "\($0.bytes) last changed at \($0.last)" } ?? "no row"
    }
}

private final class EmptyRows: TableVisitor {
    var rows: [UInt8: [UInt8]] = [:]

    func visit<Row>(_ table: inout RowTable<Row>) {
        var writer = RowWriter()
        Row().encode(into: &writer)
        rows[table.number] = writer.bytes
    }
}

private final class Dumper: TableVisitor {
    var dump: RowDump

    init(_ below: RowDump) { dump = below }

    func visit<Row>(_ table: inout RowTable<Row>) {
        var rows = dump.tables[table.number] ?? [:]
        table.forEach { key, row, last in rows[key] = StoredRow(row, last: last) }
        dump.tables[table.number] = rows.isEmpty ? nil : rows
    }
}
