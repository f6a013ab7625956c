import Bytes
import Events
import Testing

@Suite struct `An alias` {
    private func canonical(_ alias: String) -> String {
        Alias.withCanonical(alias.utf8Span.span) { $0.array.span.string }
    }

    @Test(arguments: [
        "+27821234567", "27821234567", "whatsapp:+27821234567", "whatsapp:27821234567",
        "27821234567@s.whatsapp.net", "27821234567:3@s.whatsapp.net", "27821234567@c.us",
        "+27821234567@c.us",
    ])
    func `of a number is its digits, as it ever was`(_ alias: String) {
        #expect(canonical(alias) == "27821234567")
    }

    @Test(arguments: [
        "+27 82 123 4567", "+27-82-123-4567", "+27 (82) 123-4567", "+27.82.123.4567",
        "tel:+27821234567", "tel:+27-82-123-4567", "whatsapp:+27 82 123 4567",
        "\u{202A}+27\u{A0}82\u{A0}123\u{2011}4567\u{202C}", "\u{200E}+27\u{202F}82 123 4567",
        "27821234567_1:3@s.whatsapp.net", "27821234567_1@c.us", "27821234567:99@hosted",
        "27821234567@hosted",
    ])
    func `of a number as people or devices write it is its digits`(_ alias: String) {
        #expect(canonical(alias) == "27821234567")
    }

    @Test(arguments: [
        "082 123 4567", "0821234567 ext 3", "US.13491208655302741918",
        "US.ENT.11815799212886844830",
        "2233445566@lid", "120363000000000001@g.us", "+27 (0)82 123 4567", "tel:27821234567",
        "+27 82", "+1234567890123456", "+27 82 123 4567 x1", "ann", "", "+", "@lid", "@c.us",
        "1:2", "abc:3@c.us", "27 82 123 4567", "status@broadcast", "++27821234567",
    ])
    func `of anything else is itself`(_ alias: String) {
        #expect(canonical(alias) == alias)
    }

    @Test(arguments: ["2233445566:7@lid", "2233445566_1:7@lid", "2233445566@hosted.lid"])
    func `that hides the number is one, whatever the device`(_ alias: String) {
        #expect(canonical(alias) == "2233445566@lid")
    }

    @Test func `of any bytes has one spelling that is its own`() {
        var state: UInt64 = 11
        let pieces = [
            "+", "27", "821234567", " ", "-", ":", "_", "3", "@c.us", "@lid", "@hosted", "tel:",
            "whatsapp:", "\u{202A}", "\u{A0}", "(", ")", "0", "x", ".",
        ]
        for _ in 0..<20_000 {
            var alias = ""
            for _ in 0..<(2 + state % 6) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                alias += pieces[Int(state >> 33) % pieces.count]
            }
            let spelling = canonical(alias)
            #expect(canonical(spelling) == spelling, "\(alias)")
        }
    }
}
