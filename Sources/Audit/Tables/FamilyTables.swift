import Bytes
import Events
import SQLite

/// One table for each family of events, and one for the rules of refusals.
struct FamilyTables {
    private let inserts: [Statement]
    private let rule: Statement
    private var binder = Binder()

    /// Which table a type belongs to, by its number.
    private static let places: [Int?] = {
        var places = [Int?](repeating: nil, count: 256)
        for (index, family) in Family.all.enumerated() {
            for type in family.types { places[Int(type.rawValue)] = index }
        }
        return places
    }()

    static let schemas =
        Family.all.map(\.schema) + [
            "CREATE TABLE refusal_rules(position INTEGER NOT NULL, rule TEXT NOT NULL, "
                + "scope TEXT NOT NULL, verdict TEXT NOT NULL, observed INTEGER, "
                + "\"limit\" INTEGER, retry_at TEXT, \"first\" INTEGER, \"last\" INTEGER, "
                + "\"count\" INTEGER)"
        ]

    static let indexes =
        Family.all.flatMap(\.indexes) + [
            "CREATE INDEX refusal_rules_position ON refusal_rules(position)",
            "CREATE INDEX refusal_rules_rule ON refusal_rules(rule)",
        ]

    init(_ database: Database) throws {
        inserts = try Family.all.map { try database.statement($0.insertion) }
        rule = try database.statement(
            "INSERT INTO refusal_rules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    }

    mutating func add(_ event: borrowing EventView) throws {
        guard let type = event.type, let index = Self.places[Int(type.rawValue)] else { return }
        let insert = inserts[index]
        try insert.bind(Int64(event.position), at: 1)
        try insert.bind(type.name, at: 2)
        try binder.bind(event.effective, to: insert, at: 3)
        var place = 4
        for field in Family.all[index].columns {
            try binder.bind(field, of: event, to: insert, at: place)
            place += 1
        }
        try insert.run()
        guard type == .sendRefused else { return }
        for finding in event.findings where finding.verdict != .send {
            try add(finding, at: event.position)
        }
    }

    private mutating func add(_ finding: Finding, at position: Position) throws {
        try rule.bind(Int64(position), at: 1)
        try rule.bind(finding.rule.name, at: 2)
        try rule.bind(finding.scope.name, at: 3)
        try rule.bind(finding.verdict.name, at: 4)
        try rule.bind(finding.observed, at: 5)
        try rule.bind(finding.limit, at: 6)
        try binder.bind(finding.retryAt, to: rule, at: 7)
        try rule.bind(finding.evidence.map { Int64(clamping: $0.first) }, at: 8)
        try rule.bind(finding.evidence.map { Int64(clamping: $0.last) }, at: 9)
        try rule.bind(finding.evidence.map { Int64($0.count) }, at: 10)
        try rule.run()
    }
}
