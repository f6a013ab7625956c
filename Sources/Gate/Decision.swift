public import Events

/// What a paced send leaves behind for the next one of the account.
public struct Pace: Sendable, Equatable {
    /// When the next may begin.
    public var slot: Instant
    /// How many in a row it makes.
    public var count: Int64

    /// A pace.
    public init(slot: Instant, count: Int64) {
        self.slot = slot
        self.count = count
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
    /// In a dry run: what the gate would have answered.
    public var would: Verdict?
    /// With a `send` that shares a reservation: where that was granted.
    public var joined: Position?
    /// With a paced `send`: what it leaves behind for the next one of the account.
    public var pace: Pace?

    /// By what the request took the lane of critical answers: `caller`, `kind NAME` or `answer`;
    /// nil where it did not.
    public var lane: String?

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
