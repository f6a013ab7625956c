import Events
import PhoneNumbers
import TestSupport
import Testing

/// A country of the property test: how its mobile numbers are dialled from within.
private struct Country: Sendable {
    let region: String
    let code: String
    /// The digits behind the country's, `#` for any.
    let form: String
    /// What is dialled before them within the country.
    var trunk = "0"
    /// Within the country, where that is more than the trunk and the digits; `$` for those.
    var national: String?

    /// A number's digits behind the country's.
    func digits(_ chance: inout SeededGenerator) -> String {
        String(form.map { $0 == "#" ? "0123456789".randomElement(using: &chance) ?? "0" : $0 })
    }

    static let all: [Country] = [
        Country(region: "ZA", code: "27", form: "82#######"),
        Country(region: "DE", code: "49", form: "151########"),
        Country(region: "GB", code: "44", form: "7400######"),
        Country(region: "FR", code: "33", form: "61#######"),
        Country(region: "US", code: "1", form: "2025550###", trunk: ""),
        Country(region: "BR", code: "55", form: "3198#######"),
        Country(region: "MX", code: "52", form: "55123#####", trunk: ""),
        Country(region: "AR", code: "54", form: "91123######", trunk: "0"),
        Country(region: "IN", code: "91", form: "9811######"),
        Country(region: "AU", code: "61", form: "412######"),
        Country(region: "NL", code: "31", form: "61#######"),
        Country(region: "NG", code: "234", form: "803#######"),
        Country(region: "KE", code: "254", form: "712######"),
        Country(region: "JP", code: "81", form: "901#######"),
        Country(region: "TR", code: "90", form: "532#######"),
        Country(region: "ES", code: "34", form: "612######", trunk: ""),
        Country(region: "IT", code: "39", form: "347#######", trunk: ""),
        Country(region: "PH", code: "63", form: "917#######"),
        Country(region: "EG", code: "20", form: "100#######"),
        Country(region: "CH", code: "41", form: "79#######"),
    ]
}

/// One number, and its spellings.
private struct Number {
    let full: String
    let spellings: [String]

    init(_ country: Country, _ digits: String) {
        let code = country.code
        full = code + digits
        let spaced =
            digits.prefix(2) + " " + digits.dropFirst(2).prefix(3) + "-" + digits.dropFirst(5)
        var all = [
            "+\(full)", full, "whatsapp:+\(full)", "SMS:+\(full)", "tel:+\(code)-\(spaced)",
            "+\(code) \(spaced)", "(+\(code)) \(spaced)", "00\(full)", "00 \(code) \(spaced)",
            "\(full)@s.whatsapp.net", "\(full):12@S.WHATSAPP.NET", "\(full).0:1@c.us", "\(full):7",
            "+\(full);ext=1", "+\(full)\u{200B}", " \(full)", "https://wa.me/\(full)",
            Self.wide("+\(full)"),
        ]
        if !country.trunk.isEmpty { all.append("+\(code) (0)\(spaced)") }
        switch country.region {
        case "MX": all += ["+52 1 \(spaced)", "521\(digits)@s.whatsapp.net"]
        case "BR":
            let old = digits.prefix(2) + digits.dropFirst(3)
            all += ["+55 \(old)", "55\(old)@c.us"]
        case "AR":
            let plain = digits.dropFirst()
            all += ["+54 \(plain)", "54\(plain)@c.us", "+54 11 15 \(plain.dropFirst(2))"]
        default: break
        }
        all += Self.national(country, digits)
        spellings = all
    }

    /// What is typed within the country, which needs `people.region`.
    private static func national(_ country: Country, _ digits: String) -> [String] {
        if country.region == "AR" {
            let plain = digits.dropFirst(3)
            return ["011 15-\(plain.prefix(4))-\(plain.dropFirst(4))"]
        }
        let typed = country.trunk + digits
        let spaced = "(\(typed.prefix(3))) \(typed.dropFirst(3).prefix(3))-\(typed.dropFirst(6))"
        // Bare digits without a zero are a number with its country.
        return country.trunk.isEmpty ? [spaced] : [typed, spaced]
    }

    private static func wide(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xFEE0) }))
    }
}

/// How an opt-out comes in: a format, and a body with the person's id.
private enum Door: CaseIterable {
    case append, cloud, cloudID, gowa, waha, evolution, baileys, wassenger, twilio, twilioRaw

