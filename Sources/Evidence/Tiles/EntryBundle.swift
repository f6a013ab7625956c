import Bytes

/// The bytes of a tile of entries: for each record its length, 2 bytes, big-endian, and itself.
public enum EntryBundle {
    /// How many bytes a record may have.
    public static let entryBytesMax = 65_535

    /// Appends a record to the bytes of a bundle.
    ///
    /// - Throws: `tooLarge` if the length does not fit into two bytes.
    public static func append(
        _ record: Span<UInt8>, to bundle: inout [UInt8]
    ) throws(EvidenceError) {
        guard let count = UInt16(exactly: record.count) else {
            throw EvidenceError(
                .tooLarge,
                "A record of \(record.count) bytes does not fit: the most is \(entryBytesMax).")
        }
        bundle.append(UInt8(count >> 8))
        bundle.append(UInt8(truncatingIfNeeded: count))
        bundle.append(record)
    }

    /// Where the records of a bundle lie, in order.
    ///
    /// - Throws: `truncated` if it does not hold exactly as many whole records as the tile's width.
    public static func records(
        in bundle: Span<UInt8>, of tile: Tile
    ) throws(EvidenceError) -> [Range<Int>] {
        var records: [Range<Int>] = []
        records.reserveCapacity(tile.width)
        var at = 0
        while at < bundle.count {
            guard bundle.count - at >= 2 else { throw truncated(tile, at) }
            let count = Int(bundle[at]) << 8 | Int(bundle[at + 1])
            at += 2
            guard bundle.count - at >= count else { throw truncated(tile, at) }
            records.append(at..<at + count)
            at += count
        }
        guard records.count == tile.width else {
            throw EvidenceError(
                .truncated,
                "The bundle \(tile.path) holds \(records.count) records instead of \(tile.width).")
        }
        return records
    }

    private static func truncated(_ tile: Tile, _ offset: Int) -> EvidenceError {
        EvidenceError(
            .truncated, "The bundle \(tile.path) ends within the record at byte \(offset).")
    }
}
