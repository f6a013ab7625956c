import Bytes
import Crypto
import TestSupport
import Testing

@Suite(.tags(.memory)) struct `HMAC with SHA-256` {
    /// RFC 4231, test cases 1, 2, 3, 6 and 7.
    static let vectors: [(key: [UInt8], message: [UInt8], code: String)] = [
        (
            Array(repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            Array(repeating: 0xaa, count: 20), Array(repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ]

    @Test func `gives the published codes`() {
        for vector in Self.vectors {
            let code = HMAC.sha256(key: vector.key.span, vector.message.span)
            #expect(code.bytes.hex == vector.code)
        }
    }

    /// RFC 2202 and RFC 4231, test case 2 of both.
    @Test(arguments: [
        (HMAC.Hash.sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            .sha512,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a"
                + "6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        ),
    ])
    func `gives the published codes with other hashes`(_ hash: HMAC.Hash, _ hex: String) {
        let key = Array("Jefe".utf8)
        let message = Array("what do ya want for nothing?".utf8)
        let code = HMAC.code(hash, key: key.span, message.span)
        #expect(code.bytes.hex == hex)
        #expect(code.count == hash.byteCount)
    }

    /// RFC 5869, appendix A.1: the first 32 bytes of the output.
    @Test func `derives as HKDF-Expand does`() {
        let prk = bytes(
            hex: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
        let info = bytes(hex: "f0f1f2f3f4f5f6f7f8f9")
        let key = HMAC.sha256(key: prk.span, (info + [1]).span)
        #expect(
            key.bytes.hex == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")
        let text = HMAC.sha256(key: prk.span, (Array("a purpose".utf8) + [1]).span)
        let derived = HMAC.derive(from: Secret(prk.span), for: "a purpose")
        #expect(derived.bytes.hex == text.bytes.hex)
        let short = HMAC.derive(from: Secret(prk.span), for: "a purpose", byteCount: 16)
        #expect(text.bytes.hex.hasPrefix(short.bytes.hex) && short.count == 16)
    }
}

@Suite(.tags(.memory)) struct `A keyed fingerprint` {
    /// vectors_sip128 of the reference implementation, for 0, 1 and 63 bytes.
    @Test func `gives the published fingerprints`() {
        let key = (0..<16).map { UInt8($0) }
        let expected = [
            0: "a3817f04ba25a8e66df67214c7550293", 1: "da87c1d86b99af44347659119b22fc45",
            63: "5150d1772f50834a503e069a973fbd7c",
        ]
        var sip = SipHash()
        for (count, hex) in expected {
            let message = (0..<count).map { UInt8($0) }
            sip.begin(key: key.span)
            sip.update(message.span)
            let bits = sip.finish().bits
            let fingerprint = (0..<16).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
            #expect(fingerprint.span.hex == hex, "\(count) bytes")
        }
    }

    @Test func `takes bytes one by one as it takes them together`() {
        let key = SecureRandom.bytes(16)
        let message = Array("a name".utf8)
        var sip = SipHash()
        sip.begin(key: key.span)
        sip.update(message.span)
        let whole = sip.finish()
        sip.begin(key: key.span)
        for byte in message { sip.update(byte) }
        #expect(sip.finish() == whole)
    }
}

@Suite(.tags(.memory)) struct `A secret` {
    @Test func `holds a copy of what it was made from`() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = Secret(bytes.span)
        bytes[0] = 9
        #expect(secret.bytes.array == [1, 2, 3])
        #expect(Secret.random().bytes.array != Secret.random().bytes.array)
    }

    @Test func `is compared as a whole`() {
        let bytes: [UInt8] = [1, 2, 3]
        let same: [UInt8] = [1, 2, 3]
        let other: [UInt8] = [1, 2, 4]
        let answers = [
            bytes.span.equalsInConstantTime(same.span),
            bytes.span.equalsInConstantTime(other.span),
            bytes.span.equalsInConstantTime(bytes.span.extracting(0..<2)),
        ]
        #expect(answers == [true, false, false])
    }
}
