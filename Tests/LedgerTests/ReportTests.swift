import Events
import Gate
import Ledger
import TestSupport
import Testing

@Suite struct `Reporting` {
    @Test func `takes attempt and acceptance, and tells repeats`() async throws {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger)
            let attempted = try await ledger.report(
                SendReport(reservation, .attempted), now: at(1002))
            #expect(attempted.is(at: 2, isDuplicate: false, go: true))
            let again = try await ledger.report(
                SendReport(reservation, .attempted), now: at(1003))
            // The second try is told, once a second.
            #expect(again.is(at: 3, isDuplicate: false, go: false))
            #expect(again.because == ["duplicate.key"])
            let accepted = try await ledger.report(
                SendReport(reservation, .accepted), now: at(1004))
            #expect(accepted.is(at: 4, isDuplicate: false, go: false))
            let repeated = try await ledger.report(
                SendReport(reservation, .accepted), now: at(1005))
            #expect(repeated.is(at: 4, isDuplicate: true, go: false))
            let late = try await ledger.report(
                SendReport(reservation, .attempted), now: at(1006))
            #expect(late.is(at: 5, isDuplicate: false, go: false))
            for _ in 0..<3 {
                let counted = try await ledger.report(SendReport(reservation, .attempted))
                #expect(counted.is(at: 5, isDuplicate: true, go: false))
            }
            let cancelled = await code {
                _ = try await ledger.report(SendReport(reservation, .cancelled), now: at(1008))
            }
            #expect(cancelled == .conflict)
            // What was only counted was told as one number a second later.
            _ = try await ledger.append([sampleMessage(1)], now: at(1009))
            let counts = try [5, 6, 7].map { position in
                try ledger.withEvent(at: position) { $0.integer(.count) }
            }
            #expect(counts == [nil, 3, nil])
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test(arguments: [EventType.sendAttempted, .sendFailed])
    func `is not done by appending, which nobody judges`(_ type: EventType) async throws {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger)
            func draft(_ reservation: Reservation) throws -> Draft {
                var builder = DraftBuilder(type, source: "test", id: "own")
                builder.add(.reservation, reservation: reservation)
                return try #require(builder.finish())
            }
            let own = await code { _ = try await ledger.append([draft(reservation)]) }
            #expect(own == .forbidden)
            // That of another ledger says nothing here.
            let other = Reservation(position: reservation.position, tag: reservation.tag &+ 1)
            _ = try await ledger.append([draft(other)])
            #expect(try ledger.count() == 3)
            let held = try await ledger.ask(request("DR1"), now: at(1003))
            #expect(held.decision.verdict == .wait)
        }
    }

    @Test(arguments: [SendReport.Outcome.failed, .cancelled])
    func `frees the business key of a send that did not happen`(
        _ outcome: SendReport.Outcome
    ) async throws {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger)
            let held = try await ledger.ask(request("DR1"), now: at(1002))
            #expect(held.decision.verdict == .wait)
            _ = try await ledger.report(SendReport(reservation, outcome), now: at(1003))
            let retried = try await ledger.ask(request("DR1"), now: at(1004))
            #expect(retried.decision.verdict == .send)
        }
    }

    @Test func `un-counts what was cancelled and counts what failed`() async throws {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger, "rate_limits:\n  messages_per_day: 1\n")
            _ = try await ledger.report(SendReport(reservation, .cancelled), now: at(1002))
            let second = try await ledger.ask(request("DR2"), now: at(1003))
            let granted = try #require(second.reservation)
            _ = try await ledger.report(SendReport(granted, .failed), now: at(1004))
            let third = try await ledger.ask(request("DR3"), now: at(1005))
            #expect(third.decision.verdict == .wait)
        }
    }

    @Test func `tells a failure once, though the message was delivered all the same`()
        async throws
    {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger)
            _ = try await ledger.report(SendReport(reservation, .attempted), now: at(1_002))
            var delivered = DraftBuilder(.messageDelivered, source: "provider", id: "d1")
            delivered.add(.reservation, reservation: reservation)
            delivered.add(.message, text: "m1")
            _ = try await ledger.append([try #require(delivered.finish())], now: at(1_003))
            let failed = try await ledger.report(SendReport(reservation, .failed), now: at(1_004))
            #expect(failed.is(at: 4, isDuplicate: false, go: false))
            let again = try await ledger.report(SendReport(reservation, .failed), now: at(1_005))
            #expect(again.is(at: 4, isDuplicate: true, go: false))
            // The provider's word stands: it is sent, and no other is granted.
            let asked = try await ledger.ask(request("DR1"), now: at(1_006))
            #expect(asked.decision.verdict == .refuse)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `says not to go after a stop`() async throws {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger)
            var stop = DraftBuilder(.sendingStopped, source: "test", id: "stop")
            stop.add(.by, text: "test")
            stop.add(.why, text: "a test")
            _ = try await ledger.append([stop.finish()!], now: at(1002), as: .verb)
            let outcome = try await ledger.report(
                SendReport(reservation, .attempted), now: at(1003))
            #expect(!outcome.go)
            #expect(!outcome.isDuplicate)
        }
    }

    @Test(arguments: [(1030, true), (1031, false), (5000, false)])
    func `says not to go from the end of the lease`(_ now: Int64, _ go: Bool) async throws {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger)
            let outcome = try await ledger.report(
                SendReport(reservation, .attempted), now: at(now))
            #expect(outcome.go == go)
        }
    }

    @Test func `is refused for a reservation of another ledger, or of none`() async throws {
        try await withLedger { ledger in
            let own = try await reserve(ledger)
            for wrong in [
                Reservation(position: own.position, tag: own.tag ^ 1),
                Reservation(position: 0, tag: own.tag), Reservation(position: 99, tag: own.tag),
            ] {
                let refused = await code {
                    _ = try await ledger.report(SendReport(wrong, .accepted), now: at(1002))
                }
                #expect(refused == .invalid, "\(wrong.description)")
            }
            #expect(try ledger.count() == 2)
        }
    }
}

