import Foundation
import Testing

/// README's sender, as it stands there, run by several processes that are killed.
@Suite struct `The sender of README` {
    /// Behind this line the example sends its own drops.
    private static let example = "\nfor drop in ["
    private static let drops = 7

    /// Sends seven drops by a provider that is a file.
    private static let work = """
        import fcntl

        def provider(request):
            with open("provider", "a") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(request["subject"] + "\\n")
            return "3EB0" + request["subject"]

        for number in range(7):
            drop = f"DR190000{number}"
            done = send({"key": drop + "/1", "account": "+27000000001", "subject": drop,
                         "chat": "120363000000000001@g.us", "steps": ["signature"],
                         "submission": 1}, provider)
            print(drop, done.get("outcome") or done.get("code"), flush=True)

        """

    /// What README tells an operator to do of sends whose sender died: the provider's list decides.
    private static let operator_ = """
        import json, subprocess

        def ledger(*words):
            done = subprocess.run(["ledger", *words, "--json"], capture_output=True, text=True)
            return [json.loads(line) for line in done.stdout.splitlines()]

        seen = open("provider").read().split()
        for event in ledger("events", "--type", "send.attempted"):
            name = event["data"]["reservation"]
            why = ledger("why", name)[0]
            if event["data"]["go"] and why["reservation"]["state"] == "unknown":
                drop = why["event"]["subject"]
                told = ["accepted", "--message", "3EB0" + drop] if drop in seen else ["cancelled"]
                answer = ledger("report", "--reservation", name, "--outcome", *told, "--attempt",
                                why["reservation"]["winner"], "--by", "ann", "--why", "their list")
                assert "position" in answer[0], answer

        """

    private static let start = """
        ledger init --development --name example.org/sender --quiet
        echo 'rate_limits: {messages_per_minute: 100}' > policy.yaml
        ledger policy apply policy.yaml --by ann --why first --now 2026-01-01T00:00:00Z
        """

    private static let hasPython = (try? Shell.run("command -v python3"))?.code == 0

    private static func environment() throws -> [String: String] {
        let binary = try #require(`The tour of README`.binary).deletingLastPathComponent().path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
        return ["PATH": "\(binary):\(path)", "LC_ALL": "C.UTF-8", "HOME": home]
    }

    /// A process of the sender, which dies once it has told of so many drops; nil: at its end.
    private struct Life {
        let process = Process()
        let output: URL
        let drops: Int?

        init(_ folder: URL, _ name: String, dyingAfter drops: Int?) throws {
            output = folder.appendingPathComponent(name)
            self.drops = drops
            try Data().write(to: output)
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", "work.py"]
            process.currentDirectoryURL = folder
            process.environment = try environment()
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = process.standardOutput
            try process.run()
        }

        var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

        /// Kills it if it still runs.
        func end() {
            guard process.isRunning else { return }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        /// Kills it if its moment has come; answers whether it has ended.
        func look() -> Bool {
            guard process.isRunning else { return true }
            if let drops, text.split(separator: "\n").count >= drops {
                usleep(UInt32.random(in: 0...20_000))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
            return !process.isRunning
        }
    }

    @Test(
        .enabled("needs python3 and the binary: LEDGER_BINARY, or .build/debug/ledger") {
            hasPython && `The tour of README`.binary != nil
        })
    func `sends seven messages for seven drops, by three processes that are killed`() throws {
        let source = try #require(Transcript(try Checkout.read("README.md")).files["sender.py"])
        let end = try #require(source.range(of: Self.example), "README's example has changed")
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-sender-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [
            ("work.py", source[..<end.lowerBound] + "\n" + Self.work),
            ("operator.py", Substring(Self.operator_)),
        ] {
            try text.write(
                to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        func shell(_ script: String) throws -> String {
            let answer = try Shell.run(script, in: folder, environment: try Self.environment())
            #expect(answer.code == 0, "\(answer.text)")
            return answer.text
        }
        _ = try shell(Self.start)
        for life in 1...4 {
            // The last life is nobody's end.
            let running = try (0..<3).map { number in
                let drops = life < 4 ? Int.random(in: 0...4) : nil
                return try Life(folder, "out-\(number)-\(life)", dyingAfter: drops)
            }
            let end = Date(timeIntervalSinceNow: 300)
            while !running.allSatisfy({ $0.look() }), Date() < end { usleep(2_000) }
            // Nobody of an earlier life goes on in a later one.
            for one in running { one.end() }
            for one in running where life == 4 {
                #expect(one.process.terminationStatus == 0, "\(one.text)")
            }
            // Leases end.
            let event =
                #"{"specversion":"1.0","id":"\#(life)","source":"test","type":"message.received","#
                + #""data":{"account":"a","chat":"c@g.us","text":"x"}}"#
            let moved = try shell(
                "echo '\(event)' | ledger append - --now 2026-01-01T00:0\(life):00Z")
            #expect(moved.contains(#""position":"#), "the clock was moved: \(moved)")
        }
        _ = try shell("python3 operator.py")
        let told = try shell("python3 work.py").lines.map(String.init)
        let provider = folder.appendingPathComponent("provider")
        let seen = try String(contentsOf: provider, encoding: .utf8)
        let names = seen.split(separator: "\n").map(String.init)
        #expect(names.sorted() == (0..<Self.drops).map { "DR190000\($0)" }, "\(told)")
        #expect(told.filter { !$0.isEmpty }.count == Self.drops)
        let isDone = told.allSatisfy {
            $0.isEmpty || $0.hasSuffix("already_sent") || $0.hasSuffix("accepted")
        }
        #expect(isDone, "\(told)")
        let story = try shell("ledger replay --from @0 --json --quiet")
        #expect(story.contains(#""doubles":[]"#), "\(story)")
        #expect(story.contains(#""different":[]"#), "\(story)")
    }
}
