public import Bytes

/// Whose alias it is, or whose it is to be.
public struct Proposal: Sendable {
    /// The owner, with a key to seal under at once.
    public let owner: Owner
    /// Whether no slot holds the owner yet: ``VaultChange/settle(_:alias:day:)`` mints it.
    public let isNew: Bool
    /// What is remembered of the alias, from before an erasure.
    public let flags: OwnerFlags
}

extension VaultFile {
    /// The owner of an alias, or a new one as ``owner(alias:orNew:)`` gives.
    ///
    /// - Throws: ``VaultError`` `damaged`.
    public func proposal(
        alias: Fingerprint, orNew kind: OwnerKind
    ) throws(VaultError) -> Proposal {
        try locked { state throws(VaultError) in
            let known = try state.freshOwner(alias: alias)
            let flags = state.byAlias[alias].map { state.slots[$0].flags } ?? OwnerFlags()
            if let known { return Proposal(owner: known, isNew: false, flags: flags) }
            if let owner = state.proposals[alias] {
                return Proposal(owner: owner, isNew: true, flags: flags)
            }
            let owner = Owner.random(kind)
            state.proposals[alias] = owner
            return Proposal(owner: owner, isNew: true, flags: flags)
        }
    }
}
