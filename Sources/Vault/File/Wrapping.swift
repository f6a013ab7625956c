import Bytes
import Crypto

/// Keys under a key: nonce (12), ciphertext (32), tag (16).
enum Wrapping {
    static let byteCount = 60

    /// Wraps a secret of 32 bytes; `binding` is what it belongs to.
    static func wrap(
        _ secret: borrowing Secret, under key: borrowing Secret, binding: [UInt8]
    ) -> [UInt8] {
        var wrapped = SecureRandom.bytes(12) + [UInt8](repeating: 0, count: 48)
        let nonce = wrapped.span.extracting(0..<12).array
        var cipher = AES256GCM()
        var target = wrapped.mutableSpan
        cipher.setKey(key.bytes)
        cipher.begin(.seal, nonce: nonce.span, associated: binding.span)
        cipher.transform(secret.bytes, into: &target, at: 12)
        cipher.finishSealing(tag: &target, at: 44)
        return wrapped
    }

    /// The secret that was wrapped, or nil where key, binding or bytes are others.
    static func unwrap(
        _ wrapped: Span<UInt8>, under key: borrowing Secret, binding: [UInt8]
    ) -> Secret? {
        guard wrapped.count == byteCount else { return nil }
        var cipher = AES256GCM()
        cipher.setKey(key.bytes)
        cipher.begin(.open, nonce: wrapped.extracting(0..<12), associated: binding.span)
        let secret = Secret(count: 32) {
            cipher.transform(wrapped.extracting(12..<44), into: &$0, at: 0)
        }
        return cipher.finishOpening(tag: wrapped.extracting(44..<60)) ? secret : nil
    }

    /// What the key of an owner belongs to.
    static func binding(_ kind: OwnerKind, _ id: Fingerprint) -> [UInt8] {
        var binding = Array("ledger vault 1: key".utf8)
        binding.append(kind.rawValue)
        binding.append(littleEndian: id.low)
        binding.append(littleEndian: id.high)
        return binding
    }

    /// What the root of the names' keys belongs to.
    static func binding(origin: Fingerprint) -> [UInt8] {
        var binding = Array("ledger vault 1: names".utf8)
        binding.append(littleEndian: origin.low)
        binding.append(littleEndian: origin.high)
        return binding
    }
}
