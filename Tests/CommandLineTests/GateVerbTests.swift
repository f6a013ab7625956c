import Events
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Verbs of the gate` {
    private static let by = ["--by", "ann", "--why", "a test"]

    private func withGate(
        development: Bool = true, _ policy: String = "rate_limits: {messages_per_minute: 1}",
        _ body: (EndToEnd.Place) throws -> Void
    ) async throws {
        try await EndToEnd.withPlace(development: development) { place in
            let file = try place.file("policy", policy)
            let applied = try place.run("policy", "apply", file, "--by", "ann", "--why", "x")
            #expect(applied.code == 0, "\(applied.err)")
            try body(place)
        }
    }

    private func ask(_ place: EndToEnd.Place, _ text: String) throws -> Finished {
        try place.run("ask", "--chat", "1@g.us", "--account", "a", "--text", text, "--json")
    }

    @Test func `observe, and say what would have gone`() async throws {
        try await withGate { place in
            #expect(try place.run("mode", "dry-run", "--by", "ann", "--why", "x").code == 0)
            let first = try ask(place, "one")
            #expect(first.code == 77)
            #expect(first.json[0]["verdict"]?.text == "refuse")
            #expect(first.json[0]["dry_run"]?.flag == true)
            #expect(first.json[0]["would"]?.text == "send")
            #expect(try ask(place, "two").json[0]["would"]?.text == "wait")
            let status = try place.run("status", "--json").json[0]
            #expect(status["mode"]?["name"]?.text == "dry-run")
            #expect(try place.run("status").out.contains("dry run since position 1"))
            #expect(try place.run("mode", "live", "--by", "ann", "--why", "x").code == 0)
            #expect(try ask(place, "three").code == 0)
        }
    }

    @Test func `refuse a mode that makes no sense`() async throws {
        try await withGate { place in
            let cases: [([String], Int32, String)] = [
                (["mode", "off", "--by", "a", "--why", "b"], 64, "dry-run or live"),
                (["mode", "live"], 64, "--by"),
                (["mode", "dry-run", "--after", "10m", "--by", "a", "--why", "b"], 64, "--after"),
                (["mode", "live", "--after", "10m", "--by", "a", "--why", "b"], 1, "live already"),
                (
                    ["mode", "live", "--rate-limit", "0", "--by", "a", "--why", "b"], 64,
                    "rate-limit"
                ),
            ]
            for (words, code, sentence) in cases {
                let result = try EndToEnd.run(["--ledger", place.ledger] + words)
                #expect(result.code == code, "\(words): \(result.err)")
                #expect(result.err.contains(sentence), "\(words): \(result.err)")
            }
            #expect(try place.count() == 1)
        }
    }

    @Test func `switch throttling off in a development ledger alone`() async throws {
        let words = ["ask", "--chat", "1@g.us", "--account", "a", "--text", "x", "--json"]
        let variable = ["DISABLE_WHATSAPP_THROTTLE": "true"]
        try await withGate { place in
            #expect(try ask(place, "one").code == 0)
            #expect(try ask(place, "two").code == 75)
            let forced = try EndToEnd.run(
                ["--ledger", place.ledger] + words, environment: variable)
            #expect(forced.code == 0, "\(forced.err)")
            #expect(try place.run("status", "--json").json[0]["mode"]?["overrides"]?.integer == 1)
            #expect(try place.run("status").out.contains("without throttling"))
            #expect(try place.run("replay", "--from", "@0").code == 0)
            let odd = try EndToEnd.run(
                ["--ledger", place.ledger] + words,
                environment: ["DISABLE_WHATSAPP_THROTTLE": "maybe"])
            #expect(odd.code == 1)
        }
        try await withGate(development: false) { place in
            let refused = try EndToEnd.run(
                ["--ledger", place.ledger] + words, environment: variable)
            #expect(refused.code == 1)
            #expect(refused.out.contains("init --development"), "\(refused.out)")
            #expect(try place.count() == 1)
        }
    }

    @Test func `queue and claim, as co-processes too`() async throws {
        try await withGate("queue: {batch: 2, batch_interval: 30}") { place in
            let lines = (0..<3).map {
                "{\"role\":\"r\",\"chat\":\"\($0)@g.us\",\"key\":\"k\($0)\",\"text\":\"t\($0)\"}\n"
            }
            let queued = try place.run("queue", "-", input: lines.joined() + lines[0] + "{}\n")
            #expect(queued.json.prefix(4).map { $0["position"]?.integer } == [1, 2, 3, 1])
            #expect(queued.json[3]["duplicate"]?.flag == true)
            #expect(queued.json[4]["error"] != nil)
            let bad = "{\"role\":\"r\",\"many\":3}\n"
            let claimed = try place.run("claim", "-", input: "{\"role\":\"r\",\"max\":9}\n" + bad)
            // One line says how many, then comes one a message.
            #expect(claimed.json[0]["claimed"]?.integer == 2)
            let messages = claimed.json[1...2]
            #expect(messages.map { $0["text"]?.text } == ["t0", "t1"])
            #expect(messages.allSatisfy { $0["reservation"]?.text != nil })
            #expect(claimed.json[3]["error"]?["message"]?.text?.contains("`many`") == true)
            for message in messages {
                let attempt = try #require(message["attempt"]?.text)
                let reservation = try #require(message["reservation"]?.text)
                let go = try place.run(
                    "report", "--reservation", reservation, "--outcome", "attempted", "--attempt",
                    attempt, "--json")
                #expect(go.json[0]["go"]?.flag == true)
                #expect(go.json[0]["attempt"]?.text == attempt)
            }
            let next = try place.run("claim", "--role", "r", "--max", "9", "--json")
            #expect(next.code == 75)
            #expect(next.json[0]["claimed"]?.integer == 0)
            #expect(next.json[0]["wait_ms"]?.integer == 60_000)
            #expect(next.json[0]["retry_at"]?.text == "1970-01-01T00:01:00.000Z")
            let states = try place.run("state", "queue", "r", "--json").json
            let found = states.compactMap { $0["state"]?.text }.sorted()
            #expect(found == ["handed-out", "handed-out", "waiting"])
            #expect(try place.run("verify").code == 0)
            #expect(try place.run("replay", "--from", "@0").code == 0)
        }
    }

    @Test func `judge by a shadow policy, and take it off again`() async throws {
        try await withGate("rate_limits: {messages_per_minute: 2}") { place in
            let file = try place.file("tight", "rate_limits: {messages_per_minute: 1}")
            let words = ["policy", "shadow", "tight"]
            let on = try EndToEnd.run(["--ledger", place.ledger] + words + [file] + Self.by)
            #expect(on.code == 0, "\(on.err)")
            #expect(try ask(place, "one").code == 0)
            #expect(try ask(place, "two").code == 0)
            let row = try place.run("state", "shadows", "--json").json[0]
            #expect(row["judged"]?.integer == 2)
            #expect(row["stricter"]?.integer == 1)
            #expect(try place.run("status").out.contains("tight: 2 judged, 1 stricter"))
            let off = try EndToEnd.run(["--ledger", place.ledger] + words + ["--off"] + Self.by)
            #expect(off.code == 0, "\(off.err)")
            let again = try EndToEnd.run(["--ledger", place.ledger] + words + ["--off"] + Self.by)
            #expect(again.code == 1)
            #expect(try place.run("rebuild", "--json").json.last?["differing"]?.integer == 0)
        }
    }
}
