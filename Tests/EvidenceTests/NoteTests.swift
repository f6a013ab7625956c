import Bytes
import Crypto
import Evidence
import Testing

/// The example of Go's golang.org/x/mod/sumdb/note.
enum GoNote {
    static let signer =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    static let verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let text =
        "If you think cryptography is the answer to your problem,\n"
        + "then you don't know what your problem is.\n"
    static let line =
        "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
        + "qdngotpRZb6KE6RyyBwJnAM=\n"
}

@Suite struct `A key` {
    @Test func `is spelt as Go spells it`() throws {
        let signer = try SignerKey(text: GoNote.signer)
        #expect(signer.text == GoNote.signer)
        #expect(signer.verifier.text == GoNote.verifier)
        let verifier = try VerifierKey(text: GoNote.verifier)
        #expect(verifier == signer.verifier)
        #expect(verifier.name == "PeterNeumann")
        #expect(verifier.id == 0xc74f_20a3)
    }

    @Test func `refuses to be misspelt in any letter`() throws {
        for text in [GoNote.verifier, GoNote.signer] {
            let letters = bytes(text)
            for place in letters.indices {
                for bit in 0..<7 as Range<UInt8> {
                    var altered = letters
                    altered[place] ^= 1 << bit
                    let text = String(decoding: altered, as: UTF8.self)
                    #expect(code { _ = try VerifierKey(text: text) } == .malformed, "\(text)")
                    #expect(code { _ = try SignerKey(text: text) } == .malformed, "\(text)")
                }
            }
        }
    }

    @Test(arguments: [
        "", "a", "a+b", "a+b+c", "a+b+c+d", "PeterNeumann+c74f20a3+", "PeterNeumann++AA==",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PRIVATE+KEY+", "PRIVATE+KEY+a+b", "PRIVATE+\u{212A}EY+a+b+c",
    ])
    func `refuses what is no key`(text: String) {
        #expect(code { _ = try VerifierKey(text: text) } == .malformed)
        #expect(code { _ = try SignerKey(text: text) } == .malformed)
    }

    @Test(arguments: ["", "a b", "a+b", "a\u{A0}b", "a\u{2003}b", "a\nb", "a\u{1}b"])
    func `refuses a name that no note can hold`(name: String) throws {
        let key = Ed25519.PrivateKey.generate()
        #expect(code { _ = try VerifierKey(name: name, key: key.publicKey) } == .malformed)
        #expect(code { _ = try SignerKey(name: name, key: key) } == .malformed)
    }

    @Test func `never stands in the message of an error`() throws {
        let secret = "AYEKFALVFGyNhPJEMzD1QIDr"
        for text in [GoNote.signer + "=", String(GoNote.signer.dropLast(4)), secret] {
            do {
                _ = try SignerKey(text: text)
                Issue.record("it was taken")
            } catch {
                #expect(!error.message.contains(secret))
            }
        }
    }
}

@Suite struct `A note` {
    @Test func `is signed as Go signs it`() throws {
        var note = try Note(text: GoNote.text)
        note.sign(with: try SignerKey(text: GoNote.signer))
        #expect(note.serialised == GoNote.text + "\n" + GoNote.line)
        let read = try Note(parsing: bytes(note.serialised).span)
        #expect(read == note)
        let key = try VerifierKey(text: GoNote.verifier)
        let signers = try read.verify(by: [key])
        #expect(signers == [key])
    }

    @Test func `may have empty lines in its text, and letters of any language`() throws {
        let text = "Ognuno sta solo sul cuor della terra\n\ned \u{E8} subito sera.\n\n\u{1F6A7}\n"
        let key = try SignerKey(name: "kl\u{E4}r.example/x", key: .generate())
        var note = try Note(text: text)
        note.sign(with: key)
        let read = try Note(parsing: bytes(note.serialised).span)
        #expect(read.text == text)
        try read.verify(by: [key.verifier])
    }

