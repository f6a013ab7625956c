import Bytes
import COpenSSL

/// HMAC with SHA-256 (RFC 2104): derives keys, and says who knows one.
public enum HMAC {
    /// The code of `message` under `key`, 32 bytes.
    public static func sha256(key: Span<UInt8>, _ message: Span<UInt8>) -> Secret {
        OpenSSL.begin()
        return Secret(count: 32) { code in
            let done = unsafe code.withUnsafeMutableBufferPointer { code in
                unsafe key.withUnsafeBufferPointer { key in
                    unsafe message.withUnsafeBufferPointer { message in
                        unsafe COpenSSL.HMAC(
                            EVP_sha256(), key.baseAddress, Int32(key.count), message.baseAddress,
                            message.count, code.baseAddress, nil) != nil
                    }
                }
            }
            precondition(done, "OpenSSL has no HMAC")
        }
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
