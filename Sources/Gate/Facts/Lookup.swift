public import Events
public import TimeZones

/// What was looked up for a request before its turn, and for which policy and moment.
///
/// It is kept where it still holds when the decision is made; otherwise it is made anew.
public struct Lookup: Sendable {
    /// The position of the policy that it was made under.
    public let policy: Position
    /// About when the decision was expected.
    public let made: Instant
    private let circumstances: Circumstances

    /// Looks everything up that a decision under `policy` will ask for.
    ///
    /// - Parameters:
    ///   - request: what is asked, with its members in clear.
    ///   - policy: the policy that will be in force.
    ///   - position: where that policy stands in the log.
    ///   - now: about when it will be decided.
    ///   - zones: where time zones are found.
    public init(
        of request: PreparedRequest, under policy: Policy, at position: Position, now: Instant,
        zones: some ZoneSource
    ) {
        self.policy = position
        made = now
        circumstances = Circumstances(
            of: request.request, under: policy.effective(for: request), at: now, zones: zones)
    }

    /// The circumstances, if they hold under the policy at `position` at `now`.
    public func holds(under position: Position, at now: Instant) -> Circumstances? {
        guard policy == position, now >= made, now < circumstances.holdsUntil else { return nil }
        return circumstances
    }

    /// Whether there is anything to look up under a policy that the request must be read for.
    public static func reads(_ policy: Policy) -> Bool {
        !policy.quiet.times.isEmpty || policy.pacing != nil || !policy.critical.kinds.isEmpty
            || !policy.templates.promotionalWords.isEmpty || !policy.overlays.isEmpty
    }

    /// The quiet time that holds for a request at a moment, or the next one; nil for none.
    public static func quiet(
        of request: PreparedRequest, under policy: Policy, at moment: Instant,
        zones: some ZoneSource
    ) -> Circumstances.Span? {
        Circumstances.quiet(
            of: request.request, under: policy.effective(for: request), at: moment, zones: zones)?
            .span
    }

    /// The circumstances of a decision that is made at once.
    public static func circumstances(
        of request: PreparedRequest, under policy: Policy, now: Instant, zones: some ZoneSource
    ) -> Circumstances {
        Circumstances(
            of: request.request, under: policy.effective(for: request), at: now, zones: zones)
    }
}
