import Events
import Replay
import Storage
import TestSupport
import Testing

/// Random histories without a gate, judged here and by `tools/check_burst.py`.
@Suite struct `A random burst` {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `is judged as the calculation by hand judges it`(seed: UInt64) async throws {
        let events = history(seed)
        try await withTemporaryFolder { folder in
            write(events, to: folder + "/events.ndjson")
            let expected = calculated(
                "'\(folder)/events.ndjson' --from 2025-10-01T00:00:00Z --to 2025-10-02T00:00:00Z")
            try await withEvents(events) { ledger in
                let range = ReplayRange(
                    from: .time(ReplayBounds.instant("2025-10-01T00:00:00Z")),
                    to: .time(ReplayBounds.instant("2025-10-02T00:00:00Z")))
                var json = JSONWriter()
                try Replay.whatIf(ledger, range, policy: preset).write(to: &json)
                let isSame = json.text == expected
                #expect(isSame, "seed \(seed)")
            }
        }
    }

    /// Attempts and starts at random times, in no order; some attempts lack a business key.
    private func history(_ seed: UInt64) -> String {
        var random = SeededGenerator(seed: seed)
        let spread = [120, 900, 20_000][Int(seed % 3)]
        var lines: [String] = []
        for number in 0..<150 {
            let instance = Int.random(in: 1...3, using: &random)
            let second = Int.random(in: 0..<spread, using: &random)
            let subject = Int.random(in: 1...12, using: &random)
            let time = Timestamp.text(
                Instant(nanoseconds: (1_759_330_000 + Int64(second)) * 1_000_000_000), digits: 3)
            var json = JSONWriter()
            json.beginObject()
            json.member("specversion", "1.0")
            json.member("id", "e\(number)")
            json.member("source", "monitor/\(instance)")
            let isStart = Int.random(in: 0..<15, using: &random) == 0
            json.member("type", isStart ? "instance.started" : "send.attempted")
            json.member("time", time)
            if !isStart { json.member("subject", "DR\(subject)") }
            json.key("data")
            json.beginObject()
            json.member("role", "monitor")
            json.member("instance", "i\(instance)")
            if !isStart {
                json.member("account", "a\(Int.random(in: 1...2, using: &random))")
                json.member("chat", "c")
                if subject % 4 > 0 {
                    json.member("steps", subject % 2 == 0 ? ["x", "y"] : ["y"])
                    json.member("submission", Int.random(in: 1...2, using: &random))
                }
            }
            json.endObject()
            json.endObject()
            lines.append(json.text)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
