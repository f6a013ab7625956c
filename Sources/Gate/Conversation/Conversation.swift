public import Bytes
public import Events
public import Views

/// What follows from a message for a person's consent: a pure function of what was read in it, what
/// is known of the person, and the time.
///
/// States of a person and category are those of ``ConsentStanding``. The rules:
/// - A word to opt out withdraws consent for all categories, wherever it was written. The first one
///   is confirmed; one that repeats it is recorded and not answered.
/// - A word to opt out with a tail decides nothing: sends are held until a review decides.
/// - A yes or no answers a request that is open at the message's own time, and nothing else.
/// - A word to opt in grants consent again, in every category that was closed.
/// - A question for support or about privacy opens 24 hours for its answer.
/// - Who was never asked and said nothing of consent is asked, once.
///
/// What is said in a group counts, but is not answered there, nor are questions taken from it: a
/// yes or no in a group may be meant for anybody. Nothing old is answered.
public struct Conversation: Sendable {
    /// What is suggested as an answer.
    public enum Reply: String, CaseIterable, Sendable {
        /// The request for consent.
        case request
        /// The one confirmation of an opt-out.
        case optOutConfirmation = "opt_out_confirmation"
        /// The confirmation of a yes or an opt-in.
        case optInConfirmation = "opt_in_confirmation"
        /// The answer to a no.
        case decline
        /// The answer to a request for support.
        case support
        /// The answer to a question about privacy.
        case privacy

        /// The `purpose` that it is queued for.
        public var purpose: String {
            switch self {
            case .request: "consent_request"
            case .optOutConfirmation, .optInConfirmation, .decline: "confirmation"
            case .support, .privacy: "support_reply"
            }
        }
    }

    /// A message as far as this concerns it.
    public struct Message: Sendable {
        /// When it counts.
        public var time: Instant
        /// Whether an answer may be suggested: it is less than ``Conversation/liveFor`` old.
        public var isLive: Bool
        /// Whether others read it too.
        public var isInGroup: Bool
        /// Whether it changes an earlier message: then only a word to opt out counts.
        public var isEdit: Bool

        /// A message.
        public init(time: Instant, isLive: Bool, isInGroup: Bool = false, isEdit: Bool = false) {
            self.time = time
            self.isLive = isLive
            self.isInGroup = isInGroup
            self.isEdit = isEdit
        }
    }

    /// What follows.
    public struct Outcome: Sendable, Equatable {
        /// The events of consent, each with its category.
        public var events: [Event] = []
        /// Where the message goes, as the `lane` of a `message.classified`: `review`, `support` or
        /// `privacy`; nil where nothing is to be noted.
        public var lane: String?
        /// What is suggested as answers.
        public var replies: [Reply] = []

        /// Nothing follows.
        public init() {}
    }

    /// One event of consent.
    public struct Event: Sendable, Equatable {
        /// `consent.granted`, `consent.declined` or `consent.withdrawn`.
        public var type: EventType
        /// For which category.
        public var category: ConsentCategory
    }

    /// How old a message may be to be answered: imported history never is.
    public static let liveFor: Nanoseconds = .seconds(600)
    /// How long one answer to a question for support stands for others.
    public static let answersEvery: Nanoseconds = .seconds(600)

    private let person: PersonRow
    private let row: ConversationRow
    /// A request that went out by reservation: when, and for what.
    private var request: (time: Instant, category: ConsentCategory)?
    /// Whether a request went out or waits to.
    private var isAsked: Bool
    /// Whether somebody who is the same person by a link opted out: a word of this one opens
    /// nothing.
    private let isClosedElsewhere: Bool

    /// What is known of a person before the message.
    public init(with person: Fingerprint, in tables: inout Tables) {
        self.person = tables.knownPerson(person)
        row = tables.conversation(with: person)
        let group = tables.group(of: person)
        isClosedElsewhere = group.others.contains { other in
            tables.person(PersonGroup(other))?.isWithdrawn(.all) ?? false
        }
        isAsked = self.person.request > 0
        if self.person.asking > 0 {
            let key = Fingerprint(UInt128(self.person.asking - 1))
            if let slot = tables.reservations.find(key) {
                let row = tables.reservations[slot]
                request = (row.notBefore, row.keys.category)
            }
        }
        if row.asked > 0, let slot = tables.queued.find(Fingerprint(UInt128(row.asked - 1))) {
            switch tables.queued[slot].state {
            // What was given up before it went is no request.
            case .expired, .failed, .none: break
            default: isAsked = true
            }
        }
    }

