import Bytes
import Events
import Gate
import Ledger
import TestSupport
import Testing
import Views

/// Random events with extreme numbers, times, reservations and names through the front door of a
/// sealed ledger: append, fold, ask, report, queue, claim, and every reader.
@Suite struct `A sealed ledger of extreme events` {
    @Test func `goes on, and is the same when it is built again`() async throws {
        let seed = UInt64(ExtremeEvents.number("LEDGER_FUZZ_SEED", standard: 1))
        let wanted = 250 * ExtremeEvents.effort
        print("seed \(seed): \(wanted) extreme events through a sealed ledger")
        try await withLedger { ledger in
            let types = EventType.allCases.filter { $0.author == .anyone || $0.author == .verb }
            var events = ExtremeEvents(
                seed: seed, types: types.filter { $0 != .policyChanged },
                tag: ledger.identity.tag, isRaw: false)
            try await ledger.apply(
                "rate_limits: {messages_per_hour: 100}\nqueue: {merge: true}", now: at(1000))
            var refused: [LedgerError.Code: Int] = [:]
            for number in 0..<wanted {
                let draft = events.next()
                await count(&refused) {
                    _ = try await ledger.append([draft], now: draft.time ?? at(2000), as: .verb)
                }
                if number % 5 == 0 { await exchange(ledger, &events, &refused) }
            }
            #expect(refused[.damaged] == nil && refused[.storage] == nil, "\(refused)")
            #expect(try ledger.count() > Position(wanted / 2))
            try readAll(ledger)
            #expect(try ledger.stateDifference() == nil)
            let faults = try ledger.verify()
            #expect(faults.isEmpty, "\(faults)")
            #expect(try ledger.rebuild { _ in }.differing == 0)
        }
    }

    private func count(
        _ refused: inout [LedgerError.Code: Int], _ body: () async throws -> Void
    ) async {
        if let code = await code(of: body) { refused[code, default: 0] += 1 }
    }

    /// An ask, a report, a queued message, a claim.
    private func exchange(
        _ ledger: Ledger, _ events: inout ExtremeEvents, _ refused: inout [LedgerError.Code: Int]
    ) async {
        var request = SendRequest()
        request.account = events.one(of: [nil, "+27000000001"])
        request.person = events.one(of: ["+27820000001", "+27820000002"])
        request.subject = events.one(of: [nil, "DR1"])
        request.submission = events.one(of: [nil, .max])
        request.text = events.one(of: ["hello", String(repeating: "x", count: 59_000)])
        request.attempt = "a"
        request.critical = events.below(2) == 0
        let prepared = PreparedRequest(request)
        var reservation: Reservation?
        await count(&refused) { reservation = try await ledger.ask(prepared).reservation }
        var report = SendReport(
            reservation ?? Reservation(position: Position(Int64.max), tag: ledger.identity.tag),
            events.one(of: SendReport.Outcome.allCases))
        report.attempt = "a"
        report.detail = .text(String(repeating: "d", count: events.one(of: [1, 59_000])))
        let told = report
        await count(&refused) { _ = try await ledger.report(told) }
        let queued = request
        await count(&refused) { _ = try await ledger.queue(queued) }
        await count(&refused) { _ = try await ledger.claim(Claim(role: nil, most: 4)) }
    }

    private func readAll(_ ledger: Ledger) throws {
        try ledger.forEachEvent { event in
            try ledger.withOpened(event) { opened in
                let text = CloudEvent.text(opened)
                #expect((try? JSONValue.parse(text)) != nil, "\(text.prefix(300))")
                for finding in opened.findings { _ = finding.reason }
            }
            return true
        }
        let policy = try #require(try ledger.policyInForce())
        _ = try ledger.forecasts(under: Policy.parse(policy.text), accounts: [nil, "+27000000001"])
    }
}
