import Bytes
import Crypto
import TestSupport
import Testing

/// The examples of FIPS 180-4, and what the hasher adds to them.
@Suite(.tags(.memory)) struct `SHA-256` {
    static let vectors: [(text: String, hex: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test func `gives the published hashes`() {
        for (text, hex) in Self.vectors {
            let digest = Array(text.utf8).span.sha256
            #expect(digest.hex == hex)
        }
    }

    @Test func `hashes several spans as if they were joined`() {
        let bytes = (0..<200).map { UInt8($0) }
        let whole = bytes.span.sha256
        var hasher = SHA256()
        for middle in 0...bytes.count {
            hasher.update(bytes.span.extracting(0..<middle))
            hasher.update(bytes.span.extracting(middle..<bytes.count))
            let digest = hasher.finish()
            #expect(digest == whole, "cut at \(middle)")
        }
        for byte in bytes { hasher.update(byte) }
        let digest = hasher.finish()
        #expect(digest == whole)
    }

    @Test func `begins anew after each hash`() {
        var hasher = SHA256()
        for (text, hex) in Self.vectors {
            hasher.update(Array(text.utf8).span)
            let digest = hasher.finish()
            #expect(digest.hex == hex)
        }
    }
}

@Suite(.tags(.memory)) struct `A digest` {
    private static func digest(_ bytes: [UInt8]) -> Digest? { Digest(bytes.span) }

    @Test func `is its 32 bytes, in hexadecimal and in base64`() throws {
        let bytes = (0..<32).map { UInt8($0 * 8) }
        let digest = try #require(Self.digest(bytes))
        #expect(digest.bytes == bytes)
        let hex = bytes.span.hex
        #expect(digest.hex == hex)
        #expect(digest.hex.hasPrefix("00081018"))
        #expect(digest.description == digest.hex)
        let base64 = Base64.text(bytes.span)
        #expect(digest.base64 == base64)
        let again = Digest(base64: Array(base64.utf8).span)
        #expect(again == digest)
        #expect(MemoryLayout<Digest>.size == 32)
    }

    @Test func `differs from another in any of its bytes`() throws {
        let bytes = [UInt8](repeating: 7, count: 32)
        let digest = try #require(Self.digest(bytes))
        for place in bytes.indices {
            var other = bytes
            other[place] ^= 1
            let altered = Digest(other.span)
            #expect(altered != digest)
        }
    }

    @Test func `refuses any other number of bytes`() {
        for count in [0, 31, 33] {
            let bytes = [UInt8](repeating: 0, count: count)
            let raw = Digest(bytes.span)
            #expect(raw == nil)
            let read = Digest(base64: Array(Base64.text(bytes.span).utf8).span)
            #expect(read == nil)
        }
    }
}