    @Test func `by several keys is verified by those that are known`() throws {
        let keys = try (0..<17).map { try SignerKey(name: "key/\($0)", key: .generate()) }
        var note = try Note(text: "text\n")
        for key in keys { note.sign(with: key) }
        let read = try Note(parsing: bytes(note.serialised).span)
        #expect(read.signatures.count == 17)
        let known = [keys[3].verifier, keys[16].verifier]
        let signers = try read.verify(by: known.reversed())
        #expect(signers == known)
        let stranger = try SignerKey(name: "key/3", key: .generate()).verifier
        #expect(code { try read.verify(by: [stranger]) } == .unsigned)
        #expect(code { try read.verify(by: []) } == .unsigned)
    }

    @Test func `is refused if one known signature is wrong beside a good one`() throws {
        let good = try SignerKey(name: "good", key: .generate())
        let forged = try SignerKey(name: "forged", key: .generate())
        var other = try Note(text: "other text\n")
        other.sign(with: forged)
        var note = try Note(text: "text\n")
        note.sign(with: good)
        let line = other.serialised.split(separator: "\n")[1]
        let read = try Note(parsing: bytes(note.serialised + line + "\n").span)
        let keys = [good.verifier, forged.verifier]
        #expect(code { try read.verify(by: keys) } == .wrongSignature)
        try read.verify(by: [good.verifier])
    }

    @Test func `is refused with any byte altered`() throws {
        let key = try VerifierKey(text: GoNote.verifier)
        let whole = bytes(GoNote.text + "\n" + GoNote.line)
        try Note(parsing: whole.span).verify(by: [key])
        for place in whole.indices {
            for bit in 0..<8 as Range<UInt8> {
                var altered = whole
                altered[place] ^= 1 << bit
                #expect(
                    code { try Note(parsing: altered.span).verify(by: [key]) } != nil,
                    "byte \(place), bit \(bit)")
            }
            let cut = Array(whole[..<place])
            #expect(code { try Note(parsing: cut.span).verify(by: [key]) } != nil)
        }
    }

    @Test(arguments: [
        "", "\n", "\n\n", "text\n", "text\n\n", "text\n\nline\n", "text\n\n\u{2014} name\n",
        "text\n\n\u{2014} name AAAA\n", "text\n\n\u{2014} name AAAAAA==\n",
        "text\n\n\u{2014} name AAAAAAA\n", "text\n\n\u{2014} name AAAAAAAB\n\n",
        "text\n\n\u{2014} name  AAAAAAA=\n", "text\n\n- name AAAAAAA=\n",
        "text\n\n\u{2014} a+b AAAAAAA=\n", "text\n\n\u{2014} name AAAAAAA=",
        "text\n\n\u{2014} name AAAAAAA= \n", "te\u{1}xt\n\n\u{2014} name AAAAAAA=\n",
        "text\r\n\n\u{2014} name AAAAAAA=\n", "text\n\n\u{2014} na\tme AAAAAAA=\n",
    ])
    func `refuses what is no note`(text: String) {
        #expect(code { _ = try Note(parsing: bytes(text).span) } == .malformed)
    }

    @Test func `refuses bytes that are not UTF-8`() {
        let line = bytes("\u{2014} name AAAAAAA=\n")
        for text in [[0xFF, 0x0A], [0xC3, 0x0A], [0xED, 0xA0, 0x80, 0x0A]] as [[UInt8]] {
            let note = text + [0x0A] + line
            #expect(code { _ = try Note(parsing: note.span) } == .malformed)
        }
        let name = bytes("text\n\n\u{2014} na") + [0xFF] + bytes("me AAAAAAA=\n")
        #expect(code { _ = try Note(parsing: name.span) } == .malformed)
    }

    @Test func `refuses to be longer than anybody reads`() {
        let line = "\u{2014} name AAAAAAA=\n"
        let many = bytes("text\n\n" + String(repeating: line, count: 101))
        #expect(code { _ = try Note(parsing: many.span) } == .tooLarge)
        let enough = bytes("text\n\n" + String(repeating: line, count: 100))
        #expect(code { _ = try Note(parsing: enough.span) } == nil)
        let long = bytes(String(repeating: "a", count: 1_000_000) + "\n\n" + line)
        #expect(code { _ = try Note(parsing: long.span) } == .tooLarge)
    }

    @Test(arguments: ["", "text", "te\txt\n", "text\r\n"])
    func `refuses a text that cannot be signed`(text: String) {
        #expect(code { _ = try Note(text: text) } == .malformed)
    }
}
