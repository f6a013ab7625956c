import Adapters
import Bytes
import Crypto
import Events

/// A reading of the sheet of work items: CSV with the columns drop, steps, incomplete, changed_at,
/// and submission where there is one.
struct WorkSheet {
    /// One row.
    struct Row {
        let line: Int
        let drop: String
        let steps: [String]
        let isIncomplete: Bool
        let changed: Timestamp
        let submission: Int64?
    }

    let rows: [Row]
    /// A name that the same content always has: the latest change, and a digest.
    let name: String

    private enum Column: String, CaseIterable {
        case drop, steps, incomplete, submission
        case changed = "changed_at"
        static let needed: [Column] = [.drop, .steps, .incomplete, .changed]
    }

    /// Reads a sheet whole.
    ///
    /// - Throws: `invalid` with the line of the first bad row, and how many more there are.
    init(_ bytes: [UInt8]) throws(EventError) {
        let table = try CSVReader.rows(bytes)
        guard let head = table.first else {
            throw EventError(.invalid, "The sheet is empty: it needs at least a row of titles.")
        }
        let columns = try Self.columns(head)
        var rows: [Row] = []
        var bad: [EventError] = []
        for row in table.dropFirst() {
            do {
                rows.append(try Self.row(row, columns))
            } catch { bad.append(error) }
        }
        if let first = bad.first {
            let more = bad.dropFirst().prefix(9).compactMap(\.line).map(String.init)
            var message = first.message
            if !more.isEmpty {
                message += " Bad too: line \(more.joined(separator: ", "))"
                message += bad.count > 10 ? " and \(bad.count - 10) more." : "."
            }
            throw EventError(.invalid, message, line: first.line)
        }
        self.rows = Self.newest(rows)
        let latest = rows.map(\.changed.instant).max() ?? .epoch
        name =
            Timestamp.text(latest, offset: 0, digits: 0) + "/" + bytes.span.sha256.hex.prefix(16)
    }

    /// Of rows about the same item, the one that was changed last.
    private static func newest(_ rows: [Row]) -> [Row] {
        var places: [[String]: Int] = [:]
        var newest: [Row] = []
        for row in rows {
            let item = [row.drop, "\(row.submission ?? -1)"] + row.steps
            guard let at = places[item] else {
                places[item] = newest.count
                newest.append(row)
                continue
            }
            let (time, other) = (row.changed.instant, newest[at].changed.instant)
            if time > other || time == other && row.isIncomplete { newest[at] = row }
        }
        return newest
    }

    private static func columns(_ head: CSVRow) throws(EventError) -> [Column: Int] {
        var columns: [Column: Int] = [:]
        for (index, title) in head.fields.enumerated() {
            let word = title.lowercased().filter { $0 != " " }
            guard let column = Column(rawValue: word), columns[column] == nil else {
                throw EventError(
                    .invalid,
                    "The title \u{201C}\(title)\u{201D} is unknown or there twice; a sheet has the "
                        + "columns drop, steps, incomplete, changed_at, and submission if you like.",
                    line: head.line)
            }
            columns[column] = index
        }
        if let missing = Column.needed.first(where: { columns[$0] == nil }) {
            throw EventError(
                .invalid, "The sheet has no column \(missing.rawValue).", line: head.line)
        }
        return columns
    }

    private static func row(
        _ row: CSVRow, _ columns: [Column: Int]
    ) throws(EventError) -> Row {
        guard row.fields.count == columns.count else {
            throw EventError(
                .invalid, "The row has \(row.fields.count) fields, not \(columns.count).",
                line: row.line)
        }
        func text(_ column: Column) -> String {
            trimmed(columns[column].map { row.fields[$0] } ?? "")
        }
        func bad(_ column: Column, _ expected: String) -> EventError {
            EventError(
                .invalid,
                "\(column.rawValue) is \(expected), not \u{201C}\(text(column).prefix(60))\u{201D}.",
                line: row.line)
        }
        let drop = text(.drop)
        guard !drop.isEmpty, drop.utf8.count <= 1024 else { throw bad(.drop, "a name") }
        guard let isIncomplete = flag(text(.incomplete)) else {
            throw bad(.incomplete, "yes or no, true or false, 1 or 0")
        }
        guard let changed = moment(text(.changed)) else {
            throw bad(.changed, "a time such as 2025-10-01 16:51:02+02:00")
        }
        var submission: Int64?
        if !text(.submission).isEmpty {
            guard let number = Int64(text(.submission)), number > 0 else {
                throw bad(.submission, "a whole number from 1")
            }
            submission = number
        }
        let steps = text(.steps).split { $0 == ";" || $0 == "," }.map { trimmed(String($0)) }
        return Row(
            line: row.line, drop: drop, steps: steps.filter { !$0.isEmpty },
            isIncomplete: isIncomplete, changed: changed, submission: submission)
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "y", "1": true
        case "false", "no", "n", "0", "": false
        default: nil
        }
    }

    /// A moment as sheets write it: RFC 3339, with a space in the place of the T, or local.
    private static func moment(_ text: String) -> Timestamp? {
        let spelt = text.split(separator: " ", maxSplits: 1).joined(separator: "T")
        if let time = try? Timestamp.parse(spelt) { return time }
        guard case .at(let instant)? = TimeWord(text) ?? TimeWord(spelt) else { return nil }
        return Timestamp(instant)
    }
}
