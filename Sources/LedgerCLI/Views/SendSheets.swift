import Bytes
import Events
import Gate
import Ledger
import Views

/// Reservations, each with how far it has come.
enum ReservationsSheet: Sheet {
    static let name = "reservations"
    static let key = "a reservation or its position"
    static let columns = [
        "reservation", "state", "account", "chat", "person", "subject", "not_before", "expires",
        "counted", "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        guard let key else {
            var rows: [SheetRow] = []
            try reading.moment.forEachRow(of: \.reservations) { key, row, last in
                rows.append(sheetRow(Position(key.low), row, last, reading))
            }
            return rows
        }
        let position = Reservation(key)?.position ?? Position(key) ?? .max
        let found = reading.moment.tables.reservations.find(Fingerprint(UInt128(position)))
        guard let slot = found else { return [] }
        let table = reading.moment.tables.reservations
        return [sheetRow(position, table[slot], table.last(slot), reading)]
    }

    private static func sheetRow(
        _ position: Position, _ row: ReservationRow, _ last: Position, _ reading: SheetReading
    ) -> SheetRow {
        // A lease that has ended is an outcome, whether or not the log says so yet.
        let state = row.state(at: reading.now).word(isAttempted: row.attempted > 0)
        let reservation = reading.moment.tables.tags.reservation(at: position)
        let names = reading.names
        return SheetRow(
            last,
            [
                .text(reservation.description), .text(state),
                .text(names.text(.account, at: position)), .text(names.text(.chat, at: position)),
                .text(names.text(.person, at: position)),
                .text(names.text(.subject, at: position)), .time(row.notBefore),
                .time(row.expires), .time(row.counted.isSet ? row.counted.time : nil),
                .position(position),
            ])
    }
}

/// Messages in line, each with how far it has come.
enum QueueSheet: Sheet {
    static let name = "queue"
    static let key = "a role"
    static let columns = [
        "queued", "state", "role", "chat", "person", "subject", "due", "expires", "tries",
        "reservation", "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var rows: [SheetRow] = []
        let role = key.map { Fingerprint(of: $0) }
        let (now, names, tags) = (reading.now, reading.names, reading.moment.tables.tags)
        try reading.moment.forEachRow(of: \.queued) { id, row, last in
            guard role == nil || role == row.keys.role else { return }
            let position = Position(id.low)
            // What was given up by now is, whether or not an event has said so.
            let isOver = row.state == .waiting && row.expires <= now
            let state = isOver ? QueuedRow.State.expired : row.state
            let reservation = row.reservation > 0 ? tags.reservation(at: row.reservation - 1) : nil
            rows.append(
                SheetRow(
                    last,
                    [
                        .time(row.queued), .text(state.name),
                        .text(names.text(.role, at: position)),
                        .text(names.text(.chat, at: position)),
                        .text(names.text(.person, at: position)),
                        .text(names.text(.subject, at: position)), .time(row.due),
                        .time(row.expires), .number(Int64(row.tries)),
                        .text(reservation?.description), .position(position),
                    ]))
        }
        return rows
    }
}

extension QueuedRow.State {
    /// The name in tables and JSON.
    fileprivate var name: String { self == .handedOut ? "handed-out" : "\(self)" }
}

/// Exact windows per ledger, account, chat, person, pair, subject, category and role.
enum RatesSheet: Sheet {
    static let name = "rates"
    static let key = "an account, chat, person, subject, role, or ledger"
    static let columns = [
        "scope", "name", "second", "minute", "hour", "day", "open", "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var found: [(scope: RateScope, name: Fingerprint, text: String, last: Position)] = []
        if let key {
            let fields: [RateScope: Field] = [
                .account: .account, .chat: .chat, .person: .person, .subject: .subject,
                .role: .role,
            ]
            for scope in RateScope.allCases {
                guard let field = fields[scope] else { continue }
                let name = try reading.ledger.fingerprint(of: key, as: field)
                let slot = reading.moment.tables.rates.find(scope.key(name))
                guard let slot else { continue }
                found.append((scope, name, key, reading.moment.tables.rates.last(slot)))
            }
            if key == "ledger", let slot = reading.moment.tables.rates.find(RateScope.ledger.key())
            {
                found.append((.ledger, .none, "", reading.moment.tables.rates.last(slot)))
            }
        } else {
            try reading.moment.forEachRow(of: \.rates) { key, row, last in
                if let (scope, name, text) = identify(key, row.named, reading) {
                    found.append((scope, name, text, last))
                }
            }
        }
        return found.map { entry in
            func count(_ seconds: Int64) -> Cell {
                .count(
                    reading.moment.tables.window(
                        entry.scope, entry.name, length: .seconds(seconds), limit: .max,
                        at: reading.now
                    ).count)
            }
            let open = reading.moment.tables.openReservations(
                entry.scope, entry.name, at: reading.now)
            return SheetRow(
                entry.last,
                [
                    .text("\(entry.scope)"), .text(entry.text), count(1), count(60), count(3_600),
                    count(86_400), .count(open.count), .position(entry.last),
                ])
        }
    }

