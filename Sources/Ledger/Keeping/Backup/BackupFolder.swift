import Crypto
import Events
import Storage

/// The folder of a backup: plain files, which may lie on any disk.
///
/// ```
/// records        the records, one after the other, byte for byte; each says how long it is
/// keys/          what was signed, the erasures and, unless left out, the keys of persons
/// backup.json    what it is of, how many records, their root
/// SHA256SUMS     the digests of all files, for sha256sum -c; written last
/// ```
struct BackupFolder {
    let path: String

    static let records = "records"
    static let manifest = "backup.json"
    static let sums = "SHA256SUMS"

    func file(_ name: String) -> String { path + "/" + name }

    /// Whether a folder holds a backup, whole or not.
    static func isBackup(_ path: String) -> Bool {
        Folder.exists(path + "/" + manifest) || Folder.exists(path + "/" + records)
    }

    /// Makes the folder.
    ///
    /// - Throws: ``LedgerError`` with `exists` where something lies there.
    func begin() throws {
        if Folder.exists(path), !Folder.isFolder(path) || !Folder.names(in: path).isEmpty {
            let isHalf = Self.isBackup(path) && !Folder.exists(file(Self.sums))
            throw LedgerError(
                .exists,
                isHalf
                    ? "\(path) holds a backup that was cut short; remove it, or name a new folder"
                    : "\(path) holds something already; name a new folder for the backup")
        }
        try Folder.createAll(path)
    }

    /// Writes what the backup is and the digests of all files, flushes everything, and so ends it.
    func finish(_ manifest: BackupManifest, recordsSum: Digest) throws {
        try Descriptor.create(file(Self.manifest), Array(manifest.text.utf8))
        var lines: [String] = []
        try forEachFile { name in
            let sum = name == Self.records ? recordsSum : try digest(name)
            lines.append(line(sum.hex, name))
        }
        try Folder.syncAll(path)
        try Descriptor.replace(file(Self.sums), Array(lines.joined().utf8))
        try Folder.sync(Folder.parent(of: path))
    }

    /// Reads what the backup is; every file but the records is compared with its digest.
    ///
    /// - Returns: The manifest, and what the digest of the records must be.
    /// - Throws: ``LedgerError`` with `notFound`, `damaged` or `newer`.
    func open() throws -> (manifest: BackupManifest, recordsSum: String) {
        guard Folder.exists(file(Self.sums)) else {
            throw LedgerError(
                .notFound,
                Self.isBackup(path)
                    ? "\(path) holds a backup that was cut short; take another one"
                    : "\(path) holds no backup; 'ledger backup \(path)' makes one")
        }
        let recordsSum = try sumOfRecords()
        var reader = try FileReader(path: file(Self.sums))
        try forEachFile { name in
            let sum = name == Self.records ? recordsSum : try digest(name).hex
            guard try reader.line() == Array(line(sum, name).dropLast().utf8) else {
                throw altered(name)
            }
        }
        guard try reader.line() == nil else { throw altered(Self.sums) }
        let bytes = try Descriptor.contents(of: file(Self.manifest), byteMax: 1 << 24)
        return (try BackupManifest(parsing: bytes.span, path: file(Self.manifest)), recordsSum)
    }

    /// What the list says of the records, which are hashed when they are read.
    private func sumOfRecords() throws -> String {
        var reader = try FileReader(path: file(Self.sums))
        while let line = try reader.line() {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasSuffix("  " + Self.records) { return String(text.prefix(64)) }
        }
        throw altered(Self.sums)
    }

    private func line(_ sum: String, _ name: String) -> String { "\(sum)  \(name)\n" }

    func altered(_ name: String) -> LedgerError {
        LedgerError(
            .damaged, "\(file(name)) is not the file that was backed up; take another backup")
    }

    private func forEachFile(_ body: (String) throws -> Void) throws { try walk("", body) }

    private func walk(_ prefix: String, _ body: (String) throws -> Void) throws {
        for name in Folder.names(in: file(prefix)) {
            let name = prefix + name
            if Folder.isFolder(file(name)) {
                try walk(name + "/", body)
            } else if name != Self.sums, name != Self.sums + ".new" {
                try body(name)
            }
        }
    }

    private func digest(_ name: String) throws -> Digest {
        var reader = try FileReader(path: file(name))
        var hasher = SHA256()
        while true {
            let part = try reader.read(1 << 20)
            if part.isEmpty { return hasher.finish() }
            hasher.update(part.span)
        }
    }
}
