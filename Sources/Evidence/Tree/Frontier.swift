import Bytes
public import Crypto

/// The right edge of a tree: all that is needed to add leaves and to know the root.
///
/// It holds the roots of the largest complete subtrees, one for each binary digit 1 of the count,
/// at most 63. Adding a leaf costs one node on average.
public struct Frontier: Equatable, Sendable {
    /// The largest size of a tree.
    public static let countMax = UInt64(Int64.max)

    /// How many leaves the tree has.
    public private(set) var count: UInt64 = 0
    /// The roots of the complete subtrees, the largest first.
    private var peaks: [Digest] = []

    /// The edge of the empty tree.
    public init() {}

    /// The edge of the tree of the first `count` leaves.
    ///
    /// - Throws: what the source throws.
    public init(count: UInt64, from source: inout some HashSource) throws(EvidenceError) {
        var hasher = TreeHasher()
        for subtree in Subtree.covering(0, count) {
            peaks.append(try source.hash(of: subtree, &hasher))
        }
        self.count = count
    }

    /// Adds the next leaf, and tells of each stored hash that this completes.
    ///
    /// `stored` gets the level, the index and the hash as ``HashSource`` answers them: first the
    /// leaf itself at level 0, and after each 256 leaves the root of their tile.
    public mutating func append(
        _ leaf: Digest, with hasher: inout TreeHasher,
        stored: (_ level: Int, _ index: UInt64, _ hash: Digest) -> Void = { _, _, _ in }
    ) {
        precondition(count < Self.countMax, "a log has at most 2^63 - 1 records")
        stored(0, count, leaf)
        var hash = leaf
        // As in binary counting, each digit 1 at the end is carried: two equal subtrees make one.
        let heightMax = (~count).trailingZeroBitCount
        for height in 0..<heightMax {
            hash = hasher.node(peaks.removeLast(), hash)
            if (height + 1) % Tile.height == 0 {
                stored((height + 1) / Tile.height, count >> UInt64(height + 1), hash)
            }
        }
        peaks.append(hash)
        count += 1
    }

    /// The root of the tree.
    public var root: Digest {
        guard var root = peaks.last else { return TreeHasher.emptyRoot }
        var hasher = TreeHasher()
        for peak in peaks.dropLast().reversed() { root = hasher.node(peak, root) }
        return root
    }
}

extension Frontier {
    /// The count, 8 bytes, little-endian, and the hashes, 32 bytes each, the largest subtree first.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: count)
        for peak in peaks { bytes.append(peak) }
        return bytes
    }

    /// Reads what ``encoded`` wrote.
    ///
    /// - Throws: `truncated` if the bytes do not fit the count that they begin with.
    public init(encoded bytes: Span<UInt8>) throws(EvidenceError) {
        guard bytes.count >= 8 else {
            throw EvidenceError(.truncated, "A frontier has at least 8 bytes.")
        }
        let count = bytes.load(at: 0, as: UInt64.self)
        guard count <= Self.countMax,
            bytes.count == 8 + count.nonzeroBitCount * Digest.byteCount
        else {
            throw EvidenceError(
                .truncated, "A frontier of \(count) leaves does not have \(bytes.count) bytes.")
        }
        self.count = count
        for number in 0..<count.nonzeroBitCount {
            peaks.append(Digest(bytes, at: 8 + number * Digest.byteCount))
        }
    }
}
