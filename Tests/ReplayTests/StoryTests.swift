import Events
import Ledger
import Replay
import TestSupport
import Testing

@Suite struct `The story of the burst` {
    private let range = ReplayRange(from: .time(burstRange.from), to: .time(burstRange.to))

    @Test func `counts what each process sent, and its duplicates`() async throws {
        try await withBurst { ledger in
            let story = try Replay.story(ledger, range)
            #expect(story.sent == 29)
            #expect(story.processes.map(\.sent) == [7, 7, 15])
            #expect(story.processes.map(\.name).last == "qa-monitor/host-1/4244")
            #expect(story.processes.map(\.starts.count) == [1, 1, 2])
            #expect(story.duplicates.count == 22)
            #expect(story.chats.map(\.sent) == [29])
            #expect(story.subjects.map(\.sent).reduce(0, +) == 29)
            #expect(story.subjects.first { $0.name == "DR1854951" }?.sent == 5)
            #expect(story.offset == 120)
        }
    }

    @Test func `says who could not have known of whom`() async throws {
        try await withBurst { ledger in
            let story = try Replay.story(ledger, range)
            var causes: [Story.Duplicate.Cause: Int] = [:]
            for again in story.duplicates { causes[again.cause, default: 0] += 1 }
            // 4244 sent the first drop of its second life twice: that it could have known.
            #expect(causes[.itself] == 1)
            #expect(story.duplicates.last?.cause == .itself)
            let first = try #require(story.duplicates.first)
            #expect(first.attempt.source == "qa-monitor/host-1/4242")
            #expect(first.earlier.source == "qa-monitor/host-1/4244")
            #expect(first.cause == .otherProcess)
            #expect(first.gap == .milliseconds(1_212))
            // #17: DR1854951 by 4244, which had sent it first, in its first life.
            let reborn = try #require(story.duplicates.first { $0.cause == .restart })
            #expect(reborn.attempt.subject == "DR1854951")
            #expect(reborn.attempt.source == reborn.earlier.source)
        }
    }

    @Test func `knows the restart within, and who posted the drops`() async throws {
        try await withBurst { ledger in
            let story = try Replay.story(ledger, range)
            #expect(story.restarts.map(\.process) == ["qa-monitor/host-1/4244"])
            let restart = try #require(story.restarts.first)
            #expect(restart.time == ReplayBounds.instant("2025-10-01T16:51:58.062+02:00"))
            #expect(restart.time.since(restart.before) == .milliseconds(59_761))
            let posting = story.subjects.first { $0.name == "DR1854951" }?.posting
            #expect(posting?.person == "+27000000011")
            #expect(posting?.time == ReplayBounds.instant("2025-10-01T15:04:11.250+02:00"))
            #expect(story.subjects.allSatisfy { $0.posting != nil })
        }
    }

    @Test(.enabled(if: python != nil, "needs Python's jsonschema: set LEDGER_PYTHON"))
    func `as JSON fits its schema`() async throws {
        try await withBurst { ledger in
            let story = try Replay.story(ledger, range)
            var json = JSONWriter()
            story.write(to: &json, recheck: try Replay.recorded(ledger, range))
            let value = try JSONValue.parse(json.text)
            #expect(value["attempts"]?.integer == 29)
            #expect(value["recorded"]?["equal"]?.integer == 0)
            try await withTemporaryFolder { folder in
                write(json.text, to: folder + "/story.json")
                var what = JSONWriter()
                try Replay.whatIf(ledger, range, policy: preset).write(to: &what)
                write(what.text, to: folder + "/what-if.json")
                let schemas = packageRoot + "/schemas/answers"
                let script = """
                    import json, sys, jsonschema
                    for name, schema in (("story", "replay"), ("what-if", "what-if")):
                        value = json.load(open(sys.argv[1] + "/" + name + ".json"))
                        rules = json.load(open(sys.argv[2] + "/" + schema + ".v1.json"))
                        jsonschema.Draft202012Validator(rules).validate(value)
                        assert set(value) <= set(rules["properties"]), name
                    print("valid")
                    """
                write(script, to: folder + "/check.py")
                let check = "'\(python!)' '\(folder)/check.py' '\(folder)' '\(schemas)'"
                #expect(shell(check) == "valid\n")
            }
        }
    }

    @Test func `tells requests that were held from messages that went`() async throws {
        try await withLedger { ledger in
            try await apply("rate_limits:\n  messages_per_hour: 1\n", to: ledger, at: second(1_000))
            for number in 0..<3 {
                _ = try await ledger.ask(
                    request("DR\(number % 2)", instance: "i\(number % 2)"),
                    now: second(1_000 + 10 * Int64(number)))
            }
            let story = try Replay.story(ledger, ReplayRange())
            #expect(story.sent == 1)
            #expect(story.duplicates.isEmpty)
            #expect(story.processes.map(\.name) == ["i0", "i1"])
            #expect(story.processes.map(\.held) == [1, 1])
        }
    }
}
