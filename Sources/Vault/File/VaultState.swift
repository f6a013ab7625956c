import Bytes
import Crypto
import Storage

/// What one process knows of the vault's file; one thread at a time touches it.
///
/// Few lookups scan the file; after ``scansMax`` of them, or where all slots are asked for, an
/// index of all slots is read and kept.
final class VaultState {
    /// Owners whose keys are kept unwrapped.
    static let ownersMax = 65_536
    /// How many scans cost about as much as an index of all slots.
    static let scansMax = 12

    let file: PositionedFile
    let header: Header
    let master: MasterKey
    let reader: SlotReader
    var changes = Changes()
    /// Whether the changes could be read when the file was last loaded.
    var isReadable = true
    /// All slots, once they were worth reading.
    private(set) var index: SlotIndex?
    var known = KnownSlots()
    private var scans = 0
    var owners: [Fingerprint: Owner] = [:]
    /// Owners that a caller has sealed under already, and that no slot holds yet, by alias.
    var proposals: [Fingerprint: Owner] = [:]
    /// Whether a group was begun and its process died, or the journal is not empty.
    var isUnfinished = false
    /// Whether memory may differ from the file, after a write that failed.
    var isStale = false
    /// What the log knows of the file, as far as this process was told.
    var mark = VaultMark()
    /// What all slots together say, where no index does and somebody has asked.
    var soundness: Soundness?
    /// How many slots that stay for ever were added since the log was told.
    var added = 0

    init(_ file: PositionedFile, _ header: Header, master: MasterKey) {
        self.file = file
        self.header = header
        self.master = master
        reader = SlotReader(file: file, capacity: header.capacity)
    }

    /// Reads anew what it knows: all slots only if it knew them, or if the journal holds some.
    func load() throws(StorageError) {
        // Until it is done.
        isStale = true
        // The counter first: what changes while slots are read is read again by `refresh`.
        let found = try Changes.read(file)
        changes = found ?? Changes()
        isReadable = found != nil
        (known, owners, soundness) = (KnownSlots(), [:], nil)
        let isJournalBegun = try Journal.isBegun(file)
        isUnfinished = found == nil || changes.isChanging || isJournalBegun
        let isWhole = index != nil || isUnfinished
        index = nil
        if isWhole { try readAll() }
        isStale = false
    }

    /// Forgets what a group that failed left in memory.
    private func freshen() throws(StorageError) { if isStale { try load() } }

    /// The index of all slots.
    func whole() throws(StorageError) -> SlotIndex {
        try freshen()
        if index == nil { try readAll() }
        guard let index else { preconditionFailure("all slots were read") }
        return index
    }

    private func readAll() throws(StorageError) {
        let index = try SlotIndex(reader, journal: try Journal.read(file))
        // What a group has changed so far is not in the file yet.
        for number in known.changed.sorted() {
            index.put(known.slots[number], at: number)
            index.occupy(number)
        }
        known = KnownSlots()
        self.index = index
    }

    /// Where an alias leads, whether its owner lives or not.
    func number(alias: Fingerprint) throws(StorageError) -> Int? {
        try freshen()
        if index == nil {
            if let found = known.byAlias[alias] { return found }
            if mayScan() {
                let found = try reader.first(with: alias, at: Slot.aliasAt) { $0.state != .free }
                known.byAlias[alias] = .some(nil)
                if let found { known.take(found.slot, at: found.number) }
                return found?.number
            }
        }
        return try whole().number(alias: alias)
    }

    /// The first slot of an owner that lives.
    func number(id: Fingerprint) throws(StorageError) -> Int? {
        try freshen()
        if index == nil {
            if id == .none { return nil }
            if let found = known.byID[id] { return found }
            if mayScan() {
                let found = try reader.first(with: id, at: Slot.idAt) { $0.state == .living }
                known.byID[id] = .some(nil)
                if let found { known.take(found.slot, at: found.number) }
                return found?.number
            }
        }
        return try whole().number(id: id)
    }

    /// A slot that an alias or an id led to.
    func slot(at number: Int) -> Slot { index?.slots[number] ?? known.slots[number] ?? .free }

    /// Whether there are `count` free slots.
    func hasFree(_ count: Int) throws(StorageError) -> Bool {
        try freshen()
        if index == nil, known.free.count >= count || mayScan() {
            if known.free.count >= count { return true }
            var (free, end) = (known.free, header.capacity)
            try reader.forEach(from: known.freeEnd, with: .none, at: Slot.aliasAt) { number, slot in
                if slot.state == .free { free.append(number) }
                if free.count >= count { end = number + 1 }
                return free.count >= count
            }
            (known.free, known.freeEnd) = (free, end)
            return free.count >= count
        }
        return try whole().free.count >= count
    }

    /// Takes the first free slot, if there is one.
    func popFree() throws(StorageError) -> Int? {
        guard try hasFree(1) else { return nil }
        return index == nil ? known.free.removeFirst() : index?.free.popLast()
    }

    private func mayScan() -> Bool {
        scans += 1
        return scans <= Self.scansMax
    }

    /// Changes one slot in memory.
    func put(_ slot: Slot, at number: Int) {
        let was = self.slot(at: number)
        if was.state == .living, was.id != slot.id { owners[was.id] = nil }
        if let index { return index.put(slot, at: number) }
        known.take(slot, at: number)
        known.changed.insert(number)
        soundness?.lasting += (slot.isLasting ? 1 : 0) - (was.isLasting ? 1 : 0)
    }
}
