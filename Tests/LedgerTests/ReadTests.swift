import Events
import Ledger
import TestSupport
import Testing
import Views

@Suite(.tags(.memory)) struct `Reading` {
    @Test func `walks from a position to a position`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append((0..<50).map { sampleMessage($0, seconds: 1) })
            #expect(try ledger.positions(from: 45) == [45, 46, 47, 48, 49])
            #expect(try ledger.positions(from: 3, to: 6) == [3, 4, 5])
            #expect(try ledger.positions(from: 50) == [])
            #expect(try ledger.positions(from: 6, to: 6) == [])
            var seen: [Position] = []
            let next = try ledger.forEachEvent(from: 10) { event in
                seen.append(event.position)
                return seen.count < 3
            }
            #expect(seen == [10, 11, 12])
            #expect(next == 13)
        }
    }

    @Test func `walks backwards over the same events`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append((0..<50).map { sampleMessage($0, seconds: 1) })
            #expect(try backwards(ledger) == Array((0..<50).reversed()))
            #expect(try backwards(ledger, from: 40, before: 43) == [42, 41, 40])
            #expect(try backwards(ledger, before: 0) == [])
            #expect(try backwards(ledger, before: 1000) == Array((0..<50).reversed()))
            let few = EventFilter(subject: "DR1854003")
            #expect(
                try backwards(ledger, where: few) == ledger.positions(where: few).reversed())
        }
    }

    @Test func `walks far in several transactions without a gap`() async throws {
        try await withLedger { ledger in
            for start in stride(from: 0, to: 18_000, by: 6000) {
                _ = try await ledger.append(
                    (start..<start + 6000).map { sampleMessage($0, seconds: 1) })
            }
            var next: Position = 0
            try ledger.forEachEvent { event in
                if event.position == next { next += 1 }
                return true
            }
            #expect(next == 18_000)
            try ledger.forEachEventBackwards { event in
                if event.position == next - 1 { next -= 1 }
                return true
            }
            #expect(next == 0)
        }
    }

    @Test func `folds to a position, each event once and in order`() async throws {
        try await withLedger { ledger in
            for start in stride(from: 0, to: 9000, by: 3000) {
                _ = try await ledger.append(
                    (start..<start + 3000).map { sampleMessage($0, seconds: 1) })
            }
            var folded = Tables(tag: ledger.identity.tag)
            var next: Position = 0
            let middle = try ledger.foldEvents(to: 8190, into: &folded) { event in
                if event.position == next { next += 1 }
            }
            #expect(middle == 8190)
            #expect(try ledger.foldEvents(from: middle, into: &folded) { _ in next += 1 } == 9000)
            #expect(next == 9000)
            var plain = Tables(tag: ledger.identity.tag)
            try ledger.forEachEvent { event in
                Fold.evolve(&plain, by: event)
                return true
            }
            #expect(RowDump(folded).difference(from: RowDump(plain)) == nil)
        }
    }

    @Test func `lends one event, or says that there is none`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append((0..<3).map { sampleMessage($0, seconds: 1) })
            #expect(try ledger.withOpenEvent(at: 2) { $0.text(.message) } == "wamid.2")
            let error = #expect(throws: LedgerError.self) {
                try ledger.withEvent(at: 3) { $0.position }
            }
            #expect(error?.code == .notFound)
            #expect(error?.position == 3)
        }
    }

    @Test func `finds the first position recorded at or after a time`() async throws {
        try await withLedger { ledger in
            for number in 0..<40 {
                _ = try await ledger.append(
                    [sampleMessage(number)], now: at(Int64(number / 4) * 10))
            }
            for second in Int64(-1)...100 {
                let expected = (0..<40).first { Int64($0 / 4) * 10 >= second } ?? 40
                let found = try ledger.position(recordedAt: at(second))
                #expect(found == Position(expected), "second \(second)")
            }
        }
    }

    @Test func `passes each filter as a walk over all events would`() async throws {
        try await withLedger { ledger in
            var events = RandomEvents(seed: 5)
            for _ in 0..<20 {
                _ = try await ledger.append((0..<30).map { _ in events.next() })
            }
            for meant in filterCases {
                var expected: [Position] = []
                try ledger.forEachOpenEvent { event in
                    if meant.isMeant(event) { expected.append(event.position) }
                    return true
                }
                #expect(try ledger.positions(where: meant.filter) == expected, "\(meant.name)")
                #expect(expected.count > 2, "\(meant.name) tells nothing")
            }
        }
    }

    @Test func `asks all members of a filter at once`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append((0..<140).map { sampleMessage($0, seconds: Int64($0)) })
            let filter = EventFilter(
                types: [.messageReceived], person: "+27000000013", subject: "DR1854003",
                text: "003 done", from: at(70))
            #expect(try ledger.positions(where: filter) == [73])
            #expect(try ledger.positions(where: EventFilter()).count == 140)
            #expect(try ledger.positions(where: EventFilter(text: "")).count == 140)
        }
    }

    @Test func `sees what another ledger object appended`() async throws {
        try await withLedger { ledger in
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            _ = try await other.append((0..<3).map { sampleMessage($0, seconds: 1) })
            #expect(try ledger.positions() == [0, 1, 2])
            #expect(ledger.countHint == 3)
        }
    }
}

private func backwards(
    _ ledger: Ledger, from start: Position = 0, before end: Position? = nil,
    where filter: EventFilter? = nil
) throws -> [Position] {
    var seen: [Position] = []
    try ledger.forEachEventBackwards(from: start, before: end, where: filter) { event in
        seen.append(event.position)
        return true
    }
    return seen
}

/// A filter, and what it means in other words.
private struct FilterCase {
    let name: String
    let filter: EventFilter
    let isMeant: (borrowing EventView) -> Bool

    init(
        _ name: String, _ filter: EventFilter, _ isMeant: @escaping (borrowing EventView) -> Bool
    ) {
        self.name = name
        self.filter = filter
        self.isMeant = isMeant
    }
}

private var filterCases: [FilterCase] {
    [
        FilterCase("type", EventFilter(types: [.messageRead, .itemFlagged])) {
            $0.type == .messageRead || $0.type == .itemFlagged
        },
        FilterCase("account", EventFilter(account: "+27000000001")) {
            $0.text(.account) == "+27000000001"
        },
        FilterCase("chat", EventFilter(chat: "1@g.us")) { $0.text(.chat) == "1@g.us" },
        FilterCase("person", EventFilter(person: "+27600000003")) {
            $0.text(.person) == "+27600000003"
        },
        FilterCase("subject", EventFilter(subject: "DR1854002")) {
            $0.text(.subject) == "DR1854002"
        },
        FilterCase("message", EventFilter(message: "wamid.7")) { $0.text(.message) == "wamid.7" },
        FilterCase("source", EventFilter(source: "random/2")) {
            $0.text(.source) == "random/2"
        },
        FilterCase("text", EventFilter(text: "wer 3")) {
            $0.text(.text)?.hasSuffix("answer 3") == true
        },
        FilterCase("time", EventFilter(from: at(1_000_000), to: at(1_003_000))) {
            $0.effective >= at(1_000_000) && $0.effective <= at(1_003_000)
        },
    ]
}
