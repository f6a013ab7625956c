import Bytes
import Crypto

/// What a key of a signed note is called, and the four bytes that tell keys of one name apart.
enum KeyName {
    /// The byte that stands for Ed25519 in key ids and in the texts of keys.
    static let ed25519: UInt8 = 1

    /// Checks a name: not empty, no white space, no `+`, no control characters.
    static func check(_ name: String) throws(EvidenceError) {
        let isValid =
            !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20
            }
        guard isValid else {
            throw EvidenceError(
                .malformed,
                "'\(name)' cannot be the name of a key: a name has no spaces and no '+'.")
        }
    }

    /// The first four bytes of SHA-256 over name, line feed, kind and key, as a number.
    static func id(_ name: String, _ key: Ed25519.PublicKey) -> UInt32 {
        var bytes = Array(name.utf8)
        bytes.append(0x0A)
        bytes.append(ed25519)
        bytes += key.bytes
        return UInt32(
            bigEndian: bytes.span.sha256.bytes.span.load(at: 0, as: UInt32.self).littleEndian)
    }

    /// Eight hexadecimal digits.
    static func hex(_ id: UInt32) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    /// Splits `name+hex+base64`, where the base64 is of the Ed25519 kind and 32 bytes.
    ///
    /// What the hexadecimal digits say is checked by the caller, who knows the public key.
    static func split(
        _ text: some StringProtocol, what: String
    ) throws(EvidenceError) -> (name: String, hex: String, key: [UInt8]) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Base64.decode(Array(parts[2].utf8).span) else {
            throw EvidenceError(.malformed, "This is not \(what): it is spelt name+id+base64.")
        }
        guard key.first == ed25519, key.count == 1 + Ed25519.keyByteCount else {
            throw EvidenceError(.malformed, "This is not \(what) of the kind Ed25519.")
        }
        let name = String(parts[0])
        try check(name)
        return (name, String(parts[1]), Array(key.dropFirst()))
    }
}
