public import Events

/// What may be sent how often: the typed form of a policy file.
///
/// A rule whose key the file does not mention is off; its member is nil here. ``PolicyKey/all``
/// lists every key with its unit, range and meaning.
public struct Policy: Sendable, Equatable {
    /// A name for people; nothing is decided by it.
    public var name: String?
    /// How much may be sent in which time.
    public var rateLimits = RateLimits()
    /// What counts as sent already.
    public var duplicates = Duplicates()
    /// How long a permission to send holds.
    public var reservations = Reservations()

    /// A policy in which every rule that can be off is off.
    public init() {}

    /// The section `rate_limits`.
    public struct RateLimits: Sendable, Equatable {
        /// Most sends of one account in any second.
        public var messagesPerSecond: Int?
        /// Most sends of one account in any 60 seconds.
        public var messagesPerMinute: Int?
        /// Most sends of one account in any 3,600 seconds.
        public var messagesPerHour: Int?
        /// Most sends of one account in any 86,400 seconds.
        public var messagesPerDay: Int?
        /// Least time between two sends about one subject, over the whole ledger.
        public var cooldownBetweenSameDrop: Nanoseconds?
        /// How long an instance must have run before it may send.
        public var startupGracePeriod: Nanoseconds?
        /// Least time between two sends of one account.
        public var minimumSpacing: Nanoseconds?

        /// No limits.
        public init() {}
    }

    /// The section `duplicates`.
    public struct Duplicates: Sendable, Equatable {
        /// How long the same content may not go to the same chat or person again.
        public var contentWindow: Nanoseconds?

        /// No check of content.
        public init() {}
    }

    /// The section `reservations`.
    public struct Reservations: Sendable, Equatable {
        /// How long a reservation waits for its report: 30 seconds unless the policy says
        /// otherwise.
        public var lease: Nanoseconds = .seconds(30)

        /// The lease of 30 seconds.
        public init() {}
    }
}
