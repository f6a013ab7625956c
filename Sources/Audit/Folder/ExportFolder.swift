import Bytes
import Crypto
import Evidence
import Ledger
import Storage

/// The folder of an export: what lies where, and which files are listed with their digests.
struct ExportFolder {
    let path: String

    static let manifest = "manifest.json"
    static let sums = "SHA256SUMS"
    static let note = "manifest.note"
    static let events = "events.ndjson"
    static let report = "REPORT.md"
    static let page = "REPORT.html"
    static let oldCheckpoint = "since/checkpoint"
    static let growth = "since/growth"
    /// Lies there from the first file to the last: an export that was cut short is begun anew.
    static let unfinished = "export.unfinished"
    /// What no list of digests can hold: itself, and what signs it.
    static let unlisted: Set<String> = [sums, note, unfinished]

    static func proof(_ position: UInt64) -> String { "proofs/\(position).tlog-proof" }

    /// Makes the folder, or empties one that an export of this ledger has left half done.
    ///
    /// - Throws: ``LedgerError`` with `exists` where something else lies there.
    func begin(origin: String) throws {
        let mark = "\(origin)\n"
        let names = Folder.names(in: path)
        if Folder.exists(path), !Folder.isFolder(path) || !names.isEmpty {
            let left = try? Descriptor.contents(of: file(Self.unfinished), byteMax: 1 << 16)
            guard left == Array(mark.utf8) else {
                throw LedgerError(
                    .exists, "\(path) holds something already; export into a new folder")
            }
            for name in names where name != Self.unfinished { try Folder.removeAll(file(name)) }
        }
        try Folder.createAll(path)
        try Descriptor.create(file(Self.unfinished), Array(mark.utf8))
    }

    /// Flushes everything, and takes the mark of the unfinished away.
    func finish() throws {
        try Folder.syncAll(path)
        try Folder.remove(file(Self.unfinished))
        try Folder.sync(path)
    }

    /// Where a file lies.
    func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file; all are flushed at the end.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let path = file(name)
        try Folder.createAll(Folder.parent(of: path))
        try Descriptor.create(path, bytes, flushes: false)
    }

    /// The SHA-256 of a file, read a part at a time.
    func digest(_ name: String) throws -> Digest {
        var reader = try FileReader(path: file(name))
        var hasher = SHA256()
        while true {
            let part = try reader.read(1 << 20)
            if part.isEmpty { return hasher.finish() }
            hasher.update(part.span)
        }
    }

    /// Names every file of the folder, in an order that is the same everywhere.
    func forEachFile(_ body: (String) throws -> Void) throws { try walk("", body) }

    private func walk(_ prefix: String, _ body: (String) throws -> Void) throws {
        for name in Folder.names(in: file(prefix)) {
            let name = prefix + name
            if Folder.isFolder(file(name)) {
                try walk(name + "/", body)
            } else if !Self.unlisted.contains(name) {
                try body(name)
            }
        }
    }

    /// A line of the list of digests, as `sha256sum` writes it, without its end.
    func sumLine(_ name: String) throws -> String { "\(try digest(name).hex)  \(name)" }

    /// The text that the note of the manifest signs.
    func statement(origin: String) throws -> String {
        "\(origin) export\n\(try sumLine(Self.sums))\n"
    }
}
