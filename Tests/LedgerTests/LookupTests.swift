import Events
import Gate
import Ledger
import TestSupport
import Testing

@Suite struct `What is looked up for an ask` {
    /// Quiet at night where the number is, and one message each 20 to 30 s.
    private let policy = """
        zone: Africa/Johannesburg
        quiet:
          times:
            - {from: "23:00", to: "06:00"}
        pacing:
          phases:
            - {delay: [20, 30]}
        """

    private func time(_ text: String) throws -> Instant { try Timestamp.parse(text).instant }

    private func message(_ number: Int, text: String = "hello") -> PreparedRequest {
        var request = SendRequest()
        request.account = "a"
        request.person = "+2782123456\(number)"
        request.chat = request.person
        request.text = text
        return PreparedRequest(request)
    }

    private func facts(of outcome: AskOutcome, _ ledger: Ledger) throws -> Circumstances? {
        try ledger.withEvent(at: outcome.position) { Facts(recorded: $0)?.circumstances }
    }

    @Test func `is recorded with the decision, by the caller and under the lock alike`()
        async throws
    {
        try await withLedger { ledger in
            let evening = try time("2025-10-01T22:00:00+02:00")
            try await ledger.apply(policy, now: evening)
            // The first is looked up under the lock, for no policy is known yet; the third, too:
            // nobody said what time it is.
            let outcomes = [
                try await ledger.ask(message(1), now: evening),
                try await ledger.ask(message(2), now: evening.advanced(by: .seconds(1))),
                try await ledger.ask(message(3)),
            ]
            for outcome in outcomes {
                let known = try #require(try facts(of: outcome, ledger))
                #expect(known.length == 5)
                #expect(try known.midnight == time("2025-10-01T00:00:00+02:00"))
                #expect(try known.quiet.first?.from == time("2025-10-01T23:00:00+02:00"))
                #expect(try known.quiet.first?.to == time("2025-10-02T06:00:00+02:00"))
            }
            #expect(outcomes[0].decision.notBefore == evening)
            let slots = outcomes.compactMap(\.decision.notBefore)
            #expect(Set(slots).count == slots.count)
            #expect(slots == slots.sorted())
            let night = try time("2025-10-01T23:00:00+02:00")
            let waits = try await ledger.ask(message(4), now: night)
            #expect(waits.decision.verdict == .wait)
            #expect(try waits.decision.retryAt == time("2025-10-02T06:00:00+02:00"))
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `is looked up anew when another policy is in force by then`() async throws {
        try await withLedger { ledger in
            let noon = try time("2025-10-01T12:00:00+02:00")
            try await ledger.apply(policy, now: noon)
            _ = try await ledger.ask(message(1), now: noon)
            let siesta = "quiet:\n  times:\n    - {from: \"11:00\", to: \"15:00\"}\n"
            try await ledger.apply(siesta, now: noon)
            let waits = try await ledger.ask(message(2), now: noon.advanced(by: .seconds(60)))
            #expect(try waits.decision.retryAt == time("2025-10-01T15:00:00+02:00"))
            #expect(try facts(of: waits, ledger)?.midnight == nil)
        }
    }

    @Test func `keeps the slots of an account apart over a checkpoint of the views`() async throws {
        try await withLedger { ledger in
            let noon = try time("2025-10-01T12:00:00+02:00")
            try await ledger.apply(policy, now: noon)
            let first = try await ledger.ask(message(1), now: noon)
            let next = try #require(first.decision.pace?.slot)
            _ = try ledger.rebuild { _ in }
            let second = try await ledger.ask(message(2), now: noon.advanced(by: .seconds(1)))
            #expect(second.decision.notBefore == next)
            #expect(try ledger.stateDifference() == nil)
        }
    }
}
