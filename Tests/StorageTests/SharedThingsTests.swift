import Glibc
import Storage
import Synchronization
import TestSupport
import Testing

@Suite(.tags(.threads)) struct `A file lock` {
    @Test func `is exclusive between two descriptors of one process`() async throws {
        try await withTemporaryFolder { folder in
            let first = try FileLock(path: folder + "/lock")
            let second = try FileLock(path: folder + "/lock")
            #expect(first.tryLock())
            #expect(!second.tryLock())
            first.unlock()
            #expect(second.tryLock())
            #expect(!first.tryLock())
        }
    }

    @Test func `is given back when its object goes`() async throws {
        try await withTemporaryFolder { folder in
            let second = try FileLock(path: folder + "/lock")
            do {
                let first = try FileLock(path: folder + "/lock")
                #expect(first.tryLock())
                #expect(!second.tryLock())
            }
            #expect(second.tryLock())
            #expect(LocalHost.mode(of: folder + "/lock") == 0o600)
        }
    }

    @Test func `makes a second thread wait until it is given back`() async throws {
        try await withTemporaryFolder { folder in
            let first = try FileLock(path: folder + "/lock")
            #expect(first.tryLock())
            let released = Flag()
            let wasReleased = try await withThrowingTaskGroup(of: Bool?.self) { group in
                group.addTask {
                    let second = try FileLock(path: folder + "/lock")
                    try wait(for: second)
                    return released.isSet.load(ordering: .acquiring)
                }
                group.addTask {
                    try await Task.sleep(for: .milliseconds(50))
                    released.isSet.store(true, ordering: .releasing)
                    first.unlock()
                    return nil
                }
                return try await group.reduce(into: false) { $0 = $0 || $1 == true }
            }
            #expect(wasReleased)
        }
    }

    @Test func `ends with the process that holds it`() async throws {
        try await withTemporaryFolder { folder in
            await #expect(processExitsWith: .exitCode(7)) { [folder = folder as String] in
                let lock = try FileLock(path: folder + "/lock")
                _exit(lock.tryLock() ? 7 : 1)
            }
            let lock = try FileLock(path: folder + "/lock")
            #expect(lock.tryLock())
        }
    }
}

private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
}

private func wait(for lock: FileLock) throws { try lock.lock() }

@Suite(.tags(.threads)) struct `A shared page` {
    @Test func `shows the same numbers to all who map it`() async throws {
        try await withTemporaryFolder { folder in
            let first = try SharedPage(path: folder + "/page")
            let second = try SharedPage(path: folder + "/page")
            for slot in 0..<8 { #expect(first[slot] == 0) }
            first[3] = 42
            second[7] = .max
            #expect(second[3] == 42)
            #expect(first[7] == .max)
            #expect(Folder.size(of: folder + "/page") == 4096)
            #expect(LocalHost.mode(of: folder + "/page") == 0o600)
        }
    }

    @Test func `shows them to other processes, too, and keeps them`() async throws {
        try await withTemporaryFolder { folder in
            let page = try SharedPage(path: folder + "/page")
            page[0] = 5
            await #expect(processExitsWith: .success) { [folder = folder as String] in
                let page = try SharedPage(path: folder + "/page")
                try #require(page[0] == 5)
                page[1] = 6
            }
            #expect(page[1] == 6)
        }
    }

    @Test func `has eight slots`() async {
        await #expect(processExitsWith: .failure) {
            let page = try SharedPage(path: "/tmp/ledger-test-page-\(getpid())")
            unlink("/tmp/ledger-test-page-\(getpid())")
            _exit(page[8] == 0 ? 0 : 0)
        }
    }
}

@Suite(.tags(.threads)) struct `A signal` {
    @Test func `wakes who waits, and not before`() async throws {
        let signal = Signal()
        let stage = Locked(0)
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        SystemThread.start {
            signal.withLock {
                while stage.withLock({ $0 }) == 0 { signal.wait() }
            }
            continuation.yield(stage.withLock { $0 })
            continuation.finish()
        }
        try await Task.sleep(for: .milliseconds(20))
        signal.withLock {
            stage.withLock { $0 = 2 }
            signal.signal()
        }
        var seen: [Int] = []
        for await number in stream { seen.append(number) }
        #expect(seen == [2])
    }

    @Test func `wakes all with a broadcast`() async {
        let signal = Signal()
        let isOpen = Locked(false)
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        for number in 0..<5 {
            SystemThread.start {
                signal.withLock {
                    while !isOpen.withLock({ $0 }) { signal.wait() }
                }
                continuation.yield(number)
            }
        }
        signal.withLock {
            isOpen.withLock { $0 = true }
            signal.broadcast()
        }
        var seen: Set<Int> = []
        for await number in stream {
            seen.insert(number)
            if seen.count == 5 { break }
        }
        #expect(seen == [0, 1, 2, 3, 4])
    }

    @Test func `gives up waiting after the time given`() async throws {
        let waited = waitInVain(nanoseconds: 30_000_000)
        #expect(waited >= 29_000_000)
        #expect(waited < 5_000_000_000)
    }
}

private func waitInVain(nanoseconds: Int64) -> Int64 {
    let signal = Signal()
    let start = SystemClock.monotonic
    signal.withLock { signal.wait(nanoseconds: nanoseconds) }
    return SystemClock.monotonic - start
}
