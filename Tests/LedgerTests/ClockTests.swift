import Events
import Gate
import Ledger
import TestSupport
import Testing

@Suite struct `The ledger's clock` {
    @Test(arguments: [100, -100, 6, -6])
    func `goes on by the boot clock when the wall clock steps, with one alert`(
        _ step: Int64
    ) async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            let start = clock.wall
            _ = try await ledger.append([sampleMessage(0)])
            clock.step(seconds: step)
            for number in 1...5 {
                clock.pass(seconds: 10)
                _ = try await ledger.append([sampleMessage(number)])
            }
            let types = try ledger.types()
            #expect(types.count { $0 == .alertRaised } == 1)
            let last = try ledger.withEvent(at: 6) { $0.recorded }
            #expect(last == start.advanced(by: .seconds(50)))
            let alert = try ledger.withEvent(at: 1) { ($0.text(.code), $0.recorded) }
            #expect(alert.0 == "clock.step")
            #expect(alert.1 == start.advanced(by: .seconds(10)))
        }
    }

    @Test func `follows the wall clock again once it has come back`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            _ = try await ledger.append([sampleMessage(0)])
            for (number, step) in [3600, -3600, 3600, -3600].enumerated() {
                clock.step(seconds: Int64(step))
                clock.pass(seconds: 1)
                _ = try await ledger.append([sampleMessage(number + 1)])
            }
            // Each of the two steps away is told once; the way back is no step.
            #expect(try ledger.types().count { $0 == .alertRaised } == 2)
            let last = try ledger.withEvent(at: try ledger.count() - 1) { $0.recorded }
            #expect(last == clock.wall)
        }
    }

    @Test(arguments: [5, -5, 2, -1])
    func `follows a small drift without an alert`(_ drift: Int64) async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            _ = try await ledger.append([sampleMessage(0)])
            clock.pass(seconds: 60)
            clock.step(seconds: drift)
            _ = try await ledger.append([sampleMessage(1)])
            #expect(try ledger.types() == [.messageReceived, .messageReceived])
            #expect(try ledger.withEvent(at: 1) { $0.recorded } == clock.wall)
        }
    }

    @Test func `never lets a recorded time decrease`() async throws {
        for seed in UInt64(0)..<8 {
            let clock = TestClock()
            var random = SeededGenerator(seed: seed)
            try await withLedger(isDevelopment: false, clock: clock) { ledger in
                for number in 0..<60 {
                    switch Int.random(in: 0..<8, using: &random) {
                    case 0: clock.step(seconds: .random(in: -20_000...20_000, using: &random))
                    case 1: clock.step(seconds: .random(in: -4...4, using: &random))
                    case 2: clock.restart()
                    default: clock.pass(seconds: .random(in: 0...100, using: &random))
                    }
                    _ = try await ledger.append([sampleMessage(number)])
                }
                var last = Instant(nanoseconds: .min)
                try ledger.forEachEvent { event in
                    #expect(event.recorded >= last, "seed \(seed), position \(event.position)")
                    last = event.recorded
                    return true
                }
                #expect(try ledger.verify() == [])
            }
        }
    }

    @Test func `refuses to write days ahead after a restart until it is accepted`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            _ = try await ledger.append([sampleMessage(0)])
            clock.pass(seconds: 8 * 86_400)
            clock.restart()
            let refused = await code { _ = try await ledger.append([sampleMessage(1)]) }
            #expect(refused == .clock)
            #expect(try ledger.count() == 1)
            let place = try await ledger.acceptClock(by: "operator", why: "it was switched off")
            #expect(place.position == 1)
            let accepted = try ledger.withEvent(at: 1) {
                ($0.type, $0.text(.by), $0.text(.why), $0.recorded)
            }
            #expect(accepted.0 == .alertCleared)
            #expect(accepted.1 == "operator" && accepted.2 == "it was switched off")
            #expect(accepted.3 == clock.wall)
            _ = try await ledger.append([sampleMessage(1)])
            #expect(try ledger.withEvent(at: 2) { $0.recorded } == clock.wall)
        }
    }

    @Test func `goes on after a restart within seven days`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            _ = try await ledger.append([sampleMessage(0)])
            clock.pass(seconds: 7 * 86_400)
            clock.restart()
            _ = try await ledger.append([sampleMessage(1)])
            #expect(try ledger.withEvent(at: 1) { $0.recorded } == clock.wall)
        }
    }

    @Test func `is taken after a restart without a time source, with one alert`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            _ = try await ledger.append([sampleMessage(0)])
            clock.pass(seconds: 60)
            clock.restart(isSynchronised: false)
            let standing = try #require(try ledger.clockStanding())
            #expect(standing.refusal == nil && standing.isSynchronised == false)
            for number in 1...3 { _ = try await ledger.append([sampleMessage(number)]) }
            #expect(try ledger.count() == 5)
            let alert = try ledger.withEvent(at: 1) { ($0.type, $0.text(.code), $0.recorded) }
            #expect(alert.0 == .alertRaised && alert.1 == "clock.unsynchronised")
            #expect(alert.2 == clock.wall)
        }
    }

    @Test func `is refused without a time source where the policy asks for one`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            try await ledger.apply("clock: {require_sync: true}")
            clock.pass(seconds: 60)
            clock.restart(isSynchronised: false)
            let refused = await code { _ = try await ledger.append([sampleMessage(1)]) }
            #expect(refused == .clock)
            let standing = try #require(try ledger.clockStanding())
            #expect(standing.refusal?.message.contains("clock.require_sync") == true)
            _ = try await ledger.acceptClock(by: "ann", why: "looked at it")
            _ = try await ledger.append([sampleMessage(1)])
            clock.pass(seconds: 60)
            clock.restart()
            _ = try await ledger.append([sampleMessage(2)])
            #expect(try ledger.count() == 4)
        }
    }

    @Test func `gains no time by small steps, nor by a clock that goes too fast`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            let start = clock.wall
            _ = try await ledger.append([sampleMessage(0)])
            // 60 steps that are each below what is taken for a step.
            for number in 1...60 {
                clock.step(seconds: number % 2 == 0 ? 5 : 4)
                _ = try await ledger.append([sampleMessage(number)])
            }
            #expect(clock.wall.since(start).seconds == 270)
            #expect(try ledger.now().since(start) <= .seconds(10))
            let codes = try alerts(in: ledger)
            #expect(codes == ["clock.step"], "it is told once")
        }
        let fast = TestClock()
        try await withLedger(isDevelopment: false, clock: fast) { ledger in
            let start = fast.wall
            for number in 0..<200 {
                _ = try await ledger.append([sampleMessage(number)])
                fast.pass(seconds: 2)
                fast.step(seconds: 2)
            }
            #expect(try ledger.now().since(start) <= .seconds(410), "400 s have passed")
            #expect(try alerts(in: ledger) == ["clock.step"])
        }
    }

    @Test func `follows a clock that is a little fast for days`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            for number in 0..<100 {
                _ = try await ledger.append([sampleMessage(number)])
                clock.pass(seconds: 3_600)
                clock.step(seconds: number % 2 == 0 ? 4 : 5)
            }
            #expect(try alerts(in: ledger) == [])
            #expect(try ledger.now() == clock.wall)
        }
    }

    @Test func `goes on from the last event after a restart with an early clock`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            let start = clock.wall
            _ = try await ledger.append([sampleMessage(0)])
            clock.step(seconds: -86_400)
            clock.restart()
            _ = try await ledger.append([sampleMessage(1)])
            clock.pass(seconds: 100)
            _ = try await ledger.append([sampleMessage(2)])
            let last = try ledger.withEvent(at: 3) { $0.recorded }
            #expect(last == start.advanced(by: .seconds(100)), "no lease stands still")
            #expect(try alerts(in: ledger) == ["clock.behind"])
        }
    }

    @Test func `is refused with its cause where the start of the machine has no name`()
        async throws
    {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            _ = try await ledger.append([sampleMessage(0)])
            clock.forgetName()
            do {
                _ = try await ledger.append([sampleMessage(1)])
                Issue.record("it was appended")
            } catch let error as LedgerError {
                #expect(error.code == .clock)
                #expect(error.message.contains("cannot be read"), "\(error.message)")
            }
        }
    }

    private func alerts(in ledger: Ledger) throws -> [String] {
        var codes: [String] = []
        try ledger.forEachEvent(where: EventFilter(types: [.alertRaised])) { event in
            codes.append(event.text(.code) ?? "")
            return true
        }
        return codes
    }

    @Test func `is not moved back by a restart with an early wall clock`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            let start = clock.wall
            _ = try await ledger.append([sampleMessage(0)])
            clock.step(seconds: -86_400)
            clock.restart()
            _ = try await ledger.append([sampleMessage(1)])
            #expect(try ledger.withEvent(at: 1) { $0.recorded } == start)
        }
    }

    @Test func `is nobody's to move in a ledger that is in use`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            let refused = await code {
                _ = try await ledger.append([sampleMessage(0)], now: clock.wall)
            }
            #expect(refused == .invalid)
            let count = try ledger.count()
            #expect(count == 0)
        }
    }
}

