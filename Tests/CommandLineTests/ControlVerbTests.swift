import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verbs of control` {
    @Test func `check and apply a policy, and show who did`() async throws {
        try await EndToEnd.withPlace { place in
            #expect(try place.run("policy", "show").err.contains("policy apply"))
            let file = try place.file("policy.yaml", EndToEnd.policy)
            let checked = try place.run("policy", "check", file, "--json")
            #expect(checked.json[0]["settings"]?["rate_limits.messages_per_minute"]?.integer == 2)
            let applied = try place.run(
                "policy", "apply", file, "--by", "ann", "--why", "first", "--json")
            #expect(applied.json[0]["position"]?.integer == 0)
            let shown = try place.run("policy", "show", "--json").json[0]
            #expect(shown["by"]?.text == "ann")
            #expect(shown["text"]?.text == EndToEnd.policy)
            #expect(shown["hash"] == checked.json[0]["hash"])
            let event = try place.run("events", "--json").json[0]["data"]
            #expect(event?["why"]?.text == "first")
            #expect(event?["user"]?.text?.isEmpty == false, "the system's user stands beside --by")
        }
    }

    @Test func `refuse a policy with its line and key`() async throws {
        try await EndToEnd.withPlace { place in
            let text = "rate_limits:\n  messages_per_minuet: 2\n"
            let file = try place.file("policy.yaml", text)
            for words in [["check", file], ["apply", file, "--by", "ann", "--why", "x"]] {
                let result = try EndToEnd.run(["--ledger", place.ledger, "policy"] + words)
                #expect(result.code == 1)
                #expect(result.err.contains("line 2"), "\(result.err)")
                #expect(result.err.contains("messages_per_minuet"), "\(result.err)")
            }
            #expect(try place.count() == 0)
        }
    }

    @Test(arguments: [
        "policy apply x", "resume", "reset --all-cooldowns", "mode live",
    ])
    func `refuse without by and why`(_ line: String) async throws {
        try await EndToEnd.withPlace { place in
            let words = line.split(separator: " ").map(String.init)
            let result = try EndToEnd.run(["--ledger", place.ledger] + words)
            #expect(result.code == 64)
            #expect(result.err.contains("--by NAME and --why REASON"), "\(result.err)")
        }
    }

    @Test func `pause, stop and resume, per scope`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("policy.yaml", "reservations:\n  lease: 30\n")
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            func order(_ words: String...) throws -> Int32 {
                try EndToEnd.run(
                    ["--ledger", place.ledger] + words + ["--by", "ann", "--why", "x"]
                ).code
            }
            func ask(_ chat: String) throws -> Int32 { try place.run("ask", "--chat", chat).code }
            #expect(try order("pause", "--hours", "2", "--chat", "c") == 0)
            #expect(try ask("c") == 75)
            #expect(try ask("d") == 0)
            #expect(try order("resume", "--chat", "c") == 0)
            #expect(try ask("c") == 0)
            #expect(try order("stop") == 0)
            #expect(try ask("d") == 77)
            let status = try place.run("status", "--json").json[0]
            #expect(status["orders"]?.elements.first?["kind"]?.text == "stop")
            #expect(try order("resume") == 0)
            #expect(try ask("e") == 0)
            #expect(try order("pause", "--until", "2h") == 64, "two hours ago")
            #expect(try order("pause") == 64)
            #expect(try order("pause", "--hours", "0") == 64)
            #expect(try order("stop", "--chat", "c", "--account", "a") == 64)
        }
    }

    @Test func `lift a cooldown`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("policy.yaml", EndToEnd.policy)
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            _ = try place.run("ask", "--chat", "c", "--subject", "DR1")
            let held = try place.run("state", "cooldowns", "DR1", "--json").json[0]
            #expect(held["free"]?.flag == false)
            #expect(held["free_at"]?.text != nil)
            let reset = try place.run("reset", "--subject", "DR1", "--by", "ann", "--why", "x")
            #expect(reset.code == 0, "\(reset.err)")
            let free = try place.run("state", "cooldowns", "DR1", "--json").json[0]
            #expect(free["free"]?.flag == true)
            #expect(try place.run("reset", "--by", "ann", "--why", "x").code == 64)
        }
    }
}
