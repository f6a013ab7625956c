// Who is who.

/// Two aliases are one person.
public struct IdentityLinked: Payload {
    /// `identity.linked`.
    public static let type = EventType.identityLinked
    /// What every event may carry.
    public var names = Names()
    /// The other alias.
    public var alias: String?
    /// What proves it.
    public var evidence: Scalar?
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
        Member(.alias, \.alias), Member(.evidence, \.evidence), Member(.by, \.by),
        Member(.why, \.why), Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// Two aliases are two persons after all.
public struct IdentityUnlinked: Payload {
    /// `identity.unlinked`.
    public static let type = EventType.identityUnlinked
    /// What every event may carry.
    public var names = Names()
    /// The other alias.
    public var alias: String?
    /// What proves it.
    public var evidence: Scalar?
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
        Member(.alias, \.alias), Member(.evidence, \.evidence), Member(.by, \.by),
        Member(.why, \.why), Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}

/// A person was forgotten.
public struct PersonErased: Payload {
    /// `person.erased`.
    public static let type = EventType.personErased
    /// What every event may carry.
    public var names = Names()
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
        Member(.by, \.by), Member(.why, \.why), Member(.user, \.user), Member(.login, \.login),
    ]

    /// An event without members.
    public init() {}
}