@Suite struct `A driven clock` {
    @Test func `starts at 1970 and moves only forward`() async throws {
        try await withLedger { ledger in
            #expect(try ledger.now() == .epoch)
            _ = try await ledger.append([sampleMessage(0)])
            #expect(try ledger.now() == .epoch)
            _ = try await ledger.append([sampleMessage(1, seconds: 500)])
            #expect(try ledger.now() == at(500))
            _ = try await ledger.append([sampleMessage(2, seconds: 300)])
            #expect(try ledger.now() == at(500))
            _ = try await ledger.append([sampleMessage(3, seconds: 900)], now: at(600))
            #expect(try ledger.now() == at(600))
            _ = try await ledger.append([sampleMessage(4)], now: at(100))
            #expect(try ledger.now() == at(600))
            let times = try (0..<5).map { number in
                try ledger.withEvent(at: number) { $0.recorded }
            }
            #expect(times == [.epoch, at(500), at(500), at(600), at(600)])
        }
    }

    @Test func `is moved to the latest time of a batch`() async throws {
        try await withLedger { ledger in
            let drafts = [70, 90, 80].enumerated().map { sampleMessage($0, seconds: $1) }
            _ = try await ledger.append(drafts)
            #expect(try ledger.now() == at(90))
            let recorded = try (0..<3).map { try ledger.withEvent(at: $0) { $0.recorded } }
            #expect(recorded == [at(90), at(90), at(90)])
        }
    }

    @Test func `stands still over a reopening and never reads the wall clock`() async throws {
        try await withTemporaryFolder { folder in
            try Ledger.create(folder + "/l", origin: "test/l", isDevelopment: true)
            for round in 0..<3 {
                let ledger = try Ledger.open(folder + "/l")
                defer { ledger.close() }
                #expect(try ledger.now() == (round == 0 ? .epoch : at(7)))
                _ = try await ledger.append([sampleMessage(round)], now: at(7))
            }
        }
    }
}