@Suite struct `A lease that ended without a report` {
    @Test func `is recorded by the next writer, at its end`() async throws {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger)
            _ = try await ledger.append([sampleMessage(1)], now: at(2000))
            _ = try await ledger.append([sampleMessage(2)])
            let expired = EventFilter(types: [.sendExpired])
            let position = try #require(try ledger.positions(where: expired).first)
            #expect(try ledger.positions(where: expired).count == 1)
            let event = try ledger.withEvent(at: position) { ($0.time, $0.reservation) }
            #expect(event.0 == at(1031))
            #expect(event.1 == reservation)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `still counts, and still holds its business key`() async throws {
        try await withLedger { ledger in
            _ = try await reserve(ledger, "rate_limits:\n  messages_per_hour: 1\n")
            // Whether or not the end of the lease stands in the log yet.
            for now in [1032, 1033, 3000] as [Int64] {
                let same = try await ledger.ask(request("DR1"), now: at(now))
                #expect(same.decision.verdict == .refuse)
                let other = try await ledger.ask(request("DR2"), now: at(now))
                #expect(other.decision.verdict == .wait)
                #expect(other.decision.retryAt == at(1031 + 3600))
            }
            let passes = try await ledger.ask(request("DR2"), now: at(1031 + 3600))
            #expect(passes.decision.verdict == .send)
            let same = try await ledger.ask(request("DR1"), now: at(90_000))
            #expect(same.decision.verdict == .refuse)
        }
    }

    @Test func `is recorded after a request that moves a driven clock past it`()
        async throws
    {
        try await withLedger { ledger in
            _ = try await reserve(ledger)
            _ = try await ledger.ask(request("DR2"), now: at(1500))
            #expect(
                try ledger.types() == [.policyChanged, .sendReserved, .sendReserved, .sendExpired])
        }
    }

    @Test func `counts from its late report on`() async throws {
        try await withLedger { ledger in
            let reservation = try await reserve(ledger, "rate_limits:\n  messages_per_hour: 1\n")
            _ = try await ledger.append([sampleMessage(1)], now: at(2000))
            _ = try await ledger.append([sampleMessage(2)], now: at(2001))
            _ = try await ledger.report(SendReport(reservation, .accepted), now: at(2500))
            let other = try await ledger.ask(request("DR2"), now: at(2600))
            #expect(other.decision.retryAt == at(2500 + 3600))
        }
    }
}

/// Puts a policy in force and has one send about DR1 granted at second 1,001.
private func reserve(_ ledger: Ledger, _ policy: String = twoAMinute) async throws -> Reservation {
    try await ledger.apply(policy, now: at(1000))
    let outcome = try await ledger.ask(request("DR1"), now: at(1001))
    return try #require(outcome.reservation)
}

extension ReportOutcome {
    fileprivate func `is`(at position: Position, isDuplicate: Bool, go: Bool) -> Bool {
        self.position == position && self.isDuplicate == isDuplicate && self.go == go
    }
}
