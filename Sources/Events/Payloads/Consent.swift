// What a person agreed to.

/// The person was asked.
public struct ConsentRequested: Payload {
    /// `consent.requested`.
    public static let type = EventType.consentRequested
    /// What every event may carry.
    public var names = Names()
    /// What proves it.
    public var evidence: Scalar?
    /// What the person was asked or told.
    public var wording: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.evidence, \.evidence), Member(.wording, \.wording),
    ]

    /// An event without members.
    public init() {}
}

/// The person agreed.
public struct ConsentGranted: Payload {
    /// `consent.granted`.
    public static let type = EventType.consentGranted
    /// What every event may carry.
    public var names = Names()
    /// What proves it.
    public var evidence: Scalar?
    /// What the person was asked or told.
    public var wording: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.evidence, \.evidence), Member(.wording, \.wording),
    ]

    /// An event without members.
    public init() {}
}

/// The person said no.
public struct ConsentDeclined: Payload {
    /// `consent.declined`.
    public static let type = EventType.consentDeclined
    /// What every event may carry.
    public var names = Names()
    /// What proves it.
    public var evidence: Scalar?
    /// What the person was asked or told.
    public var wording: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.evidence, \.evidence), Member(.wording, \.wording),
    ]

    /// An event without members.
    public init() {}
}

/// The person took the consent back.
public struct ConsentWithdrawn: Payload {
    /// `consent.withdrawn`.
    public static let type = EventType.consentWithdrawn
    /// What every event may carry.
    public var names = Names()
    /// What proves it.
    public var evidence: Scalar?
    /// What the person was asked or told.
    public var wording: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.evidence, \.evidence), Member(.wording, \.wording),
    ]

    /// An event without members.
    public init() {}
}
