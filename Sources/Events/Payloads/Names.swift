/// What every event may carry: who, where and what about.
///
/// Aliases are opaque texts: none is refused for not being a valid number.
public struct Names: Sendable, Equatable {
    /// The work item, such as a drop number; it stands in the envelope.
    public var subject: String?
    /// Our sending identity, such as a phone number or a phone number id.
    public var account: String?
    /// The chat: a group, or the person of a direct chat.
    public var chat: String?
    /// The alias of the person it is about.
    public var person: String?
    /// The provider's id of the message.
    public var message: String?
    /// What the message counts as: utility, marketing, authentication or service.
    public var category: String?
    /// What was written.
    public var text: String?
    /// The name shown for the person or chat.
    public var name: String?
    /// The time zone of the person, as an IANA name.
    public var zone: String?
    /// What the process does, such as qa-monitor.
    public var role: String?
    /// Which process of the role it is.
    public var instance: String?
    /// The steps of the work item that it is about.
    public var steps: [String]?
    /// The how-many-th submission of the work item, from 1.
    public var submission: Int64?

    /// No names at all.
    public init() {}

    static let members: [Member<Names>] = [
        Member(.subject, \.subject), Member(.account, \.account), Member(.chat, \.chat),
        Member(.person, \.person), Member(.message, \.message), Member(.category, \.category),
        Member(.text, \.text), Member(.name, \.name), Member(.zone, \.zone), Member(.role, \.role),
        Member(.instance, \.instance), Member(.steps, \.steps), Member(.submission, \.submission),
    ]
}
