import Bytes
import Events
import Gate
import TestSupport
import Testing
import Views

/// A log in memory: events are drafted, sealed as a ledger seals them, stored at the next position,
/// and folded into tables; requests and reports are prepared as a ledger prepares them.
struct World {
    static let start = Instant(nanoseconds: 1_700_000_000_000_000_000)

    /// Whether records are sealed; in clear only what reads a request back from its record.
    var isSealed = true
    private var seal = WorldSeal()
    var tables = Tables(tag: 7)
    var policy: Policy
    var now = World.start
    var count: Position = 0
    var records: [[UInt8]] = []

    init(_ policy: Policy = Policy()) { self.policy = policy }

    /// Changes a policy in one expression.
    init(_ change: (inout Policy) -> Void) {
        policy = Policy()
        change(&policy)
    }

    /// The moment so many seconds after the start.
    static func at(_ seconds: Int64) -> Instant { start.advanced(by: .seconds(seconds)) }

    /// Moves the clock to so many seconds after the start.
    mutating func clock(_ seconds: Int64) { now = Self.at(seconds) }

    /// Seals an event, and stores it.
    @discardableResult
    mutating func append(_ draft: Draft) -> Position {
        guard isSealed else { return store(draft) }
        let holder = draft.reservation.flatMap { self.holder(of: $0) }
        return store(seal.seal(draft, holder: holder))
    }

    /// The holder of the record that granted a reservation.
    private func holder(of reservation: Reservation) -> Fingerprint? {
        guard tables.tags.include(reservation), reservation.position < count else { return nil }
        return read(Int(reservation.position)) { $0.isSealed ? $0.holder : nil }
    }

    /// Prepares a request as a ledger does.
    mutating func prepare(_ request: SendRequest) -> PreparedRequest {
        isSealed ? seal.seal(request) : PreparedRequest(request)
    }

    /// The id of a person.
    mutating func person(_ name: String) -> Fingerprint {
        prepare(.to(person: name)).keys.person
    }

    /// Stores what is sealed already: what the gate drafts of a prepared request.
    @discardableResult
    mutating func store(_ draft: Draft) -> Position {
        let record = draft.sealed(at: count, recorded: now)
        records.append(record)
        if let event = EventView(record.span) { Fold.evolve(&tables, by: event) }
        count += 1
        return count - 1
    }

    @discardableResult
    mutating func append(
        _ type: EventType, at time: Instant? = nil, _ build: (inout DraftBuilder) -> Void = { _ in }
    ) -> Position {
        var builder = DraftBuilder(type, source: "test", id: "\(count)")
        if let time { builder.happened(at: time) }
        build(&builder)
        return append(builder.finish()!)
    }

    /// Reads a stored record.
    func read<Value>(_ index: Int, _ body: (borrowing EventView) -> Value) -> Value {
        let record = records[index]
        guard let event = EventView(record.span) else { fatalError("no record") }
        return body(event)
    }

    var facts: Facts { Facts(now: now, policy: 0, random: 0xFEED) }

    /// What the gate says now; nothing is recorded.
    mutating func decide(_ request: SendRequest, at time: Instant? = nil) -> Decision {
        var facts = facts
        facts.now = time ?? now
        let decision = Gate.decide(
            prepare(request), recorded: facts, under: policy, in: &tables)
        Self.check(decision.findings)
        return decision
    }

    /// Every finding names a scope that its rule has.
    static func check(_ findings: [Finding]) {
        guard let wrong = findings.first(where: { !$0.isScoped }) else { return }
        Issue.record("\(wrong.rule.name) speaks of \(wrong.scope.name): see Rule.scopes")
    }

    /// What each rule says at a moment by itself.
    mutating func findings(_ request: SendRequest, at time: Instant? = nil) -> [Finding] {
        var facts = facts
        facts.now = time ?? now
        let findings = Gate.findings(prepare(request), facts, under: policy, in: &tables)
        Self.check(findings)
        return findings
    }

