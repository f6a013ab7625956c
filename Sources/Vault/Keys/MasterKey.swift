import Bytes
import Crypto

/// The key that wraps all other keys: 32 bytes that lie outside the ledger's folder.
///
/// Without it no sealed field can be read again, by anybody. It is never used itself: what wraps
/// the keys is derived from it.
public struct MasterKey: Sendable {
    /// What wraps the keys of the vault.
    let wrapping: Secret
    /// Tells master keys apart without saying anything of them.
    public let tag: UInt64

    /// The master key of 32 bytes.
    ///
    /// - Throws: ``VaultError`` `masterKey` unless there are 32 bytes that are not all zero.
    public init(_ bytes: Span<UInt8>) throws(VaultError) {
        guard bytes.count == 32 else {
            throw VaultError(.masterKey, "a master key has 32 bytes, not \(bytes.count)")
        }
        var bits: UInt8 = 0
        for index in bytes.indices { bits |= bytes[index] }
        guard bits != 0 else {
            throw VaultError(.masterKey, "the master key was overwritten with zeroes")
        }
        let key = Secret(bytes)
        wrapping = HMAC.derive(from: key, for: "ledger master 1: wrapping")
        tag = HMAC.derive(from: key, for: "ledger master 1: tag", byteCount: 8)
            .bytes.load(at: 0, as: UInt64.self)
    }
}
