import Events
import Gate
import TestSupport
import Testing

@testable import Ledger

@Suite(.tags(.memory)) struct `The requests that wait for the writer` {
    /// One request of 50,000 characters: about 104,000 bytes, in itself and in its record.
    private func large(_ ledger: Ledger) throws -> SealedRequest {
        var request = SendRequest()
        request.account = "+27000000001"
        request.chat = "1@g.us"
        request.text = String(repeating: "x", count: 50_000)
        return try SealedRequest(PreparedRequest(request), nil, ledger.sealer)
    }

    private func job(_ request: SealedRequest, enqueued: Int64 = 0) -> Job {
        Job(work: .ask(request), now: nil, enqueued: enqueued, answer: { _ in })
    }

    @Test func `are bounded by their bytes`() async throws {
        try await withLedger { ledger in
            let (queue, request) = (WorkQueue(), try large(ledger))
            var count = 0
            while count < 10_000, queue.put(job(request)) { count += 1 }
            #expect((2_400...2_700).contains(count))
            #expect(!queue.put(job(request)))
            #expect(queue.take().count == count)
            #expect(queue.put(job(request)), "what was taken made room")
        }
    }

    @Test func `are let go of once they are withdrawn or taken`() async throws {
        try await withLedger { ledger in
            let (queue, request) = (WorkQueue(), try large(ledger))
            weak var old: Job?
            weak var young: Job?
            func fill() {
                let (first, second) = (job(request), job(request, enqueued: .max))
                (old, young) = (first, second)
                #expect(queue.put(first) && queue.put(second))
            }
            fill()
            #expect(queue.withdraw(at: WorkQueue.patience + 1).count == 1)
            #expect(old == nil && young != nil)
            #expect(queue.take().count == 1)
            #expect(young == nil && queue.isIdle)
        }
    }
}
