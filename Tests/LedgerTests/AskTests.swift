import Events
import Gate
import Ledger
import TestSupport
import Testing

@Suite struct `Asking` {
    @Test func `fails without a policy`() async throws {
        try await withLedger { ledger in
            #expect(await code { _ = try await ledger.ask(request()) } == .noPolicy)
            let count = try ledger.count()
            #expect(count == 0)
        }
    }

    @Test func `records every answer, with its policy and its reservation`() async throws {
        try await withLedger { ledger in
            let policy = try await ledger.apply(twoAMinute, now: at(1000))
            let sent = try await ledger.ask(request("DR1"), now: at(1001))
            #expect(sent.decision.verdict == .send)
            #expect(sent.reservation == Reservation(position: 1, tag: ledger.identity.tag))
            #expect(sent.decision.expires == at(1031))
            #expect(sent.now == at(1001))
            let refused = try await ledger.ask(request("DR1"), now: at(1002))
            #expect(refused.decision.verdict == .wait)
            #expect(refused.decision.code == .inProgress)
            #expect(refused.reservation == nil)
            let second = try await ledger.ask(request("DR2"), now: at(1003))
            #expect(second.decision.verdict == .send)
            let waits = try await ledger.ask(request("DR3"), now: at(1004))
            #expect(waits.decision.verdict == .wait)
            #expect(waits.position == 4)
            #expect(
                try ledger.types()
                    == [.policyChanged, .sendReserved, .sendRefused, .sendReserved, .sendRefused])
            #expect(try ledger.withEvent(at: 1) { $0.integer(.policy) } == Int64(policy))
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `under the same key is not granted again while nobody knows`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(twoAMinute, now: at(1000))
            let first = try await ledger.ask(request("DR1", key: "k"), now: at(1001))
            let open = try await ledger.ask(request("DR1", key: "k"), now: at(1002))
            #expect(open.decision.verdict == .wait)
            #expect(open.decision.code == .inProgress)
            #expect(open.decision.retryAt == first.decision.expires)
            for now in [1040, 9000] as [Int64] {
                let again = try await ledger.ask(request("DR1", key: "k"), now: at(now))
                #expect(again.decision.verdict == .refuse)
                #expect(again.decision.code == .outcomeUnknown)
                #expect(again.reservation == nil)
            }
            #expect(try ledger.positions(where: EventFilter(types: [.sendReserved])) == [1])
        }
    }

    @Test func `under the same key is a conflict for another request`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(twoAMinute, now: at(1000))
            _ = try await ledger.ask(request("DR1", key: "k"), now: at(1001))
            let other = await code {
                _ = try await ledger.ask(request("DR2", key: "k"), now: at(1002))
            }
            #expect(other == .conflict)
            #expect(try ledger.count() == 2)
        }
    }

    @Test func `under a key that was not granted is judged anew`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(
                "rate_limits:\n  messages_per_minute: 1\n", now: at(1000))
            _ = try await ledger.ask(request("DR1"), now: at(1001))
            let waits = try await ledger.ask(request("DR2", key: "k"), now: at(1002))
            #expect(waits.decision.verdict == .wait)
            let retryAt = try #require(waits.decision.retryAt)
            let passes = try await ledger.ask(request("DR2", key: "k"), now: retryAt)
            #expect(passes.decision.verdict == .send)
            #expect(!passes.isReplayed)
        }
    }

    @Test func `knows keys over a flush and a reopening`() async throws {
        try await withTemporaryFolder { folder in
            try Ledger.create(folder + "/l", origin: "test/l", isDevelopment: true)
            var first: Reservation?
            for round in 0..<3 {
                let ledger = try Ledger.open(folder + "/l")
                defer { ledger.close() }
                if round == 0 { try await ledger.apply(twoAMinute, now: at(1000)) }
                let outcome = try await ledger.ask(request("DR1", key: "k"), now: at(1001))
                #expect(outcome.decision.verdict == (round > 0 ? .wait : .send))
                first = first ?? outcome.reservation
                // Enough for the closing to flush.
                _ = try await ledger.append(
                    (0..<4100).map { sampleMessage($0, source: "r/\(round)", seconds: 1) })
            }
        }
    }

    @Test func `decides first where ten thousand leases have ended`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            try await ledger.apply("reservations:\n  lease: 30\n")
            for wave in 0..<20 {
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for drop in wave * 500..<(wave + 1) * 500 {
                        group.addTask {
                            try await ledger.ask(request("DR\(drop)")).reservation != nil
                        }
                    }
                    for try await isGranted in group { #expect(isGranted) }
                }
            }
            clock.pass(seconds: 31)
            let answer = try await ledger.ask(request("DR7", submission: 1))
            // An outcome that is unknown still holds the business key.
            #expect(answer.decision.verdict == .refuse)
            #expect(answer.decision.code == .outcomeUnknown)
            #expect(answer.position == 10_001)
            // Of all of them that is told bit by bit.
            #expect(try ledger.count() == 10_002 + 4_096)
            for number in 0..<2 { _ = try await ledger.append([sampleMessage(number)]) }
            let types = try ledger.types()
            #expect(types.count { $0 == .sendExpired } == 10_000)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `follows a policy that another ledger object applied`() async throws {
        try await withLedger { ledger in
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            try await ledger.apply("rate_limits:\n  messages_per_day: 1\n", now: at(1000))
            _ = try await ledger.ask(request("DR1"), now: at(1001))
            #expect(
                try await ledger.ask(request("DR2"), now: at(1002)).decision.verdict == .wait)
            try await other.apply("rate_limits:\n  messages_per_day: 2\n", now: at(1003))
            #expect(
                try await ledger.ask(request("DR2"), now: at(1004)).decision.verdict == .send)
            #expect(try ledger.policyInForce()?.text.contains("2") == true)
        }
    }
}

/// At most two messages a minute.
let twoAMinute = "rate_limits:\n  messages_per_minute: 2\n"
