import Bytes
import TestSupport
import Testing

@Suite(.tags(.memory)) struct `Base64 text` {
    @Test func `gives the texts of RFC 4648`() {
        let vectors = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ]
        for (text, base64) in vectors {
            let written = Base64.text(Array(text.utf8).span)
            #expect(written == base64)
            let read = Base64.decode(Array(base64.utf8).span)
            #expect(read == Array(text.utf8))
        }
    }

    @Test func `gives back every byte`() {
        for count in 0...64 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            let read = Base64.decode(Array(Base64.text(bytes.span).utf8).span)
            #expect(read == bytes)
        }
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "=Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm9v\n", "Zm9v ", "Zm_v",
        "Zm-v", "Zg==Zg==", "Zm9v=", "Zm9vYg==\n",
    ])
    func `refuses every other spelling`(text: String) {
        let read = Base64.decode(Array(text.utf8).span)
        #expect(read == nil)
    }
}
