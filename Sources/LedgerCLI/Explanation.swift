import Bytes
import CommandLineKit
import Events
import Gate
import Ledger
import Replay
import Views

/// A recorded decision with the events that each finding rests on.
struct Explanation {
    let ledger: Ledger
    let position: Position
    let recorded: Instant
    let decision: Decision
    let line: String
    let event: String
    let policy: (position: Position, hash: String?)
    /// What the decision rested on beside the views: random, and what was looked up.
    let facts: String
    /// Whether it comes out again.
    let recheck: Recheck.Outcome
    /// The positions behind each finding, by its index.
    let evidence: [[Position]]
    /// Of a permission: what became of its reservation.
    let life: ReservationLife?
    /// The marks that stop sending now.
    let marks: [(mark: StopMark, position: Position?)]

    init(_ ledger: Ledger, _ position: Position) throws {
        self.ledger = ledger
        self.position = position
        let read = try ledger.withOpenEvent(at: position) { event in
            (
                recorded: event.recorded, decision: Gate.decision(recorded: event),
                line: EventLine.text(event), json: CloudEvent.text(event),
                policy: Position(clamping: event.integer(.policy) ?? 0), keys: SendKeys(event),
                type: event.type?.name ?? "unknown", facts: event.text(.facts) ?? "{}",
                isCount: Gate.isCount(recorded: event)
            )
        }
        guard let decision = read.decision else {
            throw Failure(
                "not_a_decision",
                "position \(position) holds \(read.type), which is no decision of the gate")
        }
        if read.isCount {
            throw Failure(
                "not_a_decision",
                "position \(position) only counts how often an earlier refusal was given again")
        }
        recorded = read.recorded
        facts = read.facts
        var search = EvidenceSearch(ledger, position, read.keys, read.recorded)
        recheck = try ledger.withState(after: position) { moment in
            search.group = moment.tables.group(of: read.keys.person)
            search.chats = moment.tables.chats(of: read.keys, search.group)
            return try ledger.withEvent(at: position) { event in
                try Recheck.compare(event, in: &moment.tables) { at in
                    try Policy.parse(ledger.withEvent(at: at) { $0.text(.text) ?? "" })
                }
            }
        }
        self.decision = decision
        life =
            decision.verdict == .send
            ? try ReservationLife(ledger, at: decision.joined ?? position) : nil
        marks = try ledger.marks().map { ($0, try ledger.position(of: $0)) }
        line = read.line
        event = read.json
        let hash = try ledger.withEvent(at: read.policy) { $0.text(.hash) }
        policy = (read.policy, hash)
        evidence = try decision.findings.map { try search.positions(behind: $0) }
    }

    /// One object: the decision's event, the policy, the rules each with all its positions.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("position", position)
        json.member("verdict", decision.verdict.name)
        json.member("recordedtime", recorded)
        json.member(orNull: "lane", decision.lane)
        json.key("policy")
        json.beginObject()
        json.member("position", policy.position)
        json.member(orNull: "hash", policy.hash)
        json.endObject()
        json.key("rules")
        json.beginArray()
        for (finding, positions) in zip(decision.findings, evidence) {
            json.beginObject()
            json.member("rule", finding.rule.name)
            json.member("scope", finding.scope.name)
            json.member("verdict", finding.verdict.name)
            json.member("observed", finding.observed)
            json.member("limit", finding.limit)
            json.key("retry_at")
            if let retry = finding.retryAt { json.value(retry) } else { json.null() }
            json.member("reason", finding.reason)
            if let code = finding.code { json.member("code", code.name) }
            json.key("positions")
            json.beginArray()
            for position in positions { json.value(position) }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.member("rederived", recheck.word)
        if case .different(let member) = recheck { json.member("differs_in", member) }
        if let life { life.write(to: &json) }
        HeldUp.write(marks, to: &json)
        json.key("facts")
        json.raw(facts.utf8Span.span)
        json.key("event")
        json.raw(event.utf8Span.span)
        json.endObject()
        return json.text
    }

    /// The verdict, then each rule, those that spoke against it first.
    func tell(_ out: Output) {
        out.line(line)
        let style: Output.Style = decision.verdict == .send ? .green : .red
        let retry = decision.retryAt.map { ", to be asked again at \($0.local)" } ?? ""
        let verdict = out.styled(decision.verdict.name, style, on: out.results)
        out.line("\(verdict) at \(recorded.local)\(retry)")
        life?.tell(out)
        if let lane = decision.lane { out.line(Terminal.escape(Finding.text(ofLane: lane))) }
        for (mark, _) in marks {
            let text = Terminal.escape("now sending is \(mark.text)")
            out.line(out.styled(text, .red, on: out.results))
        }
        out.line(recheck.sentence)
        out.line("policy \(policy.hash ?? "") (position \(policy.position))")
        let order = decision.findings.indices.sorted {
            (decision.findings[$1].verdict, $0) < (decision.findings[$0].verdict, $1)
        }
        for index in order {
            let finding = decision.findings[index]
            out.line(
                "\(finding.verdict.name)  \(finding.rule.name) (\(finding.scope.name)): "
                    + Terminal.escape(finding.reason))
            for position in evidence[index] {
                let text = try? ledger.withOpenEvent(at: position) { EventLine.text($0) }
                out.line("    \(text ?? "@\(position)")")
            }
        }
    }
}

