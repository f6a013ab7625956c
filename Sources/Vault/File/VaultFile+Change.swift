import Bytes
import Crypto
import Storage

extension VaultFile {
    /// Changes the vault as one group: `body` says what, then it is written and flushed.
    ///
    /// The caller holds the log's write lock, and commits the log's transaction afterwards. Where
    /// `body` throws, nothing of the group is done. Where the disk refuses, the next change, of
    /// whatever process, ends the group or drops it. A group that only mints is one write a slot
    /// and one flush; one that changes slots in use is three flushes.
    ///
    /// - Throws: what `body` throws; ``VaultError`` `moved`, `storage`; `damaged` where an erased
    ///   slot does not read back as erased.
    @available(*, noasync)
    public func change<V>(
        _ body: (inout VaultChange) throws(VaultError) -> V
    ) throws(VaultError) -> V {
        try locked { state throws(VaultError) in
            try state.refresh()
            if try state.isLeftUnfinished() { try finish(state) }
            var change = VaultChange(state)
            do throws(VaultError) {
                let answer = try body(&change)
                if !change.staged.isEmpty { try commit(change, state) }
                return answer
            } catch {
                // Memory holds what the file does not: it is read anew before it is used again.
                if !change.staged.isEmpty { state.isStale = true }
                throw error
            }
        }
    }

    /// Ends what a process that died, or a power cut, left half done.
    private func finish(_ state: VaultState) throws(VaultError) {
        let (disk, file) = (disk, state.file)
        try VaultError.storing { () throws(StorageError) in
            let journal = try Journal.read(file)
            for (number, image) in journal where number < state.header.capacity {
                try disk.write(image, to: file, at: Layout.slotAt(number))
            }
            var changes = try Changes.read(file)
            // Nobody knows which slots were written: everybody reads all of them again.
            if changes == nil {
                changes = state.changes
                changes?.counter = max(state.changes.counter, state.mark.counter)
                changes?.counter += UInt64(SecureRandom.bytes(4).span.load(at: 0, as: UInt32.self))
            }
            changes?.counter += UInt64(Changes.ringCount) + 1
            changes?.erasures += 1
            changes?.isChanging = false
            if let changes { try disk.write(changes.image(), to: file, at: Layout.changesAt) }
            try disk.flush(file)
            // One that was torn may hold keys as well, and nobody knows how far it goes.
            let journalMax = Layout.journalSlotsMax
            if try Journal.isBegun(file) {
                try clearJournal(journal.isEmpty ? journalMax : journal.count, file)
            }
            try state.load()
        }
    }

    private func commit(_ change: VaultChange, _ state: VaultState) throws(VaultError) {
        let (disk, file) = (disk, state.file)
        let numbers = change.staged.keys.sorted()
        let used = numbers.filter(change.used.contains).map { number in
            (number: number, image: change.staged[number] ?? [])
        }
        try VaultError.storing { () throws(StorageError) in
            var changes = state.changes
            changes.isChanging = true
            try disk.write(changes.image(), to: file, at: Layout.changesAt)
            if !used.isEmpty {
                try disk.write(Journal.image(used), to: file, at: Layout.journalAt)
                try disk.flush(file)
            }
            for number in numbers {
                try disk.write(change.staged[number] ?? [], to: file, at: Layout.slotAt(number))
                changes.note(number)
            }
            changes.erasures += change.erasures
            changes.isChanging = false
            try disk.write(changes.image(), to: file, at: Layout.changesAt)
            try disk.flush(file)
            if !used.isEmpty { try clearJournal(used.count, file) }
            state.changes = changes
            state.added += change.added
        }
        for number in change.erased where state.slot(at: number).state != .living {
            try verifyErased(number, state)
        }
        for number in change.erased where state.slot(at: number).state == .free {
            state.index?.free.append(number)
        }
    }

    /// The journal's images hold keys and hashes: none stays once they lie in their slots.
    private func clearJournal(_ count: Int, _ file: PositionedFile) throws(StorageError) {
        let bytes = [UInt8](repeating: 0, count: Journal.byteCount(count))
        try disk.write(bytes, to: file, at: Layout.journalAt)
        try disk.flush(file)
    }

    private func verifyErased(_ number: Int, _ state: VaultState) throws(VaultError) {
        let image = try VaultError.storing { () throws(StorageError) in
            try state.file.read(Slot.byteCount, at: Layout.slotAt(number))
        }
        guard image == state.slot(at: number).image(number: number) else {
            throw VaultError(.damaged, "slot \(number) does not read back as it was erased")
        }
    }
}
