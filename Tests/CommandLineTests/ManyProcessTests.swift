import Events
import FoundationEssentials
import Glibc
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Several processes on one ledger` {
    @Test func `lose nothing`() async throws {
        try await EndToEnd.withPlace(onDisk: true) { place in
            let processes = try (0..<4).map { _ in try place.start("append", "-") }
            for (number, process) in processes.enumerated() {
                let lines = (0..<500).map { EndToEnd.event("p\(number)-\($0)") }
                process.write(lines.joined(separator: "\n"))
                process.closeInput()
            }
            let results = processes.map { $0.finish() }
            let positions = results.flatMap { $0.json.compactMap { $0["position"]?.integer } }
            #expect(positions.sorted() == (0..<2_000).map { Int64($0) }, "gapless, each once")
            let stored = try place.run("events", "--json").json
            for (number, result) in results.enumerated() {
                for (line, answer) in result.json.enumerated() {
                    let position = Int(answer["position"]?.integer ?? -1)
                    #expect(stored[position]["id"]?.text == "p\(number)-\(line)")
                }
            }
            #expect(try place.run("verify").code == 0)
        }
    }

    @Test func `go on while one rebuilds the views`() async throws {
        try await EndToEnd.withPlace { place in
            let writer = try place.start("append", "-")
            var sent = 0
            for _ in 0..<3 {
                let lines = (sent..<sent + 400).map { EndToEnd.event("w\($0)") + "\n" }
                sent += 400
                writer.write(lines.joined())
                let rebuilt = try place.run("rebuild", "--json")
                #expect(rebuilt.code == 0, "\(rebuilt.err)")
            }
            // The ids that the writer knew before must be known over the views that serve now.
            writer.write(EndToEnd.event("w7") + "\n")
            writer.closeInput()
            let answers = writer.finish().json
            let positions = answers.compactMap { $0["position"]?.integer }
            #expect(positions == (0..<Int64(sent)).map { $0 } + [7])
            #expect(answers.last?["duplicate"]?.flag == true)
            #expect(try place.run("verify").code == 0)
            let last = try place.run("rebuild", "--json")
            #expect(last.json.last?["differing"]?.integer == 0, "\(last.out)")
        }
    }

    @Test func `reserve no more than the policy allows`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("p", "rate_limits:\n  messages_per_minute: 3\n")
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            let processes = try (0..<4).map { _ in try place.start("ask", "-") }
            for (number, process) in processes.enumerated() {
                for line in 0..<25 {
                    process.write(
                        "{\"chat\":\"c@g.us\",\"account\":\"a\",\"key\":\"\(number)-\(line)\"}\n")
                }
                process.closeInput()
            }
            let verdicts = processes.flatMap { $0.finish().json.map { $0["verdict"]?.text } }
            #expect(verdicts.count == 100)
            #expect(verdicts.count { $0 == "send" } == 3)
        }
    }

    @Test func `keep what a killed one had acknowledged`() async throws {
        try await EndToEnd.withPlace(onDisk: true) { place in
            for round in 0..<3 {
                let process = try place.start("append", "-")
                let lines = (0..<20_000).map { EndToEnd.event("r\(round)-\($0)") + "\n" }
                let text = lines.joined()
                process.writeAside(text)
                _ = process.waitForLines(200 * (round + 1))
                process.signal(SIGKILL)
                let result = process.finish()
                #expect(result.code == -SIGKILL)
                let whole =
                    result.out.hasSuffix("\n") ? result.lines : Array(result.lines.dropLast())
                let acknowledged = whole.compactMap {
                    (try? JSONValue.parse($0))?["position"]?.integer
                }
                #expect(!acknowledged.isEmpty)
                let stored = try place.run("events", "--json").json.map { $0["id"]?.text }
                for (line, position) in acknowledged.enumerated() {
                    #expect(stored[Int(position)] == "r\(round)-\(line)")
                }
            }
            let after = try place.run("append", place.file("e", EndToEnd.event("after")))
            #expect(after.code == 0, "\(after.err)")
            #expect(try place.run("verify").code == 0)
        }
    }

    @Test func `name the one that was stopped while it held the lock`() async throws {
        // On a disk a commit waits for the disk while it holds the lock, so that few stops miss it.
        try await EndToEnd.withPlace(onDisk: true) { place in
            let holder = try place.start("append", "-")
            defer {
                holder.signal(SIGCONT)
                holder.signal(SIGKILL)
                _ = holder.finish()
            }
            let text = (0..<200_000).map { EndToEnd.event("m\($0)") + "\n" }.joined()
            holder.writeAside(text)
            _ = holder.waitForLines(200, milliseconds: 20_000)
            var caught: Finished?
            let file = try place.file("e", EndToEnd.event("other"))
            // Each stop is a draw. A stopped process that does not hold the lock goes on at once.
            for _ in 0..<2_000 where caught == nil {
                holder.signal(SIGSTOP)
                waitUntilStopped(holder.pid)
                guard isHolding(holder.pid, place.ledger) else {
                    holder.signal(SIGCONT)
                    usleep(.random(in: 100...3_000))
                    continue
                }
                caught = try place.run("append", file, "--json", seconds: 12)
                holder.signal(SIGCONT)
            }
            let result = try #require(caught, "it was never stopped inside a transaction")
            #expect(result.code == 75)
            let error = result.json.first?["error"]
            #expect(error?["code"]?.text == "busy")
            #expect(error?["message"]?.text?.contains("process \(holder.pid)") == true)
            holder.signal(SIGKILL)
            let after = try place.run("append", file)
            #expect(after.code == 0, "what it held is free once it is gone: \(after.err)")
        }
    }

    /// Returns once every thread of the process stands still: state T in its stat.
    private func waitUntilStopped(_ pid: pid_t) {
        for _ in 0..<1_000 {
            let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            if stat.contains(") T ") { return }
            usleep(100)
        }
    }

    /// Whether the shared page says that the process holds the write lock: its second number.
    private func isHolding(_ pid: pid_t, _ ledger: String) -> Bool {
        let descriptor = open(ledger + "/log/page", O_RDONLY)
        defer { close(descriptor) }
        var holder: UInt64 = 0
        return pread(descriptor, &holder, 8, 8) == 8 && holder == UInt64(pid)
    }
}
