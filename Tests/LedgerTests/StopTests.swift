import Events
import Gate
import Ledger
import Storage
import TestSupport
import Testing

/// Marks in the folder, as a process meets them that is open.
@Suite struct `A mark that stops` {
    private func ask(_ ledger: Ledger, _ number: Int = 0) async throws -> Verdict {
        var request = SendRequest()
        request.account = "+27000000001"
        request.chat = "\(number)@g.us"
        request.text = "hello"
        return try await ledger.ask(PreparedRequest(request)).decision.verdict
    }

    private func stop(_ name: String) -> StopMark { StopMark(.stop, id: name, by: "ann") }

    @Test func `is heeded by an open ledger within 100 ms`() async throws {
        try await withLedger(isDevelopment: false) { ledger in
            try await ledger.apply("reservations: {lease: 30}")
            var best = Int64.max
            // Other tests run at the same time, so that a single round says little.
            for round in 0..<40 where best >= 100_000_000 {
                #expect(try await ask(ledger, round) == .send)
                let start = SystemClock.monotonic
                try Ledger.leave(stop("stop \(round)"), in: ledger.folder)
                #expect(try await ask(ledger, 100 + round) == .refuse)
                best = min(best, SystemClock.monotonic - start)
                var order = SendingResumed()
                (order.by, order.why) = ("ann", "over")
                _ = try await ledger.resume(order, id: "resume \(round)")
            }
            #expect(best < 100_000_000)
        }
    }

    @Test func `lets nothing go that is asked after it, at full load`() async throws {
        try await withLedger(isDevelopment: false) { ledger in
            try await ledger.apply("reservations: {lease: 30}")
            let isLeft = Locked(false)
            let (before, after) = (Locked(0), Locked(0))
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<16 {
                    group.addTask {
                        for number in 0..<60 {
                            let wasLeft = isLeft.withLock { $0 }
                            let verdict = try? await ask(ledger, task * 1_000 + number)
                            guard verdict == .send else { continue }
                            if wasLeft {
                                after.withLock { $0 += 1 }
                            } else {
                                before.withLock { $0 += 1 }
                            }
                        }
                    }
                }
                group.addTask {
                    while before.withLock({ $0 }) < 20 { await Task.yield() }
                    try? Ledger.leave(stop("stop"), in: ledger.folder)
                    isLeft.withLock { $0 = true }
                }
            }
            #expect(before.withLock { $0 } >= 20)
            #expect(after.withLock { $0 } == 0)
            // In the log nothing was granted after the event.
            let types = try ledger.types()
            let place = try #require(types.firstIndex(of: .sendingStopped))
            #expect(!types[place...].contains(.sendReserved))
            #expect(types.count { $0 == .sendingStopped } == 1)
        }
    }

    @Test func `is told of by the next commit of anybody, once`() async throws {
        try await withLedger(isDevelopment: false) { ledger in
            try await ledger.apply("reservations: {lease: 30}")
            try Ledger.leave(stop("one"), in: ledger.folder)
            try Ledger.leave(stop("two"), in: ledger.folder)
            #expect(try ledger.marks().map(\.id) == ["one", "two"])
            #expect(try ledger.position(of: stop("one")) == nil)
            for number in 0..<3 { _ = try await ledger.append([sampleMessage(number)]) }
            let types = try ledger.types()
            #expect(types.count { $0 == .sendingStopped } == 2)
            #expect(try ledger.position(of: stop("one")) == 1)
            #expect(try await ledger.tell(of: stop("two")).position == 2)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `holds for an account in each of its records, and not for others`() async throws {
        try await withLedger(isDevelopment: false) { ledger in
            try await ledger.apply("reservations: {lease: 30}")
            var mark = stop("one account")
            mark.account = "+27000000001"
            try Ledger.leave(mark, in: ledger.folder)
            #expect(try await ask(ledger) == .refuse)
            var other = SendRequest()
            (other.account, other.chat) = ("+27000000002", "1@g.us")
            #expect(try await ledger.ask(PreparedRequest(other)).decision.verdict == .send)
        }
    }

    @Test func `is a pause until its end`() async throws {
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            try await ledger.apply("reservations: {lease: 30}")
            var mark = StopMark(.pause, id: "pause", by: "ann")
            mark.until = clock.wall.advanced(by: .seconds(100))
            try Ledger.leave(mark, in: ledger.folder)
            #expect(try await ask(ledger) == .wait)
            clock.pass(seconds: 100)
            #expect(try ledger.marks() == [])
            #expect(try await ask(ledger) == .send)
        }
    }

    @Test func `is refused for a direct chat and where there is no ledger`() async throws {
        try await withLedger { ledger in
            var mark = stop("person")
            mark.chat = "+27820000001"
            #expect(await code { try Ledger.leave(mark, in: ledger.folder) } == .invalid)
            let nowhere = ledger.folder + "/none"
            #expect(await code { try Ledger.leave(stop("x"), in: nowhere) } == .notFound)
            #expect(!Folder.exists(ledger.folder + "/STOPPED"))
        }
    }
}