    /// Asks and records the answer, as the writer does.
    mutating func ask(_ request: SendRequest) -> (decision: Decision, reservation: Reservation) {
        let prepared = prepare(request)
        let decision = Gate.decide(prepared, recorded: facts, under: policy, in: &tables)
        let draft = try! Gate.draft(
            prepared, decision, facts, source: "gate", id: "\(count)", tags: tables.tags)
        let position = store(draft)
        return (
            decision,
            Reservation(position: decision.joined ?? position, tag: tables.tags.first)
        )
    }

    /// Records a permission whatever the gate says.
    mutating func reserve(_ request: SendRequest) -> Reservation {
        let decision = Decision(
            verdict: .send, findings: [], notBefore: now,
            expires: now.advanced(by: policy.reservations.lease))
        let prepared = prepare(request)
        let draft = try! Gate.draft(
            prepared, decision, facts, source: "gate", id: "\(count)", tags: tables.tags)
        return Reservation(position: store(draft), tag: tables.tags.first)
    }

    /// Records what became of a reservation, as the writer does, whatever the gate says of it.
    @discardableResult
    mutating func report(
        _ reservation: Reservation, _ outcome: SendReport.Outcome,
        _ change: (inout SendReport) -> Void = { _ in }
    ) -> Position {
        var report = SendReport(reservation, outcome)
        change(&report)
        return store(
            try! report.draft(
                source: "test", id: "\(count)", fields: prepare(report).fields,
                verdict: (ReportVerdict(go: true), policy: 0)))
    }

    /// The members of a report as a ledger records them, and the name of its message.
    private mutating func prepare(
        _ report: SendReport
    ) -> (fields: DraftBuilder, message: Fingerprint) {
        if isSealed { return seal.seal(report, holder: holder(of: report.reservation)) }
        return (report.fields, report.message.map { Fingerprint(of: $0) } ?? .none)
    }

    /// Reserves and has accepted at this moment.
    mutating func send(_ request: SendRequest) {
        let reservation = reserve(request)
        report(reservation, .accepted)
    }

    /// What the gate answers to a report now; nothing is recorded.
    mutating func judge(
        _ reservation: Reservation, _ outcome: SendReport.Outcome,
        _ change: (inout SendReport) -> Void = { _ in }
    ) -> ReportVerdict {
        var report = SendReport(reservation, outcome)
        change(&report)
        let row = tables.reservation(at: reservation.position)
        guard outcome == .attempted else {
            let message = prepare(report).message
            return Gate.judge(report, message: message, row: row, tables: &tables, now: now)
        }
        let request =
            reservation.position < count
            ? read(Int(reservation.position)) { PreparedRequest(recorded: $0) }
            : PreparedRequest(SendRequest())
        return Gate.attempted(
            report, row: row, request: request, facts, under: policy, in: &tables)
    }
}

extension SendRequest {
    /// A request by its usual members.
    static func to(
        chat: String? = nil, person: String? = nil, account: String? = "a", subject: String? = nil,
        steps: [String] = [], submission: Int64? = nil, text: String? = nil,
        _ change: (inout SendRequest) -> Void = { _ in }
    ) -> SendRequest {
        var request = SendRequest()
        request.chat = chat
        request.person = person
        request.account = account
        request.subject = subject
        request.steps = steps
        request.submission = submission
        request.text = text
        change(&request)
        return request
    }
}

extension Decision {
    /// What the rule said, or nil if it was not judged.
    subscript(rule: Rule) -> Finding? { findings.first { $0.rule == rule } }
}

extension [Finding] {
    /// What the rule said first, or nil if it was not judged.
    subscript(rule: Rule) -> Finding? { first { $0.rule == rule } }
}

extension Finding.Evidence {
    /// The evidence of a single event.
    init(_ position: Position) { self.init(first: position, last: position, count: 1) }
}
