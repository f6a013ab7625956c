import Bytes
import Events
import Gate
import Storage
import Views

/// The answers that a caller in a loop would get again and again: within a second it gets them
/// without the write lock, and they are recorded as one number.
///
/// An answer holds for as long as nothing of this process was decided otherwise, at most a second,
/// and never beyond the moment at which the same request may pass. What another process does shows
/// up to a second later. The numbers go with the next commit; a crash may lose them, and no rule
/// reads them.
final class Refusals: Sendable {
    /// How long an answer is given again.
    static let interval: Int64 = 1_000_000_000
    private static let keptMax = 1_024

    /// An answer that was repeated, and how often.
    struct Repeated {
        let outcome: AskOutcome
        let count: Int64
    }

    private struct Entry {
        let outcome: AskOutcome
        let made: Int64
        var repeats: Int64 = 0
    }

    private let lock = Signal()
    private let entries = Guarded<[Fingerprint: Entry]>([:])
    private let forgotten = Guarded<UInt64>(0)
    private let marks = Guarded<UInt64>(0)

    /// How often everything was forgotten: what was asked before that is not kept after it.
    var generation: UInt64 { lock.withLock { forgotten.value } }

    /// What two asks share that get the same answer.
    static func key(_ request: PreparedRequest) -> Fingerprint {
        request.digest.paired(with: request.key).paired(with: request.keys.role)
            .paired(with: request.keys.instance)
    }

    /// Forgets every answer once the marks in the folder are others: somebody stopped or resumed.
    func follow(marks word: UInt64) {
        let isOther = lock.withLock {
            defer { marks.value = word }
            return marks.value != word
        }
        if isOther { forget() }
    }

    /// The answer of a moment ago, if it still holds; it echoes the request at hand.
    func answer(
        _ key: Fingerprint, to request: PreparedRequest, at monotonic: Int64
    ) -> AskOutcome? {
        lock.withLock {
            guard let entry = entries.value[key] else { return nil }
            let passed = monotonic - entry.made
            guard passed < Self.interval else { return nil }
            let now = entry.outcome.now.advanced(by: Nanoseconds(passed))
            if let retry = entry.outcome.decision.retryAt, retry <= now { return nil }
            entries.value[key]?.repeats += 1
            return entry.outcome.repeated(for: request, at: now)
        }
    }

    /// Keeps an answer that is no permission.
    func keep(
        _ outcome: AskOutcome, under key: Fingerprint, at monotonic: Int64, of generation: UInt64
    ) {
        lock.withLock {
            guard forgotten.value == generation else { return }
            if entries.value.count >= Self.keptMax {
                entries.value = entries.value.filter { $0.value.repeats > 0 }
            }
            if entries.value.count < 2 * Self.keptMax {
                let repeats = entries.value[key]?.repeats ?? 0
                entries.value[key] = Entry(outcome: outcome, made: monotonic, repeats: repeats)
            }
        }
    }

    /// Forgets every answer, because something else was decided; what was repeated is still to be
    /// counted.
    func forget() {
        lock.withLock {
            forgotten.value += 1
            guard !entries.value.isEmpty else { return }
            entries.value = entries.value.filter { $0.value.repeats > 0 }
            for key in entries.value.keys {
                guard let old = entries.value[key] else { continue }
                entries.value[key] = Entry(
                    outcome: old.outcome, made: .min / 2, repeats: old.repeats)
            }
        }
    }

    /// Takes what is to be counted, in the order of the first refusals.
    func take() -> [Repeated] {
        lock.withLock {
            guard entries.value.values.contains(where: { $0.repeats > 0 }) else { return [] }
            var taken: [Repeated] = []
            for (key, entry) in entries.value where entry.repeats > 0 {
                taken.append(Repeated(outcome: entry.outcome, count: entry.repeats))
                entries.value[key]?.repeats = 0
            }
            return taken.sorted { $0.outcome.position < $1.outcome.position }
        }
    }

    /// Whether something is to be counted.
    var isEmpty: Bool { lock.withLock { !entries.value.values.contains { $0.repeats > 0 } } }
}

extension AskOutcome {
    /// The same answer, given again without a record of its own.
    fileprivate func repeated(for request: PreparedRequest, at now: Instant) -> AskOutcome {
        AskOutcome(
            request: request, decision: decision, now: now, reservation: nil, policy: policy,
            position: position, isCounted: true, message: message)
    }

    /// The same permission, given again.
    func given(again now: Instant) -> AskOutcome {
        AskOutcome(
            request: request, decision: decision, now: now, reservation: reservation,
            policy: policy, position: position, isReplayed: true)
    }

    /// Whether the same request would get the same answer, whatever its attempt.
    var holdsForAnyAttempt: Bool {
        // Another attempt may share the reservation that this one has asked for already.
        !decision.findings.contains { $0.rule == .duplicateKey && $0.code == .inProgress }
    }
}

extension Writer {
    /// Records how often answers were repeated since the last commit.
    func recordRefusals(
        _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        for repeated in refusals.take() {
            let outcome = repeated.outcome
            let facts = Facts(now: now, policy: try policyInForce(transaction).position, random: 0)
            let draft = try? Gate.draft(
                outcome.request, outcome.decision, facts, source: Ledger.ownSource,
                id: "\(state.applied)", tags: log.identity.tags,
                repeating: (repeated.count, outcome.position))
            // A number that does not fit beside its request is lost, as in a crash: no rule reads
            // it.
            if let draft { try emit(draft, now, transaction) }
        }
    }
}
