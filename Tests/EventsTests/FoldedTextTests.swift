import Bytes
import Events
import Testing

@Suite struct `A folded text` {
    private func folded(_ text: String) -> String {
        let bytes = FoldedText.bytes(of: text)
        return bytes.span.string
    }

    @Test(
        arguments: [
            ("DR1854951 Done!", "dr1854951 done"),
            ("  DR1854951\n\n  done.  ", "dr1854951 done"),
            ("\u{200E}DR1854951\u{00A0}done\u{202C}", "dr1854951 done"),
            ("*DR1854951* _done_", "dr1854951 done"),
            ("Don\u{2019}t stop", "don t stop"),
            ("Don't stop", "don t stop"),
            ("GRÜSSE — Ünal", "grüsse ünal"),
            ("❤\u{FE0F} ok", "❤ ok"),
            ("❤ ok", "❤ ok"),
            ("", ""), ("  \n", ""), ("\u{200E}", ""),
        ]
    )
    func `loses case, white space, punctuation and what is not shown`(
        _ text: String, _ expected: String
    ) {
        #expect(folded(text) == expected)
    }

    @Test func `of signs alone keeps them`() {
        #expect(folded("?") == "?")
        #expect(folded("? !") == "?!")
        #expect(folded("\u{200E}…") == "…")
        #expect(folded("?") != folded("!"))
    }

    @Test(
        arguments: [
            "see @\u{2068}Thandi M\u{2069} please", "see @27820000001 please", "See please",
        ]
    )
    func `loses mentions, which formats spell in their own ways`(_ text: String) {
        #expect(folded(text) == "see please")
    }

    @Test func `keeps other words behind an at sign`() {
        #expect(folded("@everyone 3@4") == "everyone 3 4")
        #expect(folded("@\u{2068}never closed") == "never closed")
    }

    @Test(
        arguments: [
            "Done \u{200E}<This message was edited>",
            "done\u{200E}<Diese Nachricht wurde bearbeitet.>",
            "IMG-20251001-WA0001.jpg (file attached)\ndone",
            "\u{200E}IMG-20251001-WA0001.jpg (lampirkan berkas)\ndone",
            "done\n\u{200E}<attached: 00000012-PHOTO-2025-10-01-16-51-02.jpg>",
            "done \u{200E}<Anhang: 00000012-PHOTO-2025-10-01-16-51-02.jpg>",
            "Plan of the house.pdf (Datei angehängt)\nDone", "<Media omitted>\ndone",
            "\u{200E}image omitted\ndone",
        ]
    )
    func `loses edited marks and attachment lines`(_ text: String) {
        #expect(folded(text) == "done")
    }

    @Test func `of an attachment alone is empty, as that of a picture without a caption`() {
        #expect(folded("<Media omitted>") == "")
        #expect(folded("image omitted") == "")
        #expect(folded("\u{200E}<pièce jointe : 00000012-PHOTO-2025-10-01-16-51-02.jpg>") == "")
    }

    @Test(
        arguments: [
            ("<b>done</b>", "b done b"), ("a < b > c", "a b c"), ("see (page 3)", "see page 3"),
            ("<time: 16.51>", "time 16 51"), ("<This message was read>", "this message was read"),
            ("the image omitted nothing", "the image omitted nothing"),
        ]
    )
    func `keeps what only looks like a mark`(_ text: String, _ expected: String) {
        #expect(folded(text) == expected)
    }

    @Test func `of an ASCII text is that of the slow way`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let text = String(
                decoding: (0..<Int.random(in: 0...24, using: &random)).map { _ in
                    UInt8.random(in: 0x20...0x7E, using: &random)
                }, as: UTF8.self)
            guard !text.contains(where: { "<>()@".contains($0) }) else { continue }
            // A joiner is folded away, but takes the way of scalars.
            #expect(folded(text) == folded(text + "\u{200D}"), "\(text.debugDescription)")
        }
    }
}
