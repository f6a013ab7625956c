import Bytes
public import Events
public import Ledger
import Views

extension PersonRecord {
    /// Gathers what is held of a person, in two passes over the log.
    ///
    /// - Parameters:
    ///   - alias: Any alias of the person.
    ///   - progress: Called with the position that has been reached.
    /// - Throws: ``LedgerError`` with `notFound` for nobody, and for one who was erased.
    public static func gather(
        _ ledger: Ledger, _ alias: String, progress: (Position) -> Void = { _ in }
    ) throws -> PersonRecord {
        let person = try ledger.living(alias)
        let (found, row) = try ledger.withState { moment in
            var record = PersonRecord(PersonTrail(of: person, moment.tables.tags), alias)
            record.end = moment.count
            record.made = moment.now
            let group = moment.tables.group(of: person)
            if !group.others.isEmpty, let row = moment.tables.person(group) {
                record.together = ConsentCategory.allCases.filter { row[$0].state != "unknown" }
                    .map { ($0.name, row[$0].state) }
            }
            return (record, moment.tables.persons.find(person).map { moment.tables.persons[$0] })
        }
        var record = found
        record.ledger = ledger.identity.origin
        record.linked = try ledger.linked(with: person)
        // A status may stand before the report that says whose message it is.
        var ahead = ExportWalk(before: record.end)
        while try ahead.next(ledger, nil, { record.trail.follow($0) }) {
            progress(ahead.position / 2)
        }
        var recipients: [String] = []
        var walk = ExportWalk(before: record.end)
        while try walk.next(
            ledger, nil,
            { event in
                guard try record.trail.owns(event, ledger) else { return }
                try ledger.withOpened(event) { record.add($0, &recipients) }
            })
        {
            progress((record.end + walk.position) / 2)
        }
        for recipient in recipients
        where try ledger.fingerprint(of: recipient, as: .recipient) == person {
            Self.keep(recipient, in: &record.aliases)
        }
        for name in record.aliases + record.names { record.mentions.add(name) }
        if let row { try record.take(row, ledger) }
        return record
    }

    /// Takes what the views know, and the events that consent rests on.
    private mutating func take(_ row: PersonRow, _ ledger: Ledger) throws {
        lastInbound = row.lastInbound.isSet ? row.lastInbound.time : nil
        lastOutbound = row.lastOutbound.isSet ? row.lastOutbound.time : nil
        inbound = row.inbound
        outbound = row.outbound
        for category in ConsentCategory.allCases {
            let consent = row[category]
            guard let position = consent.position else { continue }
            consents.append(
                try ledger.withOpenEvent(at: position) { event in
                    Basis(category.name, consent.state, event)
                })
        }
    }

    /// Counts an event in clear, and keeps the names that it tells.
    private mutating func add(_ event: borrowing EventView, _ recipients: inout [String]) {
        types[event.typeNumber, default: 0] += 1
        // Of a link, the alias is the other person's.
        let other = event.otherPerson == .none ? event.person : event.otherPerson
        let named = [(Field.person, event.person), (.alias, other), (.chat, event.chat)]
        for (field, id) in named where id == trail.person {
            if let alias = event.text(field) { Self.keep(alias, in: &aliases) }
        }
        if let recipient = event.text(.recipient) { Self.keep(recipient, in: &recipients) }
        if let name = event.text(.name) { Self.keep(name, in: &names) }
        if event.type == .messageReceived, event.person == trail.person { post(event) }
        if let state = Basis.state(event.type) {
            history.append(Basis(event.text(.category) ?? "all", state, event))
            if history.count > Self.historyMax { history.removeFirst() }
        }
        if event.type == .sendRefused {
            refusals.append(Refusal(event))
            if refusals.count > Self.refusalsMax { refusals.removeFirst() }
        }
    }

    private mutating func post(_ event: borrowing EventView) {
        let subjects = event.texts(.subjects)
        if !subjects.isEmpty {
            for subject in subjects { post(event, subject) }
        } else if let subject = event.text(.subject) {
            post(event, subject)
        }
    }

    private mutating func post(_ event: borrowing EventView, _ subject: String) {
        var posting = Posted(
            subject: subject, count: 1, position: event.position, time: event.effective)
        if let known = posted.firstIndex(where: { $0.subject == subject }) {
            posting.count += posted.remove(at: known).count
        }
        posted.append(posting)
        if posted.count > Self.textsMax { posted.removeFirst() }
    }

    private static func keep(_ text: String, in texts: inout [String]) {
        guard !text.isEmpty, texts.count < textsMax, !texts.contains(text) else { return }
        texts.append(text)
    }
}

extension Consent {
    /// The event that the state rests on; nil where nothing is known.
    fileprivate var position: Position? {
        let stamp =
            switch state {
            case "withdrawn": withdrawn
            case "declined": declined
            case "granted": granted
            default: requested
            }
        return stamp.isSet ? stamp.position : nil
    }
}

extension PersonRecord.Basis {
    /// What an event says of consent; nil for any other.
    static func state(_ type: EventType?) -> String? {
        switch type {
        case .consentRequested: "asked"
        case .consentGranted: "granted"
        case .consentDeclined: "declined"
        case .consentWithdrawn: "withdrawn"
        default: nil
        }
    }

    fileprivate init(_ category: String, _ state: String, _ event: borrowing EventView) {
        self.category = category
        self.state = state
        position = event.position
        time = event.effective
        type = event.type?.name ?? "unknown.\(event.typeNumber)"
        source = event.text(.source)
        evidence = event.shown(.evidence)
        isEvidenceJSON = event.kind(of: .evidence) != .text
        wording = event.text(.wording)
    }
}

extension PersonRecord.Refusal {
    init(_ event: borrowing EventView) {
        position = event.position
        time = event.effective
        verdict = event.text(.verdict) ?? ""
        reasons = event.findings.filter { $0.verdict != .send }.map {
            "\($0.rule.name): \($0.reason)"
        }
    }
}

extension EventView {
    /// A field's value as text for people; nil where there is none.
    func shown(_ field: Field) -> String? {
        switch kind(of: field) {
        case .text, .json: text(field)
        case .integer: integer(field).map { String($0) }
        case .texts: texts(field).joined(separator: ", ")
        default: nil
        }
    }
}
