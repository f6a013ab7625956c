import Bytes
import Crypto
import Events
import Gate
import Storage

/// The policy in force, parsed once.
struct PolicyInForce: Sendable {
    let position: Position
    let policy: Policy
    let hash: String
}

/// Keeps the parsed policy while the same `policy.changed` is in force.
///
/// The writer fills it; callers look at it before they queue, to look up what a decision under it
/// will ask for.
final class PolicyCache: Sendable {
    private let lock = Signal()
    private let current = Guarded<PolicyInForce?>(nil)
    /// What reads numbers in national spelling.
    let numbers: NumberReader?

    init(_ numbers: NumberReader? = nil) { self.numbers = numbers }

    /// The policy of the last decision of this process; another may be in force by now.
    var lastKnown: PolicyInForce? { lock.withLock { current.value } }

    /// Forgets it: the commit that it was read in did not happen, and another event may come to
    /// stand at its position.
    func forget() { lock.withLock { current.value = nil } }

    func policy(
        _ position: Position, _ text: () throws(LedgerError) -> String
    ) throws(LedgerError) -> PolicyInForce {
        if let known = lastKnown, known.position == position { return known }
        let text = try text()
        do {
            let parsed = PolicyInForce(
                position: position, policy: try Policy.parse(text),
                hash: text.utf8Span.span.sha256.hex)
            lock.withLock { current.value = parsed }
            return parsed
        } catch {
            throw LedgerError(
                .invalid,
                "the policy at position \(position) is not one of this version: \(error.description)"
            )
        }
    }
}

extension Ledger {
    /// Looks up in the caller's thread what a decision will ask for, under the policy that this
    /// process last knew; nil where it knows none, or not what time it is.
    func lookUp(_ request: PreparedRequest, now: Instant?) -> Lookup? {
        guard let known = policies.lastKnown else { return nil }
        // A driven clock is where its ledger left it.
        let wall = identity.isDevelopment ? nil : Instant(nanoseconds: clock.wall())
        guard let moment = now ?? wall else { return nil }
        return Lookup(
            of: request, under: known.policy, at: known.position, now: moment,
            zones: SystemZones.shared)
    }
}
