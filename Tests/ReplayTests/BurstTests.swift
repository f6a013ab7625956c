import Events
import Ledger
import Replay
import Testing

@Suite struct `The burst under the preset` {
    private let range = ReplayRange(from: .time(burstRange.from), to: .time(burstRange.to))

    private func text(_ result: WhatIf) -> String {
        var json = JSONWriter()
        result.write(to: &json)
        return json.text
    }

    @Test func `gives the very object that the calculation by hand gives`() async throws {
        try await withBurst { ledger in
            let result = try Replay.whatIf(ledger, range, policy: preset)
            #expect(text(result) == calculated(""))
        }
    }

    @Test func `lets 4 go, 3 wait and refuses 22`() async throws {
        try await withBurst { ledger in
            let result = try Replay.whatIf(ledger, range, policy: preset)
            #expect(result.verdicts == [.send: 4, .wait: 3, .refuse: 22])
            #expect(
                result.byRule == [
                    .limitMinute: 21, .instance: 22, .grace: 15, .cooldownSubject: 7,
                    .duplicateBusiness: 7,
                ])
            let gone = result.decisions.filter { $0.verdict == .send }.map(\.attempt)
            #expect(gone.map(\.subject) == ["DR1854951", "DR1853674", "DR1854628", "DR1854724"])
            #expect(Set(gone.map(\.source)) == ["qa-monitor/host-1/4242"], "who started first")
            #expect(result.tally.attempts == 29)
            #expect(result.tally.subjects.map(\.duplicates).reduce(0, +) == 22)
            #expect(result.tally.sources.map(\.restarts) == [0, 0, 1])
        }
    }

    @Test func `counts the attempts before the range as sent`() async throws {
        try await withBurst { ledger in
            // From #4 on: #1, #2 and #3 happened, so that the minute is over-full.
            let late = ReplayRange(
                from: .time(ReplayBounds.instant("2025-10-01T16:51:07+02:00")),
                to: .time(burstRange.to))
            let result = try Replay.whatIf(ledger, late, policy: preset)
            #expect(result.tally.attempts == 26)
            let first = try #require(result.decisions.first)
            #expect(first.rules == [.grace, .instance, .limitMinute])
            // #17 is DR1854951 again, which #1 had sent before the range began.
            let again = result.decisions.first { $0.attempt.subject == "DR1854951" }
            #expect(again?.rules.contains(.duplicateBusiness) == true)
            #expect(result.tally.sources.last?.restarts == 1)
        }
    }

    @Test func `takes a range of positions`() async throws {
        try await withBurst { ledger in
            let all = ReplayRange(from: .position(0), to: .position(try ledger.count() - 1))
            #expect(try Replay.whatIf(ledger, all, policy: preset).verdicts[.send] == 4)
            let first = ReplayRange(from: .position(0), to: .position(17))
            #expect(try Replay.whatIf(ledger, first, policy: preset).tally.attempts == 1)
        }
    }

    @Test func `does not depend on the order of arrival`() async throws {
        let lines = contents(packageRoot + "/Tests/Fixtures/burst-2025-10-01.ndjson")
            .split(separator: "\n").map(String.init)
        try await withEvents(lines.reversed().joined(separator: "\n")) { ledger in
            let result = try Replay.whatIf(ledger, range, policy: preset)
            #expect(result.verdicts == [.send: 4, .wait: 3, .refuse: 22])
            #expect(result.decisions.map(\.attempt.time).isSorted)
            #expect(result.decisions.first?.attempt.source == "qa-monitor/host-1/4244")
        }
    }

    @Test func `refuses a text that is no policy`() async throws {
        try await withBurst { ledger in
            _ = #expect(throws: (any Error).self) {
                try Replay.whatIf(ledger, range, policy: "rate_limits:\n  messages_per_year: 1\n")
            }
        }
    }
}

extension Array where Element: Comparable {
    fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
