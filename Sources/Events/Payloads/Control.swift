// What operators decided.

/// Another policy is in force; the text is the policy.
public struct PolicyChanged: Payload {
    /// `policy.changed`.
    public static let type = EventType.policyChanged
    /// What every event may carry.
    public var names = Names()
    /// The SHA-256 of the text, in hexadecimal.
    public var hash: String?
    /// `shadow` for a policy that judges without effect; absent for the one in force.
    public var scope: String?
    /// The name of a shadow policy.
    public var kind: String?
    /// `off` where a shadow policy is taken off.
    public var status: String?
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
        Member(.scope, \.scope), Member(.kind, \.kind), Member(.status, \.status),
        Member(.hash, \.hash), Member(.by, \.by), Member(.why, \.why), Member(.user, \.user),
        Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// Another set of rules classifies.
public struct RulesetChanged: Payload {
    /// `ruleset.changed`.
    public static let type = EventType.rulesetChanged
    /// What every event may carry.
    public var names = Names()
    /// The set of rules, by name, number or text.
    public var ruleset: Scalar?
    /// The SHA-256 of the text, in hexadecimal.
    public var hash: String?
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
        Member(.ruleset, \.ruleset), Member(.hash, \.hash), Member(.by, \.by), Member(.why, \.why),
        Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// Sending is paused.
public struct SendingPaused: Payload {
    /// `sending.paused`.
    public static let type = EventType.sendingPaused
    /// What every event may carry.
    public var names = Names()
    /// What the code speaks of.
    public var scope: String?
    /// When it ends by itself.
    public var until: Timestamp?
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
        Member(.scope, \.scope), Member(.until, \.until), Member(.by, \.by), Member(.why, \.why),
        Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// Sending goes on.
public struct SendingResumed: Payload {
    /// `sending.resumed`.
    public static let type = EventType.sendingResumed
    /// What every event may carry.
    public var names = Names()
    /// What the code speaks of.
    public var scope: String?
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
        Member(.scope, \.scope), Member(.by, \.by), Member(.why, \.why), Member(.user, \.user),
        Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// The emergency stop was pulled.
public struct SendingStopped: Payload {
    /// `sending.stopped`.
    public static let type = EventType.sendingStopped
    /// What every event may carry.
    public var names = Names()
    /// What the code speaks of.
    public var scope: String?
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
        Member(.scope, \.scope), Member(.by, \.by), Member(.why, \.why), Member(.user, \.user),
        Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// The ledger has another mode.
public struct ModeChanged: Payload {
    /// `mode.changed`.
    public static let type = EventType.modeChanged
    /// What every event may carry.
    public var names = Names()
    /// The mode from now on.
    public var mode: String?
    /// What it was before.
    public var previous: Scalar?
    /// Most messages of an account in a minute, from above; absent leaves it to the policy.
    public var limit: Scalar?
    /// When a dry run ends by itself.
    public var notBefore: Timestamp?
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
        Member(.mode, \.mode), Member(.previous, \.previous), Member(.limit, \.limit),
        Member(.notBefore, \.notBefore), Member(.by, \.by), Member(.why, \.why),
        Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// The cooldown of a subject was lifted.
public struct CooldownReset: Payload {
    /// `cooldown.reset`.
    public static let type = EventType.cooldownReset
    /// What every event may carry.
    public var names = Names()
    /// What is lifted: `backlog` releases the work item; nil lifts the cooldown.
    public var scope: String?
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
        Member(.scope, \.scope), Member(.by, \.by), Member(.why, \.why), Member(.user, \.user),
        Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// A process may send no more.
public struct InstanceFenced: Payload {
    /// `instance.fenced`.
    public static let type = EventType.instanceFenced
    /// What every event may carry.
    public var names = Names()
    /// The fencing token.
    public var token: Int64?
    /// What is to become of the process: `stop`, `restart`, or `succeeded` by another.
    public var kind: String?
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
        Member(.token, \.token), Member(.kind, \.kind), Member(.by, \.by), Member(.why, \.why),
        Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}
