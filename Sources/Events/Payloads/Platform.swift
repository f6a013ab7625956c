// What the platform decided about accounts and templates.

/// The platform restricted the account.
public struct AccountRestricted: Payload {
    /// `account.restricted`.
    public static let type = EventType.accountRestricted
    /// What every event may carry.
    public var names = Names()
    /// Which kind it is.
    public var kind: String?
    /// `ledger` where it holds for all our accounts.
    public var scope: String?
    /// When the restriction ends.
    public var until: Timestamp?
    /// Why.
    public var reason: String?
    /// What the provider or the caller adds.
    public var detail: Scalar?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.kind, \.kind), Member(.scope, \.scope), Member(.until, \.until),
        Member(.reason, \.reason), Member(.detail, \.detail),
    ]

    /// An event without members.
    public init() {}
}

/// The quality rating of the account changed.
public struct AccountQuality: Payload {
    /// `account.quality`.
    public static let type = EventType.accountQuality
    /// What every event may carry.
    public var names = Names()
    /// The rating, such as GREEN.
    public var rating: String?
    /// What it was before.
    public var previous: Scalar?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.rating, \.rating), Member(.previous, \.previous),
    ]

    /// An event without members.
    public init() {}
}

/// The messaging tier of the account changed.
public struct AccountTier: Payload {
    /// `account.tier`.
    public static let type = EventType.accountTier
    /// What every event may carry.
    public var names = Names()
    /// The tier, such as TIER_1K.
    public var tier: Scalar?
    /// What it was before.
    public var previous: Scalar?
    /// The limit that follows.
    public var limit: Scalar?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.tier, \.tier), Member(.previous, \.previous), Member(.limit, \.limit),
    ]

    /// An event without members.
    public init() {}
}

/// The status of a template changed.
public struct TemplateStatus: Payload {
    /// `template.status`.
    public static let type = EventType.templateStatus
    /// What every event may carry.
    public var names = Names()
    /// The template, as its name or as an object.
    public var template: Scalar?
    /// The language of the template.
    public var language: String?
    /// The status from now on.
    public var status: String?
    /// What it was before.
    public var previous: Scalar?
    /// Why.
    public var reason: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.template, \.template), Member(.language, \.language), Member(.status, \.status),
        Member(.previous, \.previous), Member(.reason, \.reason),
    ]

    /// An event without members.
    public init() {}
}

/// The quality of a template changed.
public struct TemplateQuality: Payload {
    /// `template.quality`.
    public static let type = EventType.templateQuality
    /// What every event may carry.
    public var names = Names()
    /// The template, as its name or as an object.
    public var template: Scalar?
    /// The language of the template.
    public var language: String?
    /// The rating, such as GREEN.
    public var rating: String?
    /// What it was before.
    public var previous: Scalar?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.template, \.template), Member(.language, \.language), Member(.rating, \.rating),
        Member(.previous, \.previous),
    ]

    /// An event without members.
    public init() {}
}

/// The category of a template changed.
public struct TemplateCategory: Payload {
    /// `template.category`.
    public static let type = EventType.templateCategory
    /// What every event may carry.
    public var names = Names()
    /// The template, as its name or as an object.
    public var template: Scalar?
    /// The language of the template.
    public var language: String?
    /// What it was before.
    public var previous: Scalar?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.template, \.template), Member(.language, \.language), Member(.previous, \.previous),
    ]

    /// An event without members.
    public init() {}
}
