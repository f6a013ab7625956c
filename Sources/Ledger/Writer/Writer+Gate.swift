import Bytes
import Crypto
public import Events
public import Gate
import Storage
import Views

/// What `ask` is answered with.
public struct AskOutcome: Sendable {
    /// What was asked.
    public let request: PreparedRequest
    /// What the gate said.
    public let decision: Decision
    /// The ledger's clock.
    public let now: Instant
    /// With `send`: the reservation.
    public let reservation: Reservation?
    /// The SHA-256 of the policy's text.
    public let policy: String
    /// Where the decision is recorded.
    public let position: Position
    /// Whether the reservation was granted to an earlier ask: the first of them that reports
    /// `attempted` may go.
    public let isReplayed: Bool
    /// Whether it is the answer of a moment ago, which was only counted: ``position`` is that of
    /// the first.
    public let isCounted: Bool
    /// The provider's id of what was sent under the key before; nil where none is known.
    public internal(set) var message: String?

    init(
        request: PreparedRequest, decision: Decision, now: Instant, reservation: Reservation?,
        policy: String, position: Position, isReplayed: Bool = false, isCounted: Bool = false,
        message: String? = nil
    ) {
        self.request = request
        self.decision = decision
        self.now = now
        self.reservation = reservation
        self.policy = policy
        self.position = position
        self.isReplayed = isReplayed
        self.isCounted = isCounted
        self.message = message
    }

    /// The answer as a JSON object.
    public var json: [UInt8] {
        Gate.answer(
            request, decision,
            AnswerContext(
                now: now, reservation: reservation, policy: policy,
                position: isCounted ? nil : position, isReplayed: isReplayed, message: message))
    }

    /// The event that says how the provider took what was sent under the key; nil for none.
    var evidence: Position?
}

/// What `report` is answered with.
public struct ReportOutcome: Sendable, Equatable {
    /// What was reported.
    public let report: SendReport
    /// Where the report stands: the first time it was made.
    public let position: Position
    /// Whether it was made before.
    public let isDuplicate: Bool
    /// Whether the provider may be called: true at most once for a reservation, in answer to
    /// `attempted`.
    public let go: Bool
    /// What stands against calling the provider; empty where nothing does.
    public let because: [String]
    /// The ledger's clock.
    public let now: Instant
    /// When the lease ends; nil where the reservation is gone.
    public let expires: Instant?

    /// The answer as a JSON object, which echoes the report.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("reservation", report.reservation.description)
        json.member("outcome", report.outcome.rawValue)
        if let attempt = report.attempt { json.member("attempt", attempt) }
        json.member("position", position)
        json.member("duplicate", isDuplicate)
        if report.outcome == .attempted {
            json.member("go", go)
            json.member("because", because)
        }
        json.member("now", now)
        if let expires { json.member("expires", expires) }
        json.endObject()
        return json.finish()
    }
}

