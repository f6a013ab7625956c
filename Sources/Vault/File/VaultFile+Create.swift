import Bytes
import Crypto
import Storage

extension VaultFile {
    /// Makes the vault of a new ledger, of generation 1, flushed with its folder.
    ///
    /// A file whose making was cut short before its header was written is made anew. One that holds
    /// a key is never replaced.
    ///
    /// - Parameters:
    ///   - folder: the ledger's folder `keys`, which is there.
    ///   - finishing: whether no commit of the ledger names the file yet, so that one that is there
    ///     is what an earlier try left: where the master key opens it, it stays as it is, and
    ///     where it holds no key it is made anew.
    /// - Throws: ``VaultError`` `storage` where there is one that stays, or the disk refuses.
    @available(*, noasync)
    public static func create(
        in folder: String, origin: String, master: MasterKey, capacity: Int = 1024,
        finishing: Bool = false
    ) throws(VaultError) {
        try create(
            in: folder, origin: origin, master: master, capacity: capacity, finishing: finishing,
            disk: RealDisk())
    }

    static func create(
        in folder: String, origin: String, master: MasterKey, capacity: Int,
        finishing: Bool = false, disk: any Disk
    ) throws(VaultError) {
        let path = Layout.path(folder, 1)
        if Folder.exists(path) {
            let isDone = finishing && opens(folder, origin, master, disk)
            if isDone { return }
            let isReplaceable = try VaultError.storing { () throws(StorageError) in
                try isEmpty(path, finishing: finishing)
            }
            guard isReplaceable else {
                throw VaultError(
                    .storage,
                    "\(path) is a vault already, and is never replaced; give the master key that "
                        + "opens it, or move it away")
            }
        }
        let origin = Fingerprint(of: origin)
        let root = Wrapping.wrap(
            .random(), under: master.wrapping, binding: Wrapping.binding(origin: origin))
        let header = Header(
            generation: 1, capacity: capacity, origin: origin, masterTag: master.tag, root: root)
        try VaultError.storing { () throws(StorageError) in
            if Folder.exists(path) { try disk.destroy(path) }
            let file = try disk.create(path)
            try write(header, Changes(), to: file, disk: disk)
            try disk.flush(file)
            try disk.syncFolder(folder)
        }
    }

    /// Whether a file is there as a whole and opens; its headers are then both written, and it is
    /// flushed: whoever was cut short may not have done it.
    private static func opens(
        _ folder: String, _ origin: String, _ master: MasterKey, _ disk: any Disk
    ) -> Bool {
        do {
            let vault = try open(
                in: folder, generation: 1, origin: origin, masters: [master], disk: disk)
            let file = vault.state.withLock { $0.file }
            let capacity = vault.state.withLock { $0.header.capacity }
            guard try file.byteCount >= Layout.slotAt(capacity) else { return false }
            try vault.mend()
            try disk.syncFolder(folder)
            return true
        } catch { return false }
    }

    /// Whether nothing is lost with a file: it holds no slot, whole or damaged, and it has no
    /// header, unless the ledger was never finished.
    private static func isEmpty(_ path: String, finishing: Bool) throws(StorageError) -> Bool {
        let file = try PositionedFile(path: path)
        if !finishing, try Header.read(file) != nil { return false }
        if try Journal.isBegun(file) { return false }
        let end = try file.byteCount
        for at in stride(from: Layout.slotsAt, to: end, by: 1 << 18) {
            let bytes = try file.read(min(1 << 18, end - at), at: at)
            if bytes.contains(where: { $0 != 0 }) { return false }
        }
        return true
    }

    /// Writes the fixed parts of a new file; its size is that of all its slots.
    static func write(
        _ header: Header, _ changes: Changes, to file: PositionedFile, disk: any Disk
    ) throws(StorageError) {
        let end = Layout.slotAt(header.capacity)
        try disk.write([UInt8](repeating: 0, count: Slot.byteCount), to: file, at: end - 128)
        try disk.write(header.image(), to: file, at: 0)
        try disk.write(header.image(), to: file, at: Layout.headerCopyAt)
        try disk.write(changes.image(), to: file, at: Layout.changesAt)
    }
}
