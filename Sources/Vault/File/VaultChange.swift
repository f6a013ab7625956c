public import Bytes
import Crypto
import Storage

/// One group of changes, which is written and flushed as one: all of it is done, or nothing.
public struct VaultChange {
    let state: VaultState
    /// New images by slot.
    var staged: [Int: [UInt8]] = [:]
    /// Slots that held something when the group began.
    var used: Set<Int> = []
    var erased: [Int] = []
    var erasures: UInt64 = 0
    /// How many slots it takes that stay in use for ever.
    var added = 0

    init(_ state: VaultState) { self.state = state }

    /// How many more slots in use this group may change.
    public var changesLeft: Int { Layout.journalSlotsMax - used.count }

    /// How many more owners it may mint without ``VaultFile/grow()``.
    public var free: Int {
        do { return try state.whole().free.count } catch { return 0 }
    }

    /// Gives the alias its owner, and answers the one that it has now.
    ///
    /// The answer is another owner than `owner` where another process was first, or where `owner`
    /// was erased meanwhile: the caller seals again under that one. What was erased is never minted
    /// again; the alias keeps its flags, and nothing else.
    ///
    /// - Parameter day: for the key of a day, its number, counted from 1970-01-01.
    /// - Throws: ``VaultError`` `full` where ``VaultFile/grow()`` is due; `damaged`.
    public mutating func settle(
        _ owner: Owner, alias: Fingerprint, day: UInt32 = 0
    ) throws(VaultError) -> Owner {
        if let there = try state.owner(alias: alias) {
            state.proposals[alias] = nil
            return there
        }
        // Any other owner than the proposal had a slot once, and has it no more.
        let new = state.proposals[alias] ?? .random(owner.kind)
        try occupy(alias, new, day: day)
        state.proposals[alias] = nil
        return new
    }

    /// Leads another alias to an owner that is there; one that it leads to already is no error.
    ///
    /// - Throws: ``VaultError`` `taken` where the alias belongs to somebody else, `keyGone` where
    ///   there is no such owner, `full`, `damaged`.
    public mutating func link(
        _ alias: Fingerprint, to id: Fingerprint
    ) throws(VaultError) {
        let state = state
        let (found, place) = try VaultError.storing { () throws(StorageError) in
            (try state.number(id: id), try state.number(alias: alias))
        }
        guard let number = found else {
            throw VaultError(.keyGone, "there is nobody to link the alias to")
        }
        let owner = try owner(at: number)
        if let place, state.slot(at: place).state == .living {
            if state.slot(at: place).id == id { return }
            throw VaultError(.taken, "the alias belongs to another person; link the two persons")
        }
        try occupy(alias, owner, day: state.slot(at: number).day)
    }

    /// Sets what is remembered of an alias, whether its owner lives or not.
    ///
    /// - Throws: ``VaultError`` `unknown` where the alias has no slot; `full`.
    public mutating func set(
        _ flags: OwnerFlags, alias: Fingerprint
    ) throws(VaultError) {
        let state = state
        let found = try VaultError.storing { () throws(StorageError) in
            try state.number(alias: alias)
        }
        guard let number = found else {
            throw VaultError(.unknown, "the vault does not know this alias")
        }
        var slot = state.slot(at: number)
        if slot.flags == flags { return }
        let image = try self.image(at: number)
        slot.flags = flags
        let wrapped =
            slot.state == .living ? image.span.extracting(Slot.wrapped).array : []
        try stage(slot, slot.image(number: number, wrapped: wrapped), at: number)
    }

    private mutating func occupy(
        _ alias: Fingerprint, _ owner: Owner, day: UInt32
    ) throws(VaultError) {
        let state = state
        let found = try VaultError.storing { () throws(StorageError) in
            try state.number(alias: alias)
        }
        if found == nil, owner.kind == .person {
            let trouble = try VaultError.storing { () throws(StorageError) in try state.trouble() }
            if let trouble { throw trouble }
        }
        let free = try VaultError.storing { () throws(StorageError) in
            found == nil ? try state.popFree() : nil
        }
        if found == nil, owner.kind != .day { added += 1 }
        guard let number = found ?? free else {
            throw Self.isFull
        }
        let slot = Slot(
            state: .living, kind: owner.kind,
            flags: found.map { state.slot(at: $0).flags } ?? OwnerFlags(), day: day,
            alias: alias, id: owner.id)
        let wrapped = Wrapping.wrap(
            owner.key.root, under: state.master.wrapping,
            binding: Wrapping.binding(owner.kind, owner.id))
        try stage(slot, slot.image(number: number, wrapped: wrapped), at: number)
        state.owners[owner.id] = owner
    }

    /// What is answered where no slot is free.
    static var isFull: VaultError {
        VaultError(.full, "the vault has no free slot left; it has to grow")
    }

    mutating func stage(
        _ slot: Slot, _ image: [UInt8], at number: Int
    ) throws(VaultError) {
        if staged[number] == nil, state.slot(at: number).state != .free {
            guard changesLeft > 0 else {
                throw VaultError(.full, "too many keys change at once; do it in smaller groups")
            }
            used.insert(number)
        }
        staged[number] = image
        state.put(slot, at: number)
    }

    func whole() throws(VaultError) -> SlotIndex {
        let state = state
        return try VaultError.storing { () throws(StorageError) in try state.whole() }
    }

    private func image(at number: Int) throws(VaultError) -> [UInt8] {
        if let image = staged[number] { return image }
        return try state.image(at: number)
    }

    private func owner(at number: Int) throws(VaultError) -> Owner {
        if let owner = state.owners[state.slot(at: number).id] { return owner }
        return try state.owner(at: number)
    }
}
