import Events
import Ledger
import TestSupport
import Testing

@Suite struct `Flushing` {
    @Test func `forgets nothing that came while the tail was written`() async throws {
        try await withLedger { ledger in
            // The first 5,000 set off a flush; what follows comes while it runs.
            _ = try await ledger.append((0..<5000).map { sampleMessage($0, seconds: 1) })
            for start in stride(from: 5000, to: 6000, by: 100) {
                let drafts = (start..<start + 100).map { sampleMessage($0, seconds: 1) }
                _ = try await ledger.append(drafts)
            }
            // Two quiet seconds and more: the writer flushes again, and again.
            try await Task.sleep(for: .milliseconds(3500))
            for number in [0, 4999, 5000, 5500, 5999] {
                let places = try await ledger.append([sampleMessage(number, seconds: 1)])
                #expect(places == [Appended(position: Position(number), isDuplicate: true)])
            }
            #expect(try ledger.count() == 6000)
            let status = try ledger.viewsStatus()
            #expect(status.checkpoint > 5000)
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
