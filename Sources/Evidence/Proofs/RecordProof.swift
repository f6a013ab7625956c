import Bytes
public import Crypto

/// One file that proves one record of a log offline: C2SP tlog-proof, `POSITION.tlog-proof`.
///
/// ```
/// c2sp.org/tlog-proof@v1
/// index 257
/// W4m6urBPWravYYaLGgJ+mVHLUtA/d51TsID7Nci4U2M=
/// …
///
/// the signed checkpoint
/// ```
public struct RecordProof: Equatable, Sendable {
    /// Where the record stands.
    public let index: UInt64
    /// The hashes of the inclusion proof, the leaf's neighbour first.
    public let hashes: [Digest]
    /// The checkpoint that the proof leads to, as it was signed.
    public let checkpoint: Note
    /// What the writer added for its own use, if anything; nothing vouches for it.
    public let extra: [UInt8]?

    private static let firstLine = "c2sp.org/tlog-proof@v1"

    /// A proof that leads to that signed checkpoint.
    public init(
        _ proof: InclusionProof, checkpoint: Note, extra: [UInt8]? = nil
    ) {
        index = proof.index
        hashes = proof.hashes
        self.checkpoint = checkpoint
        self.extra = extra
    }

    /// Reads a file; nothing is checked yet.
    ///
    /// - Throws: `malformed`, `tooLarge`.
    public init(parsing bytes: Span<UInt8>) throws(EvidenceError) {
        let file = try ProofText(parsing: bytes, what: "a proof of a record") {
            TextLines.rest(of: $0, after: "index ") != nil
        }
        var head = file.head[...]
        var extra: [UInt8]?
        let isOurs = head.popFirst().map { $0.utf8.elementsEqual(Self.firstLine.utf8) } ?? false
        if let text = head.first.flatMap({ TextLines.rest(of: $0, after: "extra ") }) {
            extra = Base64.decode(text.span)
            if extra != nil { head.removeFirst() }
        }
        guard isOurs, head.count == 1,
            let text = head.first.flatMap({ TextLines.rest(of: $0, after: "index ") }),
            let index = TextLines.number(text)
        else {
            throw EvidenceError(
                .malformed, "This is not a proof of a record: '\(Self.firstLine)', then its index.")
        }
        self.index = index
        self.extra = extra
        hashes = file.hashes
        checkpoint = file.checkpoint
    }

    /// The file as it is written.
    public var text: String {
        var head = [Self.firstLine]
        if let extra { head.append("extra \(Base64.text(extra.span))") }
        head.append("index \(index)")
        return ProofText(head: head, hashes: hashes, checkpoint: checkpoint).text
    }

    /// Checks that the log of `key` holds exactly these bytes at this position.
    ///
    /// - Throws: `unsigned`, `wrongSignature` or `malformed` where the checkpoint is not one of
    ///   this key; `outOfRange`, `malformed` or `wrongRoot` where the proof does not lead to it.
    /// - Returns: The checkpoint, which says of what size the log was.
    @discardableResult
    public func verify(
        record: Span<UInt8>, by key: VerifierKey
    ) throws(EvidenceError) -> Checkpoint {
        let checkpoint = try Checkpoint(checkpoint, by: key)
        var hasher = TreeHasher()
        try InclusionProof(index: index, size: checkpoint.size, hashes: hashes)
            .verify(leaf: hasher.leaf(record), root: checkpoint.root)
        return checkpoint
    }
}
