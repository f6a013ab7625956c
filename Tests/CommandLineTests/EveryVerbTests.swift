import Events
import TestSupport
import Testing

/// Every reader of the binary on a ledger of random events with extreme numbers, times,
/// reservations and names: it answers, in JSON where that is asked for, and no signal ends it.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Every verb, on extreme events` {
    private static let views = [
        "sightings", "quality", "templates", "reservations", "queue", "rates", "cooldowns",
        "errors", "reviews", "instances", "subjects", "persons", "messages", "control", "shadows",
        "ids", "zones",
    ]

    private static let verbs: [[String]] =
        [
            ["events"], ["events", "--reverse", "--limit", "5"], ["status"], ["doctor"],
            ["verify"], ["compliance"], ["instances"], ["policy", "show"], ["why", "3"],
            ["person", "show", "+27820000001"], ["person", "consent", "+27820000001"],
            ["person", "consent", "+27820000001", "--receipt"],
            ["replay", "--from", "@0"], ["replay", "--from", "@0", "--what-if", "POLICY"],
            ["events", "--from", "@9223372036854775807"],
            ["why", "18446744073709551615"], ["state", "zones", "18446744073709551615"],
            ["state", "reservations", "r9223372036854775807.00000000"], ["rebuild"],
        ]

    private func check(_ words: [String], _ place: EndToEnd.Place) throws {
        let json = try EndToEnd.run(["--ledger", place.ledger, "--json"] + words)
        #expect(json.code >= 0, "\(words) ended by signal \(-json.code): \(json.err.suffix(500))")
        for line in json.lines {
            #expect((try? JSONValue.parse(line)) != nil, "\(words): \(line.prefix(300))")
        }
    }

    @Test func `answers`() async throws {
        let seed = UInt64(ExtremeEvents.number("LEDGER_FUZZ_SEED", standard: 1))
        let effort = ExtremeEvents.effort
        print("seed \(seed): every verb on \(300 * effort) extreme events")
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file("policy.yaml", "rate_limits: {messages_per_hour: 20}\n")
            let applied = try place.run("policy", "apply", policy, "--by", "a", "--why", "w")
            #expect(applied.code == 0, "\(applied.err)")
            var events = ExtremeEvents(
                seed: seed, types: EventType.allCases.filter { $0.author == .anyone }, tag: 1,
                isRaw: false)
            let lines = (0..<300 * effort).map { _ in events.line() + "\n" }.joined()
            let appended = try place.run("append", "-", input: lines, seconds: 60 * effort)
            #expect(appended.code >= 0 && appended.lines.count == 300 * effort)
            let taken = appended.json.filter { $0["position"]?.integer != nil }.count
            #expect(taken > 200 * effort, "\(appended.lines.first { $0.contains("error") } ?? "")")
            let asks = (0..<10).map {
                #"{"key":"k\#($0)","person":"+2782000000\#($0 % 3)","text":"x","attempt":"a"}"#
                    + "\n"
            }.joined()
            #expect(try place.run("ask", "-", input: asks).lines.count == 10)
            // With an effort of one, the seed says which views.
            let share = Self.views.filter { _ in effort > 1 || events.below(3) == 0 }
            for words in Self.verbs + share.map({ ["state", $0] }) {
                try check(words.map { $0 == "POLICY" ? policy : $0 }, place)
            }
        }
    }

    // MARK: - Inputs that ended a process once

    @Test func `replays attempts that say that they stand for all numbers`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let event =
                #"{"specversion":"1.0","id":"ID","source":"s","type":"send.attempted","#
                + #""data":{"chat":"1@g.us","count":COUNT}}"#
            func attempt(_ id: String, _ count: String) -> String {
                event.replacing("ID", with: id).replacing("COUNT", with: count) + "\n"
            }
            let told = try place.run(
                "append", "-",
                input: attempt("1", "9223372036854775807") + attempt("2", "1000000")
                    + attempt("3", "1000000"))
            #expect(told.json[0]["error"]?["code"]?.text == "wrong_member")
            #expect(told.json.dropFirst().compactMap { $0["position"]?.integer } == [0, 1])
            let policy = try place.file("policy.yaml", "rate_limits: {messages_per_hour: 20}\n")
            for words in [[], ["--what-if", policy]] {
                let replayed = try EndToEnd.run(
                    ["--ledger", place.ledger, "replay", "--from", "@0", "--json"] + words)
                #expect(replayed.code >= 0 && replayed.out.contains("2000000"), "\(replayed)")
            }
        }
    }

    @Test func `imports a webhook with a time beyond all clocks, and what stands around it`()
        async throws
    {
        try await EndToEnd.withPlace(development: true) { place in
            func body(_ id: Int, _ time: String) -> String {
                #"{"event":"message","payload":{"id":"\#(id)","from":"27820000001@s.whatsapp.net","#
                    + #""chat_id":"27820000001@s.whatsapp.net","body":"x","timestamp":"\#(time)"}}"#
                    + "\n"
            }
            let input =
                (1...5).map { body($0, "2025-10-01T14:51:02Z") }.joined() + body(6, "27821234567")
                + (7...10).map { body($0, "2025-10-01T14:51:02Z") }.joined()
            let run = try place.run("import", "gowa", "-", "--json", input: input)
            #expect(run.code == 0, "\(run)")
            #expect(run.json[0]["read"]?.integer == 10)
            #expect((run.json[0]["appended"]?.integer ?? 0) >= 9)
        }
    }

    @Test func `refuses a reservation that no log has in a status`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let line =
                #"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"#
                + #""field":"messages","value":{"messaging_product":"whatsapp","metadata":{"#
                + #""display_phone_number":"27000000001","phone_number_id":"3"},"statuses":[{"id":"#
                + #""wamid.1","status":"delivered","timestamp":"1760000000","recipient_id":"#
                + #""27820000001","biz_opaque_callback_data":"r18446744073709551615.00000000"}]}}]}]}"#
            for _ in 0..<2 {
                let run = try place.run("import", "whatsapp-cloud", "-", input: line + "\n")
                #expect(run.code == 0, "\(run)")
            }
            #expect(try place.count() == 1)
        }
    }

    @Test func `shows no control characters in a receipt`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let event =
                #"{"specversion":"1.0","id":"1","source":"s","type":"consent.granted","#
                + #""data":{"person":"+27820000001","wording":"a\u009b31m\u202eb\u007f"}}"#
            #expect(try place.run("append", "-", input: event + "\n").code == 0)
            let receipt = try place.run("person", "consent", "+27820000001", "--receipt")
            #expect(receipt.code == 0 && receipt.json[0] != .null, "\(receipt)")
            for scalar in receipt.out.unicodeScalars where scalar != "\n" {
                #expect(
                    scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
                        && scalar.value != 0x202E)
            }
            #expect(receipt.out.contains("\\u202E"), "\(receipt.out)")
        }
    }
}
