public import TimeZones

/// What an import knows beside the input.
public struct AdapterOptions: Sendable {
    /// Our sending identity, in the place of the one that the input names.
    public var account: String?
    /// The chat that the input is of, where it does not say so itself.
    public var chat: String?
    /// Under which name our own messages stand in the input.
    public var accountName: String?
    /// What the input is called, such as the name of its file: a name for a chat without one.
    public var title: String?
    /// The zone of times that are written without one.
    public var zone: ZoneRules?
    /// The subjects that a text names, by the policy's patterns, each once, in their order.
    public var subjects: @Sendable (String) -> [String]
    /// The number in E.164 that a text spells, or nil where it is none.
    public var number: @Sendable (String) -> String?

    /// Without subjects, and with numbers only where they are spelt in full.
    public init(
        account: String? = nil, chat: String? = nil, accountName: String? = nil,
        subjects: @escaping @Sendable (String) -> [String] = { _ in [] },
        number: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.account = account
        self.chat = chat
        self.accountName = accountName
        self.subjects = subjects
        self.number = number
    }
}
