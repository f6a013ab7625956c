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
    /// The attempt that it belongs to, as its caller named it.
    public var attempt: String?
    /// Whether the provider may be called: at most once true for a reservation.
    public var go: Bool?
    /// Of `go: false`: what stands against it, names of rules first.
    public var because: [String]?
    /// Of `go: false`: how often it was answered, where it was more than once.
    public var count: Int64?
    /// The position of the policy in force.
    public var policy: Int64?
    /// What the answer knew beside the views.
    public var facts: Scalar?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.reservation, \.reservation), Member(.recipient, \.recipient),
        Member(.detail, \.detail), Member(.key, \.key), Member(.purpose, \.purpose),
        Member(.template, \.template), Member(.reply, \.reply), Member(.critical, \.critical),
        Member(.provenance, \.provenance), Member(.attempt, \.attempt), Member(.go, \.go),
        Member(.because, \.because), Member(.count, \.count), Member(.policy, \.policy),
        Member(.facts, \.facts),
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
    /// The attempt that it belongs to, as its caller named it.
    public var attempt: String?
    /// Who settled it by hand, where nobody else could.
    public var by: String?
    /// The reason given.
    public var why: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.reservation, \.reservation), Member(.recipient, \.recipient), Member(.code, \.code),
        Member(.detail, \.detail), Member(.key, \.key), Member(.purpose, \.purpose),
        Member(.template, \.template), Member(.reply, \.reply), Member(.critical, \.critical),
        Member(.attempt, \.attempt), Member(.by, \.by), Member(.why, \.why),
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
    /// The attempt that it belongs to, as its caller named it.
    public var attempt: String?
    /// Who settled it by hand, where nobody else could.
    public var by: String?
    /// The reason given.
    public var why: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.reservation, \.reservation), Member(.recipient, \.recipient), Member(.code, \.code),
        Member(.detail, \.detail), Member(.key, \.key), Member(.purpose, \.purpose),
        Member(.template, \.template), Member(.reply, \.reply), Member(.critical, \.critical),
        Member(.attempt, \.attempt), Member(.by, \.by), Member(.why, \.why),
    ]

    /// An event without members.
    public init() {}
}
