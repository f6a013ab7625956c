import Adapters
import Bytes
import SQLite

/// The table `messages` of a bridge's store, read in pages while the bridge goes on writing.
///
/// Each call is a transaction of its own: the bridge is never held up for longer than a page.
struct BridgeStore {
    /// Rows of one page.
    static let pageRows = 500
    /// The code of a failure that says that it is no bridge's store.
    static let wrongShape = "not_a_store"
    /// How long one call waits for a lock of the bridge.
    private static let busyMilliseconds: Int32 = 1_000

    private let version: Statement
    private let rows: Statement
    private let highest: Statement

    /// Opens a store, only to read it.
    ///
    /// - Throws: ``SQLiteError``; ``Failure`` with `not_a_store` for a database of another kind.
    init(_ path: String) throws {
        let database = try Database(reading: path, busyMilliseconds: Self.busyMilliseconds)
        let columns = try Self.columns(of: database)
        let needed = ["id", "chat_jid", "sender", "content", "timestamp", "is_from_me"]
        let missing = needed.filter { !columns.contains($0) }
        guard missing.isEmpty else {
            throw Failure(
                Self.wrongShape,
                columns.isEmpty
                    ? "\(path) has no table `messages`; give the bridge's messages.db"
                    : "the table `messages` in \(path) has no column \(missing[0]); give the "
                        + "bridge's messages.db")
        }
        guard try !Self.isView(in: database) else {
            throw Failure(
                Self.wrongShape,
                "`messages` in \(path) is a view, whose rows have no numbers; give the bridge's own "
                    + "messages.db")
        }
        // Older bridges do not store media.
        let media = ["media_type", "filename"].map { columns.contains($0) ? Self.cut($0) : "NULL" }
        let list =
            (["rowid"] + ["id", "chat_jid", "sender", "content"].map(Self.cut)
            + [
                "CASE typeof(timestamp) WHEN 'text' THEN substr(timestamp, 1, 100) "
                    + "WHEN 'blob' THEN NULL ELSE timestamp END", "is_from_me",
            ] + media).joined(separator: ", ")
        version = try database.statement("PRAGMA data_version")
        rows = try database.statement(
            "SELECT \(list) FROM messages WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?")
        highest = try database.statement("SELECT max(rowid) FROM messages")
    }

    /// A value, as far as an event could hold it: a column may hold anything of any size.
    private static func cut(_ column: String) -> String {
        "CASE WHEN length(CAST(\(column) AS BLOB)) > 262144 THEN substr(\(column), 1, 65536) "
            + "ELSE \(column) END"
    }

    private static func isView(in database: Database) throws(SQLiteError) -> Bool {
        let statement = try database.statement(
            "SELECT type FROM sqlite_master WHERE lower(name) = 'messages' AND type <> 'index'")
        var isView = false
        while try statement.next() { isView = isView || statement.text(0) == "view" }
        return isView
    }

    private static func columns(of database: Database) throws(SQLiteError) -> Set<String> {
        let statement = try database.statement("SELECT name FROM pragma_table_info('messages')")
        var names: Set<String> = []
        while try statement.next() { names.insert(statement.text(0) ?? "") }
        return names
    }

    /// A number that changes whenever another process has written.
    func dataVersion() throws(SQLiteError) -> Int64 { try number(version) }

    /// The highest number of a row; 0 where there is none.
    func highestRow() throws(SQLiteError) -> Int64 { try number(highest) }

    private func number(_ statement: Statement) throws(SQLiteError) -> Int64 {
        var found: Int64 = 0
        while try statement.next() { found = statement.integer(0) ?? 0 }
        return found
    }

    /// The rows after `first`, in order: a page of them, none beyond `last`.
    func page(
        after first: Int64, through last: Int64 = .max, limit: Int = pageRows
    ) throws(SQLiteError) -> [BridgeRow] {
        try rows.bind(first, at: 1)
        try rows.bind(last, at: 2)
        try rows.bind(Int64(limit), at: 3)
        var page: [BridgeRow] = []
        while try rows.next() { page.append(row()) }
        return page
    }

    private func row() -> BridgeRow {
        var row = BridgeRow(rowid: rows.integer(0) ?? 0)
        row.id = rows.text(1)
        row.chat = rows.text(2)
        row.sender = rows.text(3)
        row.content = rows.text(4)
        switch rows.kind(5) {
        case .integer: row.timestamp = .integer(rows.integer(5) ?? 0)
        case .real: row.timestamp = .real(rows.real(5) ?? 0)
        case .text: row.timestamp = .text(rows.text(5) ?? "")
        case .nothing, .blob: row.timestamp = .none
        }
        row.isFromMe = (rows.integer(6) ?? 0) != 0
        row.mediaType = rows.text(7)
        row.filename = rows.text(8)
        return row
    }
}
