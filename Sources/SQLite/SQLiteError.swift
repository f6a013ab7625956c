import CSQLite

/// What SQLite refused.
public struct SQLiteError: Error, Sendable {
    /// SQLite's extended result code.
    public let code: Int32
    /// A sentence, with SQLite's own words in it.
    public let message: String
}

extension SQLiteError {
    /// What a failure means to whoever reads a database of others.
    public enum Meaning: Sendable {
        /// Somebody writes it; later it can be read.
        case busy
        /// It is no database, was cut short, or is damaged.
        case damaged
        /// It is not there, or must not be read.
        case closed
        /// It has another shape than the command expects, or the command is wrong.
        case other
    }

    /// What it means.
    public var meaning: Meaning {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR, SQLITE_FORMAT: .damaged
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH, SQLITE_READONLY: .closed
        default: .other
        }
    }
}
