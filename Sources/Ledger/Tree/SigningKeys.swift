import Bytes
import Crypto
public import Evidence
import Storage

/// The keys of a ledger and what they signed: the folder `keys/`.
///
/// ```
/// keys/signing             the private key, PRIVATE+KEY+name+id+base64; only signing opens it
/// keys/vkey                the key that verifies, name+id+base64, for everybody
/// keys/checkpoint          the last checkpoint that was signed, a C2SP note
/// keys/checkpoints/SIZE    every checkpoint that was signed
/// keys/edge                the last record that was signed, see SignedEdge
/// keys/forked              why the log is read-only, where that was found by a full check
/// keys/past/ID             what was signed under an earlier name, by the id of its key
/// keys/lock                a lock: one process signs at a time
/// ```
/// Under which name the ledger signs says its log, and the files follow: those of an earlier name
/// are put into `past` by whoever signs next.
struct SigningKeys {
    let folder: String
    let identity: LedgerIdentity

    init(ledger: String, identity: LedgerIdentity) {
        folder = ledger + "/keys"
        self.identity = identity
    }

    var origin: String { identity.origin }

    /// Runs `body` while no other process signs or makes a key.
    func withLock<V>(_ body: () throws -> V) throws -> V {
        try Folder.create(folder)
        let lock = try FileLock(path: folder + "/lock")
        try lock.lock()
        defer { lock.unlock() }
        return try body()
    }

    /// Whether that is a name which this ledger had before.
    func isPast(_ name: String) -> Bool { identity.past.contains { $0.origin == name } }

    /// The key that signs, made if there never was one; the caller holds the lock.
    ///
    /// It is flushed before it gets its name, so that nothing is ever signed by a key that a power
    /// cut takes away.
    func signer() throws -> SignerKey {
        if let name = nameThere(), isPast(name) { try putAway() }
        let path = folder + "/signing"
        let key: SignerKey
        if Folder.exists(path) {
            key = try SignerKey(text: line(of: path))
        } else {
            try refuseLost(path)
            key = try SignerKey(name: origin, key: .generate())
            try Descriptor.replace(path, Array("\(key.text)\n".utf8))
        }
        guard key.verifier.name == origin else {
            throw LedgerError(
                .damaged, "\(path) is the key of \(key.verifier.name), not of \(origin)")
        }
        let text = Array("\(key.verifier.text)\n".utf8)
        let open = folder + "/vkey"
        if try !Folder.exists(open) || Descriptor.contents(of: open, byteMax: 1 << 16) != text {
            try Descriptor.replace(open, text)
        }
        return key
    }

    /// A key that was told to others is not quietly replaced by another.
    private func refuseLost(_ path: String) throws {
        guard Folder.exists(folder + "/vkey") || Folder.exists(folder + "/checkpoint") else {
            return
        }
        throw LedgerError(
            .notFound,
            "\(path) is missing, and what it signed is there: put the key back, or go on under "
                + "a new name with 'ledger doctor --accept-rollback --by NAME --why REASON'")
    }

    /// The key that verifies; nil if none was made yet under the ledger's present name.
    func verifier() throws -> VerifierKey? {
        let path = folder + "/vkey"
        guard Folder.exists(path) else { return nil }
        let key = try VerifierKey(text: line(of: path))
        if key.name == origin { return key }
        if isPast(key.name) { return nil }
        throw Self.foreign(key.name, origin)
    }

    static func foreign(_ name: String, _ origin: String) -> LedgerError {
        LedgerError(
            .forked,
            "keys/ is that of \(name), but the log is that of \(origin): an older copy of the log, "
                + "or another one")
    }

    /// The last checkpoint that was signed, checked; nil if there is none.
    ///
    /// Whoever was cut short may have kept one that is newer than `keys/checkpoint`, and of two
    /// copies one may be damaged.
    func last(by key: VerifierKey) throws -> SignedCheckpoint? {
        var last: SignedCheckpoint?
        var trouble: (any Error)?
        let newest = Folder.names(in: folder + "/checkpoints").compactMap { UInt64($0) }.max()
        let paths = ["/checkpoint"] + (newest.map { ["/checkpoints/\($0)"] } ?? [])
        for path in paths where Folder.exists(folder + path) {
            do {
                let signed = try Self.read(folder + path, by: key)
                if signed.checkpoint.size >= last?.checkpoint.size ?? 0 { last = signed }
            } catch { trouble = trouble ?? error }
        }
        if last == nil, let trouble { throw trouble }
        return last
    }

