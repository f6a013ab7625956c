import Events

/// A family of events that has a table of its own: which types, and which members are columns.
struct Family: Sendable {
    let table: String
    let types: [EventType]
    /// The members of `data` that are columns, behind `position`, `type` and `time`.
    let columns: [Field]
    /// The columns that have an index.
    let indexed: [Field]

    static let all: [Family] = [
        Family(
            table: "messages",
            types: [.messageReceived, .messageEdited, .messageRevoked, .messageReacted],
            columns: [
                .account, .chat, .person, .subject, .message, .text, .name, .role, .quoted,
            ], indexed: [.chat, .person, .subject, .message]),
        Family(
            table: "statuses",
            types: [.messageSent, .messageDelivered, .messageRead, .messageFailed],
            columns: [.account, .chat, .person, .subject, .message, .recipient, .code, .detail],
            indexed: [.person, .message]),
        Family(
            table: "refusals", types: [.sendRefused],
            columns: [
                .account, .chat, .person, .subject, .category, .purpose, .template, .recipient,
                .key, .verdict, .count, .first, .last, .retryAt, .policy,
            ], indexed: [.account, .chat, .person, .subject]),
        Family(
            table: "consents",
            types: [.consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn],
            columns: [.account, .chat, .person, .category, .evidence, .wording],
            indexed: [.person]),
        Family(
            table: "items", types: [.itemFlagged, .itemResolved],
            columns: [
                .subject, .account, .chat, .person, .message, .steps, .submission, .snapshot,
                .reason,
            ], indexed: [.subject, .person]),
        Family(
            table: "instances", types: [.instanceStarted, .instanceStopped],
            columns: [.role, .instance, .account, .host, .process, .token, .code, .reason],
            indexed: [.role]),
        Family(
            table: "control",
            types: [
                .policyChanged, .rulesetChanged, .sendingPaused, .sendingResumed,
                .sendingStopped, .modeChanged, .cooldownReset, .instanceFenced,
            ],
            columns: [
                .scope, .account, .chat, .person, .subject, .role, .instance, .until, .mode,
                .previous, .hash, .by, .why, .user, .login,
            ], indexed: []),
    ]

    /// What makes the table.
    var schema: String {
        let columns = columns.map { "\"\($0.name)\" \($0.columnType)" }
        return "CREATE TABLE \(table)(position INTEGER PRIMARY KEY, type TEXT NOT NULL, "
            + "time TEXT NOT NULL, \(columns.joined(separator: ", ")))"
    }

    /// What makes the indexes, once the rows are there.
    var indexes: [String] {
        ["CREATE INDEX \(table)_time ON \(table)(time)"]
            + indexed.map { "CREATE INDEX \(table)_\($0.name) ON \(table)(\"\($0.name)\")" }
    }

    /// What puts a row in.
    var insertion: String {
        let marks = repeatElement("?", count: 3 + columns.count).joined(separator: ", ")
        return "INSERT INTO \(table) VALUES (\(marks))"
    }
}

extension Field {
    /// What a column holds: numbers where the member is always one.
    fileprivate var columnType: String { kinds == [.integer] ? "INTEGER" : "TEXT" }
}