extension Writer {
    /// Decides a request on the state of this very transaction, and records the decision.
    ///
    /// What was looked up before the lock is used as long as it still holds.
    func ask(
        _ request: PreparedRequest, _ lookup: Lookup?, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> AskOutcome {
        let policy = try policyInForce(transaction)
        try refuseOtherRequest(request, transaction)
        if request.request.overridesThrottle, !log.identity.isDevelopment {
            throw LedgerError(
                .forbidden, "only a ledger made with 'init --development' sends without throttling")
        }
        if isRouteStale(request), !isOpen(request.key, now) {
            throw LedgerError(.rerouted, "the subject was posted again while it was asked about")
        }
        var circumstances =
            lookup?.holds(under: policy.position, at: now)
            ?? Lookup.circumstances(
                of: request, under: policy.policy, now: now, zones: SystemZones.shared)
        circumstances.beat = lastBeat(
            of: Gate.silent(beside: request, under: policy.policy, at: now, in: &state.tables),
            now, transaction)
        var facts = Facts(
            now: now, policy: policy.position, random: UInt64.random(in: .min ... .max),
            circumstances: circumstances)
        let decision = Gate.decide(
            request, &facts, under: policy.policy, in: &state.tables
        ) { moment in
            Lookup.quiet(
                of: request, under: policy.policy, at: moment, zones: SystemZones.shared)
        }
        let position = state.applied
        let shadows =
            decision.joined == nil ? try shadowVerdicts(request, facts, transaction) : nil
        let draft: Draft
        do throws(EventError) {
            draft = try Gate.draft(
                request, decision, facts, source: Ledger.ownSource, id: "\(position)",
                tags: log.identity.tags, shadows: shadows)
        } catch { throw Self.refused(error) }
        try emit(draft, now, transaction)
        let reservation =
            decision.verdict == .send
            ? log.identity.tags.reservation(at: decision.joined ?? position) : nil
        var outcome = AskOutcome(
            request: request, decision: decision, now: now, reservation: reservation,
            policy: policy.hash, position: position, isReplayed: decision.joined != nil)
        if let sent = decision.findings.first(where: {
            $0.rule == .duplicateKey && $0.code == .alreadySent
        })?.evidence?.first {
            outcome.evidence = state.tables.reservation(at: sent)?.outcome
        }
        return outcome
    }

    /// Whether a reservation under a key is open, whose route is that of whoever shares it.
    private func isOpen(_ key: Fingerprint, _ now: Instant) -> Bool {
        if case .open = state.tables.use(ofKey: key, at: now) { return true }
        return false
    }

    /// A key belongs to the request that first used it, whatever became of that.
    private func refuseOtherRequest(
        _ request: PreparedRequest, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        guard request.key != .none,
            let first = state.tables.requestKeys.position(of: request.key)
        else { return }
        do {
            guard let bytes = try transaction.value(at: first, in: log.log) else {
                throw LogStore.damaged(first)
            }
            let event = try LogStore.view(bytes, at: first)
            // A digest is keyed by the person: of a request that was routed to another, only the
            // subject can be compared.
            let isElsewhere =
                request.request.route != nil && event.person != request.keys.person
                && event.subject == request.keys.subject
            guard
                try event.digest == request.digest || event.type == .sendQueued || isElsewhere
                    || isErased(event)
            else {
                throw LedgerError(
                    .conflict,
                    "the key was used at position \(first) for another request; use a new key",
                    position: first)
            }
        } catch { throw LedgerError(any: error) }
    }

    func policyInForce(
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> PolicyInForce {
        guard let position = state.tables.policyPosition else {
            throw LedgerError(
                .noPolicy,
                "no policy has been applied, so nothing may be sent; run 'ledger policy apply FILE'"
            )
        }
        return try gate.policy(position) { () throws(LedgerError) in
            do {
                guard let bytes = try transaction.value(at: position, in: log.log) else {
                    throw LogStore.damaged(position)
                }
                return try LogStore.view(bytes, at: position).text(.text) ?? ""
            } catch { throw LedgerError(any: error) }
        }
    }

    /// Records what became of a reservation.
    func report(
        _ sealed: SealedReport, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> ReportOutcome {
        let report = sealed.report
        guard log.identity.tags.include(report.reservation) else {
            throw LedgerError(
                .invalid,
                "\(report.reservation.description) is a reservation of another ledger; "
                    + "this one is \(log.identity.origin)")
        }
        let row = state.tables.reservation(at: report.reservation.position)
        if report.outcome == .attempted { return try attempted(sealed, row, now, transaction) }
        let verdict = Gate.judge(
            report, message: sealed.message, row: row, tables: &state.tables, now: now)
        if let refusal = verdict.refusal { throw Self.refused(refusal) }
        if let first = verdict.duplicateOf {
            return outcome(report, row, verdict, at: first, isDuplicate: true, now)
        }
        try end(row, of: report.reservation, now, transaction)
        let position = try emit(record(of: sealed), now, transaction)
        return outcome(report, row, verdict, at: position, isDuplicate: false, now)
    }

    /// Answers whether the provider may be called, and records the answer; what was answered a
    /// moment ago with `go: false` is counted.
    private func attempted(
        _ sealed: SealedReport, _ row: ReservationRow?, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> ReportOutcome {
        let report = sealed.report
        let policy = try policyInForce(transaction)
        let facts = Facts(now: now, policy: policy.position, random: 0)
        let request = try recordedRequest(at: report.reservation.position, row, transaction)
        let verdict = Gate.attempted(
            report, row: row, request: request, facts, under: policy.policy, in: &state.tables)
        if let refusal = verdict.refusal { throw Self.refused(refusal) }
        if !verdict.go, let first = denials.first(of: report, verdict.because, at: now) {
            return outcome(report, row, verdict, at: first, isDuplicate: true, now)
        }
        try end(row, of: report.reservation, now, transaction)
        let position = try emit(
            record(of: sealed, verdict: (verdict, policy.position)), now, transaction)
        if !verdict.go { denials.keep(sealed, verdict, policy.position, at: position, now) }
        return outcome(report, row, verdict, at: position, isDuplicate: false, now)
    }

    private func record(
        of sealed: SealedReport, verdict: (ReportVerdict, policy: Position)? = nil
    ) throws(LedgerError) -> Draft {
        do throws(EventError) {
            return try sealed.report.draft(
                source: Ledger.ownSource, id: "\(state.applied)", fields: sealed.fields,
                verdict: verdict)
        } catch { throw Self.refused(error) }
    }

    private func outcome(
        _ report: SendReport, _ row: ReservationRow?, _ verdict: ReportVerdict,
        at position: Position, isDuplicate: Bool, _ now: Instant
    ) -> ReportOutcome {
        ReportOutcome(
            report: report, position: position, isDuplicate: isDuplicate, go: verdict.go,
            because: verdict.because, now: now, expires: row?.expires)
    }

    static func refused(_ refusal: EventError) -> LedgerError {
        LedgerError(refusal.code == .conflict ? .conflict : .invalid, refusal.message)
    }

    /// The end of a lease is told before what is reported after it.
    private func end(
        _ row: ReservationRow?, of reservation: Reservation, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        guard let row, row.state == .open, row.expires <= now else { return }
        try emit(
            expiry(of: reservation, row, at: row.expires), now, transaction)
    }

    /// The request of a reservation, as its record says it.
    private func recordedRequest(
        at position: Position, _ row: ReservationRow?, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> PreparedRequest {
        guard row != nil else { return PreparedRequest(SendRequest()) }
        do {
            guard let bytes = try transaction.value(at: position, in: log.log) else {
                throw LogStore.damaged(position)
            }
            return PreparedRequest(recorded: try LogStore.view(bytes, at: position))
        } catch { throw LedgerError(any: error) }
    }
}

extension Tables {
    /// The position of the policy in force, or nil.
    var policyPosition: Position? {
        mutating get {
            guard let slot = control.find(RateScope.ledger.key()), control[slot].policy > 0 else {
                return nil
            }
            return control[slot].policy - 1
        }
    }
}