    /// Which scope a row counts for: the one whose key the naming event gives.
    private static func identify(
        _ key: Fingerprint, _ named: Position, _ reading: SheetReading
    ) -> (RateScope, Fingerprint, String)? {
        if key == RateScope.ledger.key() { return (.ledger, .none, "") }
        guard named > 0 else { return nil }
        let scopes: [(RateScope, Field)] = [
            (.account, .account), (.chat, .chat), (.person, .person), (.subject, .subject),
            (.role, .role),
        ]
        for (scope, field) in scopes {
            let name = reading.names.fingerprint(field, at: named - 1)
            guard name != .none, scope.key(name) == key else { continue }
            return (scope, name, reading.names.text(field, at: named - 1) ?? "(erased)")
        }
        let account = reading.names.fingerprint(.account, at: named - 1)
        let pair = account.paired(with: reading.names.fingerprint(.person, at: named - 1))
        guard RateScope.pair.key(pair) == key else {
            return category(key, account, named, reading)
        }
        let names = [Field.account, .person].map {
            reading.names.text($0, at: named - 1) ?? "(erased)"
        }
        return (.pair, pair, "\(names[0]) to \(names[1])")
    }
}

extension RatesSheet {
    /// An account's sends of a category; the sends since a person wrote have no windows to show.
    private static func category(
        _ key: Fingerprint, _ account: Fingerprint, _ named: Position, _ reading: SheetReading
    ) -> (RateScope, Fingerprint, String)? {
        guard let category = reading.names.text(.category, at: named - 1) else { return nil }
        var keys = SendKeys(account: account)
        keys.category = ConsentCategory(name: category)
        guard keys.accountCategory != .none, RateScope.category.key(keys.accountCategory) == key
        else { return nil }
        let name = reading.names.text(.account, at: named - 1) ?? ""
        return (.category, keys.accountCategory, "\(category) of \(name)")
    }
}

/// What may be sent again when, under the policy in force.
enum CooldownsSheet: Sheet {
    static let name = "cooldowns"
    static let key = "a subject"
    static let columns = [
        "subject", "last_send", "free_at", "free", "remaining_seconds", "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        let cooldown = try policy(&reading)?.rateLimits.cooldownBetweenSameDrop
        var lifted: Position = 0
        if let slot = reading.moment.tables.control.find(RateScope.ledger.key()) {
            lifted = reading.moment.tables.control[slot].cooldownsReset.position
        }
        if let key {
            let found = reading.moment.tables.cooldowns.find(Fingerprint(of: key))
            let row = found.map { reading.moment.tables.cooldowns[$0] } ?? CooldownRow()
            let last = found.map { reading.moment.tables.cooldowns.last($0) } ?? 0
            return [sheetRow(key, row, last, lifted, cooldown, reading.now)]
        }
        var rows: [SheetRow] = []
        try reading.moment.forEachRow(of: \.cooldowns) { key, row, last in
            let subject = reading.names.name(of: key, .subject, named: row.named, last: last)
            rows.append(sheetRow(subject, row, last, lifted, cooldown, reading.now))
        }
        return rows
    }

    private static func sheetRow(
        _ subject: String?, _ row: CooldownRow, _ last: Position, _ lifted: Position,
        _ cooldown: Nanoseconds?, _ now: Instant
    ) -> SheetRow {
        // As the gate counts it: what was sent before a reset no longer holds the subject.
        let latest = row.latest(since: lifted)
        let end = latest.flatMap { stamp in cooldown.map { stamp.time.advanced(by: $0) } }
        let free = end.map { $0 <= now } ?? true
        let left = free ? 0 : ((end ?? now).since(now).count + 999_999_999) / 1_000_000_000
        return SheetRow(
            last,
            [
                .text(subject), .time(latest?.time), .time(free ? nil : end), .flag(free),
                .number(left), .position(latest?.position),
            ])
    }

    /// The policy that was in force at the moment.
    private static func policy(_ reading: inout SheetReading) throws -> Policy? {
        guard let slot = reading.moment.tables.control.find(RateScope.ledger.key()) else {
            return nil
        }
        let position = reading.moment.tables.control[slot].policy
        guard position > 0, let text = reading.names.text(.text, at: position - 1) else {
            return nil
        }
        return try Policy.parse(text)
    }
}
