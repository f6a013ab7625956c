public import Events

extension Policy {
    /// The section `platform`: limits of the platform, in their real shape.
    public struct PlatformLimits: Sendable, Equatable {
        /// Most messages of one account in any second, inbound and outbound together.
        public var throughput: Int?
        /// What each message to a person costs: a burst of n shuts the pair for n times this.
        public var pairSpacing: Nanoseconds?
        /// How many messages may go to a person as a burst, 1 to 45.
        public var pairBurst = 1
        /// Most persons outside their service window in any 24 hours, over the whole ledger.
        public var recipientsPerDay: Int?
        /// Whether a recorded `account.tier` sets the most persons; the smaller number holds.
        public var followsTier = false
        /// How long no marketing goes to a person after error 131049; it doubles with each more.
        public var marketingBackoff: Nanoseconds?

        /// No limits.
        public init() {}
    }

    /// The section `templates`: which templates may be used for what.
    public struct TemplateTerms: Sendable, Equatable {
        /// Whether a template's recorded status, quality and category are checked.
        public var isChecked = false
        /// Above how many characters a template's text is warned of.
        public var maxCharacters: Int?
        /// Words that make a text promotional, so that it goes as marketing only.
        public var promotionalWords: [String] = []

        /// No check.
        public init() {}
    }

    /// The section `quality`: what a bad rating stops.
    public struct QualityTerms: Sendable, Equatable {
        /// Whether only critical messages go while the account's rating is RED.
        public var refusesRed = false
        /// Whether YELLOW halves the limits of the account.
        public var halvesYellow = false
        /// Fewest sends of the last 7 days from which a rating is estimated; below it is UNKNOWN.
        public var minimumSample = 100
        /// Failures, complaints and blocks per 10,000 sends from which the estimate is YELLOW.
        public var yellowPer10000: Int?
        /// The same for RED.
        public var redPer10000: Int?

        /// Ratings stop nothing.
        public init() {}
    }

    /// The section `breaker`: when errors stop sending.
    public struct BreakerTerms: Sendable, Equatable {
        /// How many errors in a row halt an account.
        public var consecutiveErrors: Int?
        /// How many errors within ``window`` halt it; at most 32, for so many are remembered.
        public var errorsInWindow: Int?
        /// The window of ``errorsInWindow``: 10 minutes unless the policy says otherwise.
        public var window: Nanoseconds = .seconds(600)
        /// How long a halt lasts after the last error: 1 hour unless the policy says otherwise.
        public var halt: Nanoseconds = .seconds(3_600)
        /// From how many errors per 10,000 sends of 24 hours on a warning is given.
        public var warnPer10000: Int?
        /// Whether the providers' error codes close what they speak of.
        public var usesCodes = false
        /// What differs from the table of codes.
        public var codes: [CodeTerm] = []

        /// Errors stop nothing.
        public init() {}
    }

    /// One error code: what it closes, and for how long.
    public struct CodeTerm: Sendable, Equatable {
        /// What a code closes.
        public enum Closes: String, CaseIterable, Sendable {
            /// Nothing: the message alone failed.
            case none
            /// Every send of the ledger.
            case ledger
            /// The account.
            case account
            /// Sends of the account to the person.
            case pair
            /// Sends to the person from every account.
            case person
            /// Marketing to the person.
            case marketing
            /// The template in its language.
            case template
        }

        /// The provider's code as text: a number or a word.
        public var code: String
        /// What it closes.
        public var closes: Closes
        /// For how long after the last such error; nil until a person resumes sending.
        public var lasts: Nanoseconds?
        /// Whether the time grows fourfold with each such error in a row, up to 256 times.
        public var grows = false
        /// How many in a row close it.
        public var after = 1

        /// A code that closes a scope for a time.
        public init(
            _ code: String, _ closes: Closes, _ lasts: Nanoseconds?, grows: Bool = false,
            after: Int = 1
        ) {
            self.code = code
            self.closes = closes
            self.lasts = lasts
            self.grows = grows
            self.after = after
        }
    }
}
