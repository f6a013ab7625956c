import Events
import Gate
import Ledger
import Replay
import TestSupport
import Testing

@Suite struct `A replay of quiet times and paces` {
    private let paced = """
        zone: Africa/Johannesburg
        pacing:
          phases:
            - {delay: [20, 30]}
          jitter: 5
          typing: [1, 3]
        """
    private let night = "quiet:\n  times:\n    - {from: \"23:00\", to: \"06:00\"}\n"
    private let start = ReplayBounds.instant("2025-10-01T22:59:00+02:00")

    /// Ten messages to numbers in South Africa, asked for every 15 s from 22:59 on.
    private func withNight<V>(
        under policy: String, _ body: (Ledger) async throws -> V
    ) async throws -> V {
        try await withLedger { ledger in
            try await apply(policy, to: ledger, at: start)
            for number in 0..<10 {
                var request = SendRequest()
                request.account = "a"
                request.person = "+2782123456\(number)"
                request.chat = request.person
                request.text = "hello \(number)"
                let now = start.advanced(by: .seconds(Int64(number) * 15))
                let outcome = try await ledger.ask(PreparedRequest(request), now: now)
                guard let reservation = outcome.reservation else { continue }
                _ = try await ledger.report(SendReport(reservation, .accepted), now: now)
            }
            return try await body(ledger)
        }
    }

    @Test func `makes the same slots again, bit for bit`() async throws {
        try await withNight(under: paced + "\n" + night) { ledger in
            let recheck = try Replay.recorded(ledger, ReplayRange())
            #expect(recheck.equal == 10)
            #expect(recheck.different.isEmpty, "\(recheck.different)")
        }
    }

    @Test func `opens sealed numbers for the quiet times of another policy`() async throws {
        try await withNight(under: "reservations:\n  lease: 30\n") { ledger in
            let result = try Replay.whatIf(ledger, ReplayRange(), policy: night)
            #expect(result.verdicts[.send] == 4, "22:59:00 to 22:59:45")
            #expect(result.verdicts[.wait] == 6)
            #expect(result.byRule[.quiet] == 6)
            let retries = Set(result.decisions.compactMap(\.retryAt))
            #expect(retries == [ReplayBounds.instant("2025-10-02T06:00:00+02:00")])
        }
    }

    @Test func `spreads sends that were not spread`() async throws {
        try await withNight(under: "reservations:\n  lease: 30\n") { ledger in
            let result = try Replay.whatIf(ledger, ReplayRange(), policy: paced)
            // Ten asks in 135 s, each with 16 s to 38 s to the next: the slots run away.
            #expect(result.byRule[.pacing, default: 0] > 0)
            #expect(result.verdicts[.send, default: 0] >= 5)
        }
    }
}
