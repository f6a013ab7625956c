import Events
import Glibc
import TestSupport
import Testing

/// The burst that must not happen again, with more processes, and with deaths.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Eight processes that are killed at random` {
    private static let asks = 29 * 50
    private static let policy = """
        rate_limits:
          messages_per_minute: 2
          messages_per_hour: 20
          cooldown_between_same_drop: 600
        """

    /// The asks of one process: 29 x 50 about 7 drops, two seconds apart.
    private static func lines(from first: Int) -> String {
        (first..<asks).map { number in
            let now = Timestamp.text(Instant(nanoseconds: Int64(number) * 2_000_000_000))
            return """
                {"chat":"1@g.us","account":"a","subject":"DR\(number % 7)",\
                "submission":\(1 + number / 290),"now":"\(now)"}

                """
        }.joined()
    }

    private struct Sent {
        let at: Instant
        let subject: String
        let submission: Int64
    }

    private static func sent(_ place: EndToEnd.Place) throws -> [Sent] {
        let events = try place.run("events", "--type", "send.reserved", "--json", seconds: 60).json
        return try events.map { event in
            let time = try Timestamp.parse(event["recordedtime"]?.text ?? "")
            return Sent(
                at: time.instant, subject: event["subject"]?.text ?? "",
                submission: event["data"]?["submission"]?.integer ?? 0)
        }
    }

    /// What one process is allowed that asks alone.
    private static func alone() async throws -> Int {
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file("p", policy)
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            let answers = try place.run("ask", "-", input: lines(from: 0), seconds: 120)
            #expect(answers.json.count { $0["verdict"] != nil } == asks)
            return try sent(place).count
        }
    }

    @Test func `send no more than one would, and no less than that minus what died`() async throws {
        let single = try await Self.alone()
        try await EndToEnd.withPlace(development: true, onDisk: true) { place in
            let policy = try place.file("p", Self.policy)
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            var running: [(process: RunningProcess, answered: Int)] = []
            var granted = 0
            for _ in 0..<8 { running.append((try Self.ask(place, from: 0), 0)) }
            for round in 0..<24 {
                usleep(UInt32.random(in: 20_000...120_000))
                let victim = Int.random(in: 0..<8)
                running[victim].process.signal(SIGKILL)
                let left = running[victim].process.finish(seconds: 30)
                // A last line that was cut off answers nothing.
                let whole = left.json.filter { $0["verdict"] != nil }
                granted += whole.count { $0["verdict"]?.text == "send" }
                let next = running[victim].answered + whole.count
                running[victim] = (try Self.ask(place, from: next), next)
                if round == 23 { break }
            }
            for (process, _) in running {
                process.closeInput()
                let left = process.finish(seconds: 120)
                #expect(left.code == 0, "\(left.err)")
                granted += left.json.count { $0["verdict"]?.text == "send" }
            }
            let sent = try Self.sent(place)
            let died = sent.count - granted
            #expect(died >= 0, "an answer names a reservation that is not in the log")
            #expect(sent.count >= single - died, "\(sent.count) of \(single), \(died) died")
            try Self.check(sent)
            #expect(try place.run("verify", seconds: 60).code == 0)
            // Every decision comes out again, whoever made it.
            let replay = try place.run("replay", "--from", "@0", "--json", seconds: 120)
            #expect(replay.code == 0, "\(replay.err)")
        }
    }

    private static func ask(_ place: EndToEnd.Place, from first: Int) throws -> RunningProcess {
        let process = try place.start("ask", "-")
        process.writeAside(lines(from: first))
        return process
    }

    /// In no window more than the policy allows, and no business key twice.
    private static func check(_ sent: [Sent]) throws {
        let times = sent.map(\.at)
        for (limit, length) in [(2, Nanoseconds.seconds(60)), (20, .seconds(3_600))] {
            for end in times {
                let start = end.advanced(by: Nanoseconds(-length.count))
                #expect(times.count { $0 > start && $0 <= end } <= limit)
            }
        }
        let keys = sent.map { "\($0.subject)/\($0.submission)" }
        #expect(Set(keys).count == keys.count)
        for subject in Set(sent.map(\.subject)) {
            let own = sent.filter { $0.subject == subject }.map(\.at).sorted()
            for (earlier, later) in zip(own, own.dropFirst()) {
                #expect(later.since(earlier) >= .seconds(600))
            }
        }
    }
}
