public import Crypto

/// The proof that a record stands at its position in a log of a certain size.
public struct InclusionProof: Equatable, Sendable {
    /// Where the record stands.
    public let index: UInt64
    /// How many records the log has.
    public let size: UInt64
    /// The hashes beside the way from the leaf to the root, the leaf's neighbour first.
    public let hashes: [Digest]

    /// A proof as it was read.
    public init(index: UInt64, size: UInt64, hashes: [Digest]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    /// Makes the proof from stored hashes.
    ///
    /// - Throws: `outOfRange` if the log has no such record; what the source throws.
    public init(
        index: UInt64, size: UInt64, from source: inout some HashSource
    ) throws(EvidenceError) {
        guard index < size, size <= Frontier.countMax else {
            throw EvidenceError(
                .outOfRange, "There is no record \(index) in a log of \(size) records.")
        }
        var hasher = TreeHasher()
        var hashes: [Digest] = []
        var start: UInt64 = 0
        var end = size
        while end - start > 1 {
            let middle = start + TreeShape.split(end - start)
            if index < middle {
                hashes.append(try source.root(from: middle, to: end, &hasher))
                end = middle
            } else {
                hashes.append(try source.root(from: start, to: middle, &hasher))
                start = middle
            }
        }
        self.init(index: index, size: size, hashes: hashes.reversed())
    }

    /// The root that a log with this leaf at this place has (RFC 9162 section 2.1.3.2).
    ///
    /// - Throws: `outOfRange` if the index is not below the size; `malformed` if the proof has too
    ///   many or too few hashes.
    public func root(leaf: Digest) throws(EvidenceError) -> Digest {
        guard index < size, size <= Frontier.countMax else {
            throw EvidenceError(
                .outOfRange, "There is no record \(index) in a log of \(size) records.")
        }
        var hasher = TreeHasher()
        var path = TreePath(node: index, last: size - 1)
        var root = leaf
        for hash in hashes {
            guard let side = path.climb() else { throw wrongLength }
            root = side == .left ? hasher.node(hash, root) : hasher.node(root, hash)
        }
        guard path.isAtRoot else { throw wrongLength }
        return root
    }

    /// Checks that a log of this root has this leaf at this place.
    ///
    /// - Throws: `wrongRoot` if it leads elsewhere; what ``root(leaf:)`` throws.
    public func verify(leaf: Digest, root: Digest) throws(EvidenceError) {
        guard try self.root(leaf: leaf) == root else {
            throw EvidenceError(
                .wrongRoot,
                "The record is not the one at position \(index) of the log of \(size) records.")
        }
    }

    private var wrongLength: EvidenceError {
        EvidenceError(
            .malformed,
            "A proof of record \(index) of \(size) does not have \(hashes.count) hashes.")
    }
}
