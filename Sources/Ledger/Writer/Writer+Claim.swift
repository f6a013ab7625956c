import Bytes
import Events
import Gate
import Storage
import Views

extension Writer {
    /// After how long a claimer looks again where the outcome of another message is awaited.
    private static let outcomeInterval = Nanoseconds.seconds(1)

    /// Hands out what still waits, until the claim or the policy's batch is full.
    func claim(
        _ work: ClaimWork, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> ClaimOutcome {
        let terms = try policyInForce(transaction).policy.queue
        var messages = try repeated(work, now)
        // What was released by now waits again.
        try expire(now, transaction, atMost: Self.expiredMax)
        var left = work.most - messages.count
        var retry: Instant?
        if let batch = terms.batch {
            let window = state.tables.window(
                work.role == .none ? .ledger : .role, work.role,
                length: terms.batchInterval ?? .seconds(1), limit: batch, at: now)
            left = min(left, max(0, batch - window.count))
            if left <= 0 { retry = window.fitsAt }
        }
        var handedOut: Set<Position> = []
        var isAwaiting = false
        for part in work.parts where left > 0 {
            let request = part.request.request
            let positions = part.queued.filter {
                waits($0, now)
                    && !state.tables.isOvertaken(
                        queued: $0, to: request.keys.person, for: request.request.purpose)
            }
            // Some of what would have gone as one is gone: the next claim makes it anew.
            guard positions.count == part.queued.count, !isRouteStale(request) else { continue }
            // One message at a time to a person: what must wait for the outcome of another is not
            // asked for, because the gate could name only the end of the other's lease.
            if isOutcomeAwaited(request, now, handedOut) {
                isAwaiting = true
                continue
            }
            guard let answer = try asked(request, part.request.lookup, now, transaction) else {
                continue
            }
            guard answer.decision.verdict == .send else { continue }
            messages.append(ClaimedMessage(answer: answer, queued: positions))
            handedOut.insert(answer.position)
            left -= 1
        }
        if retry == nil { retry = state.tables.nextDue(for: work.role, after: now) }
        if isAwaiting {
            let soon = now.advanced(by: Self.outcomeInterval)
            retry = retry.map { min($0, soon) } ?? soon
        }
        if retry == nil, !state.tables.waiting(for: work.role, at: now, limit: 1).isEmpty {
            retry = now
        }
        return ClaimOutcome(messages: messages, now: now, retryAt: retry)
    }

    /// Asks for one message; nil where it cannot be asked for: it does not keep the others waiting,
    /// and is given up at its time.
    private func asked(
        _ request: PreparedRequest, _ lookup: Lookup?, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> AskOutcome? {
        do throws(LedgerError) {
            return try ask(request, lookup, now, transaction)
        } catch {
            guard error.code == .invalid || error.code == .conflict || error.code == .rerouted
            else { throw error }
            return nil
        }
    }

    /// What the same claim was handed out before, and is still open.
    private func repeated(
        _ work: ClaimWork, _ now: Instant
    ) throws(LedgerError) -> [ClaimedMessage] {
        let open = state.tables.claimed(under: work.attempt, by: work.role, at: now)
        return try open.prefix(work.most).map { position throws(LedgerError) in
            guard let known = work.repeats.first(where: { $0.position == position }) else {
                throw LedgerError(.rerouted, "the same claim was answered in between")
            }
            return ClaimedMessage(
                answer: known.message.answer.given(again: now), queued: known.message.queued)
        }
    }

    /// Whether a message waits for the outcome of another to the same person.
    ///
    /// A critical one waits so only for what this claim handed out; the gate says how long for
    /// others.
    private func isOutcomeAwaited(
        _ request: PreparedRequest, _ now: Instant, _ handedOut: Set<Position>
    ) -> Bool {
        let keys = request.keys
        let group = state.tables.group(of: keys.person)
        guard keys.person != .none, keys.chat == .none || group.contains(keys.chat) else {
            return false
        }
        let isPair = keys.pair != .none
        let names = isPair ? group.pairs(with: keys.account) : group
        var isAwaited = false
        for name in names.members {
            state.tables.forEachOpen(isPair ? .pair : .person, name, at: now) { stamp, _ in
                if !request.request.critical || handedOut.contains(stamp.position) {
                    isAwaited = true
                }
            }
        }
        return isAwaited
    }

    private func waits(_ position: Position, _ now: Instant) -> Bool {
        guard let slot = state.tables.queued.find(Fingerprint(UInt128(position))) else {
            return false
        }
        let row = state.tables.queued[slot]
        return row.state == .waiting && row.due <= now && row.expires > now
    }

    /// Whether the subject of a routed request was posted anew since.
    func isRouteStale(_ request: PreparedRequest) -> Bool {
        guard let route = request.request.route else { return false }
        return state.tables.latestSubmission(of: request.keys.subject) != route.submission
    }
}
