public import Events

/// Reads one table: rows of a CSV, the titles first.
public protocol TableAdapter: Sendable {
    /// The name of the format in `ledger import FORMAT`.
    static var format: String { get }

    /// A reader of one table.
    init(_ options: AdapterOptions)

    /// Takes the next row.
    ///
    /// - Throws: `invalid` for titles that are not the table's, or where an option is missing.
    mutating func take(_ row: CSVRow) throws(EventError)

    /// Ends the table.
    ///
    /// - Throws: `invalid` for a table without titles.
    mutating func finish() throws(EventError)

    /// Hands over what was found since the last time.
    mutating func drain() -> [Element]
}

extension EventError {
    /// There is not even a row of titles.
    static var noTitles: EventError {
        EventError(.invalid, "The table is empty: it needs at least a row of titles.")
    }
}
