import Events
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `An emergency stop` {
    private static let account = "+27110000001"
    private static let ask =
        "{\"account\":\"\(account)\",\"chat\":\"1@g.us\",\"text\":\"hello\",\"attempt\":\"t\"}"

    /// A ledger that anything may be sent through.
    private func withOpenGate(_ body: (EndToEnd.Place) async throws -> Void) async throws {
        try await EndToEnd.withPlace { place in
            try apply(place)
            try await body(place)
        }
    }

    private func apply(_ place: EndToEnd.Place) throws {
        let policy = try place.file("policy.yaml", "reservations: {lease: 30}\n")
        let applied = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
        #expect(applied.code == 0, "\(applied.err)")
    }

    /// The answer of a co-process to one more line.
    private func answer(_ process: RunningProcess, _ line: String) throws -> JSONValue {
        let count = process.lines.count
        process.write(line + "\n")
        let lines = process.waitForLines(count + 1)
        return try JSONValue.parse(#require(lines.dropFirst(count).first))
    }

    private func verdict(_ process: RunningProcess) throws -> String? {
        try answer(process, Self.ask)["verdict"]?.text
    }

    @Test func `of an account holds, and ends, under all names that the policy has for it`()
        async throws
    {
        try await EndToEnd.withPlace { place in
            let policy = try place.file(
                "policy.yaml",
                """
                reservations: {lease: 30}
                accounts:
                  "\(Self.account)": ["100000000000002", "shop"]

                """)
            let applied = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            #expect(applied.code == 0, "\(applied.err)")
            func order(_ verb: String, _ account: String) throws -> Int32 {
                try place.run(verb, "--account", account, "--by", "ann", "--why", "x").code
            }
            for name in ["shop", "100000000000002", Self.account] {
                #expect(try order("stop", name) == 0)
                #expect(marked(place))
                for asked in ["shop", Self.account] {
                    let ask = Self.ask.replacing(Self.account, with: asked)
                    let answer = try place.run("ask", ask, "--json")
                    #expect(answer.code == 77, "stopped \(name), asked \(asked): \(answer.out)")
                }
                #expect(try order("resume", "27110000001") == 0)
                #expect(!marked(place), "the mark of \(name) is taken away")
                let answer = try place.run("ask", Self.ask, "--json")
                #expect(answer.code == 0, "stopped and resumed \(name): \(answer.out)")
                let reservation = try #require(answer.json.first?["reservation"]?.text)
                let given = try place.run(
                    "report", "--reservation", reservation, "--outcome", "cancelled", "--attempt",
                    "t")
                #expect(given.code == 0, "\(given.err)")
            }
        }
    }

    private func marked(_ place: EndToEnd.Place) -> Bool {
        Folder.exists(place.ledger + "/STOPPED")
    }

    @Test func `holds for senders that are open, at their next question and at the last door`()
        async throws
    {
        try await withOpenGate { place in
            let (sender, reporter) = (try place.start("ask", "-"), try place.start("report", "-"))
            let granted = try answer(sender, Self.ask)
            let reservation = try #require(granted["reservation"]?.text)
            let stopped = try place.run("stop", environment: ["LEDGER_BY": "ann"])
            #expect(stopped.code == 0, "\(stopped.err)")
            #expect(marked(place))
            let report =
                "{\"reservation\":\"\(reservation)\",\"outcome\":\"attempted\",\"attempt\":\"t\"}"
            let attempted = try answer(reporter, report)
            #expect(attempted["go"]?.flag == false)
            #expect(attempted["because"]?.texts == ["stop"])
            let refused = try answer(sender, Self.ask)
            #expect(refused["verdict"]?.text == "refuse")
            #expect(refused["because"]?.texts == ["stop"])
            // What was decided under the mark is decided the same way again.
            let position = try #require(refused["position"]?.integer)
            let why = try place.run("why", "\(position)", "--json").json[0]
            #expect(why["rederived"]?.text == "equal")
            #expect(why["marks"]?.elements.first?["by"]?.text == "ann")
            #expect(why["rules"]?.elements.first?["positions"]?.elements.count == 1)
            let resumed = try place.run("resume", "--by", "ann", "--why", "over", "--json")
            #expect(resumed.json[0]["holding"]?.elements == [])
            #expect(!marked(place))
            #expect(try verdict(sender) == "send")
            for process in [sender, reporter] {
                process.closeInput()
                #expect(process.finish().code == 0)
            }
            let types = try place.run("events", "--json").json.compactMap { $0["type"]?.text }
            #expect(types.count { $0 == "sending.stopped" } == 1)
        }
    }

    @Test func `needs no master key`() async throws {
        try await withOpenGate { place in
            let sender = try place.start("ask", "-")
            #expect(try verdict(sender) == "send")
            try Folder.rename(place.ledger + ".key", to: place.folder + "/away")
            let stopped = try place.run("stop", "--by", "ann", "--json")
            #expect(stopped.code == 0, "\(stopped.err)")
            #expect(stopped.json[0]["holds"]?.flag == true)
            #expect(try verdict(sender) == "refuse")
            let paused = try place.run("pause", "--hours", "1")
            #expect(paused.code == 0, "\(paused.err)")
            sender.closeInput()
            _ = sender.finish()
        }
    }

    @Test func `holds while another process keeps the write lock, and is told of later`()
        async throws
    {
        try await withOpenGate { place in
            let release = try await holdWriteLock(of: place.ledger)
            let stopped = try place.run("stop", "--by", "ann", "--why", "now", "--json")
            #expect(stopped.code == 0, "\(stopped.err)")
            #expect(stopped.json[0]["position"] == .null)
            #expect(stopped.json[0]["pending"]?.text?.contains("write lock") == true)
            let status = try place.run("status", "--json").json[0]
            #expect(status["marks"]?.elements.first?["position"] == .null)
            #expect(status["marks"]?.elements.first?["why"]?.text == "now")
            let doctor = try place.run("doctor", "--quick")
            #expect(doctor.out.contains("FAULT  orders: stopped for the whole ledger by ann: now"))
            await release()
            // The next commit of anybody tells of it, and whoever asks is refused.
            #expect(try place.run("ask", Self.ask).code == 77)
            let event = try place.run("events", "--type", "sending.stopped", "--json").json
            #expect(event.count == 1)
            #expect(event.first?["data"]?["why"]?.text == "now")
            #expect(event.first?["time"]?.text?.isEmpty == false)
            #expect(try place.run("doctor", "--quick").out.contains("ok     orders: stopped"))
        }
    }

    @Test func `needs no room on the disk`() async throws {
        try await withTemporaryFolder { folder in
            let isMounted = mount("ledger-test", folder, "tmpfs", 0, "size=8m") == 0
            guard isMounted else { try Test.cancel("only root may mount a small disk") }
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let place = EndToEnd.Place(folder: folder)
            #expect(try place.run("init", "--quiet").code == 0)
            try apply(place)
            let sender = try place.start("ask", "-")
            #expect(try verdict(sender) == "send")
            fill(folder + "/filler")
            let stopped = try place.run("stop", "--by", "ann", "--why", "no room")
            #expect(stopped.code == 0, "\(stopped.err)")
            #expect(marked(place))
            #expect(try verdict(sender) != "send")
            #expect(try place.run("status", "--json").out.contains("no room"))
            try Folder.remove(folder + "/filler")
            #expect(try verdict(sender) == "refuse")
            let event = try place.run("events", "--type", "sending.stopped", "--json").json
            #expect(event.first?["data"]?["why"]?.text == "no room")
            #expect(try place.run("resume", "--by", "a", "--why", "b").code == 0)
            #expect(try verdict(sender) == "send")
            sender.closeInput()
            _ = sender.finish()
        }
    }

    @Test func `is a file that anybody who owns the folder can make`() async throws {
        try await withOpenGate { place in
            let sender = try place.start("ask", "-")
            #expect(try verdict(sender) == "send")
            try Descriptor.create(place.ledger + "/STOPPED", [])
            #expect(try verdict(sender) == "refuse")
            let event = try place.run("events", "--type", "sending.stopped", "--json").json
            #expect(event.count == 1)
            #expect(event.first?["data"]?["by"]?.text == LocalHost.user)
            // What is no order stops, too: a file that was cut short must not let anything go.
            #expect(try place.run("resume", "--by", "a", "--why", "b").code == 0)
            #expect(try verdict(sender) == "send")
            try Descriptor.create(place.ledger + "/STOPPED", Array("{\"kind\":\"pau".utf8))
            #expect(try verdict(sender) == "refuse")
            sender.closeInput()
            _ = sender.finish()
        }
    }

    @Test func `is for an account or a chat where it says so, and resume tells what still holds`()
        async throws
    {
        try await withOpenGate { place in
            func code(_ account: String, _ chat: String = "1@g.us") throws -> Int32 {
                try place.run("ask", "--account", account, "--chat", chat).code
            }
            #expect(try place.run("stop", "--account", "a1").code == 0)
            #expect(try place.run("pause", "--hours", "2", "--chat", "2@g.us").code == 0)
            #expect(try place.run("stop").code == 0)
            #expect(try code("a2") == 77)
            let resumed = try place.run("resume", "--by", "ann", "--why", "over")
            #expect(resumed.out.contains("still stopped for account a1"), "\(resumed.out)")
            #expect(resumed.out.contains("still paused for chat 2@g.us until"), "\(resumed.out)")
            #expect(try code("a1") == 77)
            #expect(try code("a2") == 0)
            #expect(try code("a2", "2@g.us") == 75)
            #expect(marked(place), "two orders hold")
            for scope in [["--account", "a1"], ["--chat", "2@g.us"]] {
                let words = ["--ledger", place.ledger, "resume", "--by", "ann", "--why", "x"]
                #expect(try EndToEnd.run(words + scope).code == 0)
            }
            #expect(!marked(place))
            #expect(try code("a1", "2@g.us") == 0)
        }
    }

    @Test func `names the system's user where nobody says who`() async throws {
        try await withOpenGate { place in
            #expect(try place.run("stop").code == 0)
            let event = try place.run("events", "--type", "sending.stopped", "--json").json
            #expect(event.first?["data"]?["by"]?.text == LocalHost.user)
            #expect(event.first?["data"]?["why"] == nil)
        }
    }

    /// Writes until nothing fits any more, whatever the size of a piece.
    private func fill(_ path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        for size in [1 << 16, 1 << 12, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while write(file, bytes, size) > 0 {}
        }
    }
}

/// Holds a ledger's write transaction on a thread of its own until the answer is called.
private func holdWriteLock(of folder: String) async throws -> () async -> Void {
    let environment = try Environment.open(
        path: folder + "/log", options: .init(integerTables: ["log"]))
    let lock = try FileLock(path: folder + ".test")
    let gate = try FileLock(path: folder + ".test")
    _ = lock.tryLock()
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    SystemThread.start {
        try? environment.write { _ in
            begin.finish()
            try gate.lock()
        }
        end.finish()
    }
    for await _ in begun {}
    return {
        lock.unlock()
        for await _ in ended {}
    }
}
