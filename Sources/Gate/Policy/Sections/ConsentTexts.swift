extension Policy.ConsentTerms {
    /// The section `consent.words`: local words beside ``ConsentWords/defaults(_:)``.
    public struct Words: Sendable, Equatable {
        /// To opt out.
        public var optOut: [String] = []
        /// A yes to the request for consent.
        public var yes: [String] = []
        /// A no to it.
        public var no: [String] = []
        /// To opt in.
        public var optIn: [String] = []
        /// To ask for support.
        public var support: [String] = []
        /// To ask about privacy.
        public var privacy: [String] = []

        /// No local words.
        public init() {}

        /// The list of a rule.
        public subscript(rule: Reading.Rule) -> [String] {
            switch rule {
            case .optOut: optOut
            case .yes: yes
            case .no: no
            case .optIn: optIn
            case .support: support
            case .privacy: privacy
            case .optOutTail: []
            }
        }
    }

    /// The section `consent.texts`: what is suggested as an answer; nil suggests none.
    public struct Texts: Sendable, Equatable {
        /// Asks a new person for consent.
        public var request: String?
        /// Confirms that a person opted out.
        public var optOutConfirmation: String?
        /// Confirms that a person agreed or opted in.
        public var optInConfirmation: String?
        /// Answers a no.
        public var decline: String?
        /// Answers a request for support.
        public var support: String?
        /// Answers a question about privacy.
        public var privacy: String?

        /// No texts.
        public init() {}

        /// The text of a reply.
        public subscript(reply: Conversation.Reply) -> String? {
            switch reply {
            case .request: request
            case .optOutConfirmation: optOutConfirmation
            case .optInConfirmation: optInConfirmation
            case .decline: decline
            case .support: support
            case .privacy: privacy
            }
        }
    }

    /// Who speaks: what stands for the placeholders of the texts, and what a receipt names.
    public struct Business: Sendable, Equatable {
        /// `{business}`: the name that every text gives.
        public var name: String?
        /// `{hours}`: when somebody answers.
        public var hours: String?
        /// `{response_time}`: how soon.
        public var responseTime: String?
        /// `{resubscribe}`: how to opt in again.
        public var resubscribe: String?
        /// Which role hands the suggested replies out; nil for no role.
        public var role: String?
        /// Under which law consent is asked, such as ZA; for receipts.
        public var jurisdiction: String?
        /// The language of the texts, such as en; for receipts.
        public var language: String?
        /// Where the privacy policy is published; for receipts.
        public var policyURL: String?
        /// Whom to write to about consent; for receipts.
        public var contact: String?

        /// Nobody.
        public init() {}
    }

    /// The section `consent.satisfaction`.
    public struct Satisfaction: Sendable, Equatable {
        /// The text that asks; what it is sent as is compared whole.
        public var question: String?
        /// The answers that count, compared after folding.
        public var answers: [String] = []

        /// No question.
        public init() {}
    }

    /// The names of placeholders with what stands for them.
    var placeholders: [(name: String, value: String?)] {
        [
            ("business", business.name), ("hours", business.hours),
            ("response_time", business.responseTime), ("resubscribe", business.resubscribe),
        ]
    }

    /// The text of a reply with its placeholders filled; nil where the policy has none.
    public func text(of reply: Conversation.Reply) -> String? {
        guard var text = texts[reply] else { return nil }
        for (name, value) in placeholders {
            if let value { text.replace("{\(name)}", with: value) }
        }
        return text
    }
}