    /// What follows from a message.
    public func hear(_ reading: Reading?, _ message: Message) -> Outcome {
        var outcome = Outcome()
        switch reading?.rule {
        case .optOut: withdraw(message, &outcome)
        case .optOutTail:
            if !person.isWithdrawn(.all) { outcome.lane = "review" }
        case .yes where !message.isEdit: answer(.consentGranted, message, &outcome)
        case .no where !message.isEdit: answer(.consentDeclined, message, &outcome)
        case .optIn where !message.isEdit: optIn(message, &outcome)
        case .support where !message.isEdit: ask(.support, message, &outcome)
        case .privacy where !message.isEdit: ask(.privacy, message, &outcome)
        default: break
        }
        if message.isInGroup || !message.isLive { outcome.replies = [] }
        let isNew = isUnknown && outcome.events.isEmpty && outcome.lane != "review"
        if isNew, message.isLive, !message.isInGroup, !message.isEdit {
            outcome.replies.append(.request)
        }
        return outcome
    }

    /// Whether the person was never asked and never said anything of consent.
    private var isUnknown: Bool {
        !isAsked
            && ConsentCategory.allCases.allSatisfy {
                let consent = person[$0]
                return !consent.granted.isSet && !consent.declined.isSet && !consent.isWithdrawn
            }
    }

    private func withdraw(_ message: Message, _ outcome: inout Outcome) {
        outcome.events = [Event(type: .consentWithdrawn, category: .all)]
        if !person[.all].isWithdrawn { outcome.replies = [.optOutConfirmation] }
    }

    private func answer(_ type: EventType, _ message: Message, _ outcome: inout Outcome) {
        guard !message.isInGroup, let category = openRequest(at: message.time) else { return }
        outcome.events = [Event(type: type, category: category)]
        guard !staysClosed(after: type, category, at: message.time) else { return }
        outcome.replies = [type == .consentGranted ? .optInConfirmation : .decline]
    }

    /// Whether an opt-out holds all the same: then the one confirmation is for that alone.
    private func staysClosed(
        after type: EventType, _ category: ConsentCategory, at time: Instant
    ) -> Bool {
        if isClosedElsewhere { return true }
        let others = category == .all ? [] : [ConsentCategory.all]
        if type == .consentDeclined {
            return (others + [category]).contains { person[$0].isWithdrawn }
        }
        return others.contains { person[$0].isWithdrawn }
            || person[category].isWithdrawn && time <= person[category].withdrawn.time
    }

    /// The category of a request that was made by then, and not answered by then.
    private func openRequest(at time: Instant) -> ConsentCategory? {
        var made: [(time: Instant, category: ConsentCategory)] = request.map { [$0] } ?? []
        for category in ConsentCategory.allCases where person[category].requested.isSet {
            made.append((person[category].requested.time, category))
        }
        for request in made where request.time <= time {
            let said = [ConsentCategory.all, request.category].flatMap { category in
                let consent = person[category]
                return [consent.granted, consent.declined, consent.withdrawn]
            }
            if !said.contains(where: { $0.isSet && $0.time >= request.time && $0.time <= time }) {
                return request.category
            }
        }
        return nil
    }

    private func optIn(_ message: Message, _ outcome: inout Outcome) {
        let closed = ConsentCategory.allCases.filter {
            person[$0].isWithdrawn || person[$0].declined.isSet
        }
        guard !closed.isEmpty || !person[.all].granted.isSet || row.held.isSet else { return }
        let categories = closed.contains(.all) ? closed : [.all] + closed
        outcome.events = categories.map { Event(type: .consentGranted, category: $0) }
        if !staysClosed(after: .consentGranted, .all, at: message.time) {
            outcome.replies = [.optInConfirmation]
        }
    }

    private func ask(_ reply: Reply, _ message: Message, _ outcome: inout Outcome) {
        guard !message.isInGroup else { return }
        outcome.lane = reply.rawValue
        let since = row.answered.isSet ? message.time.since(row.answered.time) : nil
        if since.map({ $0 >= Self.answersEvery }) ?? true { outcome.replies = [reply] }
    }
}
