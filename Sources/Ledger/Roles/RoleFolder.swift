import Bytes
public import Storage

/// The folder `roles/` of a ledger: who holds a role on this machine, and signs of life.
///
/// - `ROLE.lock`: held by the supervisor of the role and by its child; a line for each instance
///   that may not have ended properly: the child's process id (0 before it runs) and the name.
/// - `INSTANCE.beat`: touched by `instances beat`. It says that an instance is there, to whoever
///   supervises it and to `instances`; no decision rests on it, because none could be replayed.
///
/// Nothing in it is history: it may be deleted while no supervisor runs.
public struct RoleFolder: Sendable {
    /// The folder.
    public let path: String

    /// An instance as the lock's file names it.
    public struct Entry: Sendable, Equatable {
        /// The process id of the child; 0 before it runs.
        public var process: Int32
        /// The name.
        public var instance: String

        /// An entry.
        public init(process: Int32, instance: String) {
            self.process = process
            self.instance = instance
        }
    }

    init(ledger folder: String) { path = folder + "/roles" }

    /// The lock of a role; the folder is made where it is missing.
    ///
    /// - Throws: ``StorageError``.
    public func lock(of role: String) throws(StorageError) -> FileLock {
        try Folder.create(path)
        return try FileLock(path: lockPath(role))
    }

    /// The instances that the file of a role's lock names.
    public func entries(of role: String) -> [Entry] {
        let bytes = (try? Descriptor.contents(of: lockPath(role), byteMax: 1 << 16)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let process = Int32(parts[0]) else { return nil }
            return Entry(process: process, instance: String(parts[1]))
        }
    }

    /// Names the instances of a role, for whoever finds its lock; only its holder may.
    ///
    /// - Throws: ``StorageError``.
    public func name(_ entries: [Entry], of role: String) throws(StorageError) {
        let text = entries.map { "\($0.process) \($0.instance)\n" }.joined()
        try Descriptor.create(lockPath(role), Array(text.utf8))
    }

    /// Gives a sign of life.
    ///
    /// - Throws: ``StorageError``.
    public func beat(_ instance: String) throws(StorageError) {
        try Folder.create(path)
        try Descriptor.create(beatPath(instance), [UInt8(ascii: "\n")], flushes: false)
    }

    /// The last sign of life, by the machine's clock in nanoseconds since 1970; nil for none.
    public func lastBeat(_ instance: String) -> Int64? { Folder.modified(beatPath(instance)) }

    /// Forgets the signs of life of an instance that has ended.
    public func forget(_ instance: String) { try? Folder.remove(beatPath(instance)) }

    private func lockPath(_ role: String) -> String { "\(path)/\(Self.safe(role)).lock" }
    private func beatPath(_ instance: String) -> String { "\(path)/\(Self.safe(instance)).beat" }

    /// A name as a file's: other characters than letters, digits, `-` and `_` are escaped; a long
    /// one is cut, and ends in its fingerprint.
    static func safe(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            let isPlain =
                byte >= 0x30 && byte <= 0x39 || byte >= 0x41 && byte <= 0x5A
                || byte >= 0x61 && byte <= 0x7A || byte == 0x2D || byte == 0x5F
            text += isPlain ? String(UnicodeScalar(byte)) : "%" + [byte].span.hex
        }
        guard text.utf8.count > 120 else { return text }
        return text.prefix(80) + "-" + String(Fingerprint(of: name).bits, radix: 16)
    }
}

extension Ledger {
    /// Who holds a role on this machine, and signs of life.
    public var roles: RoleFolder { RoleFolder(ledger: folder) }
}
