import Bytes
import Events
import Gate
import Ledger
import Storage
import TestSupport
import Testing

@Suite(.tags(.memory)) struct `Appending` {
    @Test func `answers gapless positions in order`() async throws {
        try await withLedger { ledger in
            for number in 0..<20 {
                let places = try await ledger.append([sampleMessage(number, seconds: 100)])
                #expect(places == [Appended(position: Position(number), isDuplicate: false)])
            }
            let batch = try await ledger.append((20..<520).map { sampleMessage($0, seconds: 200) })
            #expect(batch.map(\.position) == Array(20..<520))
            #expect(try ledger.count() == 520)
            var seen: [Position] = []
            try ledger.forEachEvent { event in
                seen.append(event.position)
                return true
            }
            #expect(seen == Array(0..<520))
        }
    }

    @Test func `answers the first position to a repeated event`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append((0..<10).map { sampleMessage($0, seconds: 1) })
            let again = try await ledger.append([sampleMessage(3, seconds: 1)])
            #expect(again == [Appended(position: 3, isDuplicate: true)])
            let mixed = try await ledger.append([
                sampleMessage(4, seconds: 1), sampleMessage(10, seconds: 1),
            ])
            #expect(mixed.map(\.position) == [4, 10])
            #expect(mixed.map(\.isDuplicate) == [true, false])
            #expect(try ledger.count() == 11)
        }
    }

    @Test func `refuses the same source and id with other content`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([sampleMessage(1, seconds: 1)])
            await #expect(throws: LedgerError.self) {
                try await ledger.append([sampleMessage(1, seconds: 1, text: "other")])
            }
            // A conflict inside a batch refuses all of it.
            await #expect(throws: LedgerError.self) {
                try await ledger.append([
                    sampleMessage(2, seconds: 1), sampleMessage(2, seconds: 1, text: "other"),
                ])
            }
            #expect(try ledger.count() == 1)
        }
    }

    @Test func `recognises repeats after the checkpoint and a reopening`() async throws {
        try await withTemporaryFolder(onDisk: true) { folder in
            let path = folder + "/l"
            try Ledger.create(path, origin: "test/l", isDevelopment: true)
            for round in 0..<3 {
                let ledger = try Ledger.open(path)
                defer { ledger.close() }
                for start in stride(from: 0, to: 12_000, by: 1000) {
                    let drafts = (start..<start + 1000).map { sampleMessage($0, seconds: 5) }
                    let places = try await ledger.append(drafts)
                    #expect(places.allSatisfy { $0.isDuplicate == (round > 0) })
                    #expect(places.map(\.position) == (start..<start + 1000).map { Position($0) })
                }
            }
        }
    }

    @Test func `refuses types that only the ledger writes, and its own source`() async throws {
        try await withLedger { ledger in
            let forged = DraftBuilder(.sendingResumed, source: "me", id: "1").finish()!
            let reserved = DraftBuilder(.sendReserved, source: "me", id: "1").finish()!
            let own = DraftBuilder(.messageReceived, source: "ledger", id: "1").finish()!
            for draft in [forged, reserved, own] {
                do {
                    _ = try await ledger.append([draft])
                    Issue.record("\(draft.type.name) was taken")
                } catch {
                    #expect((error as? LedgerError)?.code == .forbidden)
                }
            }
            let count = try ledger.count()
            #expect(count == 0)
        }
    }

    @Test func `checks conditions inside the transaction`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append((0..<5).map { sampleMessage($0, seconds: 1) })
            await #expect(throws: LedgerError.self) {
                try await ledger.append(
                    [sampleMessage(9, seconds: 1)], if: AppendCondition(expectedCount: 4))
            }
            _ = try await ledger.append(
                [sampleMessage(9, seconds: 1)], if: AppendCondition(expectedCount: 5))
            let aboutDrop = EventFilter(types: [.messageReceived], subject: "DR1854002")
            await #expect(throws: LedgerError.self) {
                try await ledger.append(
                    [sampleMessage(10, seconds: 1)],
                    if: AppendCondition(failIf: aboutDrop, after: 1))
            }
            _ = try await ledger.append(
                [sampleMessage(10, seconds: 1)], if: AppendCondition(failIf: aboutDrop, after: 5))
            #expect(try ledger.count() == 7)
        }
    }
}