extension Recheck.Outcome {
    /// The word in JSON.
    fileprivate var word: String {
        switch self {
        case .equal: "equal"
        case .otherEngine: "other-engine"
        case .different: "different"
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .equal: "made again from the log, it comes out the same"
        case .otherEngine: "made by another version of the rules; it is not made again"
        case .different(let member): "made again from the log, it differs in \(member)"
        }
    }
}

/// Finds the events that a finding counted: the record keeps only their ends and their number.
struct EvidenceSearch {
    private let ledger: Ledger
    private let position: Position
    private let keys: SendKeys
    private let recorded: Instant
    /// The person, and whom it was linked with.
    var group: PersonGroup
    /// The chat; of a direct chat, those of the person's group.
    var chats: PersonGroup

    init(_ ledger: Ledger, _ position: Position, _ keys: SendKeys, _ recorded: Instant) {
        self.ledger = ledger
        self.position = position
        self.keys = keys
        self.recorded = recorded
        group = PersonGroup(keys.person)
        chats = PersonGroup(keys.chat)
    }

    /// All positions behind a finding, ascending.
    func positions(behind finding: Finding) throws -> [Position] {
        guard let evidence = finding.evidence else { return [] }
        if evidence.count <= 1 { return [evidence.last] }
        if evidence.count == 2 { return [evidence.first, evidence.last].sorted() }
        let candidates = try candidates(finding, evidence)
        // Every counted send is a candidate, so that equal numbers mean the same sends.
        if candidates.count == evidence.count { return candidates }
        return try counted(candidates, finding)
    }

    /// Sends of the finding's scope before the decision.
    private func candidates(_ finding: Finding, _ evidence: Finding.Evidence) throws -> [Position] {
        var filter = EventFilter(types: [.sendReserved, .sendAttempted])
        switch finding.scope {
        case .account: filter.account = keys.account
        case .chat, .person: break
        case .subject: filter.subject = keys.subject
        case .pair: filter.account = keys.account
        default: break
        }
        var found: [Position] = []
        // The ends are the earliest and the latest by time, and history may arrive late.
        try ledger.forEachEvent(to: position, where: filter) { event in
            let isMeant =
                switch finding.scope {
                case .chat: chats.contains(event.chat)
                case .person, .pair: group.contains(event.recipient)
                default: true
                }
            if isMeant, event.type == .sendReserved || event.reservation == nil {
                found.append(event.position)
            }
            return true
        }
        return found
    }

    /// Those that counted at the moment of the decision: a fold up to it says which.
    private func counted(_ candidates: [Position], _ finding: Finding) throws -> [Position] {
        let length: Nanoseconds =
            switch finding.rule {
            case .limitSecond: .seconds(1)
            case .limitMinute: .seconds(60)
            case .limitHour: .seconds(3_600)
            default: .day
            }
        let start = recorded.advanced(by: Nanoseconds(-length.count))
        return try ledger.withState(after: position) { moment in
            var kept: [Position] = []
            for candidate in candidates {
                let key = Fingerprint(UInt128(candidate))
                if let slot = moment.tables.reservations.find(key) {
                    let row = moment.tables.reservations[slot]
                    let counts =
                        switch row.state(at: recorded) {
                        case .open: true
                        case .released: false
                        case .unknown where row.state == .open: row.expires > start
                        default: row.counted.isSet && row.counted.time > start
                        }
                    if counts { kept.append(candidate) }
                } else {
                    let time = try ledger.withEvent(at: candidate) { $0.effective }
                    if time > start, time <= recorded { kept.append(candidate) }
                }
            }
            return kept
        }
    }
}

extension Finding {
    /// What the lane of critical answers was taken by, and what that means.
    static func text(ofLane lane: String) -> String {
        let by =
            switch lane {
            case "caller": "its caller says so"
            case "answer": "it is one of the first two answers to somebody who has just written"
            default: "its text looks like the \(lane) and it answers somebody who wrote"
            }
        return "critical: \(by), so that limits, spacing and quiet times do not hold"
    }
}
