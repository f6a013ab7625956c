import Bytes
public import Crypto

/// One file that proves that a log was only added to since it had a certain size.
///
/// It has the form of C2SP tlog-witness, `add-checkpoint`, so that a witness takes it as it is.
/// ```
/// old 300
/// KljRahWY0mM40uVT8VXc+eTxn31g507PfO8pANCwPYI=
/// …
///
/// the signed checkpoint of now
/// ```
public struct GrowthProof: Equatable, Sendable {
    /// How many records the log had.
    public let oldSize: UInt64
    /// The hashes of the consistency proof.
    public let hashes: [Digest]
    /// The checkpoint of now, as it was signed.
    public let checkpoint: Note

    /// A proof that leads to that signed checkpoint.
    public init(_ proof: ConsistencyProof, checkpoint: Note) {
        oldSize = proof.oldSize
        hashes = proof.hashes
        self.checkpoint = checkpoint
    }

    /// Reads a file; nothing is checked yet.
    ///
    /// - Throws: `malformed`, `tooLarge`.
    public init(parsing bytes: Span<UInt8>) throws(EvidenceError) {
        let file = try ProofText(parsing: bytes, what: "a proof of growth") { _ in true }
        guard let line = file.head.first,
            let oldSize = TextLines.rest(of: line, after: "old ").flatMap({ TextLines.number($0) })
        else {
            throw EvidenceError(
                .malformed, "This is not a proof of growth: it begins with 'old' and a size.")
        }
        self.oldSize = oldSize
        hashes = file.hashes
        checkpoint = file.checkpoint
    }

    /// The file as it is written.
    public var text: String {
        ProofText(head: ["old \(oldSize)"], hashes: hashes, checkpoint: checkpoint).text
    }

    /// Checks that the log of `key` begins with the log that `old` is a checkpoint of.
    ///
    /// - Throws: `outOfRange` if `old` is of another size than the proof, or the log is shorter
    ///   than it was; `unsigned` if `old` is of another log; `unsigned`, `wrongSignature` or
    ///   `malformed` where the checkpoint of now is not one of this key; `malformed` or `wrongRoot`
    ///   where the proof does not hold.
    /// - Returns: The checkpoint of now.
    @discardableResult
    public func verify(
        since old: Checkpoint, by key: VerifierKey
    ) throws(EvidenceError) -> Checkpoint {
        let new = try Checkpoint(checkpoint, by: key)
        guard old.origin.utf8.elementsEqual(new.origin.utf8) else {
            throw EvidenceError(
                .unsigned,
                "The earlier checkpoint is of '\(old.origin)', this one of '\(new.origin)'.")
        }
        guard old.size == oldSize else {
            throw EvidenceError(
                .outOfRange,
                "The earlier checkpoint has \(old.size) records, the proof begins at \(oldSize).")
        }
        try ConsistencyProof(oldSize: oldSize, newSize: new.size, hashes: hashes)
            .verify(oldRoot: old.root, newRoot: new.root)
        return new
    }
}
