import Bytes
import Crypto
import Storage

extension VaultFile {
    /// Whether `count` owners can be minted without growing first.
    ///
    /// No, where the file cannot be read.
    public func hasRoom(for count: Int) -> Bool {
        state.withLock { state in
            do { return try state.hasFree(count) } catch { return false }
        }
    }

    /// Writes all slots into a file of the next generation, with twice as many slots, and flushes
    /// it.
    ///
    /// Nothing counts yet: the caller records the generation in the log's meta table, commits, and
    /// calls ``adopt(_:)``. A crash before the commit leaves a file that ``sweep()`` destroys.
    /// Damaged slots are left out.
    ///
    /// - Parameter count: how many slots are to be free at least.
    /// - Returns: the next generation.
    /// - Throws: ``VaultError`` `storage`, `moved`, `damaged`.
    @available(*, noasync)
    public func grow(for count: Int = 0) throws(VaultError) -> UInt64 {
        try rewrite(growing: true, for: count, under: nil)
    }

    /// Writes all keys, wrapped under another master key, into a file of the next generation.
    ///
    /// As ``grow()``, without more slots. The new master key is safe in its file before this
    /// begins, and replaces the old one after the log's commit.
    @available(*, noasync)
    public func rotate(to master: MasterKey) throws(VaultError) -> UInt64 {
        try rewrite(growing: false, for: 0, under: master)
    }

    /// Goes on in the generation that the log's meta table names now, and destroys this file.
    ///
    /// - Throws: ``VaultError`` as ``open(in:generation:origin:masters:)``.
    @available(*, noasync)
    public func adopt(
        _ generation: UInt64, origin: String, masters: [MasterKey]
    ) throws(VaultError) -> VaultFile {
        let next = try VaultFile.open(
            in: folder, generation: generation, origin: origin, masters: masters, disk: disk)
        let disk = disk
        try locked { state throws(VaultError) in
            try VaultError.storing { () throws(StorageError) in
                try VaultFile.retire(state.file, next: generation, disk: disk)
            }
            state.owners.removeAll()
            state.proposals.removeAll()
        }
        return next
    }

    /// Destroys files of other generations, which a crash may have left; answers how many.
    ///
    /// - Throws: ``VaultError`` `storage`.
    @available(*, noasync)
    public func sweep() throws(VaultError) -> Int {
        let (disk, folder, generation) = (disk, folder, generation)
        return try VaultError.storing { () throws(StorageError) in
            var count = 0
            for name in Folder.names(in: folder) where name.hasPrefix("vault-") {
                guard let other = UInt64(name.dropFirst(6)), other != generation else { continue }
                let file = try PositionedFile(path: folder + "/" + name)
                try VaultFile.retire(file, next: generation, disk: disk)
                count += 1
            }
            return count
        }
    }

    /// Overwrites a file that counts no more.
    ///
    /// Who still has it open finds where to go on.
    private static func retire(
        _ file: PositionedFile, next: UInt64, disk: any Disk
    ) throws(StorageError) {
        var changes =
            try Changes.read(file)
            ?? Changes()
        changes.next = next
        changes.counter += 1
        try disk.write(changes.image(), to: file, at: Layout.changesAt)
        try disk.write(
            [UInt8](repeating: 0, count: Layout.changesAt), to: file, at: 0)
        let rest = Layout.changesAt + Changes.byteCount
        try disk.zero(file, from: rest)
        try disk.remove(file.path)
        try disk.syncFolder(Folder.parent(of: file.path))
    }

    private func rewrite(
        growing: Bool, for count: Int, under master: MasterKey?
    ) throws(VaultError) -> UInt64 {
        try locked { state throws(VaultError) in
            try state.refresh()
            let index = try VaultError.storing { () throws(StorageError) in try state.whole() }
            let slots = index.slots.indices.filter { index.slots[$0].state != .free }
            let new = master ?? state.master
            var header = state.header
            let wrapped = header.root
            guard
                let root = Wrapping.unwrap(
                    wrapped.span, under: state.master.wrapping,
                    binding: Wrapping.binding(origin: origin))
            else { throw VaultError(.damaged, "the root of the names' keys is damaged") }
            header.generation += 1
            if growing {
                header.capacity = max(header.capacity, slots.count) * 2
                while header.capacity < slots.count + count { header.capacity *= 2 }
            }
            header.masterTag = new.tag
            header.root = Wrapping.wrap(
                root, under: new.wrapping, binding: Wrapping.binding(origin: origin))
            var changes = state.changes
            changes.isChanging = false
            let path = Layout.path(folder, header.generation)
            let disk = disk
            let file = try VaultError.storing { () throws(StorageError) in
                try disk.destroy(path)
                let file = try disk.create(path)
                try VaultFile.write(header, changes, to: file, disk: disk)
                return file
            }
            try copy(slots, of: state, to: file, under: master)
            try VaultError.storing { () throws(StorageError) in
                try disk.flush(file)
                try disk.syncFolder(folder)
            }
            return header.generation
        }
    }

    /// Writes slots one after the other, 4,096 a write, wrapped anew where there is a new master
    /// key.
    private func copy(
        _ slots: [Int], of state: VaultState, to file: PositionedFile, under master: MasterKey?
    ) throws(VaultError) {
        var images: [UInt8] = []
        var place = 0
        for (index, number) in slots.enumerated() {
            let slot = state.slot(at: number)
            let image = try state.image(at: number)
            var wrapped = image.span.extracting(Slot.wrapped).array
            if slot.state == .living, let master {
                let binding = Wrapping.binding(slot.kind, slot.id)
                guard
                    let key = Wrapping.unwrap(
                        wrapped.span, under: state.master.wrapping, binding: binding)
                else { throw VaultError(.damaged, "slot \(number) holds no key that opens") }
                wrapped = Wrapping.wrap(key, under: master.wrapping, binding: binding)
            }
            if slot.state != .living { wrapped = [] }
            images += slot.image(number: index, wrapped: wrapped)
            guard images.count == 4096 * Slot.byteCount || index == slots.count - 1 else {
                continue
            }
            let (disk, bytes, at) = (disk, images, Layout.slotAt(place))
            try VaultError.storing { () throws(StorageError) in
                try disk.write(bytes, to: file, at: at)
            }
            place = index + 1
            images.removeAll(keepingCapacity: true)
        }
    }
}
