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
        "27821234567@hosted", "+27 (0)82 123 4567", "(+27) 82 123-4567", "(+27) (0)82 123 4567",
        "0027821234567", "00 27 82 123 4567", "+0027 82 123 4567", "tel:27821234567",
        "SMS:+27821234567", "sms://+27821234567", "WhatsApp:+27821234567", "smsto:27821234567",
        "https://wa.me/27821234567", "HTTPS://wa.me/27821234567?text=hi", "wa.me/27821234567",
        "https://api.whatsapp.com/send?phone=27821234567&text=x",
        "whatsapp://send?phone=+27821234567",
        "+27821234567;ext=1", "tel:+27-82-123-4567;phone-context=x", " 27821234567",
        "whatsapp: 27821234567", "27821234567\u{200B}", "\u{FEFF}+27821234567\n", "+27/82/1234567",
        "\u{FF0B}\u{FF12}\u{FF17}821234567", "+\u{662}\u{667}821234567", "+27\u{2212}821234567",
        "27821234567@S.WHATSAPP.NET", "27821234567@C.us", "27821234567:12", "27821234567.0:1",
        "27821234567.0:1@s.whatsapp.net", "+27821234567_1:2@hosted",
    ])
    func `of a number as people or devices write it is its digits`(_ alias: String) {
        #expect(canonical(alias) == "27821234567")
    }

    @Test(arguments: [
        "082 123 4567", "0821234567 ext 3", "US.13491208655302741918",
        "US.ENT.11815799212886844830",
        "2233445566@lid", "120363000000000001@g.us", "0", "42", "+1", "customer-42", "a", "x@g.us",
        "+27 82", "+1234567890123456", "+27 82 123 4567 x1", "ann", "", "+", "@lid", "@c.us",
        "1:2", "abc:3@c.us", "sendmail", "ann@example.org", "2782123456712345", "000821234567",
        "27 82 123 4567", "status@broadcast", "++27821234567",
    ])
    func `of anything else is itself`(_ alias: String) {
        #expect(canonical(alias) == alias)
    }

    @Test(arguments: ["2233445566:7@lid", "2233445566_1:7@lid", "2233445566@hosted.lid"])
    func `that hides the number is one, whatever the device`(_ alias: String) {
        #expect(canonical(alias) == "2233445566@lid")
    }

    @Test(arguments: ["X@G.US", "X@g.us"])
    func `of a group has its server in small letters`(_ alias: String) {
        #expect(canonical(alias) == "X@g.us")
        let isGroup = ChatName.isGroup(alias.utf8Span.span)
        #expect(isGroup)
    }

    /// Mexico's 1, Brazil's ninth digit, Argentina's 9 and 15.
    @Test(arguments: [
        ("525512345678", ["5215512345678", "+52 1 55 1234 5678", "5215512345678@s.whatsapp.net"]),
        ("5531987654321", ["553187654321", "+55 (31) 8765-4321", "+55 31 98765-4321"]),
        ("5491112345678", ["541112345678", "+54 11 15-1234-5678", "+54 9 11 1234-5678"]),
        ("5492211234567", ["54221151234567", "542211234567", "+54 9 221 15 123-4567"]),
        ("5492966123456", ["54296615123456", "542966123456"]),
        // A landline of Brazil, and numbers of other lengths, have one form.
        ("553132654321", ["+55 31 3265-4321"]), ("521551234567", ["+52 155 123 4567"]),
    ])
    func `of a number with two forms is one of them`(_ number: String, _ forms: [String]) {
        #expect(canonical(number) == number)
        for form in forms { #expect(canonical(form) == number, "\(form)") }
        let old = Alias.oldSpellings(of: number.utf8Span.span).map { $0.span.string }
        for form in forms where form.utf8.allSatisfy({ $0 &- 0x30 < 10 }) {
            #expect(old.contains(form), "\(form)")
        }
    }

    @Test(arguments: [
        ("082 123 4567", "0821234567"), ("0821234567", "0821234567"),
        ("(082) 123-4567", "0821234567"), ("tel:082-123-4567", "0821234567"),
        ("\u{FF10}821234567", "0821234567"), ("(212) 555-0123", "2125550123"), ("12345", "12345"),
        ("27 82 123 4567", "27821234567"), ("+0821234567", "0821234567"), ("5", "5"),
    ])
    func `that is typed within a country is told apart`(_ alias: String, _ digits: String) {
        #expect(Alias.national(alias) == digits)
        #expect(canonical(alias) == alias)
    }

    @Test(arguments: [
        "+27821234567", "27821234567", "0027821234567", "a", "customer-42", "x@g.us", "+1",
        "+27 82",
        "2233445566@lid", "0821234567@c.us", "name:Bob 082@120363@g.us", "", "-", "DR1854951",
        "120363000000000001", "US.13491208655302741918", "0821234567 ext 3",
    ])
    func `of any other sort is no number of a country`(_ alias: String) {
        #expect(Alias.national(alias) == nil)
    }

    @Test func `of an account is one for all spellings of a number, and else its own`() {
        let number = Fingerprint(of: "+27821234567")
        for name in [
            "+27821234567", "27821234567", "whatsapp:+27821234567", "27821234567:9@s.whatsapp.net",
            "+27 82 123 4567",
        ] {
            #expect(Alias.account(name) == number, "\(name)")
        }
        for name in ["a", "+1", "shop", "+2711000000X", "082 123 4567"] {
            #expect(Alias.account(name) == Fingerprint(of: name), "\(name)")
        }
        #expect(Alias.account("5215512345678") == Alias.account("+52 55 1234 5678"))
    }

    @Test func `of any bytes has one spelling that is its own`() {
        var state: UInt64 = 11
        let pieces = [
            "+", "27", "821234567", " ", "-", ":", "_", "3", "@c.us", "@lid", "@hosted", "tel:",
            "whatsapp:", "\u{202A}", "\u{A0}", "(", ")", "0", "x", ".", "00", "52", "1", "55", "54",
            "15",
            "9", ";", "\u{FF11}", "wa.me/", "@G.US", "/", "12345678",
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
