/// The tiles that come new when a log grows: what is to be written, and nothing twice.
///
/// First the bundles of entries, then the hashes level by level, each from left to right. A full
/// tile is named once in the life of a log; the partial one at the right edge of a level whenever
/// that level has grown, and the narrower one before it may go once a newer checkpoint is out.
public struct TileGrowth: Sequence, IteratorProtocol, Sendable {
    private let oldSize: UInt64
    private let newSize: UInt64
    private var rows: [Tile.Row]
    private var index: UInt64

    /// The tiles of a log of `newSize` records that one of `oldSize` did not have.
    public init(from oldSize: UInt64, to newSize: UInt64) {
        precondition(oldSize <= newSize, "a log does not shrink")
        self.oldSize = oldSize
        self.newSize = newSize
        rows = (0..<8).reversed().map { .hashes(level: $0) } + [.entries]
        index = oldSize / UInt64(Tile.widthMax)
    }

    /// The next tile, nil at the end.
    public mutating func next() -> Tile? {
        while let row = rows.last {
            let new = row.count(of: newSize)
            if row.count(of: oldSize) < new,
                let tile = Tile.holding(index * UInt64(Tile.widthMax), of: new, row)
            {
                index += 1
                return tile
            }
            rows.removeLast()
            if let row = rows.last { index = row.count(of: oldSize) / UInt64(Tile.widthMax) }
        }
        return nil
    }
}

extension Tile.Row {
    /// How many hashes or records the row of a log of `size` records holds.
    func count(of size: UInt64) -> UInt64 {
        switch self {
        case .entries: size
        case .hashes(let level): level < 8 ? size >> UInt64(level * Tile.height) : 0
        }
    }
}
