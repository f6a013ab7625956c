import Bytes
public import Crypto

/// Grows the tiles of hashes of a log, leaf by leaf: full ones are handed out once and let go.
///
/// Held are the right edge of the tree and the tile at the right edge of each level, at most 64 KiB
/// however long the log is. Everything else follows from the tiles that were handed out.
public struct TileBuilder: Sendable {
    /// The right edge of the tree: its size and its root.
    public private(set) var frontier = Frontier()
    private var edges = [[UInt8]](repeating: [], count: levels)

    /// Levels of tiles: 256^8 leaves are more than a log may have.
    private static let levels = 8

    /// The tiles of the empty log.
    public init() {}

    /// Adds the next leaf; answers the tiles that this made full, the lowest level first.
    public mutating func append(
        _ leaf: Digest, with hasher: inout TreeHasher
    ) -> [(tile: Tile, bytes: [UInt8])] {
        var full: [(tile: Tile, bytes: [UInt8])] = []
        var edges = consumeEdges()
        frontier.append(leaf, with: &hasher) { level, index, hash in
            edges[level].append(hash)
            guard edges[level].count == Tile.widthMax * Digest.byteCount else { return }
            full.append((Tile(.hashes(level: level), index / 256), edges[level]))
            edges[level] = []
        }
        self.edges = edges
        return full
    }

    /// The edges, moved out so that they can change while the frontier does.
    private mutating func consumeEdges() -> [[UInt8]] {
        var taken: [[UInt8]] = []
        swap(&taken, &edges)
        return taken
    }

    /// The tiles at the right edge, those that are not full, the lowest level first.
    public var partialTiles: [(tile: Tile, bytes: [UInt8])] {
        edges.enumerated().compactMap { level, bytes in
            guard !bytes.isEmpty else { return nil }
            let index = frontier.count >> UInt64(level * Tile.height) / 256
            let width = bytes.count / Digest.byteCount
            return (Tile(.hashes(level: level), index, width: width), bytes)
        }
    }

    /// The stored hash at that place if it lies in a tile at the right edge, or else nil.
    public func edgeHash(level: Int, index: UInt64) -> Digest? {
        guard level < Self.levels else { return nil }
        let first = frontier.count >> UInt64(level * Tile.height) / 256 * 256
        let edge = edges[level]
        guard index >= first, index - first < edge.count / Digest.byteCount else { return nil }
        return Digest(edge.span, at: Int(index - first) * Digest.byteCount)
    }
}

extension TileBuilder {
    /// The frontier, then the hashes of the tiles at the right edge, the lowest level first.
    public var encoded: [UInt8] { edges.reduce(frontier.encoded, +) }

    /// Reads what ``encoded`` wrote.
    ///
    /// - Throws: `truncated` if the bytes do not fit the count that they begin with.
    public init(encoded bytes: Span<UInt8>) throws(EvidenceError) {
        guard bytes.count >= 8 else {
            throw EvidenceError(.truncated, "The edge of a tree has at least 8 bytes.")
        }
        let count = bytes.load(at: 0, as: UInt64.self)
        var at = 8 + count.nonzeroBitCount * Digest.byteCount
        let widths = (0..<Self.levels).map { Int(count >> UInt64($0 * Tile.height) % 256) }
        guard bytes.count == at + widths.reduce(0, +) * Digest.byteCount else {
            throw EvidenceError(
                .truncated,
                "The edge of a tree of \(count) leaves does not have \(bytes.count) bytes.")
        }
        frontier = try Frontier(encoded: bytes.extracting(0..<at))
        for (level, width) in widths.enumerated() {
            edges[level] = bytes.extracting(at..<at + width * Digest.byteCount).array
            at += width * Digest.byteCount
        }
    }
}