    /// Keeps a checkpoint for ever, and as the last one; `leaf` is the hash of its last record.
    func keep(_ signed: SignedCheckpoint, leaf: Digest) throws {
        let bytes = Array(signed.note.serialised.utf8)
        try Folder.create(folder + "/checkpoints")
        try Descriptor.replace(folder + "/checkpoints/\(signed.checkpoint.size)", bytes)
        let edge = SignedEdge(origin: origin, size: signed.checkpoint.size, leaf: leaf)
        try Descriptor.replace(folder + "/checkpoint", bytes)
        // Last: where it is and the checkpoint is not, somebody removed that.
        try Descriptor.replace(folder + "/edge", edge.bytes)
    }

    /// Writes the last checkpoint and its edge anew where they are missing or damaged.
    func mend(_ signed: SignedCheckpoint, leaf: Digest) throws {
        let edge = SignedEdge(origin: origin, size: signed.checkpoint.size, leaf: leaf)
        let files = [("/edge", edge.bytes), ("/checkpoint", Array(signed.note.serialised.utf8))]
        for (name, bytes) in files
        where (try? Descriptor.contents(of: folder + name, byteMax: 1 << 16)) != bytes {
            try Descriptor.replace(folder + name, bytes)
        }
    }

    /// A checkpoint in a file, checked by a key.
    static func read(_ path: String, by key: VerifierKey) throws -> SignedCheckpoint {
        let bytes = try Descriptor.contents(of: path, byteMax: Note.bytesMax)
        do {
            return SignedCheckpoint(
                note: try Note(parsing: bytes.span),
                checkpoint: try Checkpoint(note: bytes.span, by: key))
        } catch {
            throw LedgerError(.damaged, "\(path): \(error.message)")
        }
    }

    private func line(of path: String) throws -> String {
        let bytes = try Descriptor.contents(of: path, byteMax: 1 << 16)
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}

extension SigningKeys {
    /// The name that the key in `keys/` is of; nil if there is none.
    func nameThere() -> String? { try? keyThere()?.name }

    /// Why nothing can be signed, or nil; a key is not made, and the caller holds the lock.
    func trouble() throws -> LedgerError? {
        if let name = nameThere(), isPast(name) { return nil }
        let path = folder + "/signing"
        do {
            guard Folder.exists(path) else {
                try refuseLost(path)
                return nil
            }
            let key = try SignerKey(text: line(of: path)).verifier
            guard key.name == origin else { throw Self.foreign(key.name, origin) }
            guard let known = try verifier() else { return nil }
            guard known == key else {
                throw LedgerError(.damaged, "\(path) is not the key of \(known.text)")
            }
            return nil
        } catch { return LedgerError(any: error) }
    }

    private func keyThere() throws -> VerifierKey? {
        if Folder.exists(folder + "/vkey") {
            return try VerifierKey(text: line(of: folder + "/vkey"))
        }
        guard Folder.exists(folder + "/signing") else { return nil }
        return try SignerKey(text: line(of: folder + "/signing")).verifier
    }

    /// Puts what was signed under another name away, and destroys the key that signed it.
    ///
    /// The old name must not be signed with any more: the ledger that it names may live on
    /// elsewhere. `vkey` goes last, so that whoever is cut short is followed by one that ends it.
    func putAway() throws {
        let files = ["vkey", "signing", "checkpoint", "checkpoints", "edge", "forked"]
        guard files.contains(where: { Folder.exists(folder + "/" + $0) }) else { return }
        let id = (try? keyThere()?.text.split(separator: "+").dropFirst().first).flatMap { $0 }
        let place = folder + "/past/" + (id.map(String.init) ?? "unknown")
        try Folder.create(folder + "/past")
        try Folder.create(place)
        if Folder.exists(folder + "/checkpoints"), !Folder.exists(place + "/checkpoints") {
            try Folder.rename(folder + "/checkpoints", to: place + "/checkpoints")
        }
        if Folder.exists(folder + "/checkpoint") {
            try Folder.rename(folder + "/checkpoint", to: place + "/checkpoint")
        }
        try Folder.sync(place)
        for name in ["signing", "edge", "forked"] { try Folder.remove(folder + "/" + name) }
        try Folder.sync(folder)
        if Folder.exists(folder + "/vkey") {
            try Folder.rename(folder + "/vkey", to: place + "/vkey")
        }
        try Folder.sync(place)
        try Folder.sync(folder)
    }
}

/// A checkpoint and the note that it was signed in.
public struct SignedCheckpoint: Sendable, Equatable {
    /// The note as it is published.
    public let note: Note
    /// What it says: origin, size and root.
    public let checkpoint: Checkpoint
}
