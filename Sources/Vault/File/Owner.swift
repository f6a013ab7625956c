public import Bytes
import Crypto

/// A person, a group chat, a day or the ledger itself: a random id and the key that its fields are
/// sealed under.
public final class Owner: Sendable {
    /// The random id, which stands in records; never zero.
    public let id: Fingerprint
    /// Whose key it is.
    public let kind: OwnerKind
    /// The key.
    public let key: DataKey

    init(id: Fingerprint, kind: OwnerKind, key: DataKey) {
        self.id = id
        self.kind = kind
        self.key = key
    }

    /// A new owner with an id and a key that nobody can guess.
    static func random(_ kind: OwnerKind) -> Owner {
        var id = Fingerprint.none
        while id == .none { id = Fingerprint(SecureRandom.bytes(16).span, at: 0) }
        return Owner(id: id, kind: kind, key: .random())
    }
}