    /// The body of one message STOP.
    func body(_ full: String, _ id: Int) -> (format: String, body: String)? {
        let jid = "\(full)@s.whatsapp.net"
        switch self {
        case .append: return nil
        case .cloud: return ("whatsapp-cloud", Self.cloud(full, full, id))
        case .cloudID: return ("whatsapp-cloud", Self.cloud(full, Self.old(full), id))
        case .gowa:
            return (
                "gowa",
                #"{"event":"message","device_id":"27000000009@s.whatsapp.net","payload":{"id":"#
                    + #""G\#(id)","timestamp":"2026-11-30T00:00:00Z","is_from_me":false,"chat_id":"#
                    + #""\#(jid)","from":"\#(jid)","body":"STOP"}}"#
            )
        case .waha:
            return (
                "waha",
                #"{"event":"message","session":"s","me":{"id":"27000000009@c.us"},"payload":{"id":"#
                    + #""false_\#(full)@c.us_W\#(id)","from":"\#(full)@c.us","fromMe":false,"#
                    + #""body":"STOP","timestamp":1764460800}}"#
            )
        case .evolution:
            return (
                "evolution",
                #"{"event":"messages.upsert","instance":"shop","data":{"key":{"id":"E\#(id)","#
                    + #""remoteJid":"\#(jid)","fromMe":false},"message":{"conversation":"STOP"},"#
                    + #""messageTimestamp":1764460800},"sender":"27000000009@s.whatsapp.net"}"#
            )
        case .baileys:
            return (
                "baileys",
                #"{"event":"messages.upsert","data":{"type":"notify","messages":[{"key":{"id":"#
                    + #""B\#(id)","remoteJid":"\#(jid)","fromMe":false},"message":{"#
                    + #""conversation":"STOP"},"messageTimestamp":1764460800}]}}"#
            )
        case .wassenger:
            return (
                "wassenger",
                #"{"event":"message:in:new","device":{"phone":"+27000000009"},"data":{"id":"#
                    + #""N\#(id)","fromNumber":"+\#(full)","toNumber":"+27000000009","body":"STOP","#
                    + #""type":"text","flow":"inbound","timestamp":1764460800,"#
                    + #""chat":{"id":"\#(full)@c.us","type":"chat"}}}"#
            )
        case .twilio:
            return (
                "twilio",
                "MessageSid=SM\(id)&From=whatsapp%3A%2B\(full)&To=whatsapp%3A%2B27000000009"
                    + "&Body=STOP"
            )
        case .twilioRaw:
            return ("twilio", "MessageSid=SR\(id)&From=+\(full)&To=+27000000009&Body=STOP")
        }
    }

    /// The form that WhatsApp's ids keep.
    private static func old(_ full: String) -> String {
        full.hasPrefix("52") ? "521" + full.dropFirst(2) : full
    }

