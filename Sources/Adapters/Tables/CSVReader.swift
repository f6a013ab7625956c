import Bytes
public import Events

/// One row of a CSV.
public struct CSVRow: Equatable, Sendable {
    /// The number of the line that it begins on, from 1.
    public let line: Int
    /// Its fields; as far as they could be read where there is a ``problem``.
    public let fields: [String]
    /// What is wrong with it, as a sentence; nil for a row that is well formed.
    public let problem: String?
    /// Its bytes, without the line end.
    public let raw: [UInt8]

    /// A row.
    public init(line: Int, fields: [String], problem: String? = nil, raw: [UInt8] = []) {
        self.line = line
        self.fields = fields
        self.problem = problem
        self.raw = raw
    }
}

/// Rows of a CSV (RFC 4180): fields in quotes may hold commas, quotes (doubled) and line ends.
///
/// It takes UTF-8, with or without a byte order mark, in parts of any size and holds one row. A row
/// that is malformed ends at its line, and reading goes on with the next; one that is longer than
/// ``rowBytesMax`` comes in parts, each with a problem. Empty lines are passed over.
///
/// ```swift
/// var reader = CSVReader()
/// for part in parts { reader.take(part.span); use(reader.drain()) }
/// reader.finish()
/// use(reader.drain())
/// ```
public struct CSVReader: Sendable {
    /// The most bytes of a row.
    public static let rowBytesMax = 256 << 10

    private enum State {
        case start, plain, quoted, quote
        /// Behind a fault, up to the line's end.
        case skipping
    }

    private var rows: [CSVRow] = []
    private var state = State.start
    private var fields: [String] = []
    private var field: [UInt8] = []
    private var raw: [UInt8] = []
    private var problem: String?
    private var line = 1
    private var start = 1
    /// How many bytes of a byte order mark were read; nil behind the beginning.
    private var mark: Int? = 0
    private var isAfterReturn = false

    /// Nothing read yet.
    public init() {}

    /// All rows of a text.
    ///
    /// - Throws: `invalid` with the line of the first row that is malformed.
    public static func rows(_ bytes: [UInt8]) throws(EventError) -> [CSVRow] {
        var reader = CSVReader()
        reader.take(bytes.span)
        reader.finish()
        let rows = reader.drain()
        if let bad = rows.first(where: { $0.problem != nil }), let problem = bad.problem {
            throw EventError(.invalid, problem, line: bad.line)
        }
        return rows
    }

    /// Takes the next part.
    public mutating func take(_ bytes: Span<UInt8>) {
        for index in bytes.indices { take(bytes[index]) }
    }

    /// Ends the last row, which needs no line end.
    public mutating func finish() {
        if state == .quoted { problem = Self.unclosed }
        if state != .start || !fields.isEmpty || !raw.isEmpty { endRow() }
    }

    /// Hands over the rows that are whole.
    public mutating func drain() -> [CSVRow] {
        let found = rows
        rows = []
        return found
    }

    private mutating func take(_ byte: UInt8) {
        if let seen = mark {
            let bom: [UInt8] = [0xEF, 0xBB, 0xBF]
            if byte == bom[seen] {
                mark = seen == 2 ? nil : seen + 1
                return
            }
            mark = nil
            for index in 0..<seen { step(bom[index]) }
        }
        step(byte)
    }

    private mutating func step(_ byte: UInt8) {
        let isFeed = byte == 0x0A
        defer { isAfterReturn = byte == 0x0D }
        if isFeed, isAfterReturn {
            // The line ended with the return, unless that stands inside quotes.
            guard state == .quoted else { return }
        }
        if state == .quoted {
            keep(byte)
            if byte == 0x22 {
                state = .quote
            } else {
                field.append(byte)
                if isFeed || byte == 0x0D { line += 1 }
                if isFeed, isAfterReturn { line -= 1 }
            }
            return
        }
        if isFeed || byte == 0x0D {
            endRow()
            line += 1
            start = line
            return
        }
        keep(byte)
        switch (state, byte) {
        case (.skipping, _): break
        case (.start, 0x22): state = .quoted
        case (.quote, 0x22):
            field.append(byte)
            state = .quoted
        case (_, 0x2C): endField()
        case (.quote, _): fail(Self.unclosed)
        case (_, 0x22): fail("A quote stands inside a field; put the field in quotes.")
        default:
            field.append(byte)
            state = .plain
        }
    }

    private static let unclosed =
        "A field in quotes is not closed before the next comma or line."

    private mutating func fail(_ sentence: String) {
        problem = sentence
        state = .skipping
    }

    private mutating func keep(_ byte: UInt8) {
        raw.append(byte)
        guard raw.count >= Self.rowBytesMax else { return }
        problem = "The row has more than \(Self.rowBytesMax) bytes."
        emit()
    }

    private mutating func endField() {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        state = .start
    }

    private mutating func endRow() {
        if state != .skipping { endField() }
        if !raw.isEmpty { emit() }
        fields = []
        field.removeAll(keepingCapacity: true)
        problem = nil
        state = .start
    }

    private mutating func emit() {
        rows.append(CSVRow(line: start, fields: fields, problem: problem, raw: raw))
        fields = []
        field.removeAll(keepingCapacity: true)
        raw.removeAll(keepingCapacity: true)
    }
}
