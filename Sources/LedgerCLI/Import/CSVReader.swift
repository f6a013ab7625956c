import Events

/// Rows of a CSV (RFC 4180): fields in quotes may hold commas, quotes (doubled) and line ends.
struct CSVReader {
    /// One row, with the line that it begins on.
    struct Row: Equatable {
        let line: Int
        let fields: [String]
    }

    private let bytes: [UInt8]
    private var at = 0
    private var line = 1

    /// Reads UTF-8, with or without a byte order mark.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    /// All rows but empty lines.
    ///
    /// - Throws: `invalid` with the line, for a quote that is not closed, or stands inside a field.
    static func rows(_ bytes: [UInt8]) throws(EventError) -> [Row] {
        var reader = CSVReader(bytes)
        var rows: [Row] = []
        while let row = try reader.next() {
            if row.fields != [""] { rows.append(row) }
        }
        return rows
    }

    private mutating func next() throws(EventError) -> Row? {
        guard at < bytes.count else { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field(from: start))
            guard at < bytes.count else { break }
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: ",") { continue }
            if byte == UInt8(ascii: "\r"), at < bytes.count, bytes[at] == UInt8(ascii: "\n") {
                at += 1
            }
            line += 1
            break
        }
        return Row(line: start, fields: fields)
    }

    private mutating func field(from start: Int) throws(EventError) -> String {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
            let begin = at
            while at < bytes.count, !Self.endsField(bytes[at]) {
                if bytes[at] == UInt8(ascii: "\"") {
                    throw EventError(
                        .invalid, "A quote stands inside a field; put the field in quotes.",
                        line: start)
                }
                at += 1
            }
            return String(decoding: bytes[begin..<at], as: UTF8.self)
        }
        at += 1
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                text.append(byte)
                continue
            }
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
                guard at == bytes.count || Self.endsField(bytes[at]) else { break }
                return String(decoding: text, as: UTF8.self)
            }
            text.append(byte)
            at += 1
        }
        throw EventError(
            .invalid, "A field in quotes is not closed before the next comma or line.", line: start)
    }

    private static func endsField(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
}
