import Crypto

/// The keys under which names become fingerprints, the same for the whole life of a ledger.
///
/// They cannot depend on the master key, which is rotated: fingerprints stand in records that never
/// change. They are derived from 32 random bytes that the vault's header holds, wrapped.
public struct NameKeys: Sendable {
    /// What the header wraps.
    let root: Secret
    /// Aliases of persons, group chats, days and the ledger: what leads to a slot.
    let alias: Secret
    /// Names in records: source and id, message ids, group chats.
    let index: Secret

    init(_ root: Secret) {
        self.root = root
        alias = HMAC.derive(
            from: root, for: "ledger names 1: alias", byteCount: SipHash.keyByteCount)
        index = HMAC.derive(
            from: root, for: "ledger names 1: index", byteCount: SipHash.keyByteCount)
    }
}
