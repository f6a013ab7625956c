import Crypto
public import Events
public import Evidence
import Storage

extension Ledger {
    var keys: SigningKeys { SigningKeys(ledger: folder, identity: identity) }

    /// The key by which anybody checks what this ledger signs; nil if none was made yet.
    ///
    /// The private key is not opened.
    public func verifierKey() throws(LedgerError) -> VerifierKey? {
        do { return try keys.verifier() } catch { throw LedgerError(any: error) }
    }

    /// Makes the key that signs, unless there is one; answers the key that verifies.
    public func makeSigningKey() throws(LedgerError) -> VerifierKey {
        do {
            return try keys.withLock { try keys.signer().verifier }
        } catch {
            throw LedgerError(any: error)
        }
    }

    /// The last checkpoint that was signed, its signature checked; nil if there is none.
    public func lastCheckpoint() throws(LedgerError) -> SignedCheckpoint? {
        do {
            guard let key = try keys.verifier() else { return nil }
            return try keys.last(by: key)
        } catch {
            throw LedgerError(any: error)
        }
    }

    /// The last checkpoint, of which every copy must be whole.
    func checkedCheckpoint() throws -> SignedCheckpoint? {
        guard let key = try keys.verifier() else { return nil }
        let path = keys.folder + "/checkpoint"
        if Folder.exists(path) { _ = try SigningKeys.read(path, by: key) }
        return try keys.last(by: key)
    }

    /// Reads a checkpoint of this ledger from a file, and checks its signature.
    ///
    /// - Throws: ``LedgerError`` with `damaged` if it is not one that this ledger signed, `forked`
    ///   if it is one of another name, `notFound` if the ledger has no key yet.
    public func checkpoint(inFile path: String) throws(LedgerError) -> SignedCheckpoint {
        do {
            guard let key = try keys.verifier() else {
                throw LedgerError(.notFound, "this ledger has signed nothing yet: it has no key")
            }
            try refuseOtherName(path)
            return try SigningKeys.read(path, by: key)
        } catch {
            throw LedgerError(any: error)
        }
    }

    /// Tells a checkpoint of another ledger, or of this one before it went on under a new name.
    private func refuseOtherName(_ path: String) throws {
        let bytes = try Descriptor.contents(of: path, byteMax: Note.bytesMax)
        guard let note = try? Note(parsing: bytes.span),
            let checkpoint = try? Checkpoint(text: note.text),
            checkpoint.origin != identity.origin
        else { return }
        let past = identity.past.first { $0.origin == checkpoint.origin }
        let what = past.map { ", which went on as another after \($0.end) records" } ?? ""
        throw LedgerError(
            .forked,
            "\(path) is a checkpoint of \(checkpoint.origin)\(what); this ledger is "
                + identity.origin)
    }

    /// Signs the log as it is, if it has grown since it was last signed, and keeps the checkpoint.
    ///
    /// - Parameter progress: Called with the number of records hashed and their total.
    /// - Returns: The newest checkpoint, and whether it was signed just now.
    /// - Throws: ``LedgerError`` with `forked` if the log no longer begins with what was signed.
    public func signCheckpoint(
        progress: (Position, Position) -> Void = { _, _ in }
    ) throws(LedgerError) -> (signed: SignedCheckpoint, isNew: Bool) {
        do {
            return try keys.withLock {
                let key = try keys.signer()
                let last = try keys.last(by: key.verifier)?.checkpoint
                try refuseRenamed()
                if let fault = try misfit() { throw fault }
                let total = try syncedCount()
                if let last, total < last.size { throw Self.cutShort(total, last.size) }
                let root = try root(of: total, after: last, progress)
                let leaf = try lastLeaf(of: total)
                if let last, last.size == total, let signed = try keys.last(by: key.verifier) {
                    try keys.mend(signed, leaf: leaf)
                    return (signed, false)
                }
                let checkpoint = try Checkpoint(origin: identity.origin, size: total, root: root)
                let signed = SignedCheckpoint(
                    note: try checkpoint.signed(by: key), checkpoint: checkpoint)
                try keys.keep(signed, leaf: leaf)
                return (signed, true)
            }
        } catch {
            throw LedgerError(any: error)
        }
    }

    /// The root of the first `total` records, after it was seen that they extend `last`.
    private func root(
        of total: Position, after last: Checkpoint?, _ progress: (Position, Position) -> Void
    ) throws -> Digest {
        for isAnew in [false, true] {
            let root = try withTree(of: total, isAnew: isAnew, progress: progress) { tree in
                // A damaged tile leads to another root as a changed log does: then the second
                // round builds all of them anew and tells which it was.
                let isSame = try? last.map { try tree.root(of: $0.size) == $0.root } ?? true
                return isSame == true ? try? tree.root(of: total) : nil
            }
            if let root { return root }
        }
        let fork = Self.forked(last?.size ?? 0)
        try? remember(fork: fork)
        throw fork
    }

    /// The number of records, all of which a power cut leaves.
    ///
    /// A writer that was killed while its last commit was flushed leaves one that everybody sees
    /// and that the disk may not have yet.
    private func syncedCount() throws -> Position {
        let count = try count()
        try log.environment.sync()
        return count
    }

    /// Nothing is signed under a name that the ledger no longer has.
    private func refuseRenamed() throws {
        let now = try log.identityNow().origin
        guard now == identity.origin else {
            throw LedgerError(.forked, "the ledger goes on as \(now); open it again")
        }
    }

    static func cutShort(_ count: Position, _ size: Position) -> LedgerError {
        LedgerError(
            .forked,
            "the log has \(count) records, but \(size) were signed: it was cut short or replaced")
    }

    static func forked(_ size: Position) -> LedgerError {
        LedgerError(
            .forked,
            "the first \(size) records are not those that were signed: something was changed")
    }
}

extension Ledger {
    /// Signs a text that is no checkpoint, such as the digests of an export.
    ///
    /// - Throws: ``LedgerError`` with `invalid` for one that could be read as a checkpoint.
    public func sign(_ text: String) throws(LedgerError) -> Note {
        guard (try? Checkpoint(text: text)) == nil else {
            throw LedgerError(.invalid, "only 'checkpoint' signs checkpoints")
        }
        do {
            return try keys.withLock {
                var note = try Note(text: text)
                note.sign(with: try keys.signer())
                return note
            }
        } catch {
            throw LedgerError(any: error)
        }
    }
}
