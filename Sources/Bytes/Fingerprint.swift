/// A 16-byte name of a name: equal names have equal fingerprints.
///
/// That of a name in clear is XXH3-128 of its UTF-8 bytes, which can be guessed from a guessed
/// name; that of a sealed one is keyed, and a person's is a random id.
public struct Fingerprint: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The 128 bits; zero stands for "no name".
    public var bits: UInt128

    /// Wraps 128 bits.
    @inlinable public init(_ bits: UInt128) { self.bits = bits }

    /// The 16 bytes that stand at `offset`.
    @inlinable
    public init(_ bytes: Span<UInt8>, at offset: Int) {
        self.init(
            UInt128(bytes.load(at: offset + 8, as: UInt64.self)) << 64
                | UInt128(bytes.load(at: offset, as: UInt64.self)))
    }

    /// No name at all.
    @inlinable public static var none: Fingerprint { Fingerprint(0) }

    /// The fingerprint of a string's UTF-8 bytes.
    public init(of text: String, seed: UInt64 = 0) {
        self = text.utf8Span.span.fingerprint(seed: seed)
    }

    /// The low 64 bits, for hash tables.
    @inlinable public var low: UInt64 { UInt64(truncatingIfNeeded: bits) }

    /// The high 64 bits, by which sorted runs are ordered.
    @inlinable public var high: UInt64 { UInt64(truncatingIfNeeded: bits >> 64) }

    /// The 16 bytes, as they are stored, in hexadecimal digits.
    public var hex: String {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: bits)
        return bytes.span.hex
    }

    /// Mixes two fingerprints into that of the ordered pair.
    @inlinable
    public func paired(with other: Fingerprint) -> Fingerprint {
        let a = (low ^ other.high &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
            by: (other.low | 1) &* 0xD6E8_FEB8_6659_FD93 | 1)
        let b = (high ^ other.low &+ 0xA076_1D64_78BD_642F).multipliedFullWidth(
            by: other.high ^ low | 1)
        return Fingerprint(UInt128(a.high ^ b.low) << 64 | UInt128(a.low ^ b.high))
    }

    /// Orders by the 128-bit number.
    @inlinable
    public static func < (left: Fingerprint, right: Fingerprint) -> Bool { left.bits < right.bits }
}
