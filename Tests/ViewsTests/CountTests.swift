import Bytes
import Events
import Testing
import Views

@Suite struct `Errors of an account` {
    @Test func `make a streak that the next accepted send ends`() {
        var history = History()
        for now in [10, 20, 30] as [Int64] {
            history.given(.errorObserved, now: now) { $0.add(.account, text: "a") }
        }
        #expect(errors(&history).streak == 3)
        history.given(.sendAccepted, now: 40) { $0.add(.account, text: "a") }
        #expect(errors(&history).streak == 0)
        #expect(errors(&history).total == 3)
        #expect(errors(&history).count(in: .seconds(20), at: at(40)) == 1)
        #expect(errors(&history).count(in: .seconds(21), at: at(40)) == 2)
    }

    @Test func `count for the account of the reservation that a report names`() {
        var history = History()
        let reservation = history.reserve(now: 10, expires: 40)
        history.report(reservation, .sendFailed, now: 11)
        #expect(errors(&history).streak == 1)
    }
}

@Suite struct `Quality of an account` {
    @Test func `counts by the day on which a thing happened`() {
        var history = History()
        let day: Int64 = 86_400
        for (type, time) in [
            (.sendAccepted, 10), (.messageDelivered, 20), (.messageRead, day + 5),
            (.sendFailed, day + 6), (.sendAccepted, day - 1), (.sendAccepted, day),
        ] as [(EventType, Int64)] {
            history.given(type, now: 5 * day, time: time) { $0.add(.account, text: "a") }
        }
        #expect(quality(0, &history, .sent) == 2)
        #expect(quality(0, &history, .delivered) == 1)
        #expect(quality(1, &history, .read) == 1)
        #expect(quality(1, &history, .failed) == 1)
        #expect(quality(1, &history, .sent) == 1)
    }

    @Test func `tells complaints from blocks`() {
        var history = History()
        for kind in ["block", "report", "block"] {
            history.given(.complaintReported, now: 10) {
                $0.add(.account, text: "a")
                $0.add(.kind, text: kind)
            }
        }
        #expect(quality(0, &history, .blocks) == 2)
        #expect(quality(0, &history, .complaints) == 1)
    }

    @Test(arguments: [(1000, 0), (1001, 0), (87_401, 1), (87_402, 1), (87_403, 1)])
    func `counts an answer within a day of a send`(_ time: Int64, _ day: Int64) {
        var history = History()
        history.given(.sendAccepted, now: 1001, time: 1001) {
            $0.add(.account, text: "a")
            $0.add(.person, text: "p")
        }
        history.given(.messageReceived, now: 100_000, time: time) {
            $0.add(.account, text: "a")
            $0.add(.person, text: "p")
        }
        let isAnswer = time >= 1001 && time <= 1001 + 86_400
        #expect(quality(day, &history, .answered) == (isAnswer ? 1 : 0))
    }
}

@Suite struct `Small views` {
    @Test func `count labels`() {
        var history = History()
        for label in ["good", "bad", "good"] {
            history.given(.messageLabelled, now: 10) { $0.add(.label, text: label) }
        }
        let good: ReviewRow = history.row(\.reviews, Fingerprint(of: "good"))
        #expect(good.count == 2 && good.named == 1)
    }

    @Test func `know which instance runs, and what it sent`() {
        var history = History()
        func row() -> InstanceRow { history.row(\.instances, Fingerprint(of: "i")) }
        history.given(.instanceStarted, now: 10) { $0.add(.instance, text: "i") }
        #expect(row().isRunning && row().starts == 1)
        history.given(.sendAttempted, now: 11) { $0.add(.instance, text: "i") }
        history.given(.instanceStopped, now: 20) { $0.add(.instance, text: "i") }
        #expect(!row().isRunning)
        // A start that is told late does not make it run again.
        history.given(.instanceStarted, now: 30, time: 15) { $0.add(.instance, text: "i") }
        #expect(!row().isRunning && row().starts == 2)
        history.given(.instanceStarted, now: 40) { $0.add(.instance, text: "i") }
        #expect(row().isRunning && row().sends == 1)
    }

    @Test func `know stops, pauses and the policy in force`() {
        var history = History()
        let ledger = RateScope.ledger.key()
        let account = RateScope.account.key(Fingerprint(of: "a"))
        func control(_ key: Fingerprint) -> ControlRow { history.row(\.control, key) }
        let policy = history.given(.policyChanged, now: 5) { $0.add(.account, text: "a") }
        #expect(control(ledger).policy == policy + 1)
        #expect(control(account) == ControlRow())
        history.given(.sendingStopped, now: 10) { $0.add(.account, text: "a") }
        history.given(.sendingPaused, now: 11) { $0.add(.until, instant: at(60)) }
        #expect(control(account).stopped > 0 && control(ledger).stopped == 0)
        #expect(control(ledger).pausedUntil == at(60))
        history.given(.sendingResumed, now: 12)
        #expect(control(ledger).paused == 0 && control(account).stopped > 0)
        #expect(control(ledger).policy == policy + 1)
    }

    @Test func `know the earliest and latest time of every 1,024 positions`() {
        var history = History()
        for number in Int64(0)..<1030 {
            history.given(.messageReceived, now: 5000, time: 5000 - number)
        }
        let first: ZoneRow = history.row(\.zones, Fingerprint(UInt128(0)))
        let second: ZoneRow = history.row(\.zones, Fingerprint(UInt128(1)))
        #expect(first.earliest == at(5000 - 1023) && first.latest == at(5000))
        #expect(second.earliest == at(5000 - 1029) && second.latest == at(5000 - 1024))
    }
}

private func errors(_ history: inout History) -> ErrorRow {
    history.row(\.errors, RateScope.account.key(Fingerprint(of: "a")))
}

private func quality(
    _ day: Int64, _ history: inout History, _ counter: QualityRow.Counter
) -> UInt32 {
    var found = QualityRow()
    history.tables.quality.forEach { _, row, _ in
        if row.day == day, row.account == Fingerprint(of: "a") { found = row }
    }
    return found.counts[counter.rawValue]
}
