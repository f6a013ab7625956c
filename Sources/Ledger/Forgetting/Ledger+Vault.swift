import Bytes
import Events
import Storage
public import Vault

extension Ledger {
    /// What the vault holds.
    public struct VaultStatus: Sendable {
        /// Counts of slots, persons, aliases.
        public let counts: VaultFile.Status
        /// Where the master key lies.
        public let master: MasterKeySource
        /// Whether an erasure was begun and is not recorded yet: the next commit records it.
        public let hasErasure: Bool
        /// Whether a rotation was committed and the old master key still lies there.
        public let hasRotation: Bool
    }

    /// Counts what the vault holds.
    ///
    /// - Throws: ``LedgerError`` with `keys` where the master key is missing.
    @available(*, noasync)
    public func vaultStatus() throws(LedgerError) -> VaultStatus {
        let source = try keyring.source()
        let vault = try keyring.vault()
        do {
            _ = try keyring.renew(vault)
            let next = source.path(folder).map { Folder.exists(MasterKey.nextPath($0)) } ?? false
            return VaultStatus(
                counts: try keyring.vault().status(), master: source,
                hasErasure: Folder.exists(ErasureIntent.path(keyring.keys)),
                hasRotation: next || Folder.exists(keyring.keys + "/master.next"))
        } catch { throw LedgerError(any: error) }
    }

    /// Wraps every key under a new master key, and destroys the old one where it lies in a file.
    ///
    /// The new key is on disk before the vault is wrapped under it, and takes the place of the old
    /// one once the log has committed the new file of keys. Whoever opens the ledger in between
    /// tries both.
    ///
    /// - Parameter target: Where the new key is to lie; nil is where the old one lies.
    /// - Throws: ``LedgerError`` with `keys`: a key that a program holds is rotated there, and
    ///   named by another command or file.
    @available(*, noasync)
    public func prepareRotation(
        to target: MasterKeySource?
    ) throws(LedgerError) -> VaultRotation {
        try endRotation()
        let source = try keyring.source()
        do {
            if let target, target != source {
                try target.make(folder)
                guard let key = try target.keys(folder).first else {
                    throw LedgerError(.keys, "there is no key to rotate to")
                }
                // The old file is overwritten at the end: it might be where this one comes from.
                guard try key.tag != keyring.vault().masterTag else {
                    throw LedgerError(
                        .keys,
                        "that is the master key which is in use; a rotation needs another one")
                }
                try Descriptor.replace(keyring.keys + "/master.next", Array(target.text.utf8))
                return VaultRotation(master: key, old: source)
            }
            guard let path = source.path(folder) else {
                throw LedgerError(
                    .keys,
                    "the master key is held by a program: name a new one with --master-command or "
                        + "--master-key")
            }
            let next = MasterKey.nextPath(path)
            try MasterKey.create(next, outside: folder)
            return VaultRotation(master: try MasterKey.read(next, outside: folder), old: source)
        } catch { throw LedgerError(any: error) }
    }

    /// Carries a rotation out.
    public func rotate(_ rotation: VaultRotation) async throws(LedgerError) {
        _ = try await carryOut(.rotate(rotation.master))
    }

    /// Puts the new master key in the place of the old one, where a rotation was committed, and
    /// drops one that was not.
    @available(*, noasync)
    public func endRotation() throws(LedgerError) {
        do {
            let source = try keyring.source()
            let next = keyring.keys + "/master.next"
            // The log says whether it was committed; the file that was known so far does not.
            _ = try keyring.follow()
            let vault = try keyring.vault()
            if Folder.exists(next) {
                let text = try Descriptor.contents(of: next, byteMax: 1 << 16)
                guard let target = MasterKeySource(text: text.span.string) else {
                    return try Folder.remove(next)
                }
                if try target.keys(folder).contains(where: { $0.tag == vault.masterTag }) {
                    try Folder.rename(next, to: keyring.keys + "/master")
                    if let old = source.path(folder) { try MasterKey.destroy(old) }
                } else {
                    try Folder.remove(next)
                }
                try Folder.sync(keyring.keys)
            }
            guard let path = source.path(folder), Folder.exists(MasterKey.nextPath(path)) else {
                return
            }
            // A crash may have left half a key, which opens nothing.
            let new = try? MasterKey.read(MasterKey.nextPath(path), outside: folder)
            if new?.tag == vault.masterTag {
                try MasterKey.promote(path)
            } else if try MasterKey.read(path, outside: folder).tag == vault.masterTag {
                try MasterKey.dropNext(path)
            }
        } catch { throw LedgerError(any: error) }
    }

    /// Looks at the vault however damaged it is, without changing it.
    @available(*, noasync)
    public func examineVault() throws(LedgerError) -> VaultReport {
        do {
            return try VaultFile.examine(
                in: keyring.keys, generation: keyring.generation(),
                masters: (try? keyring.masters()) ?? [])
        } catch { throw LedgerError(any: error) }
    }

    /// Ends what a crash left half done, and writes a damaged header again.
    public func mendVault() async throws(LedgerError) { _ = try await carryOut(.mend) }
}

/// A rotation that was prepared: the new master key is on disk.
public struct VaultRotation: Sendable {
    let master: MasterKey
    /// Where the old key lies.
    public let old: MasterKeySource
}
