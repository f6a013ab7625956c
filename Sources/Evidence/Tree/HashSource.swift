import Bytes
public import Crypto

/// Who answers the stored hashes of a tree.
///
/// Stored are, as in tlog-tiles, every eighth level: level 0 holds the leaves, level 1 the roots
/// of 256 leaves each, level L the roots of 256^L. All others follow from them.
public protocol HashSource {
    /// The hash of the `index`-th complete subtree of 256^level leaves.
    ///
    /// - Throws: `missing` or `truncated`, with what the reading failed with as cause.
    mutating func stored(level: Int, index: UInt64) throws(EvidenceError) -> Digest
}

extension HashSource {
    /// The hash of a complete subtree, from at most 128 stored hashes.
    mutating func hash(
        of subtree: Subtree, _ hasher: inout TreeHasher
    ) throws(EvidenceError) -> Digest {
        guard subtree.height % Tile.height != 0 else {
            return try stored(level: subtree.height / Tile.height, index: subtree.index)
        }
        let below = subtree.height - 1
        let left = try hash(of: Subtree(height: below, index: subtree.index * 2), &hasher)
        let right = try hash(of: Subtree(height: below, index: subtree.index * 2 + 1), &hasher)
        return hasher.node(left, right)
    }

    /// The root of the part of a tree from leaf `start` to leaf `end`, which is not empty.
    mutating func root(
        from start: UInt64, to end: UInt64, _ hasher: inout TreeHasher
    ) throws(EvidenceError) -> Digest {
        var root: Digest?
        for subtree in Subtree.covering(start, end).reversed() {
            let left = try hash(of: subtree, &hasher)
            root = root.map { hasher.node(left, $0) } ?? left
        }
        return root ?? TreeHasher.emptyRoot
    }

    /// The root of the tree of the first `count` leaves.
    ///
    /// - Throws: what the source throws.
    public mutating func root(of count: UInt64) throws(EvidenceError) -> Digest {
        var hasher = TreeHasher()
        return try root(from: 0, to: count, &hasher)
    }
}
