import Bytes
import Events
import Gate
import Ledger
import Views

/// Counts per account and day, and beside them the platform's rating and the one that the counts of
/// that day and the six before it suggest under the policy in force.
enum QualitySheet: Sheet {
    static let name = "quality"
    static let key = "an account"
    static let columns =
        ["account", "day"] + QualityRow.Counter.allCases.map { "\($0)" }
        + ["official", "official_from", "estimated", "per_10000", "sample", "position"]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        let wanted = try key.map { try reading.ledger.fingerprint(of: $0, as: .account) }
        let terms = reading.policy().quality
        var days: [(row: QualityRow, last: Position)] = []
        try reading.moment.forEachRow(of: \.quality) { _, row, last in
            if wanted == nil || wanted == row.account { days.append((row, last)) }
        }
        let counted = Set(days.map { RateScope.account.key($0.row.account) })
        let isRated = wanted.map { RateScope.account.key($0) }
        try reading.moment.forEachRow(of: \.accounts) { key, row, last in
            guard row.rated.isSet, !counted.contains(key), isRated == nil || isRated == key else {
                return
            }
            // An account that is rated and has counted nothing yet has a row all the same.
            var day = QualityRow()
            day.named = row.named
            day.account = reading.names.fingerprint(.account, at: row.rated.position)
            day.day = row.rated.time.nanoseconds / Nanoseconds.day.count
            // The ledger's own row speaks of tiers alone, and has no rating.
            if day.account != .none { days.append((day, last)) }
        }
        return days.map { row, last in rated(row, last, terms, &reading) }
    }

    private static func rated(
        _ row: QualityRow, _ last: Position, _ terms: Policy.QualityTerms,
        _ reading: inout SheetReading
    ) -> SheetRow {
        let account = reading.names.name(of: row.account, .account, named: row.named, last: last)
        let day = Instant(nanoseconds: row.day * Nanoseconds.day.count)
        let counts = QualityRow.Counter.allCases.map { Cell.count(row.counts[$0.rawValue]) }
        let ratings = AccountRatings(
            of: row.account, at: day, under: terms, in: &reading.moment.tables)
        return SheetRow(
            last,
            [.text(account), .text(String(Timestamp.text(day).prefix(10)))] + counts + [
                .text(ratings.official.name), .position(ratings.position),
                .text(ratings.estimate.rating.name), .number(ratings.estimate.per10000),
                .number(ratings.estimate.sample), .position(last),
            ])
    }
}

/// Templates: what the platform says of each, and how uses and answers spread over them.
enum TemplatesSheet: Sheet {
    static let name = "templates"
    static let key = "a template's name"
    static let columns = [
        "template", "language", "state", "paused_until", "quality", "category", "uses",
        "share_per_10000", "accepted", "failed", "answers", "answered_per_10000", "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var templates: [(row: TemplateRow, last: Position)] = []
        try reading.moment.forEachRow(of: \.templates) { _, row, last in
            templates.append((row, last))
        }
        let total = templates.reduce(0) { $0 + $1.row.uses }
        return templates.compactMap { row, last in
            let parts = reading.names.template(at: row.named == 0 ? last : row.named - 1)
            guard key == nil || key == parts?.name else { return nil }
            let isPaused = row.state == .paused && row.pausedUntil > reading.now
            let state =
                row.state == .paused && !isPaused ? "approved" : String(describing: row.state)
            return SheetRow(
                last,
                [
                    .text(parts?.name),
                    .text(parts.flatMap { $0.language.isEmpty ? nil : $0.language }),
                    .text(state), .time(isPaused ? row.pausedUntil : nil),
                    .text(row.rating.name),
                    .text(row.category == .all ? nil : row.category.name), .count(row.uses),
                    .number(share(row.uses, of: total)), .count(row.accepted), .count(row.failed),
                    .count(row.answers), .number(share(row.answers, of: row.uses)),
                    .position(last),
                ])
        }
    }

    private static func share(_ part: UInt64, of whole: UInt64) -> Int64 {
        Int64(clamping: part * 10_000 / max(1, whole))
    }
}

extension SheetReading {
    /// The policy in force at the moment; one without terms where there is none.
    fileprivate mutating func policy() -> Policy {
        guard let slot = moment.tables.control.find(RateScope.ledger.key()),
            moment.tables.control[slot].policy > 0,
            let text = names.text(.text, at: moment.tables.control[slot].policy - 1)
        else { return Policy() }
        return (try? Policy.parse(text)) ?? Policy()
    }
}
