import Bytes
public import Crypto

/// What a log says of itself at one moment: its name, its size and its root.
public struct Checkpoint: Equatable, Sendable {
    /// The name of the log, which is also that of its key.
    public let origin: String
    /// How many records it has.
    public let size: UInt64
    /// The root of the tree of these records.
    public let root: Digest
    /// Further lines, which are signed too; most logs have none.
    public let extensions: [String]

    /// A checkpoint of that log.
    ///
    /// - Throws: `malformed` if the origin cannot name a key, an extension line is empty or has
    ///   control characters, or an empty log has another root than that of nothing; `outOfRange` if
    ///   the size is beyond 2^63 - 1.
    public init(
        origin: String, size: UInt64, root: Digest, extensions: [String] = []
    ) throws(EvidenceError) {
        try KeyName.check(origin)
        guard extensions.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 } }) else {
            throw EvidenceError(
                .malformed, "An extension line of a checkpoint is empty or has control characters.")
        }
        guard size <= Frontier.countMax else {
            throw EvidenceError(.outOfRange, "A log has at most 2^63 - 1 records, not \(size).")
        }
        guard size > 0 || root == TreeHasher.emptyRoot else {
            throw EvidenceError(
                .malformed, "The checkpoint of an empty log has a root that is not that of nothing."
            )
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Reads the text of a checkpoint, without signatures.
    ///
    /// - Throws: `malformed` if it is not exactly as ``text`` spells it.
    public init(text: String) throws(EvidenceError) {
        var lines = TextLines(text)
        guard let origin = lines.next(),
            let size = lines.next().flatMap({ TextLines.number($0.utf8) }),
            let root = lines.next().flatMap({ Digest(base64: Array($0.utf8).span) })
        else {
            throw EvidenceError(
                .malformed, "This is not a checkpoint: origin, size and root, a line each.")
        }
        var extensions: [String] = []
        while let line = lines.next() { extensions.append(line) }
        guard lines.isAtEnd else {
            throw EvidenceError(.malformed, "This is not a checkpoint: its last line has no end.")
        }
        try self.init(origin: origin, size: size, root: root, extensions: extensions)
    }

    /// Reads a signed checkpoint of the log that `key` belongs to, and checks its signature.
    ///
    /// - Throws: `malformed`, `tooLarge`; `unsigned` if it is of another log or not signed by this
    ///   key; `wrongSignature` if it was altered.
    public init(note bytes: Span<UInt8>, by key: VerifierKey) throws(EvidenceError) {
        try self.init(Note(parsing: bytes), by: key)
    }

    init(_ note: Note, by key: VerifierKey) throws(EvidenceError) {
        try note.verify(by: [key])
        try self.init(text: note.text)
        guard origin.utf8.elementsEqual(key.name.utf8) else {
            throw EvidenceError(
                .unsigned, "This is a checkpoint of '\(origin)', signed by '\(key.name)'.")
        }
    }

    /// The text that is signed: origin, size, root in base64, extensions, a line each.
    public var text: String {
        ([origin, String(size), root.base64] + extensions).map { $0 + "\n" }.joined()
    }

    /// The checkpoint as a note, signed.
    ///
    /// - Throws: `unsigned` if the key is of another log.
    public func signed(by key: SignerKey) throws(EvidenceError) -> Note {
        guard origin.utf8.elementsEqual(key.verifier.name.utf8) else {
            throw EvidenceError(
                .unsigned,
                "The key of '\(key.verifier.name)' does not sign checkpoints of '\(origin)'.")
        }
        var note = try Note(text: text)
        note.sign(with: key)
        return note
    }
}
