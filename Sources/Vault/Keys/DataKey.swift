import Bytes
import Crypto

/// The key of one owner (a person, a group chat, a day, the ledger), taken apart by what it is for.
///
/// It is overwritten in memory when the last reference goes.
public final class DataKey: Sendable {
    /// What the vault wraps.
    let root: Secret
    /// Seals texts.
    let text: Secret
    /// Makes salts.
    let salt: Secret
    /// Makes digests of contents.
    let digest: Secret

    init(_ root: Secret) {
        self.root = root
        text = HMAC.derive(from: root, for: "ledger data 1: text")
        salt = HMAC.derive(from: root, for: "ledger data 1: salt")
        digest = HMAC.derive(
            from: root, for: "ledger data 1: digest", byteCount: SipHash.keyByteCount)
    }

    /// A key that nobody can guess.
    public static func random() -> DataKey { DataKey(.random()) }
}
