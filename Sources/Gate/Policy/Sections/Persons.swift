public import Events

extension Policy {
    /// The section `consent`: who may be written to at all.
    public struct ConsentTerms: Sendable, Equatable {
        /// Whether a person must have granted consent before anything but its request.
        public var isRequired = false
        /// How long after the person's last message anything but a template may go.
        public var serviceWindow: Nanoseconds?
        /// Local words beside those of every ledger.
        public var words = Words()
        /// What a person is answered.
        public var texts = Texts()
        /// What stands for the placeholders of the texts, and what a receipt names.
        public var business = Business()
        /// The question whose answers are counted.
        public var satisfaction = Satisfaction()

        /// Only a withdrawal stands against a send.
        public init() {}
    }

    /// The section `critical`: which answers take the critical lane.
    public struct CriticalTerms: Sendable, Equatable {
        /// Whether a caller's own `critical` is believed.
        public var trustsCallers = true
        /// How long after a person's message the first answer and the one after it are critical.
        public var repliesWithin: Nanoseconds?
        /// Named kinds of messages and what their texts look like.
        public var kinds: [CriticalKind] = []

        /// Only a caller's own word counts.
        public init() {}
    }

    /// One kind of critical message.
    public struct CriticalKind: Sendable, Equatable {
        /// Its name, such as `payment`.
        public var name: String
        /// Words and phrases that a text of this kind holds; `*` stands for the rest of a word.
        public var patterns: [String]

        /// A kind.
        public init(_ name: String, _ patterns: [String]) {
            self.name = name
            self.patterns = patterns
        }
    }

    /// The section `quiet`: when nobody is to be disturbed.
    public struct QuietTerms: Sendable, Equatable {
        /// The zone of recipients whose zone and number say nothing, as an IANA name.
        public var zone: String?
        /// When it is quiet.
        public var times: [QuietTime] = []

        /// No quiet time.
        public init() {}
    }

    /// A time of the day on some days when it is quiet, by the recipient's clocks.
    public struct QuietTime: Sendable, Equatable {
        /// Which days: bit 0 is Monday, bit 6 Sunday, bit 7 public holidays of ``holidays``.
        public var days: UInt8 = 0x7F
        /// Minutes since midnight at which it begins.
        public var from: Int
        /// Minutes since midnight at which it ends; not later than ``from`` means the next day.
        public var to: Int
        /// The categories that it holds for; empty for all.
        public var categories: [String] = []
        /// The country whose public holidays bit 7 means, such as `ZA`.
        public var holidays: String?

        /// Quiet from one minute of the day to another.
        public init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }
    }

    /// The section `pacing`: how bulk sends are spread over time.
    public struct Pacing: Sendable, Equatable {
        /// A range of times from which one is drawn.
        public struct Spread: Sendable, Equatable {
            /// The shortest.
            public var least: Nanoseconds
            /// The longest.
            public var most: Nanoseconds

            /// From the shortest to the longest.
            public init(_ least: Nanoseconds, _ most: Nanoseconds) {
                self.least = least
                self.most = most
            }
        }

        /// A phase of the day: the delay while fewer messages than ``upTo`` were sent today.
        public struct Phase: Sendable, Equatable {
            /// The first count that it no longer holds for; nil for the last phase.
            public var upTo: Int?
            /// The delay after each message.
            public var delay: Spread

            /// A phase.
            public init(upTo: Int?, delay: Spread) {
                self.upTo = upTo
                self.delay = delay
            }
        }

        /// A longer pause after so many messages in a row.
        public struct Tier: Sendable, Equatable {
            /// After how many messages.
            public var after: Int
            /// How long.
            public var pause: Spread

            /// A pause.
            public init(after: Int, pause: Spread) {
                self.after = after
                self.pause = pause
            }
        }

        /// The phases by messages sent since midnight in the account's zone.
        public var phases: [Phase] = []
        /// What is added to or taken from a delay at most.
        public var jitter = Nanoseconds(0)
        /// No delay is shorter.
        public var floor: Nanoseconds = .seconds(10)
        /// How long it takes to begin typing; nil adds nothing.
        public var typing: Spread?
        /// What each 500 characters add.
        public var per500Characters = Nanoseconds(0)
        /// The most that the length adds.
        public var lengthMax: Nanoseconds = .seconds(5)
        /// The pauses; the count of messages in a row begins anew after the last one.
        public var pauses: [Tier] = []
        /// How many of 10,000 messages are followed by ``chancePause``.
        public var chancePer10000 = 0
        /// The pause that comes by chance.
        public var chancePause: Spread?
        /// After how long without a message the count in a row begins anew.
        public var idle: Nanoseconds = .seconds(3_600)

        /// No delay but the floor.
        public init() {}
    }
}
