import Events
import Gate
import Ledger
import TestSupport
import Testing

@Suite(.tags(.threads)) struct `Many callers` {
    @Test func `at once are each acknowledged once, without a gap`() async throws {
        try await withLedger { ledger in
            let places = try await appendAtOnce(tasks: 64, each: 15, over: [ledger])
            try checkGapless(places, in: ledger)
        }
    }

    @Test func `over two ledger objects on one folder are, too`() async throws {
        try await withLedger { ledger in
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            let places = try await appendAtOnce(tasks: 16, each: 30, over: [ledger, other])
            try checkGapless(places, in: ledger)
            #expect(try other.records() == ledger.records())
            #expect(try other.stateDifference() == nil)
        }
    }

    @Test func `repeating the same events get the first positions`() async throws {
        try await withLedger { ledger in
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            // Every task appends the same twenty events.
            let places = try await withThrowingTaskGroup(of: [Appended].self) { group in
                for task in 0..<8 {
                    let own = task % 2 == 0 ? ledger : other
                    group.addTask {
                        var places: [Appended] = []
                        for number in 0..<20 {
                            places += try await own.append([sampleMessage(number, seconds: 1)])
                        }
                        return places
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(try ledger.count() == 20)
            for number in 0..<20 {
                #expect(Set(places.map { $0[number].position }).count == 1)
                #expect(places.count { !$0[number].isDuplicate } == 1)
            }
        }
    }

    @Test func `writing through two objects flush and merge without a loss`() async throws {
        try await withLedger { ledger in
            for round in 0..<10 {
                let writer = try Ledger.open(ledger.folder)
                let start = round * 4200
                async let one = writer.append(
                    (start..<start + 4100).map { sampleMessage($0, seconds: 1) })
                async let two = ledger.append(
                    (start + 4100..<start + 4200).map { sampleMessage($0, seconds: 1) })
                _ = try await (one, two)
                writer.close()
            }
            #expect(try ledger.count() == 42_000)
            for number in stride(from: 0, to: 42_000, by: 997) {
                let place = try await ledger.append([sampleMessage(number, seconds: 1)])
                #expect(place[0].isDuplicate, "message \(number)")
            }
            // Eight runs of one size have become one.
            #expect(try ledger.viewsStatus().runs < 14)
        }
    }
}

@Suite(.tags(.threads)) struct `A burst` {
    /// The seven drops of the story, each asked for by every process again and again.
    private static let drops = (0..<7).map { "DR\(1_854_000 + $0)" }

    @Test func `of eight processes sends each business key once at most`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_day: 1000\n", now: at(1000))
            let granted = try await burst(over: ledger, tasks: 8, each: 145) { number in
                request(Self.drops[number % 7])
            }
            #expect(Set(granted).count == 7)
            #expect(granted.count == 7)
        }
    }

    @Test func `never sends more than the limit`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_minute: 5\n", now: at(1000))
            let granted = try await burst(over: ledger, tasks: 8, each: 60) { number in
                request("DR\(number)", submission: Int64(number))
            }
            #expect(granted.count == 5)
            let reserved = EventFilter(types: [.sendReserved])
            #expect(try ledger.positions(where: reserved).count == 5)
        }
    }

    /// Asks from many tasks over two ledger objects; answers the subjects that were granted.
    private func burst(
        over ledger: Ledger, tasks: Int, each: Int,
        _ make: @escaping @Sendable (Int) -> PreparedRequest
    ) async throws -> [String] {
        let other = try Ledger.open(ledger.folder)
        defer { other.close() }
        return try await withThrowingTaskGroup(of: [String].self) { group in
            for task in 0..<tasks {
                let own = task % 2 == 0 ? ledger : other
                group.addTask {
                    var granted: [String] = []
                    for number in 0..<each {
                        let outcome = try await own.ask(make(number), now: at(1000))
                        if outcome.decision.verdict == .send {
                            granted.append(outcome.request.request.subject ?? "")
                        }
                    }
                    return granted
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

private func appendAtOnce(
    tasks: Int, each: Int, over ledgers: [Ledger]
) async throws -> [Position] {
    try await withThrowingTaskGroup(of: [Position].self) { group in
        for task in 0..<tasks {
            let ledger = ledgers[task % ledgers.count]
            group.addTask {
                var positions: [Position] = []
                for number in 0..<each {
                    let draft = sampleMessage(number, source: "task/\(task)", seconds: 1)
                    let places = try await ledger.append([draft])
                    #expect(!places[0].isDuplicate)
                    positions.append(places[0].position)
                }
                #expect(positions == positions.sorted())
                return positions
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
}

private func checkGapless(_ places: [Position], in ledger: Ledger) throws {
    #expect(places.sorted() == Array(0..<Position(places.count)))
    #expect(try ledger.count() == Position(places.count))
    #expect(try ledger.positions() == Array(0..<Position(places.count)))
    #expect(try ledger.verify() == [])
}
