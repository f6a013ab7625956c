public import Bytes

/// A SHA-256 hash: 32 bytes, held without a heap object.
public struct Digest: Hashable, Sendable, BitwiseCopyable {
    /// How many bytes a digest has.
    public static let byteCount = 32

    // The bytes in their order, as four integers of memory: nothing computes with them.
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64
    @usableFromInline let fourth: UInt64

    @usableFromInline
    init(words first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }

    /// 32 zero bytes: what a hash is written into.
    static let zero = Digest(words: 0, 0, 0, 0)

    /// The digest that stands in `bytes` at `offset`.
    @inlinable
    public init(_ bytes: Span<UInt8>, at offset: Int) {
        first = bytes.load(at: offset, as: UInt64.self)
        second = bytes.load(at: offset + 8, as: UInt64.self)
        third = bytes.load(at: offset + 16, as: UInt64.self)
        fourth = bytes.load(at: offset + 24, as: UInt64.self)
    }

    /// The digest that these bytes are; nil unless there are 32.
    @inlinable
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(bytes, at: 0)
    }

    /// The digest that a text names in base64, padded and without spare bits; nil if it is none.
    public init?(base64 text: Span<UInt8>) {
        guard let bytes = Base64.decode(text) else { return nil }
        self.init(bytes.span)
    }

    /// A copy of the bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(self)
        return bytes
    }

    /// The bytes as 64 lower-case hexadecimal digits.
    public var hex: String { bytes.span.hex }

    /// The bytes in base64, 44 letters.
    public var base64: String { Base64.text(bytes.span) }
}

extension Digest: CustomStringConvertible {
    /// The bytes as 64 lower-case hexadecimal digits.
    public var description: String { hex }
}

extension MutableSpan where Element == UInt8 {
    /// Writes the 32 bytes of a digest at `offset`.
    @inlinable
    public mutating func store(_ digest: Digest, at offset: Int) {
        store(digest.first, at: offset)
        store(digest.second, at: offset + 8)
        store(digest.third, at: offset + 16)
        store(digest.fourth, at: offset + 24)
    }
}

extension Array where Element == UInt8 {
    /// Appends the 32 bytes of a digest.
    @inlinable
    public mutating func append(_ digest: Digest) {
        append(littleEndian: digest.first)
        append(littleEndian: digest.second)
        append(littleEndian: digest.third)
        append(littleEndian: digest.fourth)
    }
}
