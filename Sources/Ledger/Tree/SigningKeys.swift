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
/// keys/lock                a lock: one process signs at a time
/// ```
struct SigningKeys {
    let folder: String
    let origin: String

    init(ledger: String, origin: String) {
        folder = ledger + "/keys"
        self.origin = origin
    }

    /// Runs `body` while no other process signs or makes a key.
    func withLock<V>(_ body: () throws -> V) throws -> V {
        try Folder.create(folder)
        let lock = try FileLock(path: folder + "/lock")
        try lock.lock()
        defer { lock.unlock() }
        return try body()
    }

    /// The key that signs, made if there is none; the caller holds the lock.
    ///
    /// It is flushed before it gets its name, so that nothing is ever signed by a key that a power
    /// cut takes away.
    func signer() throws -> SignerKey {
        let path = folder + "/signing"
        let key: SignerKey
        if Folder.exists(path) {
            key = try SignerKey(text: line(of: path))
        } else {
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

    /// The key that verifies; nil if none was made yet.
    func verifier() throws -> VerifierKey? {
        let path = folder + "/vkey"
        return try Folder.exists(path) ? VerifierKey(text: line(of: path)) : nil
    }

    /// The last checkpoint that was signed, checked; nil if there is none.
    ///
    /// Whoever was cut short may have kept one that is newer than `keys/checkpoint`.
    func last(by key: VerifierKey) throws -> SignedCheckpoint? {
        var last: SignedCheckpoint?
        let newest = Folder.names(in: folder + "/checkpoints").compactMap { UInt64($0) }.max()
        let paths = ["/checkpoint"] + (newest.map { ["/checkpoints/\($0)"] } ?? [])
        for path in paths where Folder.exists(folder + path) {
            let signed = try Self.read(folder + path, by: key)
            if signed.checkpoint.size >= last?.checkpoint.size ?? 0 { last = signed }
        }
        return last
    }

    /// Keeps a checkpoint for ever, and as the last one.
    func keep(_ signed: SignedCheckpoint) throws {
        let bytes = Array(signed.note.serialised.utf8)
        try Folder.create(folder + "/checkpoints")
        try Descriptor.replace(folder + "/checkpoints/\(signed.checkpoint.size)", bytes)
        try Descriptor.replace(folder + "/checkpoint", bytes)
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

/// A checkpoint and the note that it was signed in.
public struct SignedCheckpoint: Sendable, Equatable {
    /// The note as it is published.
    public let note: Note
    /// What it says: origin, size and root.
    public let checkpoint: Checkpoint
}
