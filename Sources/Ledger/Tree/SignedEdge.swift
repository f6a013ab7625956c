import Bytes
import Crypto
import Events

/// The last record that was signed: by it a log that was cut short or replaced shows at once,
/// without a hash of the others.
///
/// ```
/// keys/edge    "LEDGEDG1" (8), fingerprint of the name (16), number of records signed (8),
///              leaf hash of the last of them (32), checksum of all that (8)
/// ```
struct SignedEdge: Equatable {
    let origin: Fingerprint
    let size: Position
    let leaf: Digest

    private static let magic: UInt64 = 0x3147_4445_4744_454C  // "LEDGEDG1"
    static let byteCount = 72

    init(origin: String, size: Position, leaf: Digest) {
        self.origin = Fingerprint(of: origin)
        self.size = size
        self.leaf = leaf
    }

    /// Reads what ``bytes`` wrote; nil where it is damaged.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount, bytes.load(at: 0, as: UInt64.self) == Self.magic,
            bytes.extracting(0..<64).checksum == bytes.load(at: 64, as: UInt64.self)
        else { return nil }
        let low = bytes.load(at: 8, as: UInt64.self)
        let high = bytes.load(at: 16, as: UInt64.self)
        origin = Fingerprint(UInt128(high) << 64 | UInt128(low))
        size = bytes.load(at: 24, as: UInt64.self)
        leaf = Digest(bytes, at: 32)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.magic)
        bytes.append(littleEndian: origin.low)
        bytes.append(littleEndian: origin.high)
        bytes.append(littleEndian: size)
        bytes.append(leaf)
        bytes.append(littleEndian: bytes.span.checksum)
        return bytes
    }
}
