// What the gate decided.

/// A request waits in the queue.
public struct SendQueued: Payload {
    /// `send.queued`.
    public static let type = EventType.sendQueued
    /// What every event may carry.
    public var names = Names()
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
    /// When the send may begin.
    public var notBefore: Timestamp?
    /// When the request is given up.
    public var expires: Timestamp?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.key, \.key), Member(.purpose, \.purpose), Member(.template, \.template),
        Member(.reply, \.reply), Member(.critical, \.critical), Member(.notBefore, \.notBefore),
        Member(.expires, \.expires),
    ]

    /// An event without members.
    public init() {}
}

/// The gate let a request go, until the lease ends.
public struct SendReserved: Payload {
    /// `send.reserved`.
    public static let type = EventType.sendReserved
    /// What every event may carry.
    public var names = Names()
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
    /// To whom it was routed.
    public var recipient: String?
    /// What the gate answered.
    public var verdict: String?
    /// What each rule said.
    public var rules: [Finding]?
    /// When the send may begin.
    public var notBefore: Timestamp?
    /// When the lease ends.
    public var expires: Timestamp?
    /// The position of the policy in force.
    public var policy: Int64?
    /// What the decision knew beside the views.
    public var facts: Scalar?
    /// The fencing token.
    public var token: Int64?
    /// When the next paced send of the account may begin.
    public var slot: Timestamp?
    /// How many paced sends in a row it makes.
    public var pace: Int64?
    /// The position of the `send.queued` that it was claimed from; several go as one.
    public var queued: Scalar?
    /// What shadow policies said, by name.
    public var shadows: Scalar?
    /// The provider's id of the message to quote.
    public var quoted: String?
    /// `override` where throttling was switched off, as only a development ledger allows.
    public var mode: String?
    /// The attempt that it was asked for, as its caller named it.
    public var attempt: String?
    /// The W3C trace context that the caller gave.
    public var traceparent: String?
    /// By what it took the lane of critical answers: `caller`, `kind NAME` or `answer`.
    public var lane: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.lane, \.lane),
        Member(.quoted, \.quoted), Member(.mode, \.mode), Member(.attempt, \.attempt),
        Member(.traceparent, \.traceparent),
        Member(.key, \.key), Member(.purpose, \.purpose), Member(.template, \.template),
        Member(.reply, \.reply), Member(.critical, \.critical), Member(.recipient, \.recipient),
        Member(.verdict, \.verdict), Member(.rules, \.rules), Member(.notBefore, \.notBefore),
        Member(.expires, \.expires), Member(.policy, \.policy), Member(.facts, \.facts),
        Member(.slot, \.slot), Member(.pace, \.pace), Member(.queued, \.queued),
        Member(.shadows, \.shadows), Member(.token, \.token),
    ]

    /// An event without members.
    public init() {}
}

/// The gate let a request wait, or refused it.
public struct SendRefused: Payload {
    /// `send.refused`.
    public static let type = EventType.sendRefused
    /// What every event may carry.
    public var names = Names()
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
    /// To whom it was routed.
    public var recipient: String?
    /// What the gate answered.
    public var verdict: String?
    /// What each rule said.
    public var rules: [Finding]?
    /// How many it stands for.
    public var count: Int64?
    /// The position of the first.
    public var first: Int64?
    /// The position of the last.
    public var last: Int64?
    /// When the same request will pass.
    public var retryAt: Timestamp?
    /// The position of the policy in force.
    public var policy: Int64?
    /// What the decision knew beside the views.
    public var facts: Scalar?
    /// In a dry run: what the gate would have answered.
    public var would: String?
    /// The position of the `send.queued` that was asked for; several go as one.
    public var queued: Scalar?
    /// What shadow policies said, by name.
    public var shadows: Scalar?
    /// The provider's id of the message to quote.
    public var quoted: String?
    /// The attempt that it was asked for, as its caller named it.
    public var attempt: String?
    /// The W3C trace context that the caller gave.
    public var traceparent: String?
    /// By what it took the lane of critical answers: `caller`, `kind NAME` or `answer`.
    public var lane: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.lane, \.lane),
        Member(.quoted, \.quoted), Member(.attempt, \.attempt),
        Member(.traceparent, \.traceparent),
        Member(.key, \.key), Member(.purpose, \.purpose), Member(.template, \.template),
        Member(.reply, \.reply), Member(.critical, \.critical), Member(.recipient, \.recipient),
        Member(.verdict, \.verdict), Member(.rules, \.rules), Member(.count, \.count),
        Member(.first, \.first), Member(.last, \.last), Member(.retryAt, \.retryAt),
        Member(.policy, \.policy), Member(.facts, \.facts), Member(.would, \.would),
        Member(.queued, \.queued), Member(.shadows, \.shadows),
    ]

    /// An event without members.
    public init() {}
}

/// The lease ended without an outcome: the reservation is released, or its outcome is unknown.
public struct SendExpired: Payload {
    /// `send.expired`.
    public static let type = EventType.sendExpired
    /// What every event may carry.
    public var names = Names()
    /// The reservation that it belongs to.
    public var reservation: Reservation?
    /// When the lease ends.
    public var expires: Timestamp?
    /// Whether nothing was sent, since it was asked with an attempt and never attempted.
    public var released: Bool?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.reservation, \.reservation), Member(.expires, \.expires),
        Member(.released, \.released),
    ]

    /// An event without members.
    public init() {}
}

/// The caller gave a reservation back.
public struct SendCancelled: Payload {
    /// `send.cancelled`.
    public static let type = EventType.sendCancelled
    /// What every event may carry.
    public var names = Names()
    /// The reservation that it belongs to.
    public var reservation: Reservation?
    /// Why.
    public var reason: String?
    /// What the provider or the caller adds.
    public var detail: Scalar?
    /// The attempt that it belongs to, as its caller named it.
    public var attempt: String?
    /// Who settled it by hand, where nobody else could.
    public var by: String?
    /// The reason given.
    public var why: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.reservation, \.reservation), Member(.reason, \.reason), Member(.detail, \.detail),
        Member(.attempt, \.attempt), Member(.by, \.by), Member(.why, \.why),
    ]

    /// An event without members.
    public init() {}
}

/// A repeated ask of a reservation that is open and not attempted: it was answered with the same.
public struct SendJoined: Payload {
    /// `send.joined`.
    public static let type = EventType.sendJoined
    /// What every event may carry.
    public var names = Names()
    /// The reservation that was answered.
    public var reservation: Reservation?
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
    /// What the gate answered.
    public var verdict: String?
    /// What each rule said.
    public var rules: [Finding]?
    /// The position of the policy in force.
    public var policy: Int64?
    /// What the decision knew beside the views.
    public var facts: Scalar?
    /// The provider's id of the message to quote.
    public var quoted: String?
    /// When the send may begin.
    public var notBefore: Timestamp?
    /// When the lease ends.
    public var expires: Timestamp?
    /// The attempt that it was asked for, as its caller named it.
    public var attempt: String?
    /// The W3C trace context that the caller gave.
    public var traceparent: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.notBefore, \.notBefore), Member(.expires, \.expires),
        Member(.reservation, \.reservation), Member(.quoted, \.quoted),
        Member(.attempt, \.attempt), Member(.traceparent, \.traceparent), Member(.key, \.key),
        Member(.purpose, \.purpose), Member(.template, \.template), Member(.reply, \.reply),
        Member(.critical, \.critical), Member(.verdict, \.verdict), Member(.rules, \.rules),
        Member(.policy, \.policy), Member(.facts, \.facts),
    ]

    /// An event without members.
    public init() {}
}
