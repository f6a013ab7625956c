import Events
import Gate
import Ledger
import Replay
import TestSupport
import Testing

@Suite struct `Keys and attempts, beside the model` {
    private static let shares = 4

    /// Histories on one ledger, one after the other; the model's states that they met.
    private static func run(
        _ histories: [(seed: UInt64, misuse: Misuse?)]
    ) async throws -> [String: Int] {
        try await withLedger { ledger in
            var start: Int64 = 6_000
            var met: [String: Int] = [:]
            var doubles: Set<Position> = []
            for (number, (seed, misuse)) in histories.enumerated() {
                let history = AttemptHistory(
                    seed: seed, on: ledger, from: start, number: number, misuse: misuse)
                do { try await history.run() } catch {
                    Issue.record("seed \(seed): \(error)")
                    return met
                }
                met.merge(history.states, uniquingKeysWith: +)
                start += 6 * Int64(history.now + 1_000)
                doubles.formUnion(history.doubles)
            }
            let recheck = try Replay.recorded(ledger, ReplayRange())
            #expect(recheck.equal > 0)
            for different in recheck.different {
                let event = try ledger.withEvent(at: different.position) { CloudEvent.text($0) }
                Issue.record("replay differs in \(different.member): \(event)")
            }
            let story = try Replay.story(ledger, ReplayRange())
            #expect(Set(story.doubles.map(\.reservation.position)) == doubles)
            return met
        }
    }

    @Test(arguments: 0..<shares)
    func `say the same in random histories, and nothing is sent twice`(_ share: Int) async throws {
        let count = Effort.seeds(400, full: 4_000)
        let seeds = stride(from: UInt64(share), to: count, by: Self.shares)
        let met = try await Self.run(seeds.map { (seed: $0, misuse: nil) })
        let codes = ["in_progress", "outcome_unknown", "already_sent"]
        for rule in ["duplicate.key", "duplicate.business"] {
            for code in codes { #expect(met["\(rule) \(code)", default: 0] > 0) }
        }
        for outcome in SendReport.Outcome.allCases {
            for state in ["open", "unknown"] {
                let name = "\(outcome.rawValue) \(state)"
                #expect(met[name, default: 0] > 0, "no history had \(name)")
            }
        }
        #expect(met["joined", default: 0] > 0)
    }

    @Test(arguments: Misuse.allCases)
    func `say the same to senders that do otherwise, who send twice only as README says`(
        _ misuse: Misuse
    ) async throws {
        let count = Effort.seeds(8, full: 200)
        _ = try await Self.run((0..<count).map { (seed: $0, misuse: misuse) })
    }

    // MARK: - Each state, outcome and attempt

    private enum Step {
        case ask(String?)
        case report(SendReport.Outcome, String?, String?)
        case status(String, isFailed: Bool)
        case pass(Int)
    }

    /// How a reservation comes to each state; asked with an attempt, or without.
    private static func ways(_ first: String?) -> [[Step]] {
        let attempted = Step.report(.attempted, first, nil)
        let accepted = Step.report(.accepted, first, "m1")
        return [
            [], [attempted], [attempted, accepted], [attempted, .report(.failed, first, nil)],
            [.report(.cancelled, nil, nil)], [.pass(6)], [attempted, .pass(6)],
            [.report(.cancelled, first, nil), accepted], [.pass(6), accepted],
            [attempted, accepted, .status("m1", isFailed: true)],
            [.status("m1", isFailed: true), attempted, accepted],
        ]
    }

    private static let reports: [(SendReport.Outcome, String?)] = [
        (.attempted, nil), (.accepted, nil), (.accepted, "m2"), (.accepted, "m1"), (.failed, nil),
        (.cancelled, nil),
    ]

    private static func scripts() -> [[Step]] {
        var scripts: [[Step]] = []
        // Asked once; by two, each under an attempt of its own; by two under a constant one.
        for asks in [["a"], ["a", "b"], ["a", "a"], [nil], [nil, "b"], ["a", nil]] as [[String?]] {
            for way in ways(asks[0]) {
                for (outcome, message) in reports {
                    for attempt in ["a", "b", "other", nil] {
                        scripts.append(
                            asks.map(Step.ask) + way
                                + [
                                    .report(outcome, attempt, message), .ask("a"), .ask(nil),
                                    .pass(1), .ask("new"), .status("m3", isFailed: false),
                                    .ask("last"),
                                ])
                    }
                }
            }
        }
        return scripts
    }

    private static func play(_ script: [Step], in history: AttemptHistory) async throws {
        try await apply(history.policy, to: history.ledger, at: history.instant(0))
        var first: Position?
        for step in script {
            switch step {
            case .ask(let attempt):
                let ask = AttemptModel.Ask(key: "k0", business: "b0", attempt: attempt)
                if case .asked(_, let position) = try await history.perform(.ask(ask)) {
                    first = first ?? position
                }
            case .report(let outcome, let attempt, let message):
                guard let first else { continue }
                let name = message.map { "\(history.name)-\($0)" }
                _ = try await history.perform(
                    .report(first, outcome, attempt: attempt, message: name))
            case .status(let message, let isFailed):
                let status = AttemptHistory.Status(
                    message: "\(history.name)-\(message)", reference: isFailed ? nil : first,
                    isFailed: isFailed)
                history.statuses.append(status)
                try await history.deliverStatus()
            case .pass(let ticks): history.now += ticks
            }
        }
    }

    @Test(arguments: 0..<shares)
    func `say the same of every state, outcome and attempt`(_ share: Int) async throws {
        try await withLedger { ledger in
            var start: Int64 = 6_000
            for (number, script) in Self.scripts().enumerated() where number % Self.shares == share
            {
                let history = AttemptHistory(
                    seed: UInt64(number), on: ledger, from: start, number: number)
                do { try await Self.play(script, in: history) } catch {
                    Issue.record("\(script): \(error)")
                    return
                }
                start += 6 * Int64(history.now + 1_000)
            }
            let recheck = try Replay.recorded(ledger, ReplayRange())
            #expect(recheck.different.isEmpty && recheck.equal > 0)
        }
    }
}

@Suite struct `A try that is denied again and again` {
    /// How often it was denied again is recorded later, when the answer would be another.
    @Test(arguments: 1...3)
    func `comes out again from the log, however often that was`(_ repeats: Int) async throws {
        try await withLedger { ledger in
            try await apply("rate_limits: {messages_per_hour: 9}", to: ledger, at: second(1_000))
            let asked = try await ledger.ask(request("DR1"), now: second(1_001))
            let report = SendReport(try #require(asked.reservation), .attempted)
            func order(_ type: EventType, at seconds: Int64) async throws {
                var builder = DraftBuilder(type, source: "test", id: "\(seconds)")
                builder.add(.by, text: "ann")
                builder.add(.why, text: "a test")
                let draft = try #require(builder.finish())
                _ = try await ledger.append([draft], now: second(seconds), as: .verb)
            }
            try await order(.sendingStopped, at: 1_002)
            for _ in 0...repeats {
                let told = try await ledger.report(report, now: second(1_003))
                #expect(!told.go && told.because == ["stop"])
            }
            try await order(.sendingResumed, at: 1_005)
            try await order(.sendingPaused, at: 1_010)
            let recheck = try Replay.recorded(ledger, ReplayRange())
            #expect(recheck.different.isEmpty, "\(recheck.different)")
            let stopped = try Replay.story(ledger, ReplayRange()).stopped
            #expect(stopped.isEmpty, "no other try was first")
        }
    }
}
