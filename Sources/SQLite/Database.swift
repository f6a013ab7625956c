import CSQLite

/// A database: one that is written from scratch, or one of others that is read.
@safe
public final class Database {
    let handle: OpaquePointer

    /// Makes a new database.
    ///
    /// - Parameters:
    ///   - path: The file, which must not be there; the empty text makes a private file that nobody
    ///     else sees and that goes when the database is closed.
    ///   - cacheBytes: How much of it may stay in memory.
    /// - Throws: ``SQLiteError`` where the file cannot be made.
    public init(path: String, cacheBytes: Int = 64 << 20) throws(SQLiteError) {
        unsafe handle = try Self.open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        try run("PRAGMA journal_mode = OFF")
        try run("PRAGMA synchronous = OFF")
        try run("PRAGMA locking_mode = EXCLUSIVE")
        // Indexes are sorted by two helpers; a build without threads ignores it.
        try run("PRAGMA threads = 2")
        try run("PRAGMA cache_size = -\(cacheBytes >> 10)")
    }

    /// Opens a database that is there, only to read it; others may write it meanwhile.
    ///
    /// - Parameters:
    ///   - path: The file; its journal or write-ahead log beside it is read with it.
    ///   - busyMilliseconds: How long a command waits for a lock of others before it fails.
    /// - Throws: ``SQLiteError`` where it cannot be opened.
    public init(reading path: String, busyMilliseconds: Int32 = 0) throws(SQLiteError) {
        unsafe handle = try Self.open(path, SQLITE_OPEN_READONLY)
        if busyMilliseconds > 0 {
            try check(
                unsafe sqlite3_busy_timeout(handle, busyMilliseconds), "setting a timeout")
        }
    }

    private static func open(
        _ path: String, _ flags: Int32
    ) throws(SQLiteError) -> OpaquePointer {
        var opened: OpaquePointer?
        let flags = flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: "SQLite cannot open \(path) (code \(code))")
        }
        return unsafe handle
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Runs one command or several that take no values and give no rows.
    public func run(_ sql: String) throws(SQLiteError) {
        try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil), "running \(sql)")
    }

    /// Prepares a command.
    public func statement(_ sql: String) throws(SQLiteError) -> Statement {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        try check(code, "preparing \(sql)")
        guard let statement = unsafe prepared else {
            throw SQLiteError(
                code: SQLITE_MISUSE, message: "there is no command in \u{201C}\(sql)\u{201D}")
        }
        return unsafe Statement(statement, of: self)
    }

    /// How many rows the last command changed.
    public var changes: Int { Int(unsafe sqlite3_changes64(handle)) }

    /// Turns a code into an error, unless it says that all went well.
    func check(_ code: Int32, _ doing: String) throws(SQLiteError) {
        guard code != SQLITE_OK, code != SQLITE_DONE, code != SQLITE_ROW else { return }
        let words = unsafe sqlite3_errmsg(handle).map { unsafe String(cString: $0) } ?? ""
        throw SQLiteError(code: code, message: "SQLite failed at \(doing): \(words) (code \(code))")
    }
}

/// A command of a database, which is run again and again with other values.
@safe
public final class Statement {
    private let handle: OpaquePointer
    private let database: Database

    fileprivate init(_ handle: OpaquePointer, of database: Database) {
        unsafe self.handle = unsafe handle
        self.database = database
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Gives a text, in UTF-8, for the question mark number `place`, counted from 1.
    public func bind(_ text: Span<UInt8>, at place: Int) throws(SQLiteError) {
        let code = unsafe text.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return unsafe shim_bind_text(handle, Int32(place), start, Int32(bytes.count))
        }
        try database.check(code, "binding a text")
    }

    /// Gives a text, or nothing.
    public func bind(_ text: String?, at place: Int) throws(SQLiteError) {
        guard let text else { return try bindNothing(at: place) }
        try bind(text.utf8Span.span, at: place)
    }

    /// Gives a whole number, or nothing.
    public func bind(_ number: Int64?, at place: Int) throws(SQLiteError) {
        guard let number else { return try bindNothing(at: place) }
        try database.check(
            unsafe sqlite3_bind_int64(handle, Int32(place), number), "binding a number")
    }

    /// Gives nothing, which is NULL.
    public func bindNothing(at place: Int) throws(SQLiteError) {
        try database.check(unsafe sqlite3_bind_null(handle, Int32(place)), "binding nothing")
    }

    /// Runs the command to its end; the values stay.
    public func run() throws(SQLiteError) {
        while try next() {}
    }

    /// Goes to the next row; answers false at the end, where the command begins anew.
    public func next() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        // The locks of a command that failed are given back, too.
        defer { unsafe sqlite3_reset(handle) }
        try database.check(code, "a step")
        return false
    }

    /// Leaves the rows that are left, so that the command may run again.
    public func reset() { unsafe sqlite3_reset(handle) }

    /// The text in column `index` of the row, counted from 0; nil where there is nothing.
    public func text(_ index: Int) -> String? {
        guard let start = unsafe sqlite3_column_text(handle, Int32(index)) else { return nil }
        let count = Int(unsafe sqlite3_column_bytes(handle, Int32(index)))
        return unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// What column `index` of the row holds.
    public func kind(_ index: Int) -> ColumnKind {
        switch unsafe sqlite3_column_type(handle, Int32(index)) {
        case SQLITE_INTEGER: .integer
        case SQLITE_FLOAT: .real
        case SQLITE_TEXT: .text
        case SQLITE_BLOB: .blob
        default: .nothing
        }
    }

    /// The number in column `index` of the row; nil where there is nothing.
    public func real(_ index: Int) -> Double? {
        guard unsafe sqlite3_column_type(handle, Int32(index)) != SQLITE_NULL else { return nil }
        return unsafe sqlite3_column_double(handle, Int32(index))
    }

    /// The whole number in column `index` of the row; nil where there is nothing.
    public func integer(_ index: Int) -> Int64? {
        guard unsafe sqlite3_column_type(handle, Int32(index)) != SQLITE_NULL else { return nil }
        return unsafe sqlite3_column_int64(handle, Int32(index))
    }
}

/// What a column of a row holds.
public enum ColumnKind: Sendable {
    /// NULL.
    case nothing
    /// A whole number.
    case integer
    /// A number with a fraction.
    case real
    /// A text.
    case text
    /// Bytes.
    case blob
}
