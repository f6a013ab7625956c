import Events
import Ledger
import TestSupport
import Testing

@Suite(.tags(.threads)) struct `Flushing` {
    @Test func `forgets nothing that came while the tail was written`() async throws {
        try await withLedger { ledger in
            // The first 9,000 set off a flush; what follows comes while it runs.
            _ = try await ledger.append((0..<9000).map { sampleMessage($0, seconds: 1) })
            _ = try await ledger.append((9000..<9300).map { sampleMessage($0, seconds: 1) })
            // Once it is quiet the writer flushes again, and again.
            for _ in 0..<300 where try ledger.viewsStatus().checkpoint < 9300 {
                try await Task.sleep(for: .milliseconds(50))
            }
            for number in [0, 8999, 9000, 9150, 9299] {
                let places = try await ledger.append([sampleMessage(number, seconds: 1)])
                #expect(places == [Appended(position: Position(number), isDuplicate: true)])
            }
            #expect(try ledger.count() == 9300)
            let status = try ledger.viewsStatus()
            #expect(status.checkpoint >= 9300)
        }
    }

    @Test func `goes on while it is quiet until little is left`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append((0..<1000).map { sampleMessage($0, seconds: 1) })
            var checkpoint: Position = 0
            for _ in 0..<100 where checkpoint < 1000 {
                try await Task.sleep(for: .milliseconds(100))
                checkpoint = try ledger.viewsStatus().checkpoint
            }
            #expect(checkpoint == 1000)
            #expect(try ledger.viewsStatus().behind == Nanoseconds(0))
        }
    }
}
