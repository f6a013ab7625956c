import Bytes
import Storage

extension VaultState {
    /// Reads what another process changed since; cheap where nothing did: one read of 32 bytes.
    func refresh() throws(VaultError) {
        let (file, seen) = (file, changes)
        try VaultError.storing { () throws(StorageError) in
            if isStale { try load() }
            let head = try file.read(32, at: Layout.changesAt)
            guard head.count == 32 else {
                throw StorageError(.damaged, "\(file.path) was cut short")
            }
            if head.span.load(at: 0, as: UInt64.self) == seen.counter,
                head.span.load(at: 24, as: UInt64.self) == seen.next
            {
                return
            }
            try catchUp()
        }
        if changes.next != 0 {
            throw VaultError(.moved, "the vault went on in generation \(changes.next)")
        }
    }

    /// Whether a group was begun and not ended, also by a process that died just now.
    ///
    /// The caller holds the log's write lock, so that nobody is at it.
    func isLeftUnfinished() throws(VaultError) -> Bool {
        if isUnfinished { return true }
        let file = file
        return try VaultError.storing { () throws(StorageError) in
            let head = try file.read(32, at: Layout.changesAt)
            if head.count == 32, head.span.load(at: 16, as: UInt64.self) & 1 != 0 { return true }
            return try Journal.isBegun(file)
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
                try reread(Int(now.ring[Int(change % UInt64(Changes.ringCount))]))
            }
            isReadable = true
            if index == nil {
                known = KnownSlots()
                owners.removeAll()
                soundness = nil
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

    /// Takes over a slot that another process changed; who only scans, forgets it.
    private func reread(_ number: Int) throws(StorageError) {
        guard let index, number < header.capacity else { return }
        let was = index.slots[number]
        let slot = try reader.slot(at: number)
        if let slot, was.state == .living, was.id != slot.id { owners[was.id] = nil }
        index.reread(slot, at: number)
    }
}
