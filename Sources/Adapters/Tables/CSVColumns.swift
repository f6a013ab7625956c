import Events

/// Which column of a CSV holds what, by its row of titles.
struct CSVColumns: Sendable {
    /// The titles in lower case, without white space at their ends.
    let titles: [String]

    /// Reads the row of titles.
    ///
    /// - Parameter needed: the titles that must be there.
    /// - Throws: `invalid` where one is missing, or any is there twice.
    init(_ head: CSVRow, needed: [String], format: String) throws(EventError) {
        if let problem = head.problem { throw EventError(.invalid, problem, line: head.line) }
        titles = head.fields.map { ChatText.trimmed($0[...]).lowercased() }
        if titles.count == 1, titles[0].contains(";") {
            throw EventError(
                .invalid, "The columns are parted by semicolons; \(format) is a CSV with commas.",
                line: head.line)
        }
        if let missing = needed.first(where: { !titles.contains($0) }) {
            throw EventError(
                .invalid,
                "The table has no column \(missing); \(format) needs "
                    + "\(needed.joined(separator: ", ")).", line: head.line)
        }
        for (index, title) in titles.enumerated() where titles[..<index].contains(title) {
            throw EventError(
                .invalid, "The table has the column \u{201C}\(title)\u{201D} twice.",
                line: head.line)
        }
    }

    /// The field of a title, without white space at its ends; empty where there is none.
    func text(_ title: String, _ row: CSVRow) -> String {
        guard let index = titles.firstIndex(of: title), index < row.fields.count else { return "" }
        return String(ChatText.trimmed(row.fields[index][...]))
    }

    /// What is wrong with a row as such, as a sentence; nil for nothing.
    func problem(_ row: CSVRow) -> String? {
        if let problem = row.problem { return problem }
        guard row.fields.count == titles.count else {
            return "The row has \(row.fields.count) fields, not \(titles.count)."
        }
        return String(validating: row.raw, as: UTF8.self) == nil ? "The row is no UTF-8." : nil
    }

    /// The fields of the titles that are not among `known`, as one JSON object; nil for none.
    func others(_ row: CSVRow, except known: [String]) -> [UInt8]? {
        var json = JSONWriter()
        var isEmpty = true
        json.beginObject()
        for (title, field) in zip(titles, row.fields)
        where !known.contains(title) && !title.isEmpty && !field.isEmpty {
            json.member(title, field)
            isEmpty = false
        }
        json.endObject()
        return isEmpty ? nil : Array(json.text.utf8)
    }
}
