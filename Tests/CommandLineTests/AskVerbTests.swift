import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verbs ask and report` {
    private func withPolicy(
        development: Bool = false, _ body: (EndToEnd.Place) async throws -> Void
    ) async throws {
        try await EndToEnd.withPlace(development: development) { place in
            let file = try place.file("policy.yaml", EndToEnd.policy)
            let applied = try place.run("policy", "apply", file, "--by", "ann", "--why", "test")
            #expect(applied.code == 0, "\(applied.err)")
            try await body(place)
        }
    }

    @Test func `refuse to answer without a policy`() async throws {
        try await EndToEnd.withPlace { place in
            let result = try place.run("ask", "--chat", "c", "--json")
            #expect(result.code == 1)
            #expect(result.json[0]["error"]?["code"]?.text == "no_policy")
        }
    }

    @Test func `answer by exit code`() async throws {
        try await withPolicy { place in
            let words = ["--chat", "c@g.us", "--subject", "DR1", "--account", "a"]
            func ask(_ more: String...) throws -> Finished {
                try EndToEnd.run(["--ledger", place.ledger, "ask"] + words + more)
            }
            let send = try ask("--json")
            #expect(send.code == 0)
            #expect(send.json[0]["verdict"]?.text == "send")
            let wait = try ask("--json")
            #expect(wait.code == 75)
            #expect(wait.json[0]["verdict"]?.text == "wait")
            #expect(wait.json[0]["retry_at"]?.text != nil)
            let told = try ask()
            #expect(told.out.contains("cooldown.subject"), "\(told.out)")
            _ = try place.run("stop", "--by", "ann", "--why", "test")
            let refused = try ask()
            #expect(refused.code == 77)
            #expect(refused.out.hasPrefix("refuse"), "\(refused.out)")
        }
    }

    @Test func `take the critical lane by a word, but never as marketing`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file(
                "policy.yaml",
                """
                rate_limits: {messages_per_minute: 1}
                critical:
                  replies_within: 300
                  kinds: {payment: [payment]}

                """)
            let applied = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            #expect(applied.code == 0, "\(applied.err)")
            var number = 0
            func ask(
                _ person: String, _ text: String = "your payment", _ more: String...
            ) throws -> JSONValue {
                number += 1
                let words = [
                    "ask", "--account", "a", "--person", person, "--text", "\(text) \(number)",
                    "--attempt", "t\(number)", "--now", "2025-10-01T10:01:\(10 + number)Z",
                    "--json",
                ]
                let asked = try EndToEnd.run(["--ledger", place.ledger] + words + more)
                return try #require(asked.json.first)
            }
            for second in ["00", "01", "02"] {
                let event = EndToEnd.event(
                    "in\(second)", time: "2025-10-01T10:01:\(second)Z",
                    data: "\"person\":\"+2782000000\(second.suffix(1))\",\"text\":\"hello\"")
                #expect(try place.run("append", place.file("e", event)).code == 0)
            }
            for _ in 0..<2 {
                let answer = try ask("+27820000001", "hello")
                #expect(answer["lane"]?.text == "answer")
                let told = try place.run(
                    "report", "--reservation", try #require(answer["reservation"]?.text),
                    "--outcome", "accepted", "--attempt", "t\(number)", "--now",
                    "2025-10-01T10:01:\(10 + number)Z")
                #expect(told.code == 0, "\(told.err)")
            }
            // The keyword alone: to nobody who wrote, and never as marketing.
            #expect(try ask("+27820000009")["verdict"]?.text == "wait")
            for category in ["marketing", "utility"] {
                let answer = try ask("+27820000001", "your payment", "--category", category)
                let isUtility = category == "utility"
                #expect(answer["lane"]?.text == (isUtility ? "kind payment" : nil))
                let rules = answer["because"]?.texts ?? []
                #expect(rules.contains("limit.minute") != isUtility, "\(answer)")
            }
        }
    }

    @Test func `take the same request as JSON, from a file and from options`() async throws {
        try await withPolicy { place in
            let json = "{\"chat\":\"c\",\"key\":\"k1\",\"subject\":\"A\",\"steps\":[\"x\"]}"
            let first = try place.run("ask", json, "--json").json[0]["reservation"]?.text
            #expect(first != nil)
            let file = try place.file("request.json", json)
            let again = try place.run("ask", file, "--json")
            #expect(again.code == 75)
            #expect(again.json[0]["code"]?.text == "in_progress")
            let options = try place.run(
                "ask", "--chat", "c", "--key", "k1", "--subject", "A", "--step", "x", "--json")
            #expect(options.json[0]["code"]?.text == "in_progress")
            let other = try place.run("ask", "--chat", "d", "--key", "k1", "--json")
            #expect(other.json[0]["error"]?["code"]?.text == "conflict")
            #expect(try place.run("ask", "{\"chat\":", "--json").code == 1)
            #expect(try place.run("ask", "--subject", "A").err.contains("`chat` or `person`"))
        }
    }

    @Test func `share a reservation of which the first to attempt it may send`() async throws {
        try await withPolicy { place in
            func ask(_ attempt: String) throws -> JSONValue {
                let words = ["ask", "--chat", "c", "--key", "k1", "--attempt", attempt, "--json"]
                return try EndToEnd.run(["--ledger", place.ledger] + words).json[0]
            }
            func report(_ outcome: String, _ attempt: String, _ more: String...) throws
                -> Finished
            {
                let words = ["report", "--reservation", reservation, "--outcome", outcome]
                return try EndToEnd.run(
                    ["--ledger", place.ledger] + words + ["--attempt", attempt, "--json"] + more)
            }
            let first = try ask("a1")
            let reservation = try #require(first["reservation"]?.text)
            #expect(first["ref"]?.text == reservation)
            #expect(first["replayed"] == nil)
            let second = try ask("a2")
            #expect(second["reservation"]?.text == reservation)
            #expect(second["replayed"]?.flag == true)
            #expect(second["attempt"]?.text == "a2")
            // The same attempt again is no try of its own.
            #expect(try ask("a1")["code"]?.text == "in_progress")
            #expect(try report("attempted", "a2").json[0]["go"]?.flag == true)
            let late = try report("attempted", "a1")
            #expect(late.json[0]["go"]?.flag == false)
            #expect(late.code != 0)
            #expect(try report("cancelled", "a1").json[0]["error"]?["code"]?.text == "conflict")
            #expect(try report("accepted", "a2", "--message", "wamid.1").code == 0)
            let done = try ask("a3")
            #expect(done["verdict"]?.text == "refuse")
            #expect(done["code"]?.text == "already_sent")
            #expect(done["message"]?.text == "wamid.1")
            #expect(try place.run("verify").code == 0)
            let replay = try place.run("replay", "--from", "@0", "--json", "--quiet").json[0]
            #expect(replay["recorded"]?["different"]?.elements.isEmpty == true)
            #expect(replay["sent"]?.integer == 1)
            #expect(replay["stopped"]?.elements.count == 1)
            let why = try place.run("why", reservation)
            #expect(why.out.contains("attempt a2 may call the provider"), "\(why.out)")
        }
    }

    @Test func `wait and ask again`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = "rate_limits:\n  minimum_spacing: 0.5\nreservations:\n  lease: 1\n"
            _ = try place.run(
                "policy", "apply", place.file("p", policy), "--by", "ann", "--why", "test")
            #expect(try place.run("ask", "--chat", "c").code == 0)
            #expect(try place.run("ask", "--chat", "c").code == 75)
            #expect(try place.run("ask", "--chat", "c", "--wait", "5s").code == 0)
        }
    }

    @Test func `report how far a send came`() async throws {
        try await withPolicy { place in
            let asked = try place.run("ask", "--chat", "c", "--json")
            let reservation = try #require(asked.json[0]["reservation"]?.text)
            func report(_ outcome: String, _ more: String...) throws -> Finished {
                try EndToEnd.run(
                    [
                        "--ledger", place.ledger, "report", "--json", "--reservation", reservation,
                        "--outcome", outcome,
                    ] + more)
            }
            #expect(try report("attempted").json[0]["go"]?.flag == true)
            let accepted = try report("accepted", "--message", "wamid.1")
            #expect(accepted.json[0]["duplicate"]?.flag == false)
            #expect(try report("accepted").json[0]["duplicate"]?.flag == true)
            #expect(try report("cancelled").code == 1)
            let state = try place.run("state", "reservations", reservation, "--json")
            #expect(state.json[0]["state"]?.text == "accepted")
            let unknown = try place.run(
                "report", "--reservation", "r9.00000000", "--outcome", "failed")
            #expect(unknown.code == 1)
            #expect(unknown.err.contains("another ledger"), "\(unknown.err)")
        }
    }

    @Test func `say do not send after a stop`() async throws {
        try await withPolicy { place in
            let asked = try place.run("ask", "--chat", "c", "--json")
            let reservation = try #require(asked.json[0]["reservation"]?.text)
            _ = try place.run("stop", "--by", "ann", "--why", "wrong text")
            let result = try place.run(
                "report", "--reservation", reservation, "--outcome", "attempted", "--json")
            #expect(result.json[0]["go"]?.flag == false)
            #expect(result.code == 77)
        }
    }

    @Test func `explain a decision with its evidence`() async throws {
        try await withPolicy(development: true) { place in
            for number in 0..<3 {
                _ = try place.run(
                    "ask", "--chat", "c@g.us", "--account", "a", "--subject", "S\(number)", "--now",
                    "2025-10-01T10:00:0\(number)Z")
            }
            let why = try place.run("why", "3", "--json")
            #expect(why.code == 0, "\(why.err)")
            #expect(why.json[0]["verdict"]?.text == "wait")
            let rule = why.json[0]["rules"]?.elements.first { $0["rule"]?.text == "limit.minute" }
            #expect(rule?["positions"]?.elements.map(\.integer) == [1, 2])
            let told = try place.run("why", "@3").out
            #expect(told.contains("limit.minute"), "\(told)")
            #expect(told.contains("@1  send.reserved"), "\(told)")
            #expect(try place.run("why", "0").code == 1)
            #expect(try place.run("why", "99").code == 1)
            #expect(try place.run("why", "soon").code == 64)
        }
    }
}
