import CPosix
import Glibc

/// Folders and files as the ledger needs them: private, synced, on a local disk.
public enum Folder {
    /// Creates a folder with mode 0700 where it is missing, and syncs the one above it.
    ///
    /// - Throws: ``StorageError`` with `notPermitted`, `notFound`, `networkFileSystem`, `diskFull`.
    public static func create(_ path: String) throws(StorageError) {
        if !exists(path) {
            guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw StorageError.of(errno, "creating \(path)")
            }
            try sync(parent(of: path))
        }
        try refuseNetwork(path)
    }

    /// Creates a folder and those above it, with mode 0700, where they are missing; syncs none.
    public static func createAll(_ path: String) throws(StorageError) {
        guard !exists(path) else { return }
        try createAll(parent(of: path))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw StorageError.of(errno, "creating \(path)")
        }
    }

    /// Refuses NFS, SMB, 9P and their kin: LMDB's locks and maps do not hold there.
    public static func refuseNetwork(_ path: String) throws(StorageError) {
        let remote: [Int64: String] = [
            0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2",
            0x564C: "NCP", 0x5346_414F: "AFS", 0x7375_7245: "Coda", 0x0102_1997: "9P",
            0x00C3_6400: "Ceph", 0x0BD0_0BD0: "Lustre", 0x6573_5546: "FUSE",
        ]
        let type = unsafe shim_filesystem_type(path)
        // FUSE may be local, but whether its locks and maps hold cannot be known.
        if let name = remote[type] {
            throw StorageError(
                .networkFileSystem,
                "\(path) lies on a network file system (\(name)), where locks and memory maps do "
                    + "not hold; keep the ledger on a local disk")
        }
    }

    /// Whether a file or folder is there.
    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// What a look at a path finds.
    public enum Look: Sendable {
        /// A file or folder.
        case there
        /// Nothing.
        case missing
        /// A folder on the way that this user may not look into.
        case hidden
    }

    /// Whether a file or folder is there, and whether that can be seen at all.
    public static func look(at path: String) -> Look {
        if unsafe access(path, F_OK) == 0 { return .there }
        return errno == EACCES ? .hidden : .missing
    }

    /// The size of a file in bytes; 0 where it is missing.
    public static func size(of path: String) -> Int {
        max(0, Int(unsafe shim_file_size(path)))
    }

    /// What tells a file from another one of the same name: its device and its number there; nil
    /// where there is none.
    public static func identity(of path: String) -> [UInt64]? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    /// What tells a file from a copy of it: its number on its file system, and when it was made, in
    /// nanoseconds since 1970, 0 where the file system does not say; nil where there is no file.
    public static func birth(of path: String) -> (number: UInt64, born: Int64)? {
        var number: UInt64 = 0
        var born: Int64 = 0
        return unsafe shim_file_birth(path, &number, &born) == 0 ? (number, born) : nil
    }

    /// When a file was last changed, in nanoseconds since 1970; nil where it is missing.
    public static func modified(_ path: String) -> Int64? {
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return nil }
        return Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
    }

    /// Flushes a folder's entries, so that a file created in it survives a power cut.
    public static func sync(_ path: String) throws(StorageError) {
        let descriptor = unsafe shim_open(path, O_RDONLY | O_DIRECTORY, 0)
        guard descriptor >= 0 else { throw StorageError.of(errno, "opening \(path)") }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder and need not: EINVAL is their answer.
        let code = Descriptor.flush(descriptor)
        if code != 0, code != EINVAL { throw StorageError.of(code, "flushing \(path)") }
    }

    /// Flushes everything that was written to the file system of `path`, files and folders.
    ///
    /// For many small files this takes one wait of the disk, where flushing each takes one each.
    public static func syncAll(_ path: String) throws(StorageError) {
        let descriptor = unsafe shim_open(path, O_RDONLY | O_DIRECTORY, 0)
        guard descriptor >= 0 else { throw StorageError.of(errno, "opening \(path)") }
        defer { close(descriptor) }
        let code = shim_sync_all(descriptor)
        if code != 0 { throw StorageError.of(code, "flushing \(path)") }
    }

    /// Whether there is a folder at `path`.
    public static func isFolder(_ path: String) -> Bool { unsafe shim_is_folder(path) == 1 }

    /// Whether there is a link at `path`, wherever it leads.
    public static func isLink(_ path: String) -> Bool {
        var info = stat()
        return unsafe lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFLNK
    }

    /// Refuses a folder that another user owns, or into which others may put something.
    ///
    /// - Throws: ``StorageError`` with `notPermitted`.
    public static func refuseShared(_ path: String) throws(StorageError) {
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return }
        let mode = String(info.st_mode & 0o7777, radix: 8)
        guard info.st_uid == geteuid() else {
            throw StorageError(
                .notPermitted,
                "\(path) belongs to another user (uid \(info.st_uid)), who may read and change what is "
                    + "put there; name a folder of your own, or take it over with chown")
        }
        guard info.st_mode & 0o022 == 0 else {
            throw StorageError(
                .notPermitted,
                "\(path) may be written by others (mode \(mode)); run 'chmod go= \(path)', and see "
                    + "what lies in it")
        }
    }

    /// What an entry of a folder is, links not followed.
    public enum Kind: Sendable, Equatable {
        /// A folder.
        case folder
        /// An ordinary file: its bytes, and those that the disk keeps for it.
        case file(bytes: Int, stored: Int)
        /// A link, a pipe, a device, a socket; or nothing that can be looked at.
        case other
    }

    /// What lies at a path, links not followed.
    public static func kind(of path: String) -> Kind {
        var info = stat()
        guard unsafe lstat(path, &info) == 0 else { return .other }
        switch info.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file(bytes: Int(info.st_size), stored: Int(info.st_blocks) * 512)
        default: return .other
        }
    }

    /// The names in a folder, sorted, without `.` and `..`.
    public static func names(in path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file or an empty folder; a missing one is no error.
    public static func remove(_ path: String) throws(StorageError) {
        if unsafe Glibc.remove(path) != 0, errno != ENOENT {
            throw StorageError.of(errno, "removing \(path)")
        }
    }

    /// Removes a folder and what is in it.
    public static func removeAll(_ path: String) throws(StorageError) {
        if unsafe shim_is_folder(path) == 1 {
            for name in names(in: path) { try removeAll(path + "/" + name) }
        }
        try remove(path)
    }

    /// Renames within one file system, atomically.
    public static func rename(_ from: String, to: String) throws(StorageError) {
        if unsafe Glibc.rename(from, to) != 0 { throw StorageError.of(errno, "renaming \(from)") }
    }

    /// The absolute path without links; `path` itself where it cannot be resolved.
    public static func canonical(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The folder that holds `path`.
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
