import Bytes
import Crypto
import Storage

/// What one process knows of the vault's file; one thread at a time touches it.
final class VaultState {
    /// Owners whose keys are kept unwrapped.
    static let ownersMax = 65_536

    let file: PositionedFile
    let header: Header
    let master: MasterKey
    var changes = Changes()
    var slots: [Slot] = []
    var byAlias: [Fingerprint: Int] = [:]
    var byID: [Fingerprint: Int] = [:]
    var free: [Int] = []
    var damaged: Set<Int> = []
    var owners: [Fingerprint: Owner] = [:]
    /// Owners that a caller has sealed under already, and that no slot holds yet, by alias.
    var proposals: [Fingerprint: Owner] = [:]
    /// Whether a group was begun and its process died, or the journal is not empty.
    var isUnfinished = false
    /// Whether memory may differ from the file, after a write that failed.
    var isStale = false

    init(_ file: PositionedFile, _ header: Header, master: MasterKey) {
        self.file = file
        self.header = header
        self.master = master
    }

    /// Reads everything anew.
    func load() throws(StorageError) {
        // The counter first: what changes while the slots are read is read again by `refresh`.
        let found = try Changes.read(file)
        changes = found ?? Changes()
        slots = [Slot](repeating: .free, count: header.capacity)
        (byAlias, byID, free, damaged, owners) = ([:], [:], [], [], [:])
        let step = 4096
        for start in stride(from: 0, to: header.capacity, by: step) {
            let count = min(step, header.capacity - start)
            let bytes = try file.read(count * Slot.byteCount, at: Layout.slotAt(start))
            for index in 0..<count {
                let at = index * Slot.byteCount
                guard at + Slot.byteCount <= bytes.count else {
                    damaged.insert(start + index)
                    continue
                }
                let image = bytes.span.extracting(at..<at + Slot.byteCount)
                try take(Slot(image, number: start + index), at: start + index)
            }
        }
        let journal = try Journal.read(file)
        for (number, image) in journal where number < slots.count {
            try take(Slot(image.span, number: number), at: number)
        }
        for number in slots.indices.reversed()
        where slots[number].state == .free && !damaged.contains(number) {
            free.append(number)
        }
        isUnfinished = found == nil || changes.isChanging || !journal.isEmpty
        isStale = false
    }

    /// Reads what another process changed since; cheap where nothing did: one read of 40 bytes.
    func refresh() throws(VaultError) {
        let (file, known) = (file, changes)
        try VaultError.storing { () throws(StorageError) in
            if isStale { try load() }
            let head = try file.read(32, at: Layout.changesAt)
            guard head.count == 32 else {
                throw StorageError(.damaged, "\(file.path) was cut short")
            }
            if head.span.load(at: 0, as: UInt64.self) == known.counter,
                head.span.load(at: 24, as: UInt64.self) == known.next
            {
                return
            }
            try catchUp()
        }
        if changes.next != 0 {
            throw VaultError(.moved, "the vault went on in generation \(changes.next)")
        }
    }

    private func catchUp() throws(StorageError) {
        while true {
            guard let now = try readChanges(), now.counter >= changes.counter,
                now.counter - changes.counter <= UInt64(Changes.ringCount)
            else { return try load() }
            if now.counter == changes.counter {
                changes = now
                return
            }
            for change in changes.counter..<now.counter {
                let number = Int(now.ring[Int(change % UInt64(Changes.ringCount))])
                if number < slots.count { try reread(number) }
            }
            changes = now
        }
    }

    /// The changes as they stand; nil where they stay unreadable.
    ///
    /// A write may be under way: a few looks find it ended.
    private func readChanges() throws(StorageError) -> Changes? {
        for _ in 0..<100 {
            if let changes = try Changes.read(file) { return changes }
        }
        return nil
    }

    private func reread(_ number: Int) throws(StorageError) {
        let was = slots[number]
        try take(nil, image: try file.read(Slot.byteCount, at: Layout.slotAt(number)), at: number)
        if slots[number].state == .free, was.state != .free { free.append(number) }
        if slots[number].state != .free, was.state == .free {
            if let index = free.lastIndex(of: number) { free.remove(at: index) }
        }
    }

    private func take(_ slot: Slot?, image: [UInt8], at number: Int) throws(StorageError) {
        try take(slot ?? Slot(image.span, number: number), at: number)
    }

    /// Takes a slot into memory; nil is a damaged one, unless a second look finds it whole.
    private func take(_ slot: Slot?, at number: Int) throws(StorageError) {
        var slot = slot
        var looks = 0
        while slot == nil, looks < 3 {
            // Another process may have been writing it.
            let image = try file.read(Slot.byteCount, at: Layout.slotAt(number))
            slot = Slot(image.span, number: number)
            looks += 1
        }
        if let slot { put(slot, at: number) } else { damaged.insert(number) }
    }

    /// Changes one slot in memory.
    func put(_ slot: Slot, at number: Int) {
        let was = slots[number]
        if was.state != .free, byAlias[was.alias] == number { byAlias[was.alias] = nil }
        if was.state == .living, was.id != slot.id {
            owners[was.id] = nil
            if byID[was.id] == number {
                byID[was.id] = slots.indices.first {
                    $0 != number && slots[$0].state == .living && slots[$0].id == was.id
                }
            }
        }
        damaged.remove(number)
        slots[number] = slot
        if slot.state == .free { return }
        byAlias[slot.alias] = number
        if slot.state == .living, byID[slot.id] == nil { byID[slot.id] = number }
    }

    /// The owner whose key a slot holds, unwrapped once and then kept.
    func owner(at number: Int) throws(VaultError) -> Owner {
        let slot = slots[number]
        if let owner = owners[slot.id] { return owner }
        let image = try self.image(at: number)
        guard Slot(image.span, number: number)?.id == slot.id else {
            // Another process has just erased it; the next refresh will say so.
            throw VaultError(.keyGone, "the key was erased, or its slot is damaged")
        }
        guard
            let secret = Wrapping.unwrap(
                image.span.extracting(Slot.wrapped), under: master.wrapping,
                binding: Wrapping.binding(slot.kind, slot.id))
        else {
            throw VaultError(
                .damaged,
                "slot \(number) of \(file.path) holds no key that the master key opens; run "
                    + "'ledger vault recover'")
        }
        let owner = Owner(id: slot.id, kind: slot.kind, key: DataKey(secret))
        if owners.count >= Self.ownersMax { owners.removeAll(keepingCapacity: true) }
        owners[slot.id] = owner
        return owner
    }

    /// The bytes of a slot, those of the journal where it stands there.
    func image(at number: Int) throws(VaultError) -> [UInt8] {
        try VaultError.storing { () throws(StorageError) in
            if isUnfinished {
                let journal = try Journal.read(file)
                if let entry = journal.first(where: { $0.number == number }) { return entry.image }
            }
            return try file.read(Slot.byteCount, at: Layout.slotAt(number))
        }
    }
}
