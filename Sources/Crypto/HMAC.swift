import Bytes
import COpenSSL

/// HMAC (RFC 2104): derives keys, and says who knows one.
public enum HMAC {
    /// What it hashes with.
    public enum Hash: CaseIterable, Sendable {
        /// SHA-1, only because a provider signs with it: as an HMAC it still proves who knows the
        /// key.
        case sha1
        case sha256
        case sha512

        /// How many bytes a code has.
        public var byteCount: Int {
            switch self {
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }

        fileprivate var algorithm: OpaquePointer? {
            switch self {
            case .sha1: unsafe EVP_sha1()
            case .sha256: unsafe EVP_sha256()
            case .sha512: unsafe EVP_sha512()
            }
        }
    }

    /// The code of `message` under `key`; as many bytes as the hash has.
    public static func code(
        _ hash: Hash, key: Span<UInt8>, _ message: Span<UInt8>
    ) -> Secret {
        OpenSSL.begin()
        return Secret(count: hash.byteCount) { code in
            let done = unsafe code.withUnsafeMutableBufferPointer { code in
                unsafe key.withUnsafeBufferPointer { key in
                    unsafe message.withUnsafeBufferPointer { message in
                        unsafe COpenSSL.HMAC(
                            hash.algorithm, key.baseAddress, Int32(key.count),
                            message.baseAddress, message.count, code.baseAddress, nil) != nil
                    }
                }
            }
            precondition(done, "OpenSSL has no HMAC")
        }
    }

    /// The code of `message` under `key`, 32 bytes.
    public static func sha256(key: Span<UInt8>, _ message: Span<UInt8>) -> Secret {
        code(.sha256, key: key, message)
    }

    /// A key for one purpose from a key for many: HKDF-Expand (RFC 5869) of one block.
    ///
    /// Whoever has the key of one purpose learns nothing of the others. `byteCount` is at most 32.
    public static func derive(
        from key: borrowing Secret, for purpose: String, byteCount: Int = 32
    ) -> Secret {
        precondition(byteCount <= 32, "one block of HKDF has 32 bytes")
        var message = Array(purpose.utf8)
        message.append(1)
        let block = sha256(key: key.bytes, message.span)
        return Secret(block.bytes.extracting(0..<byteCount))
    }
}
