import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb append` {
    @Test func `appends a file and says how much`() async throws {
        try await EndToEnd.withPlace { place in
            let lines = (0..<2_500).map { EndToEnd.event("m\($0)") }
            let file = try place.file("events.ndjson", lines.joined(separator: "\n") + "\n\n")
            let first = try place.run("append", file, "--json")
            #expect(first.code == 0, "\(first.err)")
            #expect(first.out == "{\"appended\":2500,\"duplicates\":0,\"first\":0,\"last\":2499}\n")
            #expect(first.err == "appended 2500, already there 0\n")
            let again = try place.run("append", file, "--json")
            #expect(again.json[0]["duplicates"]?.integer == 2_500)
            #expect(again.json[0]["first"]?.isNull == true)
            let ids = try place.run("events", "--json").json.map { $0["id"]?.text }
            #expect(ids == (0..<2_500).map { "m\($0)" }, "events stand in the file's order")
        }
    }

    @Test func `takes an array and one pretty-printed object`() async throws {
        try await EndToEnd.withPlace { place in
            let array = "[\(EndToEnd.event("a")),\n \(EndToEnd.event("b"))]"
            let one = """
                {
                  "specversion": "1.0", "id": "c", "source": "test/1",
                  "type": "message.received",
                  "data": {"chat": "c@g.us"}
                }
                """
            let appended = try place.run("append", place.file("array.json", array))
            #expect(appended.code == 0, "\(appended.err)")
            #expect(try place.run("append", place.file("one.json", one)).code == 0)
            #expect(try place.count() == 3)
        }
    }

    @Test(arguments: [
        ("{\"specversion\":\"1.0\"}", "missing_member"), ("{nonsense}", "not_json"),
        (EndToEnd.event("x", type: "send.reserved"), "forbidden"),
        (EndToEnd.event("x", type: "message.eaten"), "unknown_type"),
        (EndToEnd.event("x", source: "ledger"), "forbidden"),
        (EndToEnd.event("x", time: "1969-12-31T23:59:59Z"), "time_out_of_range"),
        (EndToEnd.event("x", time: "2025-13-01T00:00:00Z"), "wrong_member"),
        (EndToEnd.event("x", data: "\"text\":\"\\ud800\""), "not_json"),
        (
            EndToEnd.event(
                "x", data: "\"text\":\"" + String(repeating: "y", count: 1 << 20) + "\""),
            "too_large"
        ),
    ])
    func `refuses a file with one bad line whole`(_ bad: String, _ code: String) async throws {
        try await EndToEnd.withPlace { place in
            let lines = (0..<1_200).map { EndToEnd.event("m\($0)") } + [bad, EndToEnd.event("z")]
            let file = try place.file("events.ndjson", lines.joined(separator: "\n"))
            let result = try place.run("append", file, "--json")
            #expect(result.code == 1)
            let error = result.json.first?["error"]
            #expect(error?["code"]?.text == code)
            #expect(error?["message"]?.text?.hasPrefix("line 1201: ") == true, "\(result.out)")
            #expect(try place.count() == 0, "nothing was appended")
        }
    }

    @Test func `puts bad lines aside on demand, once`() async throws {
        try await EndToEnd.withPlace { place in
            let lines = [EndToEnd.event("a"), "not json", EndToEnd.event("b"), "not json"]
            let file = try place.file("mixed.ndjson", lines.joined(separator: "\n"))
            let first = try place.run("append", file, "--quarantine", "--json")
            #expect(first.code == 0, "\(first.err)")
            #expect(first.json[0]["appended"]?.integer == 2)
            #expect(first.json[0]["quarantined"]?.integer == 1, "the same bytes are kept once")
            let kept = try place.run("events", "--type", "input.quarantined", "--json").json
            #expect(kept.count == 1)
            #expect(kept.first?["data"]?["line"]?.integer == 2)
            #expect(kept.first?["data"]?["raw"]?.text == "bm90IGpzb24=")
            #expect(kept.first?["data"]?["code"]?.text == "invalid")
            _ = try place.run("append", file, "--quarantine")
            #expect(try place.count() == 3, "a repeat adds nothing")
        }
    }

    @Test func `stops at a conflict and says what was committed`() async throws {
        try await EndToEnd.withPlace { place in
            _ = try place.run("append", place.file("first", EndToEnd.event("m2500", subject: "X")))
            let lines = (0..<3_000).map { EndToEnd.event("m\($0)") }
            let file = try place.file("events.ndjson", lines.joined(separator: "\n"))
            let result = try place.run("append", file)
            #expect(result.code == 1)
            #expect(result.err.contains("line 2501: "), "\(result.err)")
            #expect(result.err.contains("2000 events were appended"), "\(result.err)")
            #expect(try place.count() == 2_001)
        }
    }

    @Test func `puts a conflicting event aside with quarantine`() async throws {
        try await EndToEnd.withPlace { place in
            _ = try place.run("append", place.file("first", EndToEnd.event("m1", subject: "X")))
            let lines = (0..<5).map { EndToEnd.event("m\($0)") }
            let file = try place.file("events.ndjson", lines.joined(separator: "\n"))
            let result = try place.run("append", file, "--quarantine", "--json")
            #expect(result.code == 0, "\(result.err)")
            #expect(result.json[0]["appended"]?.integer == 4)
            #expect(result.json[0]["quarantined"]?.integer == 1)
        }
    }

    @Test func `keeps conditions`() async throws {
        try await EndToEnd.withPlace { place in
            let one = try place.file("one", EndToEnd.event("a"))
            let two = try place.file("two", EndToEnd.event("b"))
            #expect(try place.run("append", one, "--expect-count", "0").code == 0)
            let wrong = try place.run("append", two, "--expect-count", "0", "--json")
            #expect(wrong.code == 1)
            #expect(wrong.json[0]["error"]?["code"]?.text == "condition_failed")
            let met = try place.run(
                "append", two, "--fail-if", "message.received", "--subject", "DR1854951")
            #expect(met.code == 1)
            #expect(met.err.contains("position 0"), "\(met.err)")
            let after = try place.run(
                "append", two, "--fail-if", "message.received", "--after", "0")
            #expect(after.code == 0, "\(after.err)")
        }
    }

    @Test func `refuses what cannot be meant`() async throws {
        try await EndToEnd.withPlace { place in
            #expect(try place.run("append", "-", "--quarantine").code == 64)
            #expect(try place.run("append", "x", "--fail-if", "no.type").code == 64)
            #expect(try place.run("append", "x", "--after", "3").code == 64)
            let missing = try place.run("append", place.folder + "/none")
            #expect(missing.code == 1)
            #expect(missing.err.contains("no such file"), "\(missing.err)")
            #expect(try place.run("import", "csv", "x").code == 64)
        }
    }

    @Test func `imports with its own words`() async throws {
        try await EndToEnd.withPlace { place in
            let file = try place.file("h.ndjson", EndToEnd.event("a"))
            let result = try place.run("import", "cloudevents", file)
            #expect(result.err == "imported 1, already there 0\n")
        }
    }

    @Test func `drives the clock of a development ledger`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let file = try place.file("e", EndToEnd.event("a", time: "2025-10-01T16:51:02Z"))
            _ = try place.run("append", file)
            let next = try place.file("f", EndToEnd.event("b", time: "2020-01-01T00:00:00Z"))
            _ = try place.run("append", next, "--now", "2026-01-01T00:00:00Z")
            let recorded = try place.run("events", "--json").json.map { $0["recordedtime"]?.text }
            #expect(recorded == ["2025-10-01T16:51:02.000Z", "2026-01-01T00:00:00.000Z"])
        }
    }
}
