// What became of a send.

/// The provider is about to be called, or was.
public struct SendAttempted: Payload {
    /// `send.attempted`.
    public static let type = EventType.sendAttempted
    /// What every event may carry.
    public var names = Names()
    /// The reservation that it belongs to.
    public var reservation: Reservation?
    /// To whom it was routed.
    public var recipient: String?
    /// What the provider or the caller adds.
    public var detail: Scalar?
    /// The caller's idempotency key.
    public var key: String?
    /// What the send is for.
    public var purpose: String?
    /// The template, as its name or as an object.
    public var template: Scalar?
    /// How the reply reaches its reader.
    public var reply: String?
    /// Whether it takes the lane of critical answers.
    public var critical: Bool?
    /// Of a send without a reservation: where it was read, `webhook`, `bridge` or `export`.
    public var provenance: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.reservation, \.reservation), Member(.recipient, \.recipient),
        Member(.detail, \.detail), Member(.key, \.key), Member(.purpose, \.purpose),
        Member(.template, \.template), Member(.reply, \.reply), Member(.critical, \.critical),
        Member(.provenance, \.provenance),
    ]

    /// An event without members.
    public init() {}
}

/// The provider took the message.
public struct SendAccepted: Payload {
    /// `send.accepted`.
    public static let type = EventType.sendAccepted
    /// What every event may carry.
    public var names = Names()
    /// The reservation that it belongs to.
    public var reservation: Reservation?
    /// To whom it was routed.
    public var recipient: String?
    /// The provider's code.
    public var code: Scalar?
    /// What the provider or the caller adds.
    public var detail: Scalar?
    /// The caller's idempotency key.
    public var key: String?
    /// What the send is for.
    public var purpose: String?
    /// The template, as its name or as an object.
    public var template: Scalar?
    /// How the reply reaches its reader.
    public var reply: String?
    /// Whether it takes the lane of critical answers.
    public var critical: Bool?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.reservation, \.reservation), Member(.recipient, \.recipient), Member(.code, \.code),
        Member(.detail, \.detail), Member(.key, \.key), Member(.purpose, \.purpose),
        Member(.template, \.template), Member(.reply, \.reply), Member(.critical, \.critical),
    ]

    /// An event without members.
    public init() {}
}

/// The provider refused the message.
public struct SendFailed: Payload {
    /// `send.failed`.
    public static let type = EventType.sendFailed
    /// What every event may carry.
    public var names = Names()
    /// The reservation that it belongs to.
    public var reservation: Reservation?
    /// To whom it was routed.
    public var recipient: String?
    /// The provider's code.
    public var code: Scalar?
    /// What the provider or the caller adds.
    public var detail: Scalar?
    /// The caller's idempotency key.
    public var key: String?
    /// What the send is for.
    public var purpose: String?
    /// The template, as its name or as an object.
    public var template: Scalar?
    /// How the reply reaches its reader.
    public var reply: String?
    /// Whether it takes the lane of critical answers.
    public var critical: Bool?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.reservation, \.reservation), Member(.recipient, \.recipient), Member(.code, \.code),
        Member(.detail, \.detail), Member(.key, \.key), Member(.purpose, \.purpose),
        Member(.template, \.template), Member(.reply, \.reply), Member(.critical, \.critical),
    ]

    /// An event without members.
    public init() {}
}