    private static func cloud(_ from: String, _ id: String, _ number: Int) -> String {
        #"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","#
            + #""value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"#
            + #""27000000009","phone_number_id":"200"},"contacts":[{"wa_id":"\#(id)"}],"#
            + #""messages":[{"from":"\#(from)","id":"wamid.\#(number)","timestamp":"1764460800","#
            + #""type":"text","text":{"body":"STOP"}}]}}]}]}"#
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Spellings of one number` {
    private static let hasLibrary = (try? PhoneNumbers.load()) != nil

    private static func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.value(text)
        return json.text
    }

    private func apply(_ policy: String, _ name: String, _ place: EndToEnd.Place) throws {
        let file = try place.file("\(name).yaml", policy)
        let done = try place.run("policy", "apply", file, "--by", "ann", "--why", "test")
        #expect(done.code == 0, "\(done.err)")
    }

    /// Opts every number out, each in a spelling and by a door of its own.
    private func optOut(
        _ numbers: [Number], _ place: EndToEnd.Place, _ count: inout Int,
        _ chance: inout SeededGenerator
    ) throws {
        var bodies: [String: [String]] = [:]
        for number in numbers {
            count += 1
            let door = Door.allCases[count % Door.allCases.count]
            if let (format, body) = door.body(number.full, count) {
                bodies[format, default: []].append(body)
                continue
            }
            let spelling = number.spellings.randomElement(using: &chance) ?? number.full
            let line = EndToEnd.event(
                "o\(count)", time: "2026-11-30T00:00:00Z",
                data: "\"person\":\(Self.quoted(spelling)),\"text\":\"STOP\"")
            bodies["cloudevents", default: []].append(line)
        }
        for (format, lines) in bodies {
            let done = try place.run(
                "import", format, "-", "--json", input: lines.joined(separator: "\n") + "\n")
            #expect(done.code == 0, "\(format): \(done.err)")
            #expect(done.json.last?["quarantined"]?.integer == 0, "\(format): \(done.out)")
        }
    }

    /// All spellings of 200 numbers of 20 countries meet in one person: whoever opted out in any of
    /// them, by any door, is refused in all of them, whether asked, queued or appended.
    @Test(.enabled(if: hasLibrary, "install libphonenumber8"))
    func `are one person, and an opt-out in any holds for all`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            var chance = SeededGenerator(seed: 20)
            var count = 0
            for country in Country.all {
                try apply("people: {region: \(country.region)}\n", country.region, place)
                let numbers = (0..<10).map { _ in Number(country, country.digits(&chance)) }
                try optOut(numbers, place, &count, &chance)
                for number in numbers { try ask(number, country.region, place) }
                try look(at: numbers, place, &chance)
            }
            #expect(count == 200)
        }
    }

    /// Asks for a number in all its spellings: each is refused for want of consent.
    private func ask(_ number: Number, _ region: String, _ place: EndToEnd.Place) throws {
        let lines = number.spellings.map { spelling in
            "{\"account\":\"+27000000009\",\"text\":\"x\",\"person\":"
                + "\(Self.quoted(spelling)),\"now\":\"2026-11-30T01:00:00Z\"}\n"
        }
        let asked = try place.run("ask", "-", input: lines.joined(), seconds: 60)
        #expect(asked.json.count == lines.count, "\(asked.err)")
        for (name, answer) in zip(number.spellings, asked.json) {
            let because = answer["because"]?.elements.compactMap(\.text) ?? []
            let isRefused = answer["verdict"]?.text == "refuse"
            #expect(isRefused && because.contains("consent"), "\(region) \(name): \(answer)")
        }
    }

    /// The verbs for persons, the filters and the queue read the same spellings.
    private func look(
        at numbers: [Number], _ place: EndToEnd.Place, _ chance: inout SeededGenerator
    ) throws {
        let number = try #require(numbers.randomElement(using: &chance))
        let spelling = try #require(number.spellings.randomElement(using: &chance))
        let consent = try place.run("person", "consent", spelling)
        #expect(consent.out.contains("withdrawn"), "\(spelling): \(consent.out)\(consent.err)")
        let events = try place.run(
            "events", "--person", spelling, "--type", "consent.withdrawn", "--json")
        #expect(events.lines.count >= 1, "\(spelling)")
        let other = try #require(number.spellings.randomElement(using: &chance))
        let line = "{\"role\":\"r\",\"account\":\"+27000000009\",\"text\":\"q\",\"person\":"
        let queued = try place.run("queue", "-", input: line + "\(Self.quoted(other))}\n")
        #expect(queued.json.first?["position"]?.integer != nil, "\(other): \(queued.out)")
        let claimed = try place.run(
            "claim", "--role", "r", "--json", "--now", "2026-11-30T01:00:00Z")
        #expect(claimed.json.first?["claimed"]?.integer == 0, "\(other): \(claimed.out)")
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `An order for who was never seen` {
    private func order(_ verb: String, _ words: [String], _ place: EndToEnd.Place) throws
        -> Finished
    {
        try EndToEnd.run(
            ["--ledger", place.ledger, verb] + words + ["--by", "ann", "--why", "test"])
    }

    @Test(arguments: [
        ("account", "+2711000000X", "+27110000001"), ("chat", "other@g.us", "c@g.us"),
    ])
    func `holds, and says so and who was seen`(
        _ kind: String, _ name: String, _ known: String
    ) async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let line = EndToEnd.event("1").replacing(
                "\"account\":\"a\"", with: "\"account\":\"+27110000001\"")
            #expect(try place.run("append", "-", input: line + "\n").code == 0)
            let wrong = try order("stop", ["--\(kind)", name], place)
            #expect(wrong.code == 0)
            #expect(wrong.err.contains("never seen") && wrong.err.contains(known), "\(wrong.err)")
            let json = try order("stop", ["--\(kind)", name, "--json"], place).json.first
            #expect(json?["seen"] == .flag(false), "\(wrong.out)")
            #expect(json?["known"]?.elements.compactMap(\.text) == [known])
            // In another spelling it was seen.
            let other = known.hasSuffix("@g.us") ? "c@G.US" : "whatsapp:27 11 000 0001"
            let right = try order(
                "stop", ["--\(kind)", kind == "chat" ? other : "27110000001", "--json"], place)
            #expect(right.json.first?["seen"] == .flag(true) && right.err == "", "\(right.err)")
            let policy = try place.file("p.yaml", "rate_limits: {messages_per_minute: 9}\n")
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "test")
            let asked = try place.run("ask", "--\(kind)", name, "--person", "a", "--json")
            let because = asked.json.first?["because"]?.elements.compactMap(\.text)
            #expect(because == ["stop"], "\(asked.out)")
        }
    }

    @Test func `is told from one for who was written in several ways`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let lines = ["+27110000001", "whatsapp:+27110000001", "shop", "200"].enumerated().map {
                EndToEnd.event("\($0)").replacing("\"a\"", with: "\"\($1)\"")
            }
            #expect(
                try place.run("append", "-", input: lines.joined(separator: "\n") + "\n").code == 0)
            let before = try place.run("doctor")
            let split = "+27110000001 = whatsapp:+27110000001"
            #expect(before.out.contains("3 accounts; written") && before.out.contains(split))
            let policy = try place.file(
                "p.yaml", "accounts: {\"+27110000001\": [\"200\", \"shop\"]}\n")
            let applied = try place.run("policy", "apply", policy, "--by", "ann", "--why", "test")
            #expect(applied.code == 0, "\(applied.err)")
            let after = try place.run("doctor").out
            #expect(after.contains("1 account; written") && after.contains("\(split) = shop = 200"))
            for name in ["200", "27110000001@c.us"] {
                #expect(try place.run("events", "--account", name, "--json").lines.count == 4)
            }
        }
    }
}
