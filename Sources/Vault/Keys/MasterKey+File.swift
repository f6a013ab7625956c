import Bytes
import Crypto
import Storage

extension MasterKey {
    /// What lies where a master key is to be.
    public enum FileState: Sendable {
        /// Nothing.
        case missing
        /// A file that was made and never got its 32 bytes; ``create(_:outside:)`` finishes it.
        case cutShort
        /// A file that ``create(_:outside:)`` never replaces. A ledger that was never finished is
        /// finished with it.
        case whole
    }

    /// Says what lies where a master key is to be, without a look at whether it may be read.
    ///
    /// - Throws: ``VaultError`` `storage` where it cannot be looked at.
    @available(*, noasync)
    public static func state(of path: String) throws(VaultError) -> FileState {
        guard Folder.exists(path) else { return .missing }
        var bytes = try VaultError.storing { () throws(StorageError) in
            try Descriptor.contents(of: path, byteMax: 4096)
        }
        defer { clear(&bytes) }
        if bytes.count < 32 { return .cutShort }
        // A power cut may leave zeroes for what was not flushed. A rotation leaves them as well,
        // but beside the next key.
        let isZero = bytes.count == 32 && bytes.allSatisfy { $0 == 0 }
        return isZero && !Folder.exists(nextPath(path)) ? .cutShort : .whole
    }

    /// Refuses a key that is there already, for a new ledger, where another user owns it: who made
    /// it knows it.
    ///
    /// - Throws: ``VaultError`` `masterKey`.
    public static func refuseForeign(_ path: String) throws(VaultError) {
        guard let access = PositionedFile.access(of: path), access.owner != LocalHost.userNumber
        else { return }
        throw VaultError(
            .masterKey,
            "\(path) belongs to another user (uid \(access.owner)), who knows the key in it; remove "
                + "the file, or name another one")
    }

    /// Makes a new master key in a file of mode 0600; the folder above is made where it is missing.
    ///
    /// A file whose making was cut short is finished: see ``state(of:)``.
    ///
    /// - Throws: ``VaultError`` `masterKey` where the file is there already, may be read by others,
    ///   or would lie inside the ledger's folder; `storage`.
    @available(*, noasync)
    public static func create(_ path: String, outside ledger: String) throws(VaultError) {
        let folder = Folder.parent(of: path)
        try VaultError.storing { () throws(StorageError) in
            try makeFolders(folder)
        }
        try refuse(path, inside: ledger)
        if Folder.kind(of: path) == .other, Folder.isLink(path) {
            throw VaultError(
                .masterKey,
                "\(path) is a link, which somebody may have put there; a new key is written to a file "
                    + "of its own: remove the link, or name another file")
        }
        // Of several at once, one makes the key, and the others see that it is whole.
        let lock = try VaultError.storing { () throws(StorageError) in
            let lock = try FileLock(path: path)
            try lock.lock()
            return lock
        }
        defer { lock.unlock() }
        guard try state(of: path) == .cutShort else {
            throw VaultError(
                .masterKey,
                "there is a master key in \(path) already; it is never replaced, because what it "
                    + "opens would be lost")
        }
        try refuseOpen(path)
        let key = Secret.random()
        try VaultError.storing { () throws(StorageError) in
            let file = try PositionedFile(path: path)
            try file.write(key.bytes, at: 0)
            try file.flush()
            try Folder.sync(folder)
        }
    }

    /// Reads the master key of a file.
    ///
    /// - Throws: ``VaultError`` `masterKey` where the file is missing, readable by others, of
    ///   another size, or inside the ledger's folder.
    @available(*, noasync)
    public static func read(_ path: String, outside ledger: String) throws(VaultError) -> MasterKey
    {
        try refuse(path, inside: ledger)
        try refuseOpen(path)
        var bytes = try VaultError.storing { () throws(StorageError) in
            try Descriptor.contents(of: path, byteMax: 4096)
        }
        defer { clear(&bytes) }
        guard bytes.count == 32 else {
            throw VaultError(
                .masterKey, "\(path) has \(bytes.count) bytes; a master key has 32")
        }
        return try MasterKey(bytes.span)
    }

