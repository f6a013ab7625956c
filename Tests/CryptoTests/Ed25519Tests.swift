import Bytes
import Crypto
import TestSupport
import Testing

/// Bytes from hexadecimal digits.
func hexBytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0
    }
}

/// RFC 8032 section 7.1.
@Suite(.tags(.memory)) struct `An Ed25519 key` {
    struct Vector: Sendable {
        let seed: String
        let key: String
        let message: String
        let signature: String
    }

    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f"
                + "b8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da08"
                + "5ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18"
                + "ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
        Vector(
            seed: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            key: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            message: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            signature: "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909"
                + "351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
    ]

    @Test(arguments: vectors)
    func `gives the published keys and signatures`(vector: Vector) throws {
        let key = try #require(Self.key(seed: hexBytes(vector.seed)))
        #expect(key.publicKey.bytes == hexBytes(vector.key))
        #expect(key.seed == hexBytes(vector.seed))
        let message = hexBytes(vector.message)
        let signature = key.sign(message.span)
        #expect(signature == hexBytes(vector.signature))
        let verifier = try #require(Self.key(public: hexBytes(vector.key)))
        #expect(Self.verifies(verifier, signature, message))
    }

    @Test func `refuses a signature, a message or a key with any bit changed`() throws {
        let key = Ed25519.PrivateKey.generate()
        let message = Array("a message".utf8)
        let signature = key.sign(message.span)
        for bit in 0..<signature.count * 8 {
            let altered = Self.flipped(signature, bit)
            #expect(!Self.verifies(key.publicKey, altered, message), "bit \(bit)")
        }
        for bit in 0..<message.count * 8 {
            let altered = Self.flipped(message, bit)
            #expect(!Self.verifies(key.publicKey, signature, altered), "bit \(bit)")
        }
        for bit in 0..<Ed25519.keyByteCount * 8 {
            let altered = Self.flipped(key.publicKey.bytes, bit)
            let other = try #require(Self.key(public: altered))
            #expect(!Self.verifies(other, signature, message), "bit \(bit)")
        }
    }

    @Test func `makes a new key each time`() throws {
        let first = Ed25519.PrivateKey.generate()
        let second = Ed25519.PrivateKey.generate()
        #expect(first.seed != second.seed)
        let message = [1, 2, 3] as [UInt8]
        let signature = first.sign(message.span)
        #expect(Self.verifies(first.publicKey, signature, message))
        #expect(!Self.verifies(second.publicKey, signature, message))
        let again = try #require(Self.key(seed: first.seed))
        #expect(again.publicKey == first.publicKey)
    }

    @Test(arguments: [0, 31, 33, 64])
    func `refuses keys of another length`(count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(Self.key(seed: bytes) == nil)
        #expect(Self.key(public: bytes) == nil)
    }

    @Test(arguments: [0, 63, 65])
    func `refuses signatures of another length`(count: Int) {
        let key = Ed25519.PrivateKey.generate()
        let message = [9] as [UInt8]
        let signature = Array((key.sign(message.span) + [0]).prefix(count))
        #expect(!Self.verifies(key.publicKey, signature, message))
    }

    private static func key(seed: [UInt8]) -> Ed25519.PrivateKey? {
        Ed25519.PrivateKey(seed: seed.span)
    }

    private static func key(public bytes: [UInt8]) -> Ed25519.PublicKey? {
        Ed25519.PublicKey(bytes.span)
    }

    private static func verifies(
        _ key: Ed25519.PublicKey, _ signature: [UInt8], _ message: [UInt8]
    ) -> Bool {
        key.verifies(signature.span, of: message.span)
    }

    private static func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
        var bytes = bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        return bytes
    }
}

@Suite(.tags(.memory)) struct `Secure chance` {
    @Test func `fills all bytes and never twice alike`() {
        var seen: Set<[UInt8]> = []
        for _ in 0..<100 { seen.insert(SecureRandom.bytes(16)) }
        #expect(seen.count == 100)
        #expect(SecureRandom.bytes(0).isEmpty)
        // That one of the 256 values is missing in 16,384 bytes happens once in 10^25 times.
        #expect(Set(SecureRandom.bytes(16_384)).count == 256)
    }

    @Test func `leaves what lies beside the span alone`() {
        var bytes = [UInt8](repeating: 7, count: 64)
        do {
            var span = bytes.mutableSpan
            var middle = span._mutatingExtracting(16..<48)
            SecureRandom.fill(&middle)
        }
        #expect(bytes.prefix(16).allSatisfy { $0 == 7 })
        #expect(bytes.suffix(16).allSatisfy { $0 == 7 })
        #expect(!bytes[16..<48].allSatisfy { $0 == 7 })
    }
}
