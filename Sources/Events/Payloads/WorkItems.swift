// Work items and their reviews.

/// A work item needs an answer.
public struct ItemFlagged: Payload {
    /// `item.flagged`.
    public static let type = EventType.itemFlagged
    /// What every event may carry.
    public var names = Names()
    /// The state of the work item, as a text or as JSON.
    public var snapshot: Scalar?
    /// Why.
    public var reason: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.snapshot, \.snapshot), Member(.reason, \.reason),
    ]

    /// An event without members.
    public init() {}
}

/// A work item is settled.
public struct ItemResolved: Payload {
    /// `item.resolved`.
    public static let type = EventType.itemResolved
    /// What every event may carry.
    public var names = Names()
    /// The state of the work item, as a text or as JSON.
    public var snapshot: Scalar?
    /// Why.
    public var reason: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.snapshot, \.snapshot), Member(.reason, \.reason),
    ]

    /// An event without members.
    public init() {}
}

/// A classifier judged a message.
public struct MessageClassified: Payload {
    /// `message.classified`.
    public static let type = EventType.messageClassified
    /// What every event may carry.
    public var names = Names()
    /// How sure the classifier is.
    public var score: Scalar?
    /// Where the message goes next.
    public var lane: String?
    /// Why it was classified so.
    public var reasons: [String]?
    /// The set of rules, by name, number or text.
    public var ruleset: Scalar?
    /// The reviewer's label.
    public var label: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.score, \.score), Member(.lane, \.lane), Member(.reasons, \.reasons),
        Member(.ruleset, \.ruleset), Member(.label, \.label),
    ]

    /// An event without members.
    public init() {}
}

/// A reviewer judged a message.
public struct MessageLabelled: Payload {
    /// `message.labelled`.
    public static let type = EventType.messageLabelled
    /// What every event may carry.
    public var names = Names()
    /// The reviewer's label.
    public var label: String?
    /// Who labelled it.
    public var reviewer: String?
    /// Why it was labelled so.
    public var reason: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.label, \.label), Member(.reviewer, \.reviewer), Member(.reason, \.reason),
    ]

    /// An event without members.
    public init() {}
}
