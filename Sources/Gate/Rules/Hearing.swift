import Bytes
import Events
import Views

/// One request before the rules: what they look at, and what they have found so far.
struct Hearing {
    let keys: SendKeys
    let request: PreparedRequest
    let facts: Facts
    /// The policy in force for this request.
    let policy: Policy
    /// Whether the request takes the lane of critical answers.
    var isCritical: Bool { lane != nil }
    /// By what it takes that lane; nil where it does not.
    var lane: String?
    /// When the message may begin, where a rule spreads sends over time.
    var slot: Instant?
    /// What a paced send leaves behind.
    var pace: Pace?
    private(set) var findings: [Finding] = []

    init(_ request: PreparedRequest, _ facts: Facts, under policy: Policy) {
        self.request = request
        self.facts = facts
        keys = request.keys
        self.policy = policy
        findings.reserveCapacity(32)
    }

    /// The same request, of which nothing was found yet.
    init(_ other: Hearing, without findings: Void) {
        self = other
        self.findings = []
        undecidedUntil = nil
    }

    var now: Instant { facts.now }

    /// What the send is for.
    var purpose: Purpose { Purpose(request.request.purpose) }

    /// Whether nothing is sent for real.
    var isDryRun = false
    /// In a dry run: which observation's would-be sends count beside the real ones; else none.
    var shadow: Fingerprint = .none
    /// Most sends in a minute that the operator allows with the mode; nil where nothing is said.
    var modeLimit: Int?

    /// The person with all that links make one with it.
    var group = PersonGroup(.none)
    /// The chat; a direct chat is its person, with all that links make one with it.
    var chats = PersonGroup(.none)

    /// The account under all names that the policy has for it.
    var accounts: PersonGroup { policy.accounts(keys.account) }

    /// What the account is rated; nil where the policy does not ask.
    var ratings: AccountRatings?

    /// Whether limits are halved, because the account's quality is YELLOW.
    private var isHalved: Bool { policy.quality.halvesYellow && ratings?.rating == .yellow }

    /// A limit as it holds for this request: half of it, but never none, where limits are halved.
    func held(_ limit: Int) -> Int { isHalved && limit > 1 ? limit / 2 : limit }

    /// The account with each member of the group; without an account, or without a person, none.
    var pairs: PersonGroup {
        keys.pair == .none ? PersonGroup(.none) : group.pairs(with: keys.account)
    }

    /// How many findings there are so far.
    var findingCount: Int { findings.count }

    /// The account, or the ledger for a request that names none: what sends are counted over.
    var budget: (scope: Scope, rate: RateScope) {
        keys.account == .none ? (.ledger, .ledger) : (.account, .account)
    }

    /// Adds what a rule found.
    mutating func find(_ finding: Finding) { findings.append(finding) }

    /// Adds what a rule found that waits for the outcome of another send: when that is known, the
    /// rule may refuse.
    mutating func find(undecided finding: Finding) {
        undecidedUntil = max(undecidedUntil ?? .epoch, finding.retryAt ?? .epoch)
        find(finding)
    }

    /// Until when some rule waits for what becomes of another send, so that no `wait` promises a
    /// `send`; nil where none does.
    private(set) var undecidedUntil: Instant?

    /// The strictest verdict, but for the mode's: a dry run says what would have been said.
    var strictest: Verdict {
        findings.reduce(Verdict.send) { $1.rule == .mode ? $0 : max($0, $1.verdict) }
    }

    /// When each rule that waits lets the request pass, by itself; nil where none waits.
    var nextRetry: Instant? {
        findings.lazy.filter { $0.verdict == .wait }.compactMap(\.retryAt).max()
    }

    /// When all rules let the request pass together; see ``Gate/settle(_:)``.
    var retryAt: Instant?

    /// Lets a rule wait, or refuse, that would do so when the others let the request pass.
    mutating func take(later hearing: Hearing) {
        for finding in hearing.findings where finding.verdict > .send && finding.rule != .mode {
            let own = findings.firstIndex {
                $0.rule == finding.rule && $0.scope == finding.scope
            }
            guard let own else {
                findings.append(finding)
                continue
            }
            guard findings[own].verdict < finding.verdict else { continue }
            findings[own].verdict = finding.verdict
            findings[own].retryAt = finding.retryAt
            findings[own].code = finding.code
        }
    }

    /// Refuses what would wait for ever.
    mutating func refuseEndless() {
        for index in findings.indices where findings[index].verdict == .wait {
            guard findings[index].retryAt ?? .latest >= .latest else { continue }
            findings[index].verdict = .refuse
            findings[index].retryAt = nil
        }
    }

    /// The strictest verdict, with the slot or the moment that goes with it.
    var decision: Decision {
        let verdict = findings.reduce(Verdict.send) { max($0, $1.verdict) }
        var decision = Decision(verdict: verdict, findings: findings)
        decision.lane = lane
        if isDryRun {
            decision.would = findings.reduce(Verdict.send) {
                $1.rule == .mode ? $0 : max($0, $1.verdict)
            }
        }
        switch verdict {
        case .send:
            let begin = max(now, slot ?? now)
            decision.notBefore = begin
            decision.expires = begin.advanced(by: policy.reservations.lease)
            decision.pace = pace
        case .wait: decision.retryAt = retryAt
        case .refuse: break
        }
        return decision
    }
}

/// A rule of the gate: pure, and silent where it does not apply.
protocol Judge: SendableMetatype {
    /// Whether critical answers pass it unheard.
    static var isSkippedByCritical: Bool { get }
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
