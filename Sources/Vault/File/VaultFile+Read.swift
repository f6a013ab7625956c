public import Bytes
import Crypto
import Storage

extension VaultFile {
    /// Takes in what other processes changed; one small read where nothing did.
    ///
    /// - Throws: ``VaultError`` `moved` where another generation counts now; `storage`.
    @available(*, noasync)
    public func refresh() throws(VaultError) {
        try locked { state throws(VaultError) in try state.refresh() }
    }

    /// How many owners were erased so far.
    ///
    /// A caller notes it when it seals. The writer compares it under the log's write lock, after
    /// ``refresh()``: where it moved, a draft is only taken if its owner is still there.
    public var erasures: UInt64 { state.withLock { $0.changes.erasures } }

    /// The owner of an alias, or nil where it has none or was erased.
    ///
    /// - Throws: ``VaultError`` `damaged`.
    public func owner(alias: Fingerprint) throws(VaultError) -> Owner? {
        try locked { state throws(VaultError) in try state.freshOwner(alias: alias) }
    }

    /// The owner of an alias, or a new one to seal under at once, which ``VaultChange/settle``
    /// mints.
    ///
    /// All callers of this process get the same new owner until it is minted.
    ///
    /// - Throws: ``VaultError`` `damaged`.
    public func owner(
        alias: Fingerprint, orNew kind: OwnerKind
    ) throws(VaultError) -> Owner {
        try locked { state throws(VaultError) in
            if let owner = try state.freshOwner(alias: alias) { return owner }
            let number = try VaultError.storing { () throws(StorageError) in
                try state.number(alias: alias)
            }
            if kind == .person, number == nil { try state.refuseStrangers() }
            if let owner = state.proposals[alias] { return owner }
            let owner = Owner.random(kind)
            state.proposals[alias] = owner
            return owner
        }
    }

    /// The owner with that id, whose key opens what a record of it holds.
    ///
    /// - Throws: ``VaultError`` `keyGone` where it was erased or never was; `damaged`.
    public func owner(id: Fingerprint) throws(VaultError) -> Owner {
        try locked { state throws(VaultError) in
            let number = try VaultError.storing { () throws(StorageError) in
                try state.number(id: id)
            }
            if let number { return try state.owner(at: number) }
            throw VaultError(.keyGone, "the key was erased: the field cannot be read any more")
        }
    }

    /// Whether a slot holds the owner's key; no, where the file cannot be read.
    public func isLiving(_ id: Fingerprint) -> Bool {
        state.withLock { state in
            do { return try state.number(id: id) != nil } catch { return false }
        }
    }

    /// What is remembered of an alias, also after an erasure; nil where it has no slot.
    ///
    /// Where the file cannot be read, everything counts as opted out of.
    public func flags(alias: Fingerprint) -> (flags: OwnerFlags, isErased: Bool)? {
        state.withLock { state in
            do {
                guard let number = try state.number(alias: alias) else { return nil }
                let slot = state.slot(at: number)
                return (slot.flags, slot.state == .erased)
            } catch {
                return (OwnerFlags(optOut: .max, isAsked: true), false)
            }
        }
    }

    /// The hashes of all aliases whose owner was erased, with what is remembered of them.
    ///
    /// They are what has to be erased again, with ``VaultChange/eraseAlias(_:keeping:)``, where
    /// `keys/` comes back from a backup.
    ///
    /// - Throws: ``VaultError`` `storage`.
    @available(*, noasync)
    public func erasedAliases() throws(VaultError) -> [(alias: Fingerprint, flags: OwnerFlags)] {
        try locked { state throws(VaultError) in
            let index = try VaultError.storing { () throws(StorageError) in try state.whole() }
            return index.slots.filter { $0.state == .erased }.map { ($0.alias, $0.flags) }
        }
    }

    /// Counts of what the vault holds.
    public struct Status: Sendable, Equatable {
        /// Which file it is.
        public var generation: UInt64 = 0
        /// Slots in the file.
        public var slots = 0
        /// Slots that nothing lies in.
        public var free = 0
        /// Persons whose key is there.
        public var persons = 0
        /// Aliases of persons whose key is there.
        public var aliases = 0
        /// Aliases whose person was erased.
        public var erased = 0
        /// Group chats whose key is there.
        public var chats = 0
        /// Days whose key is there.
        public var days = 0
        /// Aliases with an opt-out.
        public var optedOut = 0
        /// Slots whose checksum fails.
        public var damaged = 0
        /// Whether both headers can be read.
        public var isHeaderWhole = true
    }

    /// Counts what the vault holds.
    ///
    /// - Throws: ``VaultError`` `storage`.
    @available(*, noasync)
    public func status() throws(VaultError) -> Status {
        try locked { state throws(VaultError) in
            let (index, header) = try VaultError.storing { () throws(StorageError) in
                (try state.whole(), try Header.read(state.file))
            }
            var status = Status(generation: state.header.generation, slots: index.slots.count)
            status.free = index.free.count
            status.damaged = index.damaged.count
            status.isHeaderWhole = header?.isWhole ?? false
            for (number, slot) in index.slots.enumerated() where slot.state != .free {
                if slot.flags.optOut != 0 { status.optedOut += 1 }
                guard slot.state == .living else {
                    status.erased += 1
                    continue
                }
                switch slot.kind {
                case .person:
                    status.aliases += 1
                    if index.number(id: slot.id) == number { status.persons += 1 }
                case .chat: status.chats += 1
                case .day: status.days += 1
                case .ledger: break
                }
            }
            return status
        }
    }
}
