import Events
import Ledger
import Storage
import TestSupport
import Testing

@Suite struct `A writer that cannot get the lock` {
    @Test func `answers busy after five seconds and names who holds it`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([sampleMessage(0, seconds: 1)])
            let release = try await holdWriteLock(of: ledger)
            let answers = await withTaskGroup(of: (LedgerError?, Int64).self) { group in
                for number in 1...3 {
                    group.addTask {
                        let start = SystemClock.monotonic
                        // The time is taken where the answer is given: a busy machine may let the
                        // task wait for its turn.
                        return await withCheckedContinuation { continuation in
                            ledger.submitAppend([sampleMessage(number, seconds: 1)]) { result in
                                var error: LedgerError?
                                if case .failure(let refusal) = result { error = refusal }
                                continuation.resume(
                                    returning: (error, SystemClock.monotonic - start))
                            }
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (error, waited) in answers {
                #expect(error?.code == .busy)
                #expect(error?.message.contains("for over 5 seconds") == true)
                #expect(waited > 4_900_000_000 && waited < 8_000_000_000)
            }
            await release()
            // Nothing of what was answered `busy` is appended later.
            _ = try await ledger.append([sampleMessage(9, seconds: 1)])
            #expect(try ledger.count() == 2)
        }
    }
}

/// Holds the log's write transaction on a thread of its own until the answer is called.
private func holdWriteLock(of ledger: Ledger) async throws -> () async -> Void {
    let environment = try Environment.open(
        path: ledger.folder + "/log", options: .init(integerTables: ["log"]))
    let lock = try FileLock(path: ledger.folder + "/test")
    let gate = try FileLock(path: ledger.folder + "/test")
    _ = lock.tryLock()
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    SystemThread.start {
        try? environment.write { _ in
            begin.finish()
            try gate.lock()
        }
        end.finish()
    }
    for await _ in begun {}
    return {
        lock.unlock()
        for await _ in ended {}
    }
}
