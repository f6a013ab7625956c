import Events
import Glibc
import Storage
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb run` {
    private let by = ["--by", "ann", "--why", "a test"]

    /// Waits until `isMet` answers true; false after so many seconds.
    private func wait(seconds: Int = 10, _ isMet: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<seconds * 20 {
            if try isMet() { return true }
            usleep(50_000)
        }
        return false
    }

    private func instances(_ place: EndToEnd.Place, _ words: String...) throws -> [JSONValue] {
        try EndToEnd.run(["--ledger", place.ledger, "instances", "--json"] + words).json
    }

    @Test func `names its child, records start and end, and answers its exit code`() async throws {
        try await EndToEnd.withPlace { place in
            let script = "echo $LEDGER_DIR; echo $LEDGER_ROLE; echo $LEDGER_INSTANCE; exit 7"
            let result = try place.run("run", "--role", "qa", "--", "sh", "-c", script)
            #expect(result.code == 7)
            #expect(result.lines[0].hasSuffix("/ledger") && result.lines[1] == "qa")
            let events = try place.run("events", "--json").json
            #expect(
                events.compactMap { $0["type"]?.text } == ["instance.started", "instance.stopped"])
            for event in events {
                #expect(event["data"]?["instance"]?.text == result.lines[2])
                #expect(event["data"]?["role"]?.text == "qa")
            }
            #expect(events[1]["data"]?["code"]?.integer == 7)
            #expect(events[1]["data"]?["token"]?.integer == 0)
            let row = try instances(place)[0]
            #expect(row["state"]?.text == "stopped" && row["token"]?.integer == 0)
            #expect(try place.run("run", "--role", "qa", "--", "no-such-program").code == 127)
            #expect(try place.run("run", "--", "true").code == 64)
        }
    }

    @Test func `refuses a second process, though the first one's supervisor was killed`()
        async throws
    {
        try await EndToEnd.withPlace { place in
            let first = try place.start(
                "run", "--role", "qa", "--", "sh", "-c", "echo $$; exec sleep 60")
            let orphan = try #require(first.waitForLines(1).first.flatMap { pid_t($0) })
            defer { kill(orphan, SIGKILL) }
            let second = try place.run("run", "--role", "qa", "--", "true")
            #expect(second.code == 1)
            for word in ["held", "\(orphan)", "since", "instances stop qa"] {
                #expect(second.err.contains(word), "\(word): \(second.err)")
            }
            #expect(try place.run("run", "--role", "other", "--", "true").code == 0)
            first.signal(SIGKILL)
            _ = first.finish()
            #expect(kill(orphan, 0) == 0, "the child outlives its supervisor")
            #expect(try place.run("run", "--role", "qa", "--", "true").code == 1)
            kill(orphan, SIGKILL)
            #expect(
                try wait { try place.run("run", "--role", "qa", "--", "true").code == 0 },
                "the lock ends with the last that holds it")
            let ends = try place.run("events", "--json", "--type", "instance.stopped").json
            let codes = ends.compactMap { $0["data"]?["code"] }
            #expect(codes.contains { $0.text == "gone" }, "the end of the orphan is recorded")
        }
    }

    @Test func `is won by one of two that start at once`() async throws {
        try await EndToEnd.withPlace { place in
            let runs = try (0..<2).map { _ in
                try place.start(
                    "run", "--role", "qa", "--", "sh", "-c",
                    "until [ -e '\(place.folder)/end' ]; do sleep 0.05; done; exit 9")
            }
            // One is refused while the other's child still waits.
            var isOver = [false, false]
            #expect(
                wait {
                    for (index, run) in runs.enumerated() { isOver[index] = run.hasEnded }
                    return isOver.contains(true)
                })
            try Descriptor.create(place.folder + "/end", [])
            let codes = runs.map { $0.finish().code }.sorted()
            #expect(codes == [1, 9])
        }
    }

    @Test func `hands signals on, and starts nothing anew then`() async throws {
        try await EndToEnd.withPlace { place in
            let script = "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
            let run = try place.start(
                "run", "--role", "qa", "--restart", "0s", "--", "sh", "-c", script)
            #expect(run.waitForLines(1) == ["ready"])
            run.signal(SIGTERM)
            let end = run.finish()
            #expect(end.code == 3)
            #expect(end.lines == ["ready", "got"])
        }
    }

    @Test func `starts a failing child anew, as often as it was told`() async throws {
        try await EndToEnd.withPlace { place in
            let result = try place.run(
                "run", "--role", "qa", "--restart", "0s", "--max-restarts", "2", "--", "sh", "-c",
                "echo $LEDGER_INSTANCE; exit 5")
            #expect(result.code == 5)
            #expect(Set(result.lines).count == 3, "each life has a name of its own")
            #expect(result.err.contains("given up"))
            #expect(try instances(place).count == 3)
            let done = try place.run(
                "run", "--role", "qa", "--restart", "0s", "--", "sh", "-c", "echo done")
            #expect(done.code == 0 && done.lines == ["done"], "what succeeds is not repeated")
        }
    }

    @Test func `ends its child where the role is stopped, and restarts it where asked`()
        async throws
    {
        try await EndToEnd.withPlace { place in
            let script = "echo $LEDGER_INSTANCE; exec sleep 60"
            let run = try place.start("run", "--role", "qa", "--", "sh", "-c", script)
            let first = try #require(run.waitForLines(1).first)
            func order(_ words: String...) throws -> Finished {
                try EndToEnd.run(["--ledger", place.ledger, "instances"] + words + by)
            }
            #expect(try order("restart", "qa").code == 0)
            let lives = run.waitForLines(2)
            #expect(lives.count == 2 && lives.last != first)
            #expect(
                try wait { try instances(place).contains { $0["state"]?.text == "live" } })
            let rows = try instances(place)
            #expect(rows.map { $0["state"]?.text } == ["fenced", "live"])
            #expect(try order("stop", "qa").code == 0)
            #expect(run.finish().code == 128 + SIGTERM)
            #expect(try order("stop", "qa").code == 1, "nobody is left")
            #expect(
                try EndToEnd.run(["--ledger", place.ledger, "instances", "stop", "qa"]).code == 64)
        }
    }

    @Test func `ends its child at an emergency stop, where asked`() async throws {
        try await EndToEnd.withPlace { place in
            let run = try place.start(
                "run", "--role", "qa", "--kill-on-stop", "--restart", "0s", "--", "sh", "-c",
                "trap '' TERM; echo ready; while :; do sleep 0.05; done")
            #expect(run.waitForLines(1) == ["ready"])
            #expect(try place.run("stop", "--by", "ann", "--why", "x").code == 0)
            #expect(run.finish().code == 128 + SIGKILL, "who does not listen is killed")
        }
    }

    @Test func `tells of a child that has fallen silent, and that it speaks again`() async throws {
        try await EndToEnd.withPlace { place in
            let binary = try #require(EndToEnd.binary)
            let (speak, end) = (place.folder + "/speak", place.folder + "/end")
            let script =
                "until [ -e '\(speak)' ]; do sleep 0.05; done; '\(binary)' instances beat; "
                + "until [ -e '\(end)' ]; do sleep 0.05; done"
            let run = try place.start(
                "run", "--role", "qa", "--silent", "1s", "--", "sh", "-c", script)
            func alerts() throws -> [String] {
                try place.run("events", "--json").json.filter {
                    $0["data"]?["code"]?.text == "instance.silent"
                }.prefix(2).compactMap { $0["type"]?.text }
            }
            #expect(try wait { try alerts() == ["alert.raised"] })
            try Descriptor.create(speak, [])
            #expect(try wait { try alerts() == ["alert.raised", "alert.cleared"] })
            try Descriptor.create(end, [])
            let result = run.finish()
            #expect(result.code == 0)
            #expect(result.err.contains("gave no sign of life for 1 s"), "\(result.err)")
            #expect(try place.run("instances", "beat", "--instance", "nobody").code == 1)
            #expect(try place.run("instances", "beat").code == 64)
        }
    }

    @Test func `restarts a silent child, where the policy says so`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file(
                "p", "instances:\n  silent_after: 1\n  restart_silent: true\n")
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            let result = try place.run(
                "run", "--role", "qa", "--restart", "0s", "--max-restarts", "1", "--", "sh", "-c",
                "echo $LEDGER_INSTANCE; exec sleep 60")
            #expect(result.lines.count == 2)
            #expect(result.code == 128 + SIGTERM)
        }
    }

    @Test func `fences the first, where the policy says so`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("p", "instances:\n  second: fence\n")
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            let first = try place.start(
                "run", "--role", "qa", "--", "sh", "-c", "echo $LEDGER_INSTANCE; exec sleep 60")
            let name = try #require(first.waitForLines(1).first)
            let second = try place.run("run", "--role", "qa", "--", "true")
            #expect(second.code == 0, "\(second.err)")
            #expect(first.finish().code == 128 + SIGTERM)
            let fence = try place.run("events", "--json", "--type", "instance.fenced").json
            #expect(fence[0]["data"]?["instance"]?.text == name)
            #expect(fence[0]["data"]?["kind"]?.text == "succeeded")
        }
    }
}
