import Bytes
import Events
import Views

/// One request before the rules: what they look at, and what they have found so far.
struct Hearing {
    let keys: SendKeys
    let request: PreparedRequest
    let now: Instant
    let policy: Policy
    private(set) var findings: [Finding] = []

    init(_ request: PreparedRequest, at now: Instant, under policy: Policy) {
        self.request = request
        keys = request.keys
        self.now = now
        self.policy = policy
        findings.reserveCapacity(16)
    }

    /// Whether the request takes the lane of critical answers.
    var isCritical: Bool { request.request.critical }

    /// The account, or the ledger for a request that names none: what sends are counted over.
    var budget: (scope: Scope, rate: RateScope) {
        keys.account == .none ? (.ledger, .ledger) : (.account, .account)
    }

    /// Adds what a rule found.
    mutating func find(_ finding: Finding) { findings.append(finding) }

    /// The strictest verdict, with the slot or the moment that goes with it.
    var decision: Decision {
        let verdict = findings.reduce(Verdict.send) { max($0, $1.verdict) }
        var decision = Decision(verdict: verdict, findings: findings)
        switch verdict {
        case .send:
            decision.notBefore = now
            decision.expires = now.advanced(by: policy.reservations.lease)
        case .wait:
            decision.retryAt = findings.lazy.compactMap(\.retryAt).max()
        case .refuse: break
        }
        return decision
    }
}

/// A rule of the gate: pure, and silent where it does not apply.
protocol Judge {
    /// Adds to the hearing what the rule says of the request, `send` included.
    static func judge(_ hearing: inout Hearing, in tables: inout Tables)
}

extension Finding.Evidence {
    /// The evidence of a single event.
    init(_ position: Position) { self.init(first: position, last: position, count: 1) }
}

extension Nanoseconds {
    /// Seconds, rounded up: a limit must not look shorter than it is.
    var secondsRoundedUp: Int64 { (count - 1) / 1_000_000_000 + (count > 0 ? 1 : 0) }
}
