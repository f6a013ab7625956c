import Bytes
public import Events

/// How a request was routed to whoever posted its subject.
public struct SendRoute: Sendable, Equatable {
    /// The chat that was asked for; nil for none.
    public var askedChat: String?
    /// The person that was asked for; nil for none.
    public var askedPerson: String?
    /// The provider's id of the message to quote.
    public var quote: String?
    /// Whom to mention by which name; nil where nobody is mentioned.
    public var mention: Mention?
    /// The position of the message that posted the subject.
    public var submission: Position

    /// Somebody to be mentioned in a group.
    public struct Mention: Sendable, Equatable {
        /// The person's alias.
        public var alias: String
        /// The name that the person goes by; nil where none is known.
        public var name: String?

        /// A mention.
        public init(alias: String, name: String?) {
            self.alias = alias
            self.name = name
        }
    }

    /// A route to the message at `submission`.
    public init(submission: Position) { self.submission = submission }
}

extension SendRequest {
    /// The request with a direct chat's person named, so that every rule for persons judges it.
    public var addressed: SendRequest {
        guard person == nil, let chat, !ChatName.isGroup(chat.utf8Span.span) else { return self }
        var request = self
        request.person = chat
        return request
    }
}
