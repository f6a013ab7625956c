import Bytes
import Events
import Gate
import Ledger
import Views

/// One pass over the log, for the compliance view.
///
/// Memory grows with persons and with the sends of the range, some 100 bytes each.
struct ComplianceWalk {
    /// One person.
    struct Person {
        var first = Instant.latest
        var last = Stamp.never
        var lastDay = Int64.min
        /// The last message to the person.
        var sent = Stamp.never
        var campaign = Campaign()
        var asked = Stamp.never
        /// The reservation of that request; what fails was never asked.
        var request: Position = .max
        var answer: EventType?
        var isOut = false
        /// Whether the person wrote again after 1, 7 and 30 days.
        var returned: (Bool, Bool, Bool) = (false, false, false)
        /// When the question of satisfaction was put, while it waits.
        var questioned: Instant?
    }

    /// Something that a finding may be about.
    struct Mark: Hashable {
        let kind: String
        let day: Int64
    }

    let ledger: Ledger
    let from: Instant
    let to: Instant
    let words: ConsentWords
    let question: Fingerprint
    let answers: [[UInt8]]

    var days: [Int64: ComplianceDay] = [:]
    var people: [Fingerprint: Person] = [:]
    var campaigns: [Campaign: CampaignCount] = [:]
    var preceding: [Mark: [Position]] = [:]
    var missed: [(position: Position, word: String)] = []
    var missedCount = 0
    var satisfaction: [Int]
    var questions = 0
    private var reservations: [Position: (person: Fingerprint, campaign: Campaign)] = [:]

    /// The most missed words that are listed.
    static let missedMax = 50

    init(_ ledger: Ledger, from: Instant, to: Instant, under policy: Policy?) throws {
        self.ledger = ledger
        self.from = from
        self.to = to
        let terms = policy?.consent ?? .init()
        words = ConsentWords(terms.words)
        question =
            try terms.satisfaction.question.map { try ledger.fingerprint(of: $0, as: .text) }
            ?? .none
        answers = terms.satisfaction.answers.map { FoldedWords.fold($0) ?? [] }
        satisfaction = Array(repeating: 0, count: answers.count)
    }

    /// Whether a moment lies in the range.
    func holds(_ time: Instant) -> Bool { time >= from && time < to }

    mutating func add(_ event: borrowing EventView) throws {
        guard event.effective < to else { return }
        switch event.type {
        case .messageReceived: try hear(event)
        case .sendReserved, .sendAttempted, .sendAccepted, .sendFailed, .sendCancelled:
            send(event)
        case .messageFailed:
            count(event, \.bounced)
            mark("bounced", event, before: sent(to: event.recipient))
        case .complaintReported:
            count(event, \.complaints)
            mark("complaints", event, before: sent(to: event.recipient))
        case .consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn:
            try consent(event)
        case .messageClassified:
            guard event.text(.ruleset) == "consent" else { return }
            switch event.text(.lane) {
            case "support": count(event, \.support)
            case "privacy": count(event, \.privacy)
            case "review": count(event, \.held)
            default: break
            }
        default: break
        }
    }

    private mutating func count(
        _ event: borrowing EventView, _ path: WritableKeyPath<ComplianceDay, Int>
    ) {
        days[ComplianceDay.number(event.effective), default: ComplianceDay()][keyPath: path] += 1
    }

    private func sent(to person: Fingerprint) -> Position? {
        guard let known = people[person], known.sent.isSet else { return nil }
        return known.sent.position
    }

    private mutating func mark(
        _ kind: String, _ event: borrowing EventView, before position: Position?
    ) {
        guard let position else { return }
        let mark = Mark(kind: kind, day: ComplianceDay.number(event.effective))
        let known = preceding[mark] ?? []
        guard known.count < RedFlag.precedingMax, !known.contains(position) else { return }
        preceding[mark, default: []].append(position)
    }

    // MARK: - What comes in

