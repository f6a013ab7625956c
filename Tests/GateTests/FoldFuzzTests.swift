import Assets
import Bytes
import Events
import Gate
import TestSupport
import Testing
import Views

/// A fold cannot fail, nor can what is read from it, whatever stands in the log.
///
/// `LEDGER_FUZZ_FOLDS` says how many events are folded (3,000 times LEDGER_EFFORT),
/// `LEDGER_FUZZ_SEED` which (1): `tools/fuzz` folds ten million under the address sanitizer.
@Suite struct `Whatever stands in the log` {
    private struct Tally {
        var events = 0
        var asks = 0
        var reports = 0
        var sends = 0
    }

    @Test func `is folded, judged and read`() throws {
        let folds = ExtremeEvents.number(
            "LEDGER_FUZZ_FOLDS", standard: 3_000 * ExtremeEvents.effort)
        let seed = ExtremeEvents.number("LEDGER_FUZZ_SEED", standard: 1)
        let policies =
            [Policy()]
            + (try Assets.presets.map { try Policy.parse(try #require(Assets.preset($0))) })
        var tally = Tally()
        var round = 0
        // Histories of 1,000 events: later ones meet the rows of earlier ones.
        while tally.events < folds {
            let wanted = min(1_000, folds - tally.events)
            history(
                seed: UInt64(seed) &+ UInt64(round) &* 7_919, policies[round % policies.count],
                wanted, &tally)
            round += 1
        }
        #expect(tally.events >= folds && tally.sends < tally.asks)
        print(
            "seed \(seed): \(tally.events) events folded, \(tally.asks) asks, \(tally.sends) sends, "
                + "\(tally.reports) reports, 0 traps")
    }

    private func history(seed: UInt64, _ policy: Policy, _ wanted: Int, _ tally: inout Tally) {
        var events = ExtremeEvents(seed: seed, tag: 7, isRaw: true)
        var world = World(policy)
        for number in 0..<wanted {
            world.now = Instant(nanoseconds: 1_760_000_000_000_000_000)
                .advanced(by: .seconds(Int64(200 * number)))
            if events.below(200) == 0 { world.now = events.one(of: [.epoch, .latest]) }
            world.append(events.next())
            tally.events += 1
            read(world, number)
            if number % 8 == 0 { ask(&world, &events, &tally) }
        }
    }

    /// All that is made of one record without a ledger.
    private func read(_ world: World, _ index: Int) {
        world.read(Int(world.count) - 1) { event in
            let text = CloudEvent.text(event)
            #expect((try? JSONValue.parse(text)) != nil, "\(text.prefix(300))")
            _ = PreparedRequest(recorded: event)
            _ = Facts(recorded: event)
            _ = Gate.engineVersion(recorded: event)
            for finding in Gate.decision(recorded: event)?.findings ?? [] { _ = finding.reason }
            if let type = event.type { Self.decode(event, as: type.payload) }
            _ = event.queuedPositions
        }
    }

    private static func decode<P: Payload>(_ event: borrowing EventView, as payload: P.Type) {
        guard let value = try? P(event) else { return }
        _ = try? value.draft(source: "s", id: "i")
    }

    private func ask(_ world: inout World, _ events: inout ExtremeEvents, _ tally: inout Tally) {
        var request = SendRequest()
        request.key = events.one(of: [nil, "k1", "k2"])
        request.account = events.one(of: [nil, "+27000000001", "+27000000002"])
        request.chat = events.one(of: [nil, "1@g.us"])
        request.person = events.one(of: ["+27820000001", "+27820000002", "+27820000003"])
        request.subject = events.one(of: [nil, "DR1", "DR2"])
        request.submission = events.one(of: [nil, 1, .max])
        request.category = events.one(of: [nil] + Shape.categories)
        request.purpose = events.one(of: [nil] + Shape.purposes)
        request.template = events.one(of: [nil, "\"t\""])
        request.text = events.one(of: [nil, "hello", String(repeating: "e\u{301}", count: 5_000)])
        request.role = events.one(of: [nil, "r"])
        request.instance = events.one(of: [nil, "i", "j"])
        request.attempt = events.one(of: [nil, "a1", "a2"])
        request.critical = events.below(4) == 0
        let answer = world.ask(request)
        tally.asks += 1
        if answer.decision.verdict == .send { tally.sends += 1 }
        for finding in answer.decision.findings { _ = finding.reason }
        _ = Gate.answer(
            PreparedRequest(request), answer.decision,
            AnswerContext(
                now: world.now, reservation: answer.reservation, policy: "p",
                position: world.count - 1))
        for outcome in SendReport.Outcome.allCases {
            _ = world.judge(answer.reservation, outcome) { $0.attempt = request.attempt }
        }
        guard answer.decision.verdict == .send, events.below(2) == 0 else { return }
        tally.reports += 1
        world.report(answer.reservation, events.one(of: SendReport.Outcome.allCases)) { report in
            report.attempt = request.attempt
            report.message = "wamid.1"
        }
    }
}
