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
    /// Lies there from the first file to the last: see ``ExportState``.
    static let unfinished = "export.unfinished"
    /// What no list of digests can hold: itself, and what signs it.
    static let unlisted: Set<String> = [
        sums, note, unfinished, unfinished + ".new",
    ]

    static func proof(_ position: UInt64) -> String { "proofs/\(position).tlog-proof" }

    /// Makes the folder and begins an export in it, or finds the one that was left half done.
    ///
    /// - Returns: How far it has come; at position 0 nothing else lies in the folder.
    /// - Throws: ``LedgerError`` with `exists` where something else lies there, or an export of
    ///   something else was left.
    func begin(_ wanted: ExportState) throws -> ExportState {
        // A first note that was cut short is none.
        let names = Folder.names(in: path).filter { $0 != Self.unfinished + ".new" }
        guard Folder.exists(path), !Folder.isFolder(path) || !names.isEmpty else {
            try Folder.createAll(path)
            try note(wanted)
            return wanted
        }
        guard let text = try? Descriptor.contents(of: file(Self.unfinished), byteMax: 1 << 20),
            let left = ExportState(parsing: text.span)
        else {
            throw LedgerError(.exists, "\(path) holds something already; export into a new folder")
        }
        if let conflict = wanted.conflict(with: left) {
            throw LedgerError(
                .exists,
                "\(path) holds \(conflict) that was cut short; finish it with the same options, or "
                    + "export into a new folder")
        }
        // Files are flushed at the end: what the machine held when it stopped may be lost.
        guard left.position > 0, left.boot == SystemClock.bootID else {
            for name in names where name != Self.unfinished { try Folder.removeAll(file(name)) }
            try note(wanted)
            return wanted
        }
        return left
    }

    /// Notes how far an export has come; a kill leaves this note or the one before.
    func note(_ state: ExportState) throws {
        let new = file(Self.unfinished + ".new")
        try Descriptor.create(new, Array(state.text.utf8), flushes: false)
        try Folder.rename(new, to: file(Self.unfinished))
    }

    /// Flushes everything, and takes the mark of the unfinished away.
    func finish() throws {
        try Folder.syncAll(path)
        try Folder.remove(file(Self.unfinished + ".new"))
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
        var reader = try FileReader(plain: file(name))
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