    private mutating func hear(_ event: borrowing EventView) throws {
        count(event, \.received)
        let id = event.recipient
        guard id != .none else { return }
        let time = event.effective
        var person = people[id] ?? Person()
        let day = ComplianceDay.number(time)
        if person.lastDay != day {
            days[day, default: ComplianceDay()].persons += 1
            person.lastDay = day
        }
        if person.first <= time {
            let length = time.since(person.first)
            if length >= .day { person.returned.0 = true }
            if length >= .seconds(7 * 86_400) { person.returned.1 = true }
            if length >= .seconds(30 * 86_400) { person.returned.2 = true }
        }
        person.first = min(person.first, time)
        person.last = max(person.last, Stamp(time: time, position: event.position))
        let questioned = person.questioned
        person.questioned = nil
        people[id] = person
        guard holds(time) else { return }
        guard let text = try ledger.withOpened(event, { $0.text(.text) }) else { return }
        if let word = words.mention(in: text) {
            missedCount += 1
            if missed.count < Self.missedMax { missed.append((event.position, word)) }
        }
        if let questioned, time >= questioned, time.since(questioned) <= .day,
            let folded = FoldedWords.fold(text), let place = answers.firstIndex(of: folded)
        {
            satisfaction[place] += 1
        }
    }

    // MARK: - What goes out

    private mutating func send(_ event: borrowing EventView) {
        var id = event.recipient
        var campaign = Campaign()
        var first = event.position
        if let reservation = event.reservation {
            guard let known = reservations[reservation.position] else { return }
            (id, campaign) = known
            first = reservation.position
        } else {
            campaign.template = event.template
            campaign.category = event.text(.category) ?? ""
            campaign.purpose = event.text(.purpose) ?? ""
        }
        switch event.type {
        case .sendReserved:
            reservations[event.position] = (id, campaign)
            note(event, id, campaign, at: first)
        case .sendAttempted where event.reservation == nil: note(event, id, campaign, at: first)
        case .sendAccepted:
            if event.reservation == nil { note(event, id, campaign, at: first) }
            count(event, \.accepted)
            guard holds(event.effective) else { return }
            var tally = campaigns[campaign] ?? CampaignCount()
            if tally.accepted == 0 { tally.example = first }
            tally.accepted += 1
            campaigns[campaign] = tally
        case .sendFailed:
            count(event, \.failed)
            mark("failed", event, before: first)
            forget(first, id)
        case .sendCancelled: forget(first, id)
        default: break
        }
    }

    /// What was not sent asked nobody.
    private mutating func forget(_ reservation: Position, _ id: Fingerprint) {
        guard let person = people[id], person.request == reservation else { return }
        people[id]?.asked = .never
        people[id]?.request = .max
    }

    private mutating func note(
        _ event: borrowing EventView, _ id: Fingerprint, _ campaign: Campaign, at first: Position
    ) {
        guard id != .none else { return }
        let stamp = Stamp(time: event.effective, position: first)
        var person = people[id] ?? Person()
        person.sent = max(person.sent, stamp)
        person.campaign = campaign
        if campaign.purpose == "consent_request", !person.asked.isSet {
            person.asked = stamp
            person.request = first
            count(event, \.asked)
        }
        if question != .none, event.nameFingerprint(.text) == question {
            person.questioned = event.effective
            if holds(event.effective) { questions += 1 }
        }
        people[id] = person
    }

    // MARK: - Consent

    private mutating func consent(_ event: borrowing EventView) throws {
        let id = event.recipient
        var person = people[id] ?? Person()
        defer { people[id] = person }
        let stamp = Stamp(time: event.effective, position: event.position)
        // What is remembered of one who was erased is neither asked nor said again.
        if try ledger.withOpened(event, { $0.text(.evidence) == "erased" }) {
            person.isOut = event.type == .consentWithdrawn || person.isOut
            return
        }
        switch event.type {
        case .consentRequested:
            guard !person.asked.isSet else { return }
            person.asked = stamp
            count(event, \.asked)
            return
        case .consentGranted:
            count(event, \.granted)
            person.isOut = false
        case .consentDeclined: count(event, \.declined)
        default:
            guard !person.isOut else { return }
            person.isOut = true
            count(event, \.optOuts)
            optOut(event, person)
        }
        if person.asked.isSet, person.asked.time <= stamp.time {
            person.answer = person.answer ?? event.type
        }
    }

    /// The last message to the person within 7 days bears the opt-out.
    private mutating func optOut(_ event: borrowing EventView, _ person: Person) {
        guard person.sent.isSet else { return }
        mark("opt_outs", event, before: person.sent.position)
        let time = event.effective
        guard holds(time), person.sent.time <= time,
            time.since(person.sent.time) <= .seconds(7 * 86_400)
        else { return }
        var tally = campaigns[person.campaign] ?? CampaignCount()
        if tally.example == 0 { tally.example = person.sent.position }
        tally.optOuts += 1
        campaigns[person.campaign] = tally
    }
}
