public import Bytes
import COpenSSL

/// SipHash-2-4 with 128 bits (Aumasson and Bernstein): a keyed fingerprint, used again and again.
///
/// Unlike XXH3 it is a pseudo-random function: without the 16 bytes of key, nobody can tell the
/// fingerprint of a guessed phone number from 16 random bytes. Measured for a name of 24 bytes:
/// 56 ns, HMAC-SHA-256 380 ns, keyed BLAKE2s 290 ns.
@safe
public struct SipHash: ~Copyable, @unchecked Sendable {
    /// How many bytes a key has.
    public static let keyByteCount = 16

    private let context: OpaquePointer

    private nonisolated(unsafe) static let algorithm: OpaquePointer = {
        OpenSSL.begin()
        guard let algorithm = unsafe EVP_MAC_fetch(nil, "SIPHASH", nil) else {
            preconditionFailure("OpenSSL has no SipHash")
        }
        return unsafe algorithm
    }()

    /// A context that has seen nothing.
    public init() {
        guard let context = unsafe EVP_MAC_CTX_new(Self.algorithm) else {
            preconditionFailure("out of memory")
        }
        unsafe self.context = unsafe context
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// Begins anew with a key of 16 bytes.
    public mutating func begin(key: Span<UInt8>) {
        precondition(key.count == Self.keyByteCount, "a key of SipHash has 16 bytes")
        let done = unsafe key.withUnsafeBufferPointer { key in
            unsafe EVP_MAC_init(context, key.baseAddress, key.count, nil)
        }
        Self.check(done)
    }

    /// Takes more bytes in.
    public mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            Self.check(unsafe EVP_MAC_update(context, bytes.baseAddress, bytes.count))
        }
    }

    /// Takes one more byte in.
    public mutating func update(_ byte: UInt8) {
        unsafe withUnsafeBytes(of: byte) { bytes in
            let place = unsafe bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            Self.check(unsafe EVP_MAC_update(context, place, 1))
        }
    }

    /// The fingerprint of all that was taken in.
    public mutating func finish() -> Fingerprint {
        var bits: UInt128 = 0
        unsafe withUnsafeMutableBytes(of: &bits) { bits in
            var count = 0
            let place = unsafe bits.bindMemory(to: UInt8.self).baseAddress
            Self.check(unsafe EVP_MAC_final(context, place, &count, 16))
            precondition(count == 16, "SipHash with 128 bits")
        }
        return Fingerprint(UInt128(littleEndian: bits))
    }

    private static func check(_ done: Int32) {
        precondition(done == 1, "OpenSSL could not hash")
    }
}