    /// The master keys that may open a vault while a rotation goes on: that of `path`, and the
    /// next.
    ///
    /// - Throws: as ``read(_:outside:)`` where neither can be read.
    @available(*, noasync)
    public static func candidates(
        _ path: String, outside ledger: String
    ) throws(VaultError) -> [MasterKey] {
        let next = nextPath(path)
        guard Folder.exists(next) else { return [try read(path, outside: ledger)] }
        // One of the two may be half written or overwritten: the vault says which one it needs.
        let keys = [path, next].compactMap { try? read($0, outside: ledger) }
        return keys.isEmpty ? [try read(path, outside: ledger)] : keys
    }

    /// Where a rotation keeps the new key until the log says that the vault is wrapped under it.
    public static func nextPath(_ path: String) -> String { path + ".next" }

    /// Ends a rotation: overwrites the old key and puts the next in its place.
    ///
    /// Nothing happens where there is no next key. A crash in between leaves the next key beside a
    /// file of zeroes; calling it again ends it.
    ///
    /// - Throws: ``VaultError`` `storage`.
    @available(*, noasync)
    public static func promote(_ path: String) throws(VaultError) {
        try promote(path, on: RealDisk())
    }

    static func promote(_ path: String, on disk: any Disk) throws(VaultError) {
        guard Folder.exists(nextPath(path)) else { return }
        try VaultError.storing { () throws(StorageError) in
            if let old = try? PositionedFile(path: path) {
                try disk.write([UInt8](repeating: 0, count: 32), to: old, at: 0)
                try disk.flush(old)
            }
            try disk.rename(nextPath(path), to: path)
            try disk.syncFolder(Folder.parent(of: path))
        }
    }

    /// Overwrites and removes a master key that opens nothing any more.
    @available(*, noasync)
    public static func destroy(_ path: String) throws(VaultError) {
        try VaultError.storing { () throws(StorageError) in try RealDisk().destroy(path) }
    }

    /// Removes a next key that no vault was wrapped under: a rotation that did not happen.
    @available(*, noasync)
    public static func dropNext(_ path: String) throws(VaultError) {
        try VaultError.storing { () throws(StorageError) in
            try RealDisk().destroy(nextPath(path))
        }
    }

    private static func refuse(_ path: String, inside ledger: String) throws(VaultError) {
        let folder = Folder.canonical(Folder.parent(of: path)) + "/"
        // Where the file is a link, what counts is where its bytes lie.
        let target = Folder.canonical(path) + "/"
        let root = Folder.canonical(ledger) + "/"
        guard !folder.hasPrefix(root), !target.hasPrefix(root) else {
            throw VaultError(
                .masterKey,
                "\(path) lies inside the ledger's folder; keep the master key elsewhere, or a copy "
                    + "of the folder opens everything in it")
        }
    }

    /// Refuses a file that is missing or that others may read.
    private static func refuseOpen(_ path: String) throws(VaultError) {
        guard let access = PositionedFile.access(of: path) else {
            throw VaultError(
                .masterKey,
                "there is no master key in \(path); without it the sealed fields cannot be read: "
                    + "bring it back from where you keep its copy")
        }
        guard access.mode & 0o077 == 0 else {
            throw VaultError(
                .masterKey,
                "\(path) can be read by others (mode \(String(access.mode, radix: 8))); run "
                    + "'chmod 600 \(path)', and rotate the key if somebody may have seen it")
        }
    }

    private static func makeFolders(_ path: String) throws(StorageError) {
        if Folder.exists(path) || path == "." { return }
        try makeFolders(Folder.parent(of: path))
        try Folder.create(path)
    }
}

/// Overwrites what an array held, so that the memory it gives back holds no key.
func clear(_ bytes: inout [UInt8]) {
    var span = bytes.mutableSpan
    span.cleanse()
}
