import Events
import Ledger
import Replay
import TestSupport
import Testing

/// Sends that a policy would not have let go did not happen, nor did what followed from them.
@Suite struct `A what-if` {
    private let mild = "rate_limits:\n  messages_per_hour: 90\n"

    private func event(
        _ type: String, _ source: String, _ time: Int, _ data: String = "", subject: String = "DR1"
    ) -> String {
        let members = #""chat":"c","steps":["photo"],"submission":1"# + data
        return #"{"specversion":"1.0","id":"\#(type)-\#(time)","source":"\#(source)","#
            + #""type":"\#(type)","time":"\#(Timestamp.text(second(1_000 + Int64(time))))","#
            + #""subject":"\#(subject)","data":{\#(members)}}"#
    }

    private func verdicts(_ lines: [String], policy: String) async throws -> [Verdict] {
        try await withEvents(lines.joined(separator: "\n")) { ledger in
            try Replay.whatIf(ledger, ReplayRange(), policy: policy).decisions.map(\.verdict)
        }
    }

    @Test func `forgets the outcome of a send that did not happen`() async throws {
        // Were the failure of the second attempt taken, it would free the key of the first.
        let said = try await verdicts(
            [
                event("send.attempted", "one", 0), event("send.accepted", "one", 1),
                event("send.attempted", "two", 2), event("send.failed", "two", 3),
                event("send.attempted", "one", 100),
            ], policy: mild)
        #expect(said == [.send, .refuse, .refuse])
    }

    @Test func `keeps the outcome of a send that happened`() async throws {
        let said = try await verdicts(
            [
                event("send.attempted", "one", 0), event("send.failed", "one", 1),
                event("send.attempted", "one", 100),
            ], policy: mild)
        #expect(said == [.send, .send])
    }

    @Test func `tells outcomes apart by their message`() async throws {
        let said = try await verdicts(
            [
                event("send.attempted", "one", 0, #","message":"m1""#),
                event("send.attempted", "one", 1, #","message":"m2""#),
                event("send.failed", "one", 2, #","message":"m2""#),
                event("send.attempted", "one", 100),
            ], policy: mild)
        #expect(said == [.send, .refuse, .refuse])
    }

    @Test func `counts history that is imported late where it belongs`() async throws {
        // Five sends within the hour before the range, learnt of a year later.
        var lines = (0..<5).map { event("send.attempted", "one", $0, subject: "DR\($0)") }
        lines.append(event("instance.stopped", "one", 40_000_000))
        lines.append(event("send.attempted", "two", 600, subject: "DR9"))
        try await withEvents(lines.joined(separator: "\n")) { ledger in
            let range = ReplayRange(from: .time(second(1_500)), to: .time(second(2_000)))
            let full = try Replay.whatIf(
                ledger, range, policy: "rate_limits:\n  messages_per_hour: 5\n")
            #expect(full.decisions.map(\.verdict) == [.wait])
            #expect(full.decisions[0].retryAt == second(1_000 + 3_600))
            let free = try Replay.whatIf(
                ledger, range, policy: "rate_limits:\n  messages_per_hour: 6\n")
            #expect(free.decisions.map(\.verdict) == [.send])
            #expect(free.events == 1)
        }
    }

    @Test func `obeys the stops of the time, and passes over policies`() async throws {
        try await withEvents(event("send.attempted", "one", 0)) { ledger in
            let none = "rate_limits:\n  messages_per_hour: 1\n  cooldown_between_same_drop: 99999\n"
            try await apply(none, to: ledger, at: second(1_010))
            for (number, type) in [EventType.sendingStopped, .sendingResumed].enumerated() {
                let draft = DraftBuilder(type, source: Ledger.ownSource, id: type.name).finish()!
                let now = second(1_020 + 20 * Int64(number))
                _ = try await ledger.append([draft], now: now, as: .verb)
                let attempt = event("send.attempted", "one", 30 + 20 * number, subject: type.name)
                let parsed = try CloudEvent.parse(attempt.utf8Span.span)
                _ = try await ledger.append([parsed.draft])
            }
            let result = try Replay.whatIf(ledger, ReplayRange(), policy: mild)
            #expect(result.decisions.map(\.verdict) == [.send, .refuse, .send])
            #expect(result.decisions[1].rules == [.stop])
        }
    }

    @Test func `of nothing is empty`() async throws {
        try await withBurst { ledger in
            let range = ReplayRange(from: .time(ReplayBounds.instant("2026-01-01T00:00:00Z")))
            let result = try Replay.whatIf(ledger, range, policy: preset)
            var json = JSONWriter()
            result.write(to: &json)
            #expect(
                json.text
                    == #"{"from":"2026-01-01T00:00:00.000Z","to":null,"events":0,"attempts":0,"#
                    + #""sources":[],"subjects":[],"policy":"\#(result.policy)","#
                    + #""verdicts":{"send":0,"wait":0,"refuse":0},"by_rule":{},"decisions":[]}"#)
        }
    }
}
