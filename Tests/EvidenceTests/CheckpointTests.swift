import Bytes
import Crypto
import Evidence
import Testing

@Suite struct `A checkpoint` {
    static let root = digest(String(repeating: "ab", count: 32))

    @Test func `is spelt as origin, size and root, a line each`() throws {
        let checkpoint = try Checkpoint(
            origin: "example.org/log", size: 1_234, root: Self.root, extensions: ["a b", "\u{E9}"])
        #expect(
            checkpoint.text == "example.org/log\n1234\n\(Self.root.base64)\na b\n\u{E9}\n")
        let read = try Checkpoint(text: checkpoint.text)
        #expect(read == checkpoint)
    }

    @Test func `may be of an empty log`() throws {
        let checkpoint = try Checkpoint(origin: "o", size: 0, root: Frontier().root)
        #expect(checkpoint.text == "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
        let read = try Checkpoint(text: checkpoint.text)
        #expect(read == checkpoint)
        #expect(code { _ = try Checkpoint(origin: "o", size: 0, root: Self.root) } == .malformed)
    }

    @Test func `refuses every other spelling`() {
        let root = Self.root.base64
        let texts = [
            "", "o\n", "o\n1\n", "o\n1\n\(root)", "\n1\n\(root)\n", "o\n01\n\(root)\n",
            "o\n+1\n\(root)\n", "o\n-1\n\(root)\n", "o\n 1\n\(root)\n", "o\n1 \n\(root)\n",
            "o\n\n\(root)\n", "o\n1\n\(root.dropLast())\n", "o\n1\n\(root)=\n", "o\n1\n\(root) \n",
            "o\n1\nAAAA\n", "o\n1\n\(root)\n\n", "o\n1\n\(root)\nx", "o\n1\r\n\(root)\n",
            "o o\n1\n\(root)\n", "o+o\n1\n\(root)\n", "o\n9223372036854775808\n\(root)\n",
            "o\n99999999999999999999\n\(root)\n", "o\n\u{661}\n\(root)\n",
            "o\n1\n\(root)\nx\u{1}\n",
        ]
        for text in texts {
            #expect(
                code { _ = try Checkpoint(text: text) } == .malformed, "\(text.debugDescription)")
        }
        #expect(
            code { _ = try Checkpoint(origin: "o", size: 1 << 63, root: Self.root) } == .outOfRange)
        for line in ["", "a\nb"] {
            #expect(
                code {
                    _ = try Checkpoint(origin: "o", size: 1, root: Self.root, extensions: [line])
                } == .malformed)
        }
    }

    @Test func `is signed by the key of its log, and by no other`() throws {
        let key = try SignerKey(name: "example.org/log", key: .generate())
        let other = try SignerKey(name: "example.org/other", key: .generate())
        let twin = try SignerKey(name: "example.org/log", key: .generate())
        let checkpoint = try Checkpoint(origin: "example.org/log", size: 7, root: Self.root)
        let note = bytes(try checkpoint.signed(by: key).serialised)
        let read = try Checkpoint(note: note.span, by: key.verifier)
        #expect(read == checkpoint)
        #expect(code { _ = try checkpoint.signed(by: other) } == .unsigned)
        for stranger in [other, twin] {
            #expect(
                code { _ = try Checkpoint(note: note.span, by: stranger.verifier) } == .unsigned)
        }
        var foreign = try Note(text: checkpoint.text)
        foreign.sign(with: other)
        let signed = bytes(foreign.serialised)
        #expect(code { _ = try Checkpoint(note: signed.span, by: other.verifier) } == .unsigned)
    }

    @Test func `is refused with any byte altered`() throws {
        let log = try SampleLog(count: 300)
        let note = bytes(try log.checkpoint().serialised)
        for place in note.indices {
            for bit in 0..<8 as Range<UInt8> {
                var altered = note
                altered[place] ^= 1 << bit
                #expect(
                    code { _ = try Checkpoint(note: altered.span, by: log.key.verifier) } != nil,
                    "byte \(place), bit \(bit)")
            }
        }
    }
}
