import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb events` {
    private func withEvents(_ body: (EndToEnd.Place) async throws -> Void) async throws {
        try await EndToEnd.withPlace { place in
            let lines = (0..<10).map { number in
                EndToEnd.event(
                    "m\(number)", type: number == 9 ? "item.flagged" : "message.received",
                    time: "2025-10-01T16:51:0\(number)Z", source: "test/\(number % 2)",
                    subject: "DR\(number % 3)",
                    data: "\"person\":\"p\(number)\",\"message\":\"w\(number)\","
                        + "\"text\":\"drop \(number) \\u001b[31m\"")
            }
            _ = try place.run(
                "append", place.file("events", lines.joined(separator: "\n")))
            try await body(place)
        }
    }

    private func ids(_ place: EndToEnd.Place, _ words: [String]) throws -> [String?] {
        let words = ["--ledger", place.ledger, "events", "--json"] + words
        return try EndToEnd.run(words).json.map { $0["id"]?.text }
    }

    @Test func `filters by every name`() async throws {
        try await withEvents { place in
            try #expect(ids(place, ["--type", "item.flagged"]) == ["m9"])
            try #expect(ids(place, ["--person", "p4"]) == ["m4"])
            try #expect(ids(place, ["--subject", "DR0"]) == ["m0", "m3", "m6", "m9"])
            try #expect(ids(place, ["--message", "w7"]) == ["m7"])
            try #expect(ids(place, ["--source", "test/1", "--limit", "2"]) == ["m1", "m3"])
            try #expect(ids(place, ["--text", "drop 5"]) == ["m5"])
            try #expect(ids(place, ["--chat", "other"]) == [])
            try #expect(ids(place, ["--account", "a"]).count == 10)
        }
    }

    @Test func `takes times and positions`() async throws {
        try await withEvents { place in
            let from = ["--from", "2025-10-01T16:51:03Z", "--to", "2025-10-01T18:51:05+02:00"]
            try #expect(ids(place, from) == ["m3", "m4", "m5"])
            try #expect(ids(place, ["--from", "@7", "--to", "@8"]) == ["m7", "m8"])
            try #expect(ids(place, ["--from", "1h"]) == [], "they are older than an hour")
            try #expect(ids(place, ["--reverse", "--limit", "2"]) == ["m9", "m8"])
            try #expect(ids(place, ["--reverse", "--from", "@2", "--to", "@3"]) == ["m3", "m2"])
            let local = try EndToEnd.run(
                ["--ledger", place.ledger, "events", "--json", "--to", "2025-10-01 12:51:01"],
                environment: ["TZ": "EST4"])
            #expect(local.lines.count == 2, "16:51:01 UTC where clocks are four hours behind")
            #expect(try place.run("events", "--from", "tomorrow").code == 64)
            #expect(try place.run("events", "--type", "message.eaten").code == 64)
        }
    }

    @Test(arguments: [
        // The ledger's clock says 2025-10-01 18:51:09 in Johannesburg.
        ("2025-10-01T18:51+02:00", 10), ("2025-10-01T16:52Z", 0), ("18:51", 10), ("18:51:05", 5),
        ("18:52", 0), ("today", 10), ("yesterday", 10), ("yesterday 18:51:05", 10), ("2w", 10),
        ("4s", 5), ("1759337463", 7), ("1759337463.5", 6),
    ])
    func `takes times as people say them`(from: String, count: Int) async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let lines = (0..<10).map { number in
                EndToEnd.event("m\(number)", time: "2025-10-01T16:51:0\(number)Z")
            }
            let file = try place.file("events", lines.joined(separator: "\n"))
            #expect(try place.run("append", file).code == 0)
            let told = try place.run(
                "events", "--json", "--from", from, environment: ["TZ": "Africa/Johannesburg"])
            #expect(told.code == 0 && told.lines.count == count, "\(told.err)")
            for wrong in ["24:00", "10:60", "10", "yesterday today", "today 1", "2y", "12345678"] {
                #expect(try place.run("events", "--from", wrong).code == 64, "\(wrong)")
            }
        }
    }

    @Test func `escapes what an event says`() async throws {
        try await withEvents { place in
            let shown = try place.run("events", "--limit", "1").out
            #expect(shown.contains("drop 0 \\x1B[31m"), "\(shown)")
            #expect(!shown.contains("\u{1B}"))
        }
    }

    @Test func `follows what another process appends`() async throws {
        try await EndToEnd.withPlace { place in
            let follower = try place.start("events", "--follow", "--json")
            let writer = try place.start("append", "-")
            writer.write(EndToEnd.event("early") + "\n")
            _ = writer.waitForLines(1)
            // The follower's start is not part of what is measured.
            for number in 0..<100 where follower.lines.isEmpty {
                writer.write(EndToEnd.event("warm\(number)") + "\n")
                _ = follower.waitForLines(1, milliseconds: 100)
            }
            _ = writer.waitForLines(1)
            let before = follower.lines.count
            let clock = ContinuousClock()
            let start = clock.now
            writer.write(EndToEnd.event("late") + "\n")
            let lines = follower.waitForLines(before + 1, milliseconds: 2_000)
            #expect(lines.last?.contains("\"late\"") == true)
            #expect(clock.now - start < .milliseconds(300), "100 ms, and room for a busy machine")
            writer.closeInput()
            follower.signal(15)
            #expect(follower.finish().code == 0, "SIGTERM ends it in order")
            _ = writer.finish()
        }
    }
}
