import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `ledger policy simulate` {
    private let tenAMinute = "rate_limits:\n  messages_per_minute: 10\n"

    @Test func `says how long a campaign takes and what holds it up, without a ledger`()
        async throws
    {
        try await EndToEnd.withPlace { place in
            let file = try place.file("policy.yaml", tenAMinute)
            let words = [
                "policy", "simulate", file, "--messages", "1000", "--from", "09:00", "--zone",
                "Africa/Johannesburg",
            ]
            let told = try EndToEnd.run(words + ["--json"])
            #expect(told.code == 0, "\(told.err)")
            let json = told.json[0]
            #expect(json["sent"]?.integer == 1_000)
            #expect(json["duration"]?.integer == 5_940)
            #expect(json["without_pacing"]?.isNull == true)
            #expect(json["from"]?.text?.contains("T07:00:00") == true)
            #expect(told.out.contains("\"hours\":[600,400]"))
            let text = try EndToEnd.run(words)
            #expect(text.out.contains("1000 of 1000 messages go from"), "\(text.out)")
            #expect(text.out.contains("limit.minute"), "\(text.out)")
            #expect(text.out.contains("1 h 39 min"), "\(text.out)")
        }
    }

    /// The tiers come ten times each: 8 h of pauses beside 7 h of delays and 2 h of pauses by
    /// chance, and the night lies in between.
    @Test func `says that the warm-up preset needs until the next morning`() throws {
        let result = try EndToEnd.run(
            [
                "policy", "simulate", "preset:campaign-warmup", "--messages", "1000", "--from",
                "09:00", "--json",
            ], seconds: 120)
        #expect(result.code == 0, "\(result.err)")
        let json = result.json[0]
        #expect(json["sent"]?.integer == 1_000)
        let hours = (json["duration"]?.integer ?? 0) / 3_600
        #expect((24...25).contains(hours))
        #expect(json["without_pacing"]?.integer == 14_940, "249 min at four a minute")
        #expect(result.out.contains("{\"rule\":\"quiet\",\"messages\":1"))
        #expect(result.out.contains("{\"rule\":\"pacing\""))
    }

    @Test func `takes a policy from standard input and a whole time`() throws {
        let result = try EndToEnd.run(
            [
                "policy", "simulate", "-", "--messages", "11", "--from", "2026-03-02T09:00:00Z",
                "--json",
            ], input: tenAMinute)
        #expect(result.json[0]["last"]?.text == "2026-03-02T09:01:00.000Z")
    }

    @Test(arguments: [
        ("--from 9", "--from"), ("--from 25:00", "--from"), ("--messages 0", "--messages"),
        ("--messages 1000000", "--messages"), ("--zone Mars/Olympus", "Mars/Olympus"),
        ("--per-person 0", "--per-person"), ("--category spam", "--category"),
    ])
    func `refuses what it cannot simulate`(_ options: String, _ named: String) async throws {
        try await EndToEnd.withPlace { place in
            let file = try place.file("policy.yaml", tenAMinute)
            let result = try EndToEnd.run(
                ["policy", "simulate", file] + options.split(separator: " ").map(String.init))
            #expect(result.code == 64, "\(result.out)")
            #expect(result.err.contains(named), "\(result.err)")
        }
    }
}
