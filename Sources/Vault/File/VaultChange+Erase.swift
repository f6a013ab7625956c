public import Bytes
import Storage

extension VaultChange {
    /// Erases an owner: id and key of all its slots; the hashes of its aliases and flags stay.
    ///
    /// - Returns: how many aliases led to it.
    /// - Throws: ``VaultError`` `unknown` where there is no such owner, or where it is the ledger
    ///   itself, which names nobody; `full`.
    public mutating func erase(_ id: Fingerprint) throws(VaultError) -> Int {
        let index = try whole()
        let numbers = index.slots.indices.filter {
            index.slots[$0].state == .living && index.slots[$0].id == id
        }
        guard let first = numbers.first else {
            throw VaultError(.unknown, "there is nobody to erase, or it is done already")
        }
        guard index.slots[first].kind != .ledger else { throw Self.ledgerStays }
        let isDay = index.slots[first].kind == .day
        for number in numbers {
            var slot = index.slots[number]
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

    /// Erases whoever an alias leads to, whatever the alias was before, and remembers `flags`.
    ///
    /// For erasures that are done again after `keys/` came back from a backup: an owner that lives
    /// is erased with all its aliases; an alias that the vault does not know gets a slot that holds
    /// its hash and the flags, and nothing else. Doing it twice is no error.
    ///
    /// - Parameter flags: what this alias keeps; the owner's other aliases keep what they have.
    /// - Throws: ``VaultError`` `unknown` for the ledger's own key; `full`; `damaged`.
    public mutating func eraseAlias(
        _ alias: Fingerprint, keeping flags: OwnerFlags
    ) throws(VaultError) {
        let index = try whole()
        if let number = index.number(alias: alias), index.slots[number].state == .living {
            _ = try erase(index.slots[number].id)
        }
        if let number = index.number(alias: alias) {
            var slot = index.slots[number]
            if slot.flags == flags { return }
            slot.flags = flags
            return try stage(slot, slot.image(number: number), at: number)
        }
        guard let number = index.free.popLast() else { throw Self.isFull }
        added += 1
        let slot = Slot(state: .erased, flags: flags, alias: alias)
        try stage(slot, slot.image(number: number), at: number)
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
        let ids = try whole().slots
            .filter { $0.state == .living && $0.kind == .day && $0.day < day }
            .map(\.id)
        for id in ids { _ = try erase(id) }
        return ids.count
    }
}
