import Bytes
import COpenSSL

/// Bytes of a key, overwritten with zeroes when the last reference goes.
///
/// A key is never held in an array: arrays are copied, and nobody overwrites the copies.
@safe
public final class Secret: @unchecked Sendable {
    // Written by `init` alone, before anybody else has the reference.
    private let memory: UnsafeMutableBufferPointer<UInt8>

    /// How many bytes there are.
    public var count: Int { unsafe memory.count }

    /// A secret of `count` bytes, which `fill` writes; they are zero before.
    public init(count: Int, fill: (inout MutableSpan<UInt8>) -> Void) {
        unsafe memory = .allocate(capacity: count)
        unsafe memory.initialize(repeating: 0)
        var span = unsafe memory.mutableSpan
        fill(&span)
    }

    /// A copy of `bytes`.
    public convenience init(_ bytes: Span<UInt8>) {
        self.init(count: bytes.count) { $0.copy(bytes) }
    }

    deinit {
        // A plain loop before freeing may be optimised away; this call may not.
        unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
        unsafe memory.deallocate()
    }

    /// The bytes, to be read where they lie.
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let span = unsafe memory.span
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// A secret of `count` bytes that nobody can guess.
    public static func random(_ count: Int = 32) -> Secret {
        Secret(count: count) { SecureRandom.fill(&$0) }
    }
}

extension Span where Element == UInt8 {
    /// Whether both hold the same bytes; how long that takes says nothing of where they differ.
    public func equalsInConstantTime(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in
                unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
            }
        }
    }
}

extension MutableSpan where Element == UInt8 {
    /// Overwrites all bytes with zeroes, also where nobody reads them afterwards.
    public mutating func cleanse() {
        unsafe withUnsafeMutableBytes { bytes in
            unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        }
    }
}
