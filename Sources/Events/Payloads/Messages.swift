// Messages, and what providers say of them.

/// A message reached us.
public struct MessageReceived: Payload {
    /// `message.received`.
    public static let type = EventType.messageReceived
    /// What every event may carry.
    public var names = Names()
    /// The message that it quotes.
    public var quoted: String?
    /// All work items that the text names, where they are several.
    public var subjects: [String]?
    /// How well it is identified: `webhook`, `bridge`, or `export` for one without an id.
    public var provenance: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.quoted, \.quoted), Member(.subjects, \.subjects),
        Member(.provenance, \.provenance),
    ]

    /// An event without members.
    public init() {}
}

/// The author changed a message.
public struct MessageEdited: Payload {
    /// `message.edited`.
    public static let type = EventType.messageEdited
    /// What every event may carry.
    public var names = Names()
    /// All work items that the new text names, where they are several.
    public var subjects: [String]?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [Member(.subjects, \.subjects)]

    /// An event without members.
    public init() {}
}

/// The author took a message back.
public struct MessageRevoked: Payload {
    /// `message.revoked`.
    public static let type = EventType.messageRevoked
    /// What every event may carry.
    public var names = Names()

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = []

    /// An event without members.
    public init() {}
}

/// Somebody reacted to a message; the text is the reaction.
public struct MessageReacted: Payload {
    /// `message.reacted`.
    public static let type = EventType.messageReacted
    /// What every event may carry.
    public var names = Names()

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = []

    /// An event without members.
    public init() {}
}

/// The provider sent our message on.
public struct MessageSent: Payload {
    /// `message.sent`.
    public static let type = EventType.messageSent
    /// What every event may carry.
    public var names = Names()
    /// To whom the provider sent it.
    public var recipient: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [Member(.recipient, \.recipient)]

    /// An event without members.
    public init() {}
}

/// Our message reached the device.
public struct MessageDelivered: Payload {
    /// `message.delivered`.
    public static let type = EventType.messageDelivered
    /// What every event may carry.
    public var names = Names()
    /// Whose device it reached.
    public var recipient: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [Member(.recipient, \.recipient)]

    /// An event without members.
    public init() {}
}

/// Our message was read.
public struct MessageRead: Payload {
    /// `message.read`.
    public static let type = EventType.messageRead
    /// What every event may carry.
    public var names = Names()
    /// Who read it.
    public var recipient: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [Member(.recipient, \.recipient)]

    /// An event without members.
    public init() {}
}

/// The provider could not deliver our message.
public struct MessageFailed: Payload {
    /// `message.failed`.
    public static let type = EventType.messageFailed
    /// What every event may carry.
    public var names = Names()
    /// Whom it did not reach.
    public var recipient: String?
    /// The provider's code.
    public var code: Scalar?
    /// What the provider or the caller adds.
    public var detail: Scalar?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.recipient, \.recipient), Member(.code, \.code), Member(.detail, \.detail),
    ]

    /// An event without members.
    public init() {}
}
