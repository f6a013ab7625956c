public import Bytes
import Crypto

/// One group of changes, which is written and flushed as one: all of it is done, or nothing.
public struct VaultChange {
    let state: VaultState
    /// New images by slot.
    var staged: [Int: [UInt8]] = [:]
    /// Slots that held something when the group began.
    var used: Set<Int> = []
    var erased: [Int] = []
    var erasures: UInt64 = 0

    init(_ state: VaultState) { self.state = state }

    /// How many more slots in use this group may change.
    public var changesLeft: Int { Layout.journalSlotsMax - used.count }

    /// How many more owners it may mint without ``VaultFile/grow()``.
    public var free: Int { state.free.count }

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
        guard let number = state.byID[id] else {
            throw VaultError(.keyGone, "there is nobody to link the alias to")
        }
        let owner = try owner(at: number)
        if let place = state.byAlias[alias], state.slots[place].state == .living {
            if state.slots[place].id == id { return }
            throw VaultError(.taken, "the alias belongs to another person; link the two persons")
        }
        try occupy(alias, owner, day: state.slots[number].day)
    }

    /// Sets what is remembered of an alias, whether its owner lives or not.
    ///
    /// - Throws: ``VaultError`` `unknown` where the alias has no slot; `full`.
    public mutating func set(
        _ flags: OwnerFlags, alias: Fingerprint
    ) throws(VaultError) {
        guard let number = state.byAlias[alias] else {
            throw VaultError(.unknown, "the vault does not know this alias")
        }
        if state.slots[number].flags == flags { return }
        let image = try self.image(at: number)
        var slot = state.slots[number]
        slot.flags = flags
        let wrapped =
            slot.state == .living ? image.span.extracting(Slot.wrapped).array : []
        try stage(slot, slot.image(number: number, wrapped: wrapped), at: number)
    }

    /// Erases an owner: id and key of all its slots; the hashes of its aliases and flags stay.
    ///
    /// - Returns: how many aliases led to it.
    /// - Throws: ``VaultError`` `unknown` where there is no such owner, or where it is the ledger
    ///   itself, which names nobody; `full`.
    public mutating func erase(_ id: Fingerprint) throws(VaultError) -> Int {
        let numbers = state.slots.indices.filter {
            state.slots[$0].state == .living && state.slots[$0].id == id
        }
        guard let first = numbers.first else {
            throw VaultError(.unknown, "there is nobody to erase, or it is done already")
        }
        guard state.slots[first].kind != .ledger else { throw Self.ledgerStays }
        let isDay = state.slots[first].kind == .day
        for number in numbers {
            var slot = state.slots[number]
            slot.state = .erased
            slot.id = .none
            slot.day = 0
            // A day's number is no secret, and nobody asks for it again: its slot is free.
            if isDay { slot = .free }
            try stage(slot, slot.image(number: number), at: number)
            erased.append(number)
        }
        erasures += 1
        return numbers.count
    }

    /// What whoever would erase the ledger's own key is answered.
    private static var ledgerStays: VaultError {
        VaultError(
            .unknown,
            "the ledger's own key is nobody's and cannot be erased; erase a person or a group chat")
    }

    /// Destroys the keys of all days before `day`; answers how many.
    ///
    /// - Throws: ``VaultError`` `full`.
    public mutating func destroyDays(before day: UInt32) throws(VaultError) -> Int {
        let ids = state.slots.filter { $0.state == .living && $0.kind == .day && $0.day < day }
            .map(\.id)
        for id in ids { _ = try erase(id) }
        return ids.count
    }

    private mutating func occupy(
        _ alias: Fingerprint, _ owner: Owner, day: UInt32
    ) throws(VaultError) {
        let slot = Slot(
            state: .living, kind: owner.kind,
            flags: state.byAlias[alias].map { state.slots[$0].flags } ?? OwnerFlags(), day: day,
            alias: alias, id: owner.id)
        guard let number = state.byAlias[alias] ?? state.free.popLast() else {
            throw VaultError(.full, "the vault has no free slot left; it has to grow")
        }
        let wrapped = Wrapping.wrap(
            owner.key.root, under: state.master.wrapping,
            binding: Wrapping.binding(owner.kind, owner.id))
        try stage(slot, slot.image(number: number, wrapped: wrapped), at: number)
        state.owners[owner.id] = owner
    }

    private mutating func stage(
        _ slot: Slot, _ image: [UInt8], at number: Int
    ) throws(VaultError) {
        if staged[number] == nil, state.slots[number].state != .free {
            guard changesLeft > 0 else {
                throw VaultError(.full, "too many keys change at once; do it in smaller groups")
            }
            used.insert(number)
        }
        staged[number] = image
        state.put(slot, at: number)
    }

    private func image(at number: Int) throws(VaultError) -> [UInt8] {
        if let image = staged[number] { return image }
        return try state.image(at: number)
    }

    private func owner(at number: Int) throws(VaultError) -> Owner {
        if let owner = state.owners[state.slots[number].id] { return owner }
        return try state.owner(at: number)
    }
}
