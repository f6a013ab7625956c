import Bytes
import COpenSSL

/// Ed25519 signatures (RFC 8032): 32-byte keys, 64-byte signatures, no chance in signing.
public enum Ed25519 {
    /// How many bytes a seed and a public key have.
    public static let keyByteCount = 32
    /// How many bytes a signature has.
    public static let signatureByteCount = 64

    /// The key that signs: 32 bytes of seed, as RFC 8032 calls its private key.
    ///
    /// OpenSSL overwrites its copy of the seed with zeroes when the last reference goes.
    @safe
    public final class PrivateKey: @unchecked Sendable {
        // Never changed once it is made, and OpenSSL's own uses of it are thread-safe.
        private let key: OpaquePointer
        /// The key that verifies what this one signs.
        public let publicKey: PublicKey

        /// The key of a seed; nil unless it has 32 bytes.
        public init?(seed: Span<UInt8>) {
            OpenSSL.begin()
            guard seed.count == keyByteCount,
                let key = unsafe seed.withUnsafeBufferPointer({ seed in
                    unsafe EVP_PKEY_new_raw_private_key(
                        EVP_PKEY_ED25519, nil, seed.baseAddress, seed.count)
                })
            else { return nil }
            unsafe self.key = unsafe key
            publicKey = PublicKey(
                checked: unsafe PrivateKey.raw(key, EVP_PKEY_get_raw_public_key))
        }

        deinit { unsafe EVP_PKEY_free(key) }

        /// A new key that nobody can guess.
        public static func generate() -> PrivateKey {
            guard let key = PrivateKey(seed: SecureRandom.bytes(keyByteCount).span) else {
                preconditionFailure("OpenSSL has no Ed25519")
            }
            return key
        }

        /// The seed, for the file that keeps it.
        public var seed: [UInt8] { unsafe PrivateKey.raw(key, EVP_PKEY_get_raw_private_key) }

        /// Signs `message`: 64 bytes, always the same for the same key and message.
        public func sign(_ message: Span<UInt8>) -> [UInt8] {
            var signature = [UInt8](repeating: 0, count: signatureByteCount)
            var count = signatureByteCount
            let context = unsafe EVP_MD_CTX_new()
            defer { unsafe EVP_MD_CTX_free(context) }
            var done = unsafe EVP_DigestSignInit(context, nil, nil, nil, key)
            precondition(done == 1, "OpenSSL could not begin to sign")
            done = unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestSign(
                    context, &signature, &count, message.baseAddress, message.count)
            }
            precondition(done == 1 && count == signatureByteCount, "OpenSSL could not sign")
            return signature
        }

        /// Reads 32 raw bytes out of a key.
        private static func raw(
            _ key: OpaquePointer,
            _ read: (OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?) ->
                Int32
        ) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: keyByteCount)
            var count = keyByteCount
            let done = unsafe read(key, &bytes, &count)
            precondition(done == 1 && count == keyByteCount, "OpenSSL could not read its own key")
            return bytes
        }
    }

    /// The key that verifies, 32 bytes.
    public struct PublicKey: Hashable, Sendable {
        /// The 32 bytes.
        public let bytes: [UInt8]

        /// The key of these bytes; nil unless there are 32.
        ///
        /// Bytes that are no point of the curve make a key under which nothing verifies.
        public init?(_ bytes: Span<UInt8>) {
            guard bytes.count == keyByteCount else { return nil }
            self.bytes = bytes.array
        }

        fileprivate init(checked bytes: [UInt8]) { self.bytes = bytes }

        /// Whether `signature` is this key's signature of `message`.
        public func verifies(_ signature: Span<UInt8>, of message: Span<UInt8>) -> Bool {
            guard signature.count == signatureByteCount else { return false }
            OpenSSL.begin()
            let key = unsafe EVP_PKEY_new_raw_public_key(
                EVP_PKEY_ED25519, nil, bytes, keyByteCount)
            let context = unsafe EVP_MD_CTX_new()
            defer {
                unsafe EVP_MD_CTX_free(context)
                unsafe EVP_PKEY_free(key)
            }
            guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else {
                return false
            }
            let done = unsafe signature.withUnsafeBufferPointer { signature in
                unsafe message.withUnsafeBufferPointer { message in
                    unsafe EVP_DigestVerify(
                        context, signature.baseAddress, signature.count, message.baseAddress,
                        message.count)
                }
            }
            return done == 1
        }
    }
}
