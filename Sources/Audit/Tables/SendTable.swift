import Bytes
import Events
import SQLite

/// The table of sends: one row a message, from its reservation to what the provider said of it.
///
/// The rows lie in the database, not in memory: a message may be read months after it was sent.
struct SendTable {
    /// A moment of a send, by the type of event that tells it.
    private static let moments: [(type: EventType, column: String)] = [
        (.sendReserved, "reserved"), (.sendAttempted, "attempted"), (.sendAccepted, "accepted"),
        (.sendFailed, "failed"), (.sendCancelled, "cancelled"), (.sendExpired, "expired"),
        (.messageSent, "sent"), (.messageDelivered, "delivered"), (.messageRead, "read"),
        (.messageFailed, "failed"),
    ]

    /// The place of a type in that list, by its number.
    private static let places: [Int?] = {
        var places = [Int?](repeating: nil, count: 256)
        for (index, moment) in moments.enumerated() { places[Int(moment.type.rawValue)] = index }
        return places
    }()

    /// The columns that any of these events may fill; what was told first stays.
    private static let members: [Field] = [
        .account, .chat, .person, .subject, .category, .purpose, .template, .zone, .key, .steps,
        .submission, .policy, .notBefore, .expires, .source, .role, .instance, .message, .code,
        .detail,
    ]

    private static let columns: [String] =
        ["reserved", "attempted", "accepted", "sent", "delivered", "read", "failed", "cancelled"]
        + ["expired"]

    static let schema =
        "CREATE TABLE sends(position INTEGER PRIMARY KEY, reservation TEXT, "
        + columns.map { "\"\($0)\" TEXT, " }.joined()
        + members.map {
            "\"\($0.name)\" \([.submission, .policy].contains($0) ? "INTEGER" : "TEXT")"
        }.joined(separator: ", ") + ")"

    /// Rows are looked up by these while the table grows.
    static let lookups = [
        "CREATE INDEX sends_message ON sends(message)",
        "CREATE INDEX sends_unanswered ON sends(source, chat, person, subject) "
            + "WHERE \(isUnanswered)",
    ]

    /// An attempt of a sender without a gate, of which only its own next word tells more.
    private static let isUnanswered =
        "reservation IS NULL AND message IS NULL AND accepted IS NULL AND failed IS NULL"

    static let indexes = ["reserved", "account", "chat", "person", "subject"].map {
        "CREATE INDEX sends_\($0) ON sends(\($0))"
    }

    private let tag: UInt32
    private let find: Statement
    private let findUnanswered: Statement
    private let puts: [Statement]
    private var binder = Binder()

    /// - Parameter tag: Of the ledger, which its reservations bear.
    init(_ database: Database, tag: UInt32) throws {
        self.tag = tag
        find = try database.statement(
            "SELECT position FROM sends WHERE message = ?1 AND (?2 IS NULL OR account IS NULL "
                + "OR account = ?2) ORDER BY position DESC LIMIT 1")
        findUnanswered = try database.statement(
            "SELECT position FROM sends WHERE \(Self.isUnanswered) AND source IS ? AND chat IS ? "
                + "AND person IS ? AND subject IS ? ORDER BY position DESC LIMIT 1")
        puts = try Self.moments.map { try database.statement(Self.put($0.column)) }
    }

    /// What makes the row of a send, or fills in what it did not know yet.
    private static func put(_ column: String) -> String {
        let names = ["position", "reservation", column] + members.map(\.name)
        let marks = (1...names.count).map { "?\($0)" }.joined(separator: ", ")
        let fills = names.dropFirst().map { "\"\($0)\" = coalesce(\"\($0)\", excluded.\"\($0)\")" }
        return "INSERT INTO sends(\(names.map { "\"\($0)\"" }.joined(separator: ", "))) "
            + "VALUES (\(marks)) ON CONFLICT(position) DO UPDATE SET "
            + fills.joined(separator: ", ")
    }

    /// Takes in what an event tells of a send; answers false where that is nothing.
    @discardableResult
    mutating func add(_ event: borrowing EventView) throws -> Bool {
        let type = event.type
        guard let type, let place = Self.places[Int(type.rawValue)] else { return false }
        let put = puts[place]
        let reservation =
            type == .sendReserved
            ? Reservation(position: event.position, tag: tag) : event.reservation
        try put.bind(Int64(bitPattern: try position(event, reservation)), at: 1)
        try put.bind(reservation?.description, at: 2)
        // A provider's clock is told as it went, be it ahead of ours.
        let isStatus = event.typeNumber < EventType.sendQueued.rawValue
        try binder.bind(isStatus ? event.time : event.effective, to: put, at: 3)
        var column = 4
        for field in Self.members {
            try binder.bind(field, of: event, to: put, at: column)
            column += 1
        }
        try put.run()
        return true
    }

    /// The row that an event belongs to: that of its reservation, of its message, of the attempt
    /// that it answers; else a new one.
    private mutating func position(
        _ event: borrowing EventView, _ reservation: Reservation?
    ) throws -> Position {
        if let reservation { return reservation.position }
        if let range = event.range(of: .message) {
            try find.bind(event.bytes.extracting(range), at: 1)
            try find.bind(event.text(.account), at: 2)
            if let found = try first(of: find) { return found }
        }
        guard event.type == .sendAccepted || event.type == .sendFailed else {
            return event.position
        }
        var place = 1
        for field: Field in [.source, .chat, .person, .subject] {
            try binder.bind(field, of: event, to: findUnanswered, at: place)
            place += 1
        }
        return try first(of: findUnanswered) ?? event.position
    }

    private func first(of statement: Statement) throws -> Position? {
        defer { statement.reset() }
        guard try statement.next() else { return nil }
        return statement.integer(0).map { Position(bitPattern: $0) }
    }
}
