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
    var isCritical = false
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

    /// What passes from one moment on no longer, and from another on again.
    private struct Lapse {
        let finding: Int
        let at: Instant
        let back: Instant

        func holds(at now: Instant) -> Bool { at <= now && now < back }
    }

    private var lapses: [Lapse] = []

    /// Adds what a rule found, until when it holds if it passes, and when it passes again.
    mutating func find(_ finding: Finding, until end: Instant, again: Instant = .latest) {
        if finding.verdict != .refuse, end < again {
            lapses.append(Lapse(finding: findings.count, at: end, back: again))
        }
        find(finding)
    }

    /// When the rules that wait let the request pass; nil where one refuses it, or none waits.
    ///
    /// A dry run says what would have been said without it.
    private var retry: Instant? {
        let verdict = findings.reduce(Verdict.send) { $1.rule == .mode ? $0 : max($0, $1.verdict) }
        return verdict == .wait ? findings.lazy.compactMap(\.retryAt).max() : nil
    }

    /// Lets wait for longer what would be closed when the other rules let it pass, and refuses it
    /// where it would not open again: to wait would not help.
    mutating func settle() {
        guard !lapses.isEmpty else { return }
        while let retry,
            let lapse = lapses.first(where: { $0.back < .latest && $0.holds(at: retry) })
        {
            findings[lapse.finding].verdict = .wait
            findings[lapse.finding].retryAt = lapse.back
        }
        guard let retry else { return }
        for lapse in lapses where lapse.holds(at: retry) {
            findings[lapse.finding].verdict = .refuse
            findings[lapse.finding].retryAt = nil
        }
    }

    /// The strictest verdict, with the slot or the moment that goes with it.
    var decision: Decision {
        let verdict = findings.reduce(Verdict.send) { max($0, $1.verdict) }
        var decision = Decision(verdict: verdict, findings: findings)
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
        case .wait:
            decision.retryAt = findings.lazy.compactMap(\.retryAt).max()
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

/// What a send is for.
enum Purpose {
    case message, consentRequest, confirmation, supportReply

    init(_ name: String?) {
        switch name {
        case "consent_request": self = .consentRequest
        case "confirmation": self = .confirmation
        case "support_reply": self = .supportReply
        default: self = .message
        }
    }
}

extension Finding.Evidence {
    /// The evidence of a single event.
    init(_ position: Position) { self.init(first: position, last: position, count: 1) }
}

extension Nanoseconds {
    /// Seconds, rounded up: a limit must not look shorter than it is.
    var secondsRoundedUp: Int64 { (count - 1) / 1_000_000_000 + (count > 0 ? 1 : 0) }
}
