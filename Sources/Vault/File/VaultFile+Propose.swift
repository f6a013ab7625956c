public import Bytes
import Storage

/// Whose alias it is, or whose it is to be.
public struct Proposal: Sendable {
    /// The owner, with a key to seal under at once.
    public let owner: Owner
    /// Whether no slot holds the owner yet: ``VaultChange/settle(_:alias:day:)`` mints it.
    public let isNew: Bool
    /// What is remembered of the alias, from before an erasure.
    public var flags: OwnerFlags

    /// An owner to seal under.
    public init(owner: Owner, isNew: Bool, flags: OwnerFlags) {
        self.owner = owner
        self.isNew = isNew
        self.flags = flags
    }
}

extension VaultFile {
    /// The tag of the master key that wraps its keys: see ``MasterKey/tag``.
    public var masterTag: UInt64 { state.withLock { $0.header.masterTag } }

    /// Takes over the owners that were proposed to callers of another file of the same ledger, so
    /// that they are minted in this one.
    public func takeProposals(of other: VaultFile) {
        let proposals = other.state.withLock { $0.proposals }
        state.withLock { $0.proposals.merge(proposals) { own, _ in own } }
    }

    /// Lets go of owners that were proposed for these aliases: what is sealed under one of them all
    /// the same is sealed again when it is minted.
    public func release(_ aliases: [Fingerprint]) {
        state.withLock { state in
            for alias in aliases { state.proposals[alias] = nil }
        }
    }

    /// The hashes of the aliases that lead to an owner.
    ///
    /// - Throws: ``VaultError`` `storage`.
    public func aliases(of id: Fingerprint) throws(VaultError) -> [Fingerprint] {
        try locked { state throws(VaultError) in
            let index = try VaultError.storing { () throws(StorageError) in try state.whole() }
            return index.slots.filter { $0.state == .living && $0.id == id }.map(\.alias)
        }
    }

    /// The owner of an alias, or a new one as ``owner(alias:orNew:)`` gives.
    ///
    /// - Throws: ``VaultError`` `damaged`.
    public func proposal(
        alias: Fingerprint, orNew kind: OwnerKind
    ) throws(VaultError) -> Proposal {
        try locked { state throws(VaultError) in
            let known = try state.freshOwner(alias: alias)
            let number = try VaultError.storing { () throws(StorageError) in
                try state.number(alias: alias)
            }
            let flags = number.map { state.slot(at: $0).flags } ?? OwnerFlags()
            if let known { return Proposal(owner: known, isNew: false, flags: flags) }
            if kind == .person, number == nil { try state.refuseStrangers() }
            if let owner = state.proposals[alias] {
                return Proposal(owner: owner, isNew: true, flags: flags)
            }
            let owner = Owner.random(kind)
            state.proposals[alias] = owner
            return Proposal(owner: owner, isNew: true, flags: flags)
        }
    }
}
