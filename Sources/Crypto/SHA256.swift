import COpenSSL

/// A SHA-256 hasher that is used again and again.
///
/// ```swift
/// var hasher = SHA256()
/// hasher.update(salt)
/// hasher.update(text)
/// let commitment = hasher.finish()   // and the hasher is empty again
/// ```
/// Source: FIPS 180-4. OpenSSL takes the processor's SHA instructions where it has them. The
/// algorithm is fetched once a process, and the context is kept: the one-shot call of OpenSSL,
/// which does neither, takes twice as long for 256 bytes.
@safe
public struct SHA256: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    private nonisolated(unsafe) static let algorithm: OpaquePointer = {
        OpenSSL.begin()
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("OpenSSL has no SHA-256")
        }
        return unsafe algorithm
    }()

    /// A hasher that has seen nothing.
    public init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        unsafe self.context = unsafe context
        Self.check(unsafe EVP_DigestInit_ex2(context, Self.algorithm, nil))
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Takes more bytes in.
    public mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { bytes in
            Self.check(unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
        }
    }

    /// Takes one more byte in.
    public mutating func update(_ byte: UInt8) {
        unsafe withUnsafeBytes(of: byte) { bytes in
            Self.check(unsafe EVP_DigestUpdate(context, bytes.baseAddress, 1))
        }
    }

    /// Answers the hash of all that was taken in, and begins anew.
    public mutating func finish() -> Digest {
        var digest = Digest.zero
        unsafe withUnsafeMutableBytes(of: &digest) { target in
            Self.check(
                unsafe EVP_DigestFinal_ex(
                    context, target.bindMemory(to: UInt8.self).baseAddress, nil))
        }
        Self.check(unsafe EVP_DigestInit_ex2(context, nil, nil))
        return digest
    }

    private static func check(_ done: Int32) {
        precondition(done == 1, "OpenSSL could not hash")
    }
}

extension Span where Element == UInt8 {
    /// SHA-256 of all bytes.
    public var sha256: Digest {
        var hasher = SHA256()
        hasher.update(self)
        return hasher.finish()
    }
}
