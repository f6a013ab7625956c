import Bytes
public import Crypto

/// The stored hashes of a log of a certain size, read out of its tiles.
///
/// It keeps the last tile of each level, so that one proof reads each tile once.
public struct TileHashes: HashSource {
    /// How many records the log has.
    public let size: UInt64
    private let read: (Tile) throws(EvidenceError) -> [UInt8]
    private var kept: [Int: (tile: Tile, bytes: [UInt8])] = [:]

    /// Hashes of a log of `size` records, whose tiles `read` fetches.
    ///
    /// `read` is asked for full tiles and for the partial ones that a log of just this size has.
    public init(size: UInt64, read: @escaping (Tile) throws(EvidenceError) -> [UInt8]) {
        self.size = size
        self.read = read
    }

    /// The hash of the `index`-th complete subtree of 256^level leaves.
    ///
    /// - Throws: `outOfRange` beyond the end of the log; `truncated` if a tile does not have the
    ///   length that it must have; what the reading throws.
    public mutating func stored(level: Int, index: UInt64) throws(EvidenceError) -> Digest {
        let row = Tile.Row.hashes(level: level)
        guard let tile = Tile.holding(index, of: row.count(of: size), row) else {
            throw EvidenceError(
                .outOfRange, "A log of \(size) records has no hash \(index) on level \(level).")
        }
        let place = Int(index % UInt64(Tile.widthMax))
        if let kept = kept[level], kept.tile == tile {
            return Digest(kept.bytes.span, at: place * Digest.byteCount)
        }
        let bytes = try read(tile)
        try tile.check(bytes.span)
        kept[level] = (tile, bytes)
        return Digest(bytes.span, at: place * Digest.byteCount)
    }
}

extension Tile {
    /// The bytes of a tile of hashes: 32 for each.
    ///
    /// - Throws: what the source throws.
    public func contents(from source: inout some HashSource) throws(EvidenceError) -> [UInt8] {
        guard case .hashes(let level) = row else {
            preconditionFailure("a bundle of entries is made from records, not from hashes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * Digest.byteCount)
        let first = index * UInt64(Self.widthMax)
        for number in 0..<UInt64(width) {
            bytes.append(try source.stored(level: level, index: first + number))
        }
        return bytes
    }

    /// Checks that the bytes of a tile of hashes are as many as its width asks for.
    ///
    /// - Throws: `truncated`.
    public func check(_ bytes: Span<UInt8>) throws(EvidenceError) {
        let needed = width * Digest.byteCount
        guard bytes.count == needed else {
            throw EvidenceError(
                .truncated, "The tile \(path) has \(bytes.count) bytes instead of \(needed).")
        }
    }
}
