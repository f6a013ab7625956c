import Bytes
public import Events
public import Ledger

/// What is held of one person, but for the events themselves.
public struct PersonRecord: Sendable {
    /// What consent in one category rests on.
    public struct Basis: Sendable {
        /// The category; `all` where the event named none.
        public let category: String
        /// `asked`, `granted`, `declined` or `withdrawn`.
        public let state: String
        /// The position of the event.
        public let position: Position
        /// Its effective time.
        public let time: Instant
        /// Its type.
        public let type: String
        /// Who says so.
        public let source: String?
        /// What proves it, as text or as JSON.
        public let evidence: String?
        /// Whether the evidence is JSON rather than text.
        let isEvidenceJSON: Bool
        /// What the person was asked or told.
        public let wording: String?
    }

    /// A message that was not sent.
    public struct Refusal: Sendable {
        /// The position of the decision.
        public let position: Position
        /// Its effective time.
        public let time: Instant
        /// `wait` or `refuse`.
        public let verdict: String
        /// The rules that spoke against it, each with its reason.
        public let reasons: [String]
    }

    /// A subject that the person posted.
    public struct Posted: Sendable {
        /// The subject.
        public let subject: String
        /// How often the person posted it.
        public var count: UInt64
        /// The position of the latest message with it.
        public var position: Position
        /// The effective time of that message.
        public var time: Instant
    }

    /// Texts of one kind that are kept: more are in the events.
    static let textsMax = 256
    /// What is kept of the history of consent, the latest.
    static let historyMax = 64
    /// The refusals that are kept, the latest.
    static let refusalsMax = 10

    /// Finds the person's events.
    var trail: PersonTrail
    /// The alias that was asked for.
    let alias: String
    /// Finds where others mention the person.
    var mentions: Mentions

    /// The ledger's name.
    public internal(set) var ledger = ""
    /// The ledger's time when it was asked.
    public internal(set) var made = Instant.epoch
    /// The events before this position were looked at.
    public internal(set) var end: Position = 0
    /// The aliases under which events name the person, each as it was spelt; the first 256.
    public internal(set) var aliases: [String] = []
    /// The names that events show for the person; the first 256.
    public internal(set) var names: [String] = []
    /// Consent by category, where anything is known.
    public internal(set) var consents: [Basis] = []
    /// All that was said of consent, the latest 64, in the order in which it was learnt; the state
    /// is that of the event alone.
    public internal(set) var history: [Basis] = []
    /// Whom links make one with the person.
    public internal(set) var linked: [LinkedPerson] = []
    /// Consent as decisions see it, by category: of all who are linked, the strictest.
    public internal(set) var together: [(category: String, state: String)] = []
    /// The subjects that the person posted, those of the latest messages last; the latest 256.
    public internal(set) var posted: [Posted] = []
    /// When the person last wrote.
    public internal(set) var lastInbound: Instant?
    /// When something was last sent to the person.
    public internal(set) var lastOutbound: Instant?
    /// Messages from the person.
    public internal(set) var inbound: UInt32 = 0
    /// Messages to the person that the provider accepted.
    public internal(set) var outbound: UInt32 = 0
    /// How many events of each type are about the person.
    public internal(set) var types: [UInt16: UInt64] = [:]
    /// The latest messages to the person that were not sent; at most 10.
    public internal(set) var refusals: [Refusal] = []

    /// How many events are about the person.
    public var events: UInt64 { types.values.reduce(0, +) }

    /// Whether a text names the person: such a text must not get into records in clear.
    public func isNamed(in text: String) -> Bool { mentions.are(in: text.utf8Span.span) }

    init(_ trail: PersonTrail, _ alias: String) {
        self.trail = trail
        self.alias = alias
        mentions = Mentions(of: trail.person)
        mentions.add(alias)
    }

    /// Whether an event that is not the person's is another's, who wrote it to or about them.
    func isMention(_ event: borrowing EventView, _ ledger: Ledger) throws -> Bool {
        if event.concerns(trail.person) { return true }
        return try mentions.isOne(event, ledger)
    }
}
