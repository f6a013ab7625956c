import Events
import Glibc
import TestSupport
import Testing

/// Workers of a queue that die with an answer on its way.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Claimers that are killed` {
    private static let count = 12

    private static func queue(_ place: EndToEnd.Place) throws {
        let policy = try place.file("p", "rate_limits: {messages_per_minute: 100}\n")
        _ = try place.run(
            "policy", "apply", policy, "--by", "ann", "--why", "x", "--now", "2026-01-01T00:00:00Z")
        let lines = (0..<count).map { number in
            """
            {"key":"q\(number)","account":"+27110000001","person":"+278200000\(10 + number)",\
            "role":"r","text":"message \(number)"}

            """
        }
        let queued = try place.run("queue", "-", input: lines.joined())
        #expect(queued.lines.count == count, "\(queued.out)")
    }

    /// The lines of a claim, but for the first, which counts them.
    private static func claim(_ process: RunningProcess, _ attempt: String) throws -> [JSONValue] {
        process.write(#"{"role":"r","max":3,"attempt":"\#(attempt)"}"# + "\n")
        let first = process.waitForLines(1)
        let count = try JSONValue.parse(first.first ?? "null")["claimed"]?.integer ?? -1
        try #require(count >= 0, "\(first)")
        let lines = process.waitForLines(1 + Int(count))
        return try lines.dropFirst().map { try JSONValue.parse($0) }
    }

    @Test func `lose no message and send none twice`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            try Self.queue(place)
            let report = try place.start("report", "-")
            var told = 0
            func tell(_ line: String) throws -> JSONValue {
                report.write(line + "\n")
                told += 1
                return try JSONValue.parse(report.waitForLines(told).last ?? "null")
            }
            var sent: [String: Int] = [:]
            var given: [String: Set<String>] = [:]
            var tries = 0
            var minutes = 0
            while sent.count < Self.count, tries < 60 {
                tries += 1
                let attempt = "try \(tries)"
                // Some die before they know what they were handed out.
                let isKilled = tries % 3 != 0
                if isKilled {
                    let victim = try place.start("claim", "-")
                    victim.write(#"{"role":"r","max":3,"attempt":"\#(attempt)"}"# + "\n")
                    usleep(UInt32.random(in: 0...60_000))
                    victim.signal(SIGKILL)
                    _ = victim.finish()
                }
                // Some of those never come back: what they had is free when their leases end.
                if isKilled, tries % 2 == 0 {
                    minutes += 1
                    let time = "2026-01-01T00:\(minutes < 10 ? "0" : "")\(minutes):00Z"
                    _ = try place.run("append", "-", "--now", time, input: EndToEnd.event(attempt))
                    continue
                }
                let process = try place.start("claim", "-")
                let messages = try Self.claim(process, attempt)
                process.closeInput()
                _ = process.finish()
                for message in messages {
                    let name = try #require(message["reservation"]?.text)
                    let text = try #require(message["text"]?.text)
                    #expect(message["attempt"]?.text == attempt)
                    given[text, default: []].insert(name)
                    let head = #"{"reservation":"\#(name)","attempt":"\#(attempt)","outcome":"#
                    let answer = try tell(head + #""attempted"}"#)
                    guard answer["go"]?.flag == true else { continue }
                    sent[text, default: 0] += 1
                    _ = try tell(head + #""accepted","message":"wamid.\#(text)"}"#)
                }
            }
            #expect(sent.count == Self.count)
            #expect(sent.values.allSatisfy { $0 == 1 }, "\(sent)")
            report.closeInput()
            #expect(report.finish().code == 0)
            let left = try place.run("claim", "--role", "r", "--json")
            #expect(left.json.first?["claimed"]?.integer == 0)
            let story = try place.run("replay", "--from", "@0", "--json", "--quiet").json[0]
            #expect(story["doubles"]?.elements.isEmpty == true)
            #expect(story["recorded"]?["different"]?.elements.isEmpty == true)
        }
    }

    @Test func `get the same lines again under the same attempt`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            try Self.queue(place)
            let victim = try place.start("claim", "-")
            let lost = try Self.claim(victim, "mine")
            victim.signal(SIGKILL)
            _ = victim.finish()
            let heir = try place.start("claim", "-")
            let again = try Self.claim(heir, "mine")
            heir.closeInput()
            _ = heir.finish()
            func names(_ lines: [JSONValue]) -> [String] {
                lines.compactMap { $0["reservation"]?.text }
            }
            #expect(names(lost).count == 3 && names(again) == names(lost))
            #expect(again.map { $0["text"]?.text } == lost.map { $0["text"]?.text })
            #expect(again.allSatisfy { $0["replayed"]?.flag == true })
        }
    }
}
