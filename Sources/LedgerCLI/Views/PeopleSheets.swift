import Bytes
import Events
import Ledger
import Views

/// Who posted which subject, and what became of it.
enum SubjectsSheet: Sheet {
    static let name = "subjects"
    static let key = "a subject"
    static let columns = [
        "subject", "submissions", "person", "chat", "message", "submitted", "open_steps",
        "last_feedback", "feedbacks", "retries", "status", "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        if let key {
            guard let slot = reading.moment.tables.subjects.find(Fingerprint(of: key)) else {
                return []
            }
            let table = reading.moment.tables.subjects
            return [sheetRow(key, table[slot], table.last(slot), reading.names)]
        }
        var rows: [SheetRow] = []
        let names = reading.names
        try reading.moment.forEachRow(of: \.subjects) { key, row, last in
            let subject = names.name(of: key, .subject, named: row.named, last: last)
            rows.append(sheetRow(subject, row, last, names))
        }
        return rows
    }

    private static func sheetRow(
        _ subject: String?, _ row: SubjectRow, _ last: Position, _ names: NameFinder
    ) -> SheetRow {
        func latest(_ field: Field) -> Cell {
            .text(row.recent.last.flatMap { names.text(field, at: $0.stamp.position) })
        }
        let steps = row.flagged == 0 ? [] : names.texts(.steps, at: row.flagged - 1)
        return SheetRow(
            last,
            [
                .text(subject), .count(row.submissions), latest(.person), latest(.chat),
                latest(.message), .time(row.recent.last?.stamp.time), .texts(steps),
                .time(row.lastFeedback.isSet ? row.lastFeedback.time : nil),
                .count(row.feedbacks), .count(row.retries),
                .text(EventType(rawValue: row.status)?.name), .position(last),
            ])
    }
}

/// Consent, last inbound and last outbound per person.
enum PersonsSheet: Sheet {
    static let name = "persons"
    static let key = "a person"
    static let columns = [
        "person", "last_inbound", "last_outbound", "inbound", "outbound", "consent", "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        if let key {
            guard
                let slot = reading.moment.tables.persons.find(
                    try reading.ledger.fingerprint(of: key, as: .person))
            else {
                return []
            }
            let table = reading.moment.tables.persons
            return [sheetRow(key, table[slot], table.last(slot))]
        }
        var rows: [SheetRow] = []
        let names = reading.names
        try reading.moment.forEachRow(of: \.persons) { key, row, last in
            let person = names.name(of: key, .person, named: row.named, last: last)
            rows.append(sheetRow(person, row, last))
        }
        return rows
    }

    private static func sheetRow(_ person: String?, _ row: PersonRow, _ last: Position) -> SheetRow
    {
        let consents = ConsentCategory.allCases.compactMap { category -> (String, String)? in
            let state = row[category].state
            return state == "unknown" ? nil : (category.name, state)
        }
        return SheetRow(
            last,
            [
                .text(person), .time(row.lastInbound.isSet ? row.lastInbound.time : nil),
                .time(row.lastOutbound.isSet ? row.lastOutbound.time : nil), .count(row.inbound),
                .count(row.outbound), .pairs(consents), .position(last),
            ])
    }
}

/// Messages by the provider's ids, and how far each has come.
enum MessagesSheet: Sheet {
    static let name = "messages"
    static let key = "a provider's message id"
    static let columns = [
        "message", "account", "status", "reservation", "received", "sent", "delivered", "read",
        "failed", "edits", "revoked", "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        if let key {
            let id = try reading.ledger.fingerprint(of: key, as: .message)
            guard let position = reading.moment.tables.messageIDs.position(of: id),
                let slot = reading.moment.tables.messages.find(Fingerprint(UInt128(position)))
            else { return [] }
            let table = reading.moment.tables.messages
            return [sheetRow(position, table[slot], table.last(slot), reading)]
        }
        var rows: [SheetRow] = []
        try reading.moment.forEachRow(of: \.messages) { key, row, last in
            rows.append(sheetRow(Position(key.low), row, last, reading))
        }
        return rows
    }

    private static func sheetRow(
        _ position: Position, _ row: MessageRow, _ last: Position, _ reading: SheetReading
    ) -> SheetRow {
        func time(_ instant: Instant) -> Cell { .time(instant == .latest ? nil : instant) }
        let tags = reading.moment.tables.tags
        let reservation =
            row.reservation == 0
            ? nil : tags.reservation(at: row.reservation - 1).description
        return SheetRow(
            last,
            [
                .text(reading.names.text(.message, at: position)),
                .text(reading.names.text(.account, at: position)), .text(row.status),
                .text(reservation), time(row.received), time(row.sent), time(row.delivered),
                time(row.read), time(row.failed), .count(row.edits), .flag(row.isRevoked),
                .position(position),
            ])
    }
}
