import Bytes
import Events
import SQLite

/// Gives the members of an event to a command of SQLite.
struct Binder {
    private var text: [UInt8] = []

    /// A member: numbers as numbers, times in UTC, lists and objects as JSON.
    mutating func bind(
        _ field: Field, of event: borrowing EventView, to statement: Statement, at place: Int
    ) throws {
        guard let kind = event.kind(of: field), let range = event.range(of: field) else {
            return try statement.bindNothing(at: place)
        }
        let value = event.bytes.extracting(range)
        switch kind {
        case .text, .json: try statement.bind(value, at: place)
        case .integer: try statement.bind(event.integer(field), at: place)
        case .boolean: try statement.bind(event.flag(field) ? 1 : 0, at: place)
        case .time: try bind(event.instant(field), to: statement, at: place)
        case .texts:
            var json = JSONWriter()
            json.beginArray()
            for text in event.texts(field) { json.value(text) }
            json.endArray()
            try statement.bind(json.text, at: place)
        case .findings:
            var json = JSONWriter()
            json.beginArray()
            for finding in Finding.decode(value) ?? [] { finding.write(to: &json) }
            json.endArray()
            try statement.bind(json.text, at: place)
        case .bytes: try statement.bind(Base64.text(value), at: place)
        case .reservation: try statement.bind(event.reservation?.description, at: place)
        }
    }

    /// A moment in UTC with nine digits behind the second, so that texts sort as times do.
    mutating func bind(_ instant: Instant?, to statement: Statement, at place: Int) throws {
        guard let instant else { return try statement.bindNothing(at: place) }
        text.removeAll(keepingCapacity: true)
        Timestamp.write(instant, form: Self.sortable, into: &text)
        try statement.bind(text.span, at: place)
    }

    private static let sortable = TimeForm(bits: 16 | 9, offset: 0)
}
