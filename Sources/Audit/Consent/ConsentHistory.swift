import Bytes
public import Events
public import Ledger
public import Views

/// What one person said of consent, was asked and was answered, in the order of the log.
public struct ConsentHistory: Sendable {
    /// One event, and how consent stood after it.
    public struct Entry: Sendable {
        /// Its position.
        public let position: Position
        /// Its effective time.
        public let time: Instant
        /// Its type.
        public let type: String
        /// The category; `all` where the event names none.
        public let category: ConsentCategory
        /// How consent in that category stood after it.
        public let standing: ConsentStanding
        /// What it says beside: the lane, the label, or what a send was for.
        public let detail: String?
        /// What proves it, as text or as JSON.
        public let evidence: String?
        /// Whether the evidence is JSON rather than text.
        let isEvidenceJSON: Bool
        /// What the person was asked or told.
        public let wording: String?
        /// Who says so.
        public let source: String?
    }

    /// The alias that was asked for.
    public let alias: String
    /// The ledger's time when it was asked.
    public internal(set) var made = Instant.epoch
    /// The events.
    public internal(set) var entries: [Entry] = []
    /// How consent stands now, by category; those of which nothing is known are left out.
    public internal(set) var standings: [(category: ConsentCategory, standing: ConsentStanding)] =
        []
    /// The reading that holds sends until a review decides; nil where none does.
    public internal(set) var held: Position?

    /// Walks the log for a person's events of consent.
    ///
    /// - Throws: ``LedgerError`` with `notFound` for nobody, and for one who was erased.
    public static func gather(
        _ ledger: Ledger, _ alias: String, progress: (Position) -> Void = { _ in }
    ) throws -> ConsentHistory {
        let person = try ledger.living(alias)
        var history = ConsentHistory(alias: alias)
        let (end, tags) = try ledger.withState { moment in
            history.made = moment.now
            for category in ConsentCategory.allCases {
                let standing = moment.tables.standing(of: person, in: category)
                // A category of which nothing was said stands as all of them do.
                let isOwn = moment.tables.knownPerson(person)[category].state != "unknown"
                if category == .all ? standing != .unknown : isOwn {
                    history.standings.append((category, standing))
                }
            }
            let held = moment.tables.conversation(with: person).held
            history.held = held.isSet ? held.position : nil
            return (moment.count, moment.tables.tags)
        }
        // Only the person's own events are folded: no other says anything of the standing.
        var tables = Tables(tags: tags)
        try ledger.forEachEvent(to: end) { event in
            if event.position % 65_536 == 0 { progress(event.position) }
            let isReport = event.person == .none && event.reservation != nil
            guard event.recipient == person || isReport else { return true }
            Fold.evolve(&tables, by: event)
            guard event.recipient == person, Entry.concerns(event) else { return true }
            history.entries.append(
                try ledger.withOpened(event) { Entry($0, person, &tables) })
            return true
        }
        return history
    }
}

extension ConsentHistory.Entry {
    /// Whether an event says something of consent.
    fileprivate static func concerns(_ event: borrowing EventView) -> Bool {
        switch event.type {
        case .consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn,
            .complaintReported:
            true
        case .messageClassified: event.text(.ruleset) == "consent"
        case .messageLabelled: event.text(.label) == "opt_out"
        case .sendReserved:
            ["consent_request", "confirmation", "support_reply"]
                .contains(event.text(.purpose) ?? "")
        default: false
        }
    }

    fileprivate init(
        _ event: borrowing EventView, _ person: Fingerprint, _ tables: inout Tables
    ) {
        position = event.position
        time = event.effective
        type = event.type?.name ?? "unknown.\(event.typeNumber)"
        let isConsent = (event.type?.name ?? "").hasPrefix("consent.")
        category = isConsent ? ConsentCategory(name: event.text(.category)) : .all
        standing = tables.standing(of: person, in: category)
        detail =
            event.text(.lane) ?? event.text(.label) ?? event.text(.purpose) ?? event.text(.kind)
        evidence = event.shown(.evidence)
        isEvidenceJSON = event.kind(of: .evidence) != .text
        wording = event.text(.wording) ?? (event.type == .sendReserved ? event.text(.text) : nil)
        source = event.text(.source)
    }

    /// Writes the entry as an object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("position", position)
        json.member("time", time)
        json.member("type", type)
        json.member("category", category.name)
        json.member("standing", standing.rawValue)
        json.member(orNull: "detail", detail)
        json.key("evidence")
        if let evidence {
            if isEvidenceJSON { json.raw(evidence.utf8Span.span) } else { json.value(evidence) }
        } else {
            json.null()
        }
        json.member(orNull: "wording", wording)
        json.member(orNull: "source", source)
        json.endObject()
    }
}

extension ConsentHistory {
    /// `{"person","made","standing":{…},"held","events":[…]}`.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("person", alias)
        json.member("made", made)
        json.key("standing")
        json.beginObject()
        for (category, standing) in standings { json.member(category.name, standing.rawValue) }
        json.endObject()
        json.key("held")
        if let held { json.value(held) } else { json.null() }
        writeEvents(to: &json)
        json.endObject()
        return json.finish()
    }

    func writeEvents(to json: inout JSONWriter) {
        json.key("events")
        json.beginArray()
        for entry in entries { entry.write(to: &json) }
        json.endArray()
    }
}
