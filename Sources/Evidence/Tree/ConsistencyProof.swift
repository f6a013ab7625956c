public import Crypto

/// The proof that a log was only added to: its first records are those of an earlier time.
public struct ConsistencyProof: Equatable, Sendable {
    /// How many records the log had.
    public let oldSize: UInt64
    /// How many records the log has.
    public let newSize: UInt64
    /// The hashes, those nearest to the end of the old log first.
    public let hashes: [Digest]

    /// A proof as it was read.
    public init(oldSize: UInt64, newSize: UInt64, hashes: [Digest]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.hashes = hashes
    }

    /// Makes the proof from the stored hashes of the new tree.
    ///
    /// - Throws: `outOfRange` if the log is shorter than it was; what the source throws.
    public init(
        from oldSize: UInt64, to newSize: UInt64, from source: inout some HashSource
    ) throws(EvidenceError) {
        try Self.check(oldSize, newSize)
        var hashes: [Digest] = []
        if oldSize > 0, oldSize < newSize {
            var hasher = TreeHasher()
            var start: UInt64 = 0
            var end = newSize
            while oldSize < end {
                let middle = start + TreeShape.split(end - start)
                if oldSize <= middle {
                    hashes.append(try source.root(from: middle, to: end, &hasher))
                    end = middle
                } else {
                    hashes.append(try source.root(from: start, to: middle, &hasher))
                    start = middle
                }
            }
            // What is left is a complete subtree; if it is the whole old tree, its root is known.
            if start > 0 { hashes.append(try source.root(from: start, to: end, &hasher)) }
        }
        self.init(oldSize: oldSize, newSize: newSize, hashes: hashes.reversed())
    }

    /// Checks that the log of `newRoot` begins with the log of `oldRoot` (RFC 9162 2.1.4.2).
    ///
    /// - Throws: `outOfRange` if the log is shorter than it was; `malformed` if the proof has too
    ///   many or too few hashes; `wrongRoot` if it does not hold.
    public func verify(oldRoot: Digest, newRoot: Digest) throws(EvidenceError) {
        try Self.check(oldSize, newSize)
        guard oldSize > 0, oldSize < newSize else {
            guard hashes.isEmpty else { throw wrongLength }
            guard oldSize > 0 || oldRoot == TreeHasher.emptyRoot,
                oldSize < newSize || oldRoot == newRoot
            else { throw wrongRoot }
            return
        }
        var rest = hashes[...]
        if oldSize.nonzeroBitCount == 1 { rest = ([oldRoot] + hashes)[...] }
        guard let first = rest.popFirst() else { throw wrongLength }
        var hasher = TreeHasher()
        var path = TreePath(node: oldSize - 1, last: newSize - 1)
        path.skipRightChildren()
        var old = first
        var new = first
        for hash in rest {
            switch path.climb() {
            case .left:
                old = hasher.node(hash, old)
                new = hasher.node(hash, new)
            case .right: new = hasher.node(new, hash)
            case nil: throw wrongLength
            }
        }
        guard path.isAtRoot else { throw wrongLength }
        guard old == oldRoot, new == newRoot else { throw wrongRoot }
    }

    private static func check(_ oldSize: UInt64, _ newSize: UInt64) throws(EvidenceError) {
        guard oldSize <= newSize, newSize <= Frontier.countMax else {
            throw EvidenceError(
                .outOfRange,
                "The log had \(oldSize) records and has \(newSize): it was cut short.")
        }
    }

    private var wrongLength: EvidenceError {
        EvidenceError(
            .malformed,
            "A proof from \(oldSize) to \(newSize) records does not have \(hashes.count) hashes.")
    }

    private var wrongRoot: EvidenceError {
        EvidenceError(
            .wrongRoot,
            "The log of \(newSize) records does not begin with the \(oldSize) that it had: "
                + "something was changed or removed.")
    }
}
