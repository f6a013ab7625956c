import Events

/// A case of a rule in a scope: what was done, a request of which the rule speaks, and the same
/// request with one thing changed, of which it is silent.
struct RuleCase: Sendable, CustomStringConvertible {
    /// The one thing that is changed.
    enum Change: Sendable {
        /// The moment of the request.
        case at(Double)
        /// Members of the request.
        case asking(Told)
        /// What was done before.
        case given([Step])
        /// What is done besides.
        case after(Step)
    }

    let rule: Rule
    let scope: Scope
    let policy: String
    let given: [Step]
    let request: Told
    /// When it is asked, in seconds after noon.
    let at: Double
    let verdict: Verdict
    let silent: Change

    init(
        _ rule: Rule, _ scope: Scope, _ policy: String = "reservations: {lease: 30}",
        given: [Step], asks request: Told, at seconds: Double = 10, _ verdict: Verdict,
        silent: Change
    ) {
        self.rule = rule
        self.scope = scope
        self.policy = policy
        self.given = given
        self.request = request
        at = seconds
        self.verdict = verdict
        self.silent = silent
    }

    var description: String { "\(rule.name)/\(scope.name): \(policy)" }

    /// What was done before the request of which the rule is silent.
    var silentGiven: [Step] {
        switch silent {
        case .given(let steps): steps
        case .after(let step): given + [step]
        default: given
        }
    }

    /// The request of which it is silent.
    var silentRequest: Told {
        if case .asking(let members) = silent { request.with(members) } else { request }
    }

    /// When it is asked.
    var silentAt: Double {
        if case .at(let seconds) = silent { seconds } else { at }
    }
}

extension RuleCase {
    /// A text to Thandi, and the same to her under other spellings of her number.
    static let hello: Told = ["account": ours, "person": thandi, "text": "hello"]
    static let again: Told = ["account": ours, "person": thandiJID, "text": "hello again"]
    static let toBob: Told = ["account": ours, "person": bob, "text": "hello Bob"]
    /// Without an account, budgets are the ledger's.
    static let bare: Told = ["person": thandiSpelt, "text": "hello"]
    static let bareToBob: Told = ["person": bob, "text": "hello Bob"]

    static let all: [RuleCase] =
        orders + processes + duplicates + windows + gaps + platform + consent + clocks + breaker
}
