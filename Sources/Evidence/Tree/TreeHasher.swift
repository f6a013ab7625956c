import Bytes
public import Crypto

/// Hashes leaves and inner nodes of the tree, one after the other (RFC 6962 section 2.1).
///
/// The first byte tells them apart, so that no node can pass for a record.
public struct TreeHasher: ~Copyable, Sendable {
    /// The root of the tree without leaves: SHA-256 of nothing.
    public static let emptyRoot: Digest = {
        var hasher = SHA256()
        return hasher.finish()
    }()

    private var hasher = SHA256()
    // What a node is hashed from: 1, then both children; one call is quicker than three.
    private var pair = InlineArray<65, UInt8>(repeating: 1)

    /// A hasher; each thread makes its own.
    public init() {}

    /// The hash of a leaf: SHA-256 of a zero byte and the record.
    public mutating func leaf(_ record: Span<UInt8>) -> Digest {
        hasher.update(0)
        hasher.update(record)
        return hasher.finish()
    }

    /// The hash of an inner node: SHA-256 of a byte of one and both children.
    public mutating func node(_ left: Digest, _ right: Digest) -> Digest {
        var bytes = pair.mutableSpan
        bytes.store(left, at: 1)
        bytes.store(right, at: 1 + Digest.byteCount)
        hasher.update(pair.span)
        return hasher.finish()
    }
}
