import Bytes
import COpenSSL

/// Authenticated encryption with AES-256-GCM (NIST SP 800-38D), in pieces, by one kept context.
///
/// ```swift
/// var cipher = AES256GCM()
/// cipher.setKey(key)
/// cipher.begin(.seal, nonce: nonce, associated: header)
/// cipher.transform(text, into: &sealed, at: 0)
/// cipher.finishSealing(tag: &tag)
/// ```
/// Measured for 280 bytes with a new key each time: AES-256-GCM 420 ns, ChaCha20-Poly1305 650 ns
/// (OpenSSL 3.0 on a processor with AES instructions).
@safe
public struct AES256GCM: ~Copyable, @unchecked Sendable {
    /// How many bytes a key has.
    public static let keyByteCount = 32
    /// How many bytes a nonce has.
    public static let nonceByteCount = 12
    /// How many bytes a tag has.
    public static let tagByteCount = 16

    /// Whether a context makes ciphertext or reads it.
    public enum Direction: Int32, Sendable {
        /// Ciphertext is read.
        case open = 0
        /// Ciphertext is made.
        case seal = 1
    }

    private let context: OpaquePointer

    private nonisolated(unsafe) static let algorithm = unsafe cipher("AES-256-GCM")

    /// A context that has seen nothing.
    public init() {
        unsafe context = unsafe newContext(Self.algorithm)
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Takes a key, 32 bytes, for the messages that follow: a third of the cost of a short message.
    public mutating func setKey(_ key: Span<UInt8>) {
        precondition(key.count == Self.keyByteCount, "sizes")
        let done = unsafe key.withUnsafeBufferPointer { key in
            unsafe EVP_CipherInit_ex2(context, nil, key.baseAddress, nil, 1, nil)
        }
        check(done)
    }

    /// Begins one message under the key that was set; no nonce seals two messages under one key.
    public mutating func begin(
        _ direction: Direction, nonce: Span<UInt8>, associated: Span<UInt8>
    ) {
        precondition(nonce.count == Self.nonceByteCount, "sizes")
        var done = unsafe nonce.withUnsafeBufferPointer { nonce in
            unsafe EVP_CipherInit_ex2(
                context, nil, nil, nonce.baseAddress, direction.rawValue, nil)
        }
        check(done)
        var count: Int32 = 0
        done = unsafe associated.withUnsafeBufferPointer { bytes in
            unsafe EVP_CipherUpdate(context, nil, &count, bytes.baseAddress, Int32(bytes.count))
        }
        check(done)
    }

    /// Turns the next piece of text into as many bytes of ciphertext, or back, at `offset`.
    public mutating func transform(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, at offset: Int
    ) {
        guard source.count > 0 else { return }
        precondition(offset >= 0 && offset + source.count <= target.count, "out of bounds")
        var count: Int32 = 0
        unsafe target.withUnsafeMutableBufferPointer { target in
            let place = unsafe target.baseAddress.unsafelyUnwrapped + offset
            unsafe source.withUnsafeBufferPointer { source in
                check(
                    unsafe EVP_CipherUpdate(
                        context, place, &count, source.baseAddress, Int32(source.count)))
            }
        }
        precondition(Int(count) == source.count, "a stream cipher keeps the length")
    }

    /// Turns the next piece, where it lies, into ciphertext or back.
    ///
    /// Of short pieces, one call for all of them takes half of the time.
    public mutating func transform(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        var count: Int32 = 0
        unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            let place = bytes.baseAddress
            check(unsafe EVP_CipherUpdate(context, place, &count, place, Int32(bytes.count)))
        }
        precondition(Int(count) == bytes.count, "a stream cipher keeps the length")
    }

    /// Ends a message that was sealed, and writes its 16 bytes of tag at `offset`.
    public mutating func finishSealing(tag: inout MutableSpan<UInt8>, at offset: Int) {
        precondition(offset >= 0 && offset + Self.tagByteCount <= tag.count, "out of bounds")
        var count: Int32 = 0
        unsafe tag.withUnsafeMutableBufferPointer { tag in
            let place = unsafe tag.baseAddress.unsafelyUnwrapped + offset
            check(unsafe EVP_CipherFinal_ex(context, place, &count))
            check(unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, place))
        }
    }

    /// Ends a message that was opened: whether all is as it was when it gave this tag.
    ///
    /// Texts that were read before count for nothing unless key, nonce, associated bytes and
    /// ciphertext are.
    public mutating func finishOpening(tag: Span<UInt8>) -> Bool {
        guard tag.count == Self.tagByteCount else { return false }
        var tag = tag.array
        check(unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag))
        var rest: (UInt64, UInt64) = (0, 0)
        var count: Int32 = 0
        return unsafe withUnsafeMutableBytes(of: &rest) { rest in
            let place = unsafe rest.bindMemory(to: UInt8.self).baseAddress
            return unsafe EVP_CipherFinal_ex(context, place, &count) == 1
        }
    }
}

/// AES-256 of single blocks: a keyed function from 16 bytes to 16 bytes that nobody can guess.
///
/// It encrypts no text: block by block, equal texts would show.
@safe
public struct AES256Blocks: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    private nonisolated(unsafe) static let algorithm = unsafe cipher("AES-256-ECB")

    /// A context that has seen nothing.
    public init() {
        unsafe context = unsafe newContext(Self.algorithm)
        check(unsafe EVP_CIPHER_CTX_set_padding(context, 0))
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    /// Takes a key, 32 bytes, for the blocks that follow.
    public mutating func setKey(_ key: Span<UInt8>) {
        precondition(key.count == 32, "sizes")
        let done = unsafe key.withUnsafeBufferPointer { key in
            unsafe EVP_CipherInit_ex2(context, nil, key.baseAddress, nil, 1, nil)
        }
        check(done)
    }

    /// Replaces each whole block of `blocks` by its image under the key that was set.
    public mutating func apply(to blocks: inout [UInt8]) {
        precondition(blocks.count % 16 == 0, "sizes")
        var count: Int32 = 0
        unsafe blocks.withUnsafeMutableBufferPointer { blocks in
            let place = blocks.baseAddress
            check(unsafe EVP_CipherUpdate(context, place, &count, place, Int32(blocks.count)))
        }
    }
}

private func cipher(_ name: String) -> OpaquePointer {
    OpenSSL.begin()
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
        preconditionFailure("OpenSSL has no \(name)")
    }
    return unsafe cipher
}

private func newContext(_ algorithm: OpaquePointer) -> OpaquePointer {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("out of memory") }
    check(unsafe EVP_CipherInit_ex2(context, algorithm, nil, nil, 1, nil))
    return unsafe context
}

private func check(_ done: Int32) { precondition(done == 1, "OpenSSL could not encrypt") }
