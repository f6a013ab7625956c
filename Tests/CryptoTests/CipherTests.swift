import Bytes
import Crypto
import TestSupport
import Testing

/// The bytes that hexadecimal digits spell.
func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { UInt8($0 < 0x40 ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Vectors of the GCM specification (McGrew and Viega, test cases 13 to 16).
@Suite(.tags(.memory)) struct `AES-256-GCM` {
    struct Vector: Sendable {
        let key: String
        let nonce: String
        let text: String
        let associated: String
        let sealed: String
        let tag: String
    }

    static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    static let text =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    static let sealed =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    static let zeroKey = String(repeating: "0", count: 64)
    static let zeroNonce = String(repeating: "0", count: 24)

    static let vectors = [
        Vector(
            key: zeroKey, nonce: zeroNonce, text: "", associated: "", sealed: "",
            tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: zeroKey, nonce: zeroNonce, text: String(repeating: "0", count: 32),
            associated: "", sealed: "cea7403d4d606b6e074ec5d3baf39d18",
            tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: key, nonce: "cafebabefacedbaddecaf888", text: text,
            associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2", sealed: sealed,
            tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test(arguments: vectors) func `gives the published ciphertexts and tags`(vector: Vector) {
        var cipher = AES256GCM()
        let text = bytes(hex: vector.text)
        var sealed = [UInt8](repeating: 0, count: text.count + 16)
        for _ in 0..<2 {
            begin(&cipher, .seal, vector)
            var target = sealed.mutableSpan
            // In two pieces, of which the first is no whole block.
            let cut = min(5, text.count)
            cipher.transform(text.span.extracting(0..<cut), into: &target, at: 0)
            cipher.transform(text.span.extracting(cut..<text.count), into: &target, at: cut)
            cipher.finishSealing(tag: &target, at: text.count)
            #expect(sealed == bytes(hex: vector.sealed + vector.tag), "the context is used twice")
        }
    }

    @Test(arguments: vectors) func `opens what it sealed and nothing else`(vector: Vector) {
        var cipher = AES256GCM()
        let sealed = bytes(hex: vector.sealed)
        let tag = bytes(hex: vector.tag)
        var text = [UInt8](repeating: 0, count: sealed.count)
        for flipped in 0..<(sealed.count + 16) {
            var altered = sealed + tag
            altered[flipped] ^= 1
            begin(&cipher, .open, vector)
            var target = text.mutableSpan
            cipher.transform(altered.span.extracting(0..<sealed.count), into: &target, at: 0)
            let isAccepted = cipher.finishOpening(
                tag: altered.span.extracting(sealed.count..<altered.count))
            #expect(!isAccepted, "byte \(flipped)")
        }
        begin(&cipher, .open, vector)
        var target = text.mutableSpan
        cipher.transform(sealed.span, into: &target, at: 0)
        let isAccepted = cipher.finishOpening(tag: tag.span)
        #expect(isAccepted)
        #expect(text == bytes(hex: vector.text))
    }

    private func begin(
        _ cipher: inout AES256GCM, _ direction: AES256GCM.Direction, _ vector: Vector
    ) {
        let key = bytes(hex: vector.key)
        let nonce = bytes(hex: vector.nonce)
        let associated = bytes(hex: vector.associated)
        cipher.setKey(key.span)
        cipher.begin(direction, nonce: nonce.span, associated: associated.span)
    }
}

@Suite(.tags(.memory)) struct `AES-256 of blocks` {
    /// FIPS 197, appendix C.3.
    @Test func `gives the published block, each time`() {
        var aes = AES256Blocks()
        let key = (0..<32).map { UInt8($0) }
        let block = bytes(hex: "00112233445566778899aabbccddeeff")
        aes.setKey(key.span)
        for _ in 0..<2 {
            var blocks = block + block
            aes.apply(to: &blocks)
            let expected = bytes(hex: "8ea2b7ca516745bfeafc49904b496089")
            #expect(blocks == expected + expected)
        }
    }
}
