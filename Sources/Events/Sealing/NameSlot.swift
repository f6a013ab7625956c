/// A name whose fingerprint stands at the head of a record, where it is found without a key.
///
/// The raw value is the flag that says that it is there.
public enum NameSlot: UInt8, CaseIterable, Sendable {
    /// The person's id.
    case person = 2
    /// A group chat, or the id of a direct chat's person.
    case chat = 4
    /// The provider's id of the message.
    case message = 8
    /// The caller's idempotency key.
    case key = 16
    /// What is to be sent, or was; of a message that came in and says where it was read, its text
    /// folded; of `identity.*`, the id of the other person: see ``other``.
    case text = 32
    /// The template.
    case template = 64
    /// Whose key the fields are sealed under, where that is not the person's.
    case holder = 128

    /// The other person of `identity.linked` and `identity.unlinked`, in the slot of a text: only
    /// `send.*` have a text there.
    public static let other = NameSlot.text

    /// The slot of a member, or nil if it has none.
    @inlinable
    public init?(_ field: Field) {
        switch field {
        case .person: self = .person
        case .chat: self = .chat
        case .message: self = .message
        case .key: self = .key
        case .text: self = .text
        case .template: self = .template
        default: return nil
        }
    }
}

/// Under whose key the fields of a record are sealed.
public enum HolderKind: UInt8, Sendable {
    /// Nothing is sealed.
    case none = 0
    /// A person.
    case person = 1
    /// A group chat, where no person is named.
    case chat = 2
    /// A day: for input that nobody could read.
    case day = 3
    /// The ledger itself, where nobody is named; it cannot be erased.
    case ledger = 4
}
