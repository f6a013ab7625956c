public import Events

/// What a decision knows beside the request, the policy and the views; gathered once, recorded.
public struct Facts: Sendable, Equatable {
    /// The ledger's clock; the decision is recorded at this moment.
    public var now: Instant
    /// The position of the `policy.changed` in force.
    public var policy: Position
    /// One random number for every choice that the decision leaves to chance.
    public var random: UInt64

    /// Facts of a decision at `now`.
    public init(now: Instant, policy: Position, random: UInt64) {
        self.now = now
        self.policy = policy
        self.random = random
    }
}

/// What the gate says of one request.
public struct Decision: Sendable, Equatable {
    /// The strictest verdict among the findings.
    public var verdict: Verdict
    /// What each active rule says, in the order of ``Rule``'s numbers.
    public var findings: [Finding]
    /// With `send`: not to be sent earlier.
    public var notBefore: Instant?
    /// With `send`: when the lease ends.
    public var expires: Instant?
    /// With `wait`: when the same request will pass, if nothing else happens.
    public var retryAt: Instant?

    /// A decision of its parts.
    public init(
        verdict: Verdict, findings: [Finding], notBefore: Instant? = nil, expires: Instant? = nil,
        retryAt: Instant? = nil
    ) {
        self.verdict = verdict
        self.findings = findings
        self.notBefore = notBefore
        self.expires = expires
        self.retryAt = retryAt
    }
}
