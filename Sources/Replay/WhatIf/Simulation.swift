import Bytes
import Events
import Gate
import Ledger
import Views

/// Another course of events: the log's, but for the sends that a policy would not have let go.
///
/// Tables of its own hold what happened in it. Every event is folded as if the ledger had learnt
/// of it when it happened, so that history imported today weighs where it belongs.
struct Simulation {
    private var tables: Tables
    private let policy: Policy
    private let ledger: Ledger
    private let start: Instant
    private var absent = Absentees()
    /// Keys of requests that were not granted at the time and are here, and at which position.
    private var granted: [Fingerprint: Position] = [:]

    /// Nothing has happened yet.
    ///
    /// - Parameters:
    ///   - ledger: Whose history it is; it opens what a policy has to read of a request.
    ///   - start: When history ends and judging begins.
    init(of ledger: Ledger, policy: Policy, start: Instant) {
        self.ledger = ledger
        tables = Tables(tags: ledger.identity.tags)
        // No rule looks an event or a message up, and they are the largest tables by far.
        tables.ids.isActive = false
        tables.messageIDs.isActive = false
        self.policy = policy
        self.start = start
    }

    /// Takes an event from before the range: it happened, whatever the policy says.
    mutating func remember(_ event: borrowing EventView) {
        // A report settles its reservation when it is learnt; but nothing is learnt after `start`.
        let learnt = event.reservation == nil ? event.effective : min(event.recorded, start)
        Fold.evolve(&tables, by: event, learntAt: learnt)
    }

    /// Takes an event of the range, in the order of (effective time, position).
    ///
    /// - Returns: What the policy says of it, if it is one that is judged.
    mutating func take(_ event: borrowing EventView) -> Decision? {
        if event.type == .sendJoined, !absent.owns(event, tags: tables.tags) {
            // It shares a reservation that is granted here, too.
            fold(event)
            return nil
        }
        if AttemptReader.isAttempt(event) {
            let request = PreparedRequest(recorded: event)
            let decision = judge(request, event)
            let goes = decision.verdict == .send
            absent.note(event, happened: goes)
            guard goes else { return decision }
            if event.type == .sendRefused || event.type == .sendJoined {
                settle(event)
                if request.key != .none { granted[request.key] = event.position }
            } else {
                fold(event)
            }
            keep(decision, request, event)
            return decision
        }
        if event.type != .policyChanged, !absent.owns(event, tags: tables.tags) { fold(event) }
        return nil
    }

    private mutating func fold(_ event: borrowing EventView) {
        Fold.evolve(&tables, by: event, learntAt: event.effective)
    }

    private mutating func judge(
        _ request: PreparedRequest, _ event: borrowing EventView
    ) -> Decision {
        if let first = granted[request.key] { return again(first, .alreadySent) }
        let recorded = Facts(recorded: event)
        var facts = Facts(
            now: event.effective, policy: event.position, random: recorded?.random ?? 0,
            circumstances: circumstances(request, event, recorded))
        let (policy, clear) = (policy, lookedUp(request, event))
        let decision = Gate.decide(request, &facts, under: policy, in: &tables) { moment in
            Lookup.quiet(of: clear, under: policy, at: moment, zones: SystemZones.shared)
        }
        // Who shares a reservation sends nothing more.
        return decision.joined.map { again($0, .inProgress) } ?? decision
    }

    /// Nothing more is sent under a key that was granted.
    private func again(_ first: Position, _ code: FindingCode) -> Decision {
        let finding = Finding(
            .duplicateKey, scope: .ledger, verdict: .refuse, observed: 1, limit: 0,
            evidence: .init(first: first, last: first, count: 1), code: code)
        return Decision(verdict: .refuse, findings: [finding])
    }

    /// The request with what this policy has to read of it, as far as it can still be read.
    private func lookedUp(
        _ request: PreparedRequest, _ event: borrowing EventView
    ) -> PreparedRequest {
        guard Lookup.reads(policy) else { return request }
        let opened = try? ledger.withOpened(event) { PreparedRequest(recorded: $0) }
        return opened ?? request
    }

    /// What this policy has to know of the request; of a text that was erased, the length that the
    /// decision knew.
    private func circumstances(
        _ request: PreparedRequest, _ event: borrowing EventView, _ recorded: Facts?
    ) -> Circumstances {
        let clear = lookedUp(request, event)
        var circumstances = Lookup.circumstances(
            of: clear, under: policy, now: event.effective, zones: SystemZones.shared)
        if clear.request.text == nil {
            circumstances.length = recorded?.circumstances.length ?? 0
        }
        return circumstances
    }

    /// The record says how another policy spread sends over time, or nothing.
    private mutating func keep(
        _ decision: Decision, _ request: PreparedRequest, _ event: borrowing EventView
    ) {
        guard let pace = decision.pace, let slot = decision.notBefore else { return }
        tables.setPace(
            of: request.keys.account, last: Stamp(time: slot, position: event.position),
            next: pace.slot, count: pace.count)
    }

    /// A refused request that goes here: nobody reported on it, so it counts at once, like an
    /// attempt from history without a gate.
    private mutating func settle(_ event: borrowing EventView) {
        // The names at the head of the record count, sealed or not.
        var record = event.bytes.array
        var span = record.mutableSpan
        span.store(EventType.sendAttempted.rawValue, at: 2)
        span.store(event.effective.nanoseconds, at: 16)
        if let attempt = EventView(record.span) { fold(attempt) }
    }
}
