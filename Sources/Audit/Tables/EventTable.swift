import Bytes
import Events
import SQLite

/// The table of all events: the envelope in columns, `data` as JSON.
struct EventTable {
    private let insert: Statement
    private var binder = Binder()
    private var line: [UInt8] = []

    private static let names: [Field] = [
        .id, .source, .subject, .datacontenttype, .dataschema, .account, .chat, .person, .message,
    ]

    static let schema =
        "CREATE TABLE events(position INTEGER PRIMARY KEY, type TEXT NOT NULL, "
        + "time TEXT NOT NULL, recordedtime TEXT NOT NULL, "
        + names.map { "\"\($0.name)\" TEXT, " }.joined()
        + "extensions TEXT, data TEXT NOT NULL)"

    static let indexes =
        ["time", "account", "chat", "person", "subject", "message"].map {
            "CREATE INDEX events_\($0) ON events(\($0))"
        }

    init(_ database: Database) throws {
        let marks = repeatElement("?", count: 6 + Self.names.count).joined(separator: ", ")
        insert = try database.statement("INSERT INTO events VALUES (\(marks))")
    }

    mutating func add(_ event: borrowing EventView) throws {
        try insert.bind(Int64(event.position), at: 1)
        try insert.bind(event.type?.name ?? "unknown.\(event.typeNumber)", at: 2)
        try binder.bind(event.effective, to: insert, at: 3)
        try binder.bind(event.recorded, to: insert, at: 4)
        var place = 5
        for field in Self.names {
            try binder.bind(field, of: event, to: insert, at: place)
            place += 1
        }
        try binder.bind(.extensions, of: event, to: insert, at: place)
        line.removeAll(keepingCapacity: true)
        CloudEvent.write(event, into: &line)
        let start = Self.data(in: line.span)
        try insert.bind(line.span.extracting(start..<line.count - 1), at: place + 1)
        try insert.run()
    }

    /// Where the value of the member `data` begins: it is the last of the event.
    static func data(in line: Span<UInt8>) -> Int {
        var depth = 0
        var at = 0
        while at < line.count {
            switch line[at] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let start = at
                at += 1
                while at < line.count, line[at] != UInt8(ascii: "\"") {
                    at += line[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                if depth == 1, at - start == 5, at + 1 < line.count,
                    line[at + 1] == UInt8(ascii: ":"),
                    line.extracting(start + 1..<at).string == "data"
                {
                    return at + 2
                }
            default: break
            }
            at += 1
        }
        return line.count
    }
}
