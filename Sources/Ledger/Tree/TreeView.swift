import Bytes
import Crypto
import Evidence
import Storage

/// The Merkle tree over the records, as a view: full tiles in files, the right edge in one more.
///
/// ```
/// views/tree/tile/LEVEL/…   full tiles of hashes, at the paths of tlog-tiles, written once
/// views/tree/frontier       "LEDGTRE1" (8), the ledger's tag (4), zero (4), the hash of the last
///                           leaf (32), a TileBuilder's bytes, checksum of all that (8)
/// ```
/// The frontier names nothing that was not flushed before it. It answers for itself by its
/// checksum; tiles do not, so that what follows from them is compared before it is believed.
struct TreeView {
    let folder: String
    let tag: UInt32
    /// The right edge.
    private(set) var builder = TileBuilder()
    /// The hash of the last leaf: whether the log is still the one that was hashed.
    private(set) var lastLeaf = TreeHasher.emptyRoot
    private var kept: [Int: (tile: Tile, bytes: [UInt8])] = [:]

    private static let magic: UInt64 = 0x3145_5254_4744_454C  // "LEDGTRE1"
    private static let headBytes = 48

    /// The tree of no records, whose files are to lie in `folder`.
    init(folder: String, tag: UInt32) {
        self.folder = folder
        self.tag = tag
    }

    /// The tree as it lies on disk; nil where it is missing, damaged or another ledger's.
    static func stored(in folder: String, tag: UInt32) throws -> TreeView? {
        let path = folder + "/frontier"
        guard Folder.exists(path) else { return nil }
        let bytes = try Descriptor.contents(of: path, byteMax: 1 << 20)
        let span = bytes.span
        let end = bytes.count - 8
        guard end >= headBytes, span.load(at: 0, as: UInt64.self) == magic,
            span.extracting(0..<end).checksum == span.load(at: end, as: UInt64.self),
            span.load(at: 8, as: UInt32.self) == tag,
            let builder = try? TileBuilder(encoded: span.extracting(headBytes..<end))
        else { return nil }
        var view = TreeView(folder: folder, tag: tag)
        view.builder = builder
        view.lastLeaf = Digest(span, at: 16)
        return view
    }

    /// How many records it covers.
    var count: UInt64 { builder.frontier.count }

    /// Adds the next leaf; answers the tiles that this made full.
    mutating func append(
        _ leaf: Digest, with hasher: inout TreeHasher
    ) -> [(tile: Tile, bytes: [UInt8])] {
        lastLeaf = leaf
        return builder.append(leaf, with: &hasher)
    }

    /// Writes a full tile; it is flushed by ``save(flushingTiles:)``.
    func write(_ tile: Tile, _ bytes: [UInt8]) throws {
        let path = folder + "/" + tile.path
        try Folder.createAll(Folder.parent(of: path))
        try Descriptor.create(path + ".new", bytes, flushes: false)
        try Folder.rename(path + ".new", to: path)
    }

    /// Flushes the tiles, if there are new ones, and then writes the frontier that relies on them.
    func save(flushingTiles: Bool) throws {
        if flushingTiles { try Folder.syncAll(folder) }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.magic)
        bytes.append(littleEndian: tag)
        bytes.append(littleEndian: UInt32(0))
        bytes.append(lastLeaf)
        bytes += builder.encoded
        bytes.append(littleEndian: bytes.span.checksum)
        try Descriptor.replace(folder + "/frontier", bytes)
    }
}

extension TreeView: HashSource {
    /// A stored hash, from the right edge or from the file of its tile.
    mutating func stored(level: Int, index: UInt64) throws(EvidenceError) -> Digest {
        if let hash = builder.edgeHash(level: level, index: index) { return hash }
        guard level < 8, index < count >> UInt64(level * Tile.height) else {
            throw EvidenceError(
                .outOfRange, "A log of \(count) records has no hash \(index) on level \(level).")
        }
        let tile = Tile(.hashes(level: level), index / UInt64(Tile.widthMax))
        let place = Int(index % UInt64(Tile.widthMax)) * Digest.byteCount
        if let kept = kept[level], kept.tile == tile { return Digest(kept.bytes.span, at: place) }
        let bytes: [UInt8]
        do {
            bytes = try Descriptor.contents(of: folder + "/" + tile.path, byteMax: 1 << 20)
        } catch {
            throw EvidenceError(.missing, "The tile \(tile.path) cannot be read.", cause: error)
        }
        try tile.check(bytes.span)
        kept[level] = (tile, bytes)
        return Digest(bytes.span, at: place)
    }
}
