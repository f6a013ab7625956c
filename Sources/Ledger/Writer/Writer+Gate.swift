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
    /// Whether the same key was granted before: the answer is that of the first time.
    public let isRepeat: Bool
    /// Whether it is the answer of a moment ago, which was only counted: ``position`` is that of
    /// the first.
    public let isCounted: Bool

    init(
        request: PreparedRequest, decision: Decision, now: Instant, reservation: Reservation?,
        policy: String, position: Position, isRepeat: Bool, isCounted: Bool = false
    ) {
        self.request = request
        self.decision = decision
        self.now = now
        self.reservation = reservation
        self.policy = policy
        self.position = position
        self.isRepeat = isRepeat
        self.isCounted = isCounted
    }

    /// The answer as a JSON object.
    public var json: [UInt8] {
        Gate.answer(
            request, decision, now: now, reservation: reservation, policy: policy,
            position: isCounted ? nil : position)
    }
}

/// What `report` is answered with.
public struct ReportOutcome: Sendable, Equatable {
    /// Where the report stands: the first time it was made.
    public let position: Position
    /// Whether it was made before.
    public let isDuplicate: Bool
    /// Whether the provider may be called.
    public let go: Bool
}

extension Writer {
    /// Decides a request on the state of this very transaction, and records the decision.
    ///
    /// What was looked up before the lock is used as long as it still holds.
    func ask(
        _ request: PreparedRequest, _ lookup: Lookup?, _ now: Instant,
        _ transaction: borrowing WriteTransaction, queued: [Position] = []
    ) throws(LedgerError) -> AskOutcome {
        let policy = try policyInForce(transaction)
        if request.key != .none, let first = state.tables.requestKeys.position(of: request.key) {
            return try repeated(request, first, now, transaction)
        }
        if request.request.overridesThrottle, !log.identity.isDevelopment {
            throw LedgerError(
                .forbidden, "only a ledger made with 'init --development' sends without throttling")
        }
        if isRouteStale(request) {
            throw LedgerError(.rerouted, "the subject was posted again while it was asked about")
        }
        var circumstances =
            lookup?.holds(under: policy.position, at: now)
            ?? Lookup.circumstances(
                of: request, under: policy.policy, now: now, zones: SystemZones.shared)
        circumstances.beat = lastBeat(
            of: Gate.silent(beside: request, under: policy.policy, at: now, in: &state.tables),
            now, transaction)
        let facts = Facts(
            now: now, policy: policy.position, random: UInt64.random(in: .min ... .max),
            circumstances: circumstances)
        let decision = Gate.decide(request, facts, under: policy.policy, in: &state.tables)
        let position = state.applied
        let draft = Gate.draft(
            request, decision, facts, source: Ledger.ownSource, id: "\(position)",
            queued: queued, shadows: try shadowVerdicts(request, facts, transaction))
        try emit(draft, now, transaction)
        let reservation =
            decision.verdict == .send
            ? log.identity.tags.reservation(at: position) : nil
        return AskOutcome(
            request: request, decision: decision, now: now, reservation: reservation,
            policy: policy.hash, position: position, isRepeat: false)
    }

    /// The same key answers the same reservation; with another request it is a conflict.
    private func repeated(
        _ request: PreparedRequest, _ first: Position, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> AskOutcome {
        do {
            guard let bytes = try transaction.value(at: first, in: log.log) else {
                throw LogStore.damaged(first)
            }
            let event = try LogStore.view(bytes, at: first)
            guard try event.digest == request.digest || isErased(event) else {
                throw LedgerError(
                    .conflict,
                    "the key was granted at position \(first) for another request; use a new key",
                    position: first)
            }
            guard let decision = Gate.decision(recorded: event) else {
                throw LogStore.damaged(first)
            }
            let policy = Position(event.integer(.policy) ?? 0)
            return AskOutcome(
                request: request, decision: decision, now: now,
                reservation: log.identity.tags.reservation(at: first),
                policy: try hash(ofPolicyAt: policy, transaction), position: first, isRepeat: true)
        } catch {
            throw LedgerError(any: error)
        }
    }

    private func hash(
        ofPolicyAt position: Position, _ transaction: borrowing WriteTransaction
    ) throws -> String {
        guard let bytes = try transaction.value(at: position, in: log.log) else { return "" }
        let event = try LogStore.view(bytes, at: position)
        guard let range = event.range(of: .text) else { return "" }
        return event.bytes.extracting(range).sha256.hex
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
        let key = Fingerprint(UInt128(report.reservation.position))
        let row = state.tables.reservations.find(key).map { state.tables.reservations[$0] }
        let verdict = Gate.judge(report, row: row, tables: &state.tables, now: now)
        if let refusal = verdict.refusal { throw LedgerError(.invalid, refusal.message) }
        if let first = verdict.duplicateOf {
            return ReportOutcome(position: first, isDuplicate: true, go: verdict.go)
        }
        let draft = report.draft(
            source: Ledger.ownSource, id: "\(state.applied)", fields: sealed.fields)
        let position = try emit(draft, now, transaction)
        return ReportOutcome(position: position, isDuplicate: false, go: verdict.go)
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
