/// What SQLite refused.
public struct SQLiteError: Error, Sendable {
    /// SQLite's extended result code.
    public let code: Int32
    /// A sentence, with SQLite's own words in it.
    public let message: String
}
