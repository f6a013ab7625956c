public import Bytes
public import Events

/// What may be sent how often: the typed form of a policy file.
///
/// A rule whose key the file does not mention is off; its member is nil, empty or false here.
/// ``PolicyKey/all`` lists every key with its unit, range and meaning.
public struct Policy: Sendable, Equatable {
    /// A name for people; nothing is decided by it.
    public var name: String?
    /// The zone of the accounts, as an IANA name: when their day begins.
    public var zone: String?
    /// Our accounts, with the names that they have beside their own.
    public var senders: [Sender] = [] {
        didSet {
            senderIndex = [:]
            for (index, sender) in senders.enumerated() {
                for name in sender.fingerprints { senderIndex[name] = index }
            }
        }
    }
    /// The place of each sender in ``senders``, by the fingerprints of all its names.
    public private(set) var senderIndex: [Fingerprint: Int] = [:]
    /// How much may be sent in which time.
    public var rateLimits = RateLimits()
    /// The same per chat, person, pair, category and role.
    public var limits = ScopedLimits()
    /// What one person may be sent.
    public var people = People()
    /// What counts as sent already.
    public var duplicates = Duplicates()
    /// How long a permission to send holds.
    public var reservations = Reservations()
    /// Which process of a role may send.
    public var instances = InstanceTerms()
    /// Which work items are too old to be answered.
    public var backlog = Backlog()
    /// What the platform allows.
    public var platform = PlatformLimits()
    /// Who may be written to at all.
    public var consent = ConsentTerms()
    /// Which templates may be used for what.
    public var templates = TemplateTerms()
    /// When nobody is to be disturbed.
    public var quiet = QuietTerms()
    /// How bulk sends are spread over time; nil sends them at once.
    public var pacing: Pacing?
    /// When errors stop sending.
    public var breaker = BreakerTerms()
    /// Which answers take the critical lane.
    public var critical = CriticalTerms()
    /// What a bad rating stops.
    public var quality = QualityTerms()
    /// How waiting messages are handed out.
    public var queue = QueueTerms()
    /// What is taken in.
    public var ingest = IngestTerms()
    /// What counts as the name of a work item.
    public var subjects = SubjectTerms()
    /// Which clock is believed.
    public var clock = ClockTerms()
    /// What differs for an account, a chat, a role or a category, in the order of the file.
    public internal(set) var overlays: [Overlay] = []
    /// The policy for every set of overlays that hold for one request, by the bits of their places.
    var merged: [UInt64: Policy] = [:]

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

    /// The section `limits`: sliding windows of other scopes than the account.
    public struct ScopedLimits: Sendable, Equatable {
        /// Per chat.
        public var chat = WindowLimits()
        /// Per person.
        public var person = WindowLimits()
        /// Per account and person.
        public var pair = WindowLimits()
        /// Per account and category.
        public var category = WindowLimits()
        /// Per role, over the whole ledger.
        public var role = WindowLimits()

        /// No limits.
        public init() {}
    }

    /// Most sends in windows of four lengths.
    public struct WindowLimits: Sendable, Equatable {
        /// In any second.
        public var perSecond: Int?
        /// In any 60 seconds.
        public var perMinute: Int?
        /// In any 3,600 seconds.
        public var perHour: Int?
        /// In any 86,400 seconds.
        public var perDay: Int?

        /// No limits.
        public init() {}
    }

    /// The section `people`.
    public struct People: Sendable, Equatable {
        /// Most messages to one person in any 24 hours.
        public var messagesPerDay: Int?
        /// Most sends to a person since the person last wrote.
        public var chain: Int?
        /// Least time between two messages to one person.
        public var minimumSpacing: Nanoseconds?
        /// The country in which national numbers are dialled, such as `ZA`; no decision rests on
        /// it.
        public var region: String?

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
