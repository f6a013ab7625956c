import Events
import Gate
import Ledger
import TestSupport
import Testing

@testable import Replay

/// Decisions that a gate recorded, made again and judged otherwise.
@Suite struct `Recorded decisions` {
    private static let strict = """
        rate_limits:
          messages_per_minute: 2
          cooldown_between_same_drop: 600
        reservations:
          lease: 20

        """

    /// Asks every 7 seconds about 5 subjects in turn, with reports of every outcome and of none.
    private func fill(_ ledger: Ledger) async throws -> [Verdict] {
        try await apply(Self.strict, to: ledger, at: second(1_000))
        var verdicts: [Verdict] = []
        for number in 0..<60 {
            let now = second(1_000 + Int64(number) * 7)
            let asked = try await ledger.ask(request("DR\(number % 5)"), now: now)
            verdicts.append(asked.decision.verdict)
            if number == 30 {
                try await apply("rate_limits:\n  messages_per_minute: 4\n", to: ledger, at: now)
            }
            guard let reservation = asked.reservation else { continue }
            let outcomes: [SendReport.Outcome?] = [.accepted, .failed, .cancelled, nil, .attempted]
            guard let outcome = outcomes[verdicts.count % outcomes.count] else { continue }
            _ = try await ledger.report(
                SendReport(reservation, outcome), now: now.advanced(by: .seconds(2)))
        }
        return verdicts
    }

    @Test func `come out again, bit for bit`() async throws {
        try await withLedger { ledger in
            let verdicts = try await fill(ledger)
            #expect(Set(verdicts) == [.send, .wait, .refuse])
            let recheck = try Replay.recorded(ledger, ReplayRange())
            #expect(recheck == Recheck(equal: 61, different: [], otherEngine: 0))
            let half = ReplayRange(from: .time(second(1_000 + 30 * 7)))
            #expect(try Replay.recorded(ledger, half).count == 30)
        }
    }

    @Test func `are told apart from those of another policy`() async throws {
        try await withLedger { ledger in
            _ = try await fill(ledger)
            var other = Policy()
            other.rateLimits.messagesPerMinute = 1
            let recheck = try Replay.recorded(ledger, ReplayRange()) { _ in other }
            let first = try #require(recheck.different.first)
            #expect(first.position == 1)
            #expect(first.member == "rules")
            // The answer to the one `attempted` among them.
            #expect(recheck.count == 61)
        }
    }

    @Test func `are what the same policy says in a what-if`() async throws {
        try await withLedger { ledger in
            try await apply(Self.strict, to: ledger, at: second(1_000))
            var verdicts: [Verdict] = []
            for number in 0..<40 {
                let now = second(1_000 + Int64(number) * 11)
                let asked = try await ledger.ask(request("DR\(number % 9)"), now: now)
                verdicts.append(asked.decision.verdict)
                guard let reservation = asked.reservation, number % 3 > 0 else { continue }
                _ = try await ledger.report(
                    SendReport(reservation, number % 3 == 1 ? .accepted : .failed), now: now)
            }
            let again = try Replay.whatIf(ledger, ReplayRange(), policy: Self.strict)
            #expect(again.decisions.map(\.verdict) == verdicts)
            #expect(Set(verdicts).count == 3)
        }
    }

    @Test func `that had to wait go under a milder policy, and count from then on`() async throws {
        try await withLedger { ledger in
            try await apply("rate_limits:\n  messages_per_hour: 1\n", to: ledger, at: second(1_000))
            for number in 0..<4 {
                _ = try await ledger.ask(
                    request("DR\(number)"), now: second(1_010 + 10 * Int64(number)))
            }
            let milder = try Replay.whatIf(
                ledger, ReplayRange(), policy: "rate_limits:\n  messages_per_hour: 3\n")
            #expect(milder.decisions.map(\.attempt.recorded) == [.send, .wait, .wait, .wait])
            #expect(milder.decisions.map(\.verdict) == [.send, .send, .send, .wait])
            // The reservation counts at the end of its lease, the others at once: #1 leaves first.
            #expect(milder.decisions[3].retryAt == second(1_020 + 3_600))
        }
    }

    @Test func `under a key that is granted earlier are refused by duplicate.key`() async throws {
        try await withLedger { ledger in
            try await apply("rate_limits:\n  messages_per_hour: 1\n", to: ledger, at: second(1_000))
            _ = try await ledger.ask(request("DR0"), now: second(1_001))
            _ = try await ledger.ask(request("DR1", key: "k"), now: second(1_002))
            _ = try await ledger.ask(request("DR1", key: "k"), now: second(1_003))
            let milder = try Replay.whatIf(
                ledger, ReplayRange(), policy: "rate_limits:\n  messages_per_hour: 9\n")
            #expect(milder.decisions.map(\.verdict) == [.send, .send, .refuse])
            #expect(milder.decisions[2].rules == [.duplicateKey])
        }
    }

    @Test func `count as often as they were made`() throws {
        var builder = DraftBuilder(.sendRefused, source: Ledger.ownSource, id: "1")
        builder.add(.subject, text: "DR1")
        builder.add(.verdict, text: "wait")
        builder.add(.count, integer: 5)
        let record = builder.finish()!.sealed(at: 7, recorded: second(1_000))
        var reader = AttemptReader()
        let view = EventView(record.span)!
        let read = try reader.read(view, of: nil)
        let attempt = try #require(read)
        var result = WhatIf(from: nil, to: nil, policy: "")
        result.add(
            attempt,
            Decision(
                verdict: .refuse,
                findings: [Finding(.stop, scope: .ledger, verdict: .refuse, observed: 1, limit: 0)])
        )
        #expect(result.tally.attempts == 5)
        #expect(result.verdicts == [.refuse: 5])
        #expect(result.byRule == [.stop: 5])
        #expect(result.tally.subjects == [.init(name: "DR1", attempts: 5, duplicates: 4)])
        #expect(result.decisions.count == 1)
    }
}
