// What the ledger noted of itself.

/// Something needs a look.
public struct AlertRaised: Payload {
    /// `alert.raised`.
    public static let type = EventType.alertRaised
    /// What every event may carry.
    public var names = Names()
    /// Which kind it is.
    public var kind: String?
    /// The caller's idempotency key.
    public var key: String?
    /// The provider's code.
    public var code: Scalar?
    /// What the provider or the caller adds.
    public var detail: Scalar?
    /// Why.
    public var reason: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.kind, \.kind), Member(.key, \.key), Member(.code, \.code),
        Member(.detail, \.detail), Member(.reason, \.reason),
    ]

    /// An event without members.
    public init() {}
}

/// An alert is over.
public struct AlertCleared: Payload {
    /// `alert.cleared`.
    public static let type = EventType.alertCleared
    /// What every event may carry.
    public var names = Names()
    /// Which kind it is.
    public var kind: String?
    /// The caller's idempotency key.
    public var key: String?
    /// Why.
    public var reason: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.kind, \.kind), Member(.key, \.key), Member(.reason, \.reason),
    ]

    /// An event without members.
    public init() {}
}

/// Input that is malformed or unknown was put aside.
public struct InputQuarantined: Payload {
    /// `input.quarantined`.
    public static let type = EventType.inputQuarantined
    /// What every event may carry.
    public var names = Names()
    /// The format that was read.
    public var format: String?
    /// The input as it came.
    public var raw: [UInt8]?
    /// The line of the input.
    public var line: Int64?
    /// The provider's code.
    public var code: Scalar?
    /// Why it was not taken.
    public var error: Scalar?
    /// The SHA-256 of the input in hexadecimal, where it is too long for the record and lies beside
    /// the log.
    public var hash: String?
    /// How many bytes the input has, where it lies beside the log.
    public var count: Int64?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.format, \.format), Member(.raw, \.raw), Member(.line, \.line),
        Member(.code, \.code), Member(.error, \.error), Member(.hash, \.hash),
        Member(.count, \.count),
    ]

    /// An event without members.
    public init() {}
}

/// Input that is well formed but means nothing to the ledger.
public struct InputNoted: Payload {
    /// `input.noted`.
    public static let type = EventType.inputNoted
    /// What every event may carry.
    public var names = Names()
    /// The format that was read.
    public var format: String?
    /// Which kind it is.
    public var kind: String?
    /// The line of the input.
    public var line: Int64?
    /// The input as it came, if it was kept.
    public var raw: [UInt8]?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.format, \.format), Member(.kind, \.kind), Member(.line, \.line),
        Member(.raw, \.raw),
    ]

    /// An event without members.
    public init() {}
}

/// Old personal data were forgotten by rule.
public struct RetentionApplied: Payload {
    /// `retention.applied`.
    public static let type = EventType.retentionApplied
    /// What every event may carry.
    public var names = Names()
    /// How many it stands for.
    public var count: Int64?
    /// The position of the first.
    public var first: Int64?
    /// The position of the last.
    public var last: Int64?
    /// What is older than this was forgotten.
    public var until: Timestamp?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.count, \.count), Member(.first, \.first), Member(.last, \.last),
        Member(.until, \.until),
    ]

    /// An event without members.
    public init() {}
}

/// An export was written.
public struct ExportMade: Payload {
    /// `export.made`.
    public static let type = EventType.exportMade
    /// What every event may carry.
    public var names = Names()
    /// How many it stands for.
    public var count: Int64?
    /// The position of the first.
    public var first: Int64?
    /// The position of the last.
    public var last: Int64?
    /// The SHA-256 of the text, in hexadecimal.
    public var hash: String?
    /// The format that was read.
    public var format: String?
    /// Who asked for it.
    public var by: String?
    /// The reason given.
    public var why: String?
    /// The user name of the operating system.
    public var user: String?
    /// The login that the user came from.
    public var login: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.count, \.count), Member(.first, \.first), Member(.last, \.last),
        Member(.hash, \.hash), Member(.format, \.format), Member(.by, \.by), Member(.why, \.why),
        Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// The log lies in another file than the ledger knew, and an operator said why.
public struct LedgerAdopted: Payload {
    /// `ledger.adopted`.
    public static let type = EventType.ledgerAdopted
    /// What every event may carry.
    public var names = Names()
    /// `moved` where it goes on as it was, `copy` where it goes on under another name.
    public var kind: String?
    /// The name that the ledger had until then.
    public var previous: Scalar?
    /// Who asked for it.
    public var by: String?
    /// The reason given.
    public var why: String?
    /// The user name of the operating system.
    public var user: String?
    /// The login that the user came from.
    public var login: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.kind, \.kind), Member(.previous, \.previous), Member(.by, \.by),
        Member(.why, \.why), Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}
