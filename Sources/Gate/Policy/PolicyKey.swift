import Events

/// One key of a policy file: the row from which parsing, schema and `policy show` are made.
public struct PolicyKey: Sendable {
    /// The section and the key, such as `rate_limits.messages_per_minute`.
    public let path: String
    /// What the key means, in one sentence.
    public let summary: String
    /// What the value is and how it is held.
    let kind: Kind

    /// What a value is: how it is written, in which range, and where the policy keeps it.
    enum Kind: Sendable {
        /// A whole number.
        case count(ClosedRange<Int64>, any Place<Int?>)
        /// Seconds; nil when the key is missing.
        case seconds(ClosedRange<Int64>, decimals: Int, any Place<Nanoseconds?>)
        /// Seconds; the value of `Policy()` when the key is missing.
        case secondsOrDefault(ClosedRange<Int64>, decimals: Int, any Place<Nanoseconds>)
        /// Text of so many characters.
        case text(ClosedRange<Int>, any Place<String?>)
    }

    /// A member of ``Policy``.
    typealias Place<Value> = WritableKeyPath<Policy, Value> & Sendable

    /// The unit that numbers are in, for people: `messages`, `seconds` or none.
    public var unit: String {
        switch kind {
        case .count: "messages"
        case .seconds, .secondsOrDefault: "seconds"
        case .text: "text"
        }
    }

    /// The names from the outermost to the innermost.
    var names: [String] { path.split(separator: ".").map(String.init) }

    /// Every key, in the order in which `policy show` and the schema list them.
    public static let all: [PolicyKey] = [
        PolicyKey(
            path: "name", summary: "A name for people; nothing is decided by it.",
            kind: .text(1...100, \.name)),
        PolicyKey(
            path: "rate_limits.messages_per_second",
            summary: "Most messages of one account in any second.",
            kind: .count(countRange, \.rateLimits.messagesPerSecond)),
        PolicyKey(
            path: "rate_limits.messages_per_minute",
            summary: "Most messages of one account in any 60 seconds.",
            kind: .count(countRange, \.rateLimits.messagesPerMinute)),
        PolicyKey(
            path: "rate_limits.messages_per_hour",
            summary: "Most messages of one account in any 3,600 seconds.",
            kind: .count(countRange, \.rateLimits.messagesPerHour)),
        PolicyKey(
            path: "rate_limits.messages_per_day",
            summary: "Most messages of one account in any 86,400 seconds.",
            kind: .count(countRange, \.rateLimits.messagesPerDay)),
        PolicyKey(
            path: "rate_limits.cooldown_between_same_drop",
            summary: "Least time between two messages about one subject, over the whole ledger.",
            kind: .seconds(0...yearSeconds, decimals: 0, \.rateLimits.cooldownBetweenSameDrop)),
        PolicyKey(
            path: "rate_limits.startup_grace_period",
            summary: "How long an instance must have run before it may send.",
            kind: .seconds(0...daySeconds, decimals: 0, \.rateLimits.startupGracePeriod)),
        PolicyKey(
            path: "rate_limits.minimum_spacing",
            summary: "Least time between two messages of one account.",
            kind: .seconds(0...daySeconds, decimals: 3, \.rateLimits.minimumSpacing)),
        PolicyKey(
            path: "duplicates.content_window",
            summary: "How long the same content may not go to the same chat or person again.",
            kind: .seconds(0...daySeconds, decimals: 0, \.duplicates.contentWindow)),
        PolicyKey(
            path: "reservations.lease",
            summary: "How long a reservation waits for its report.",
            kind: .secondsOrDefault(1...3_600, decimals: 0, \.reservations.lease)),
    ]

    /// From 1, because a limit of 0 could be meant as "none may go" and as "no limit".
    private static let countRange: ClosedRange<Int64> = 1...1_000_000_000_000
    /// Windows are at most 24 hours.
    private static let daySeconds: Int64 = 86_400
    private static let yearSeconds: Int64 = 31_536_000
}
