import Events
import Glibc
import Ledger
import Storage
import TestSupport
import Testing

@Suite struct `A full disk` {
    @Test func `refuses to append, loses nothing, and works again once there is room`()
        async throws
    {
        try await withSmallDisk(bytes: 4 << 20) { disk in
            try Ledger.create(disk + "/l", origin: "test/l", isDevelopment: true)
            let ledger = try Ledger.open(disk + "/l")
            defer { ledger.close() }
            let text = String(repeating: "much to say ", count: 80)
            var acknowledged: Position = 0
            var refusal: LedgerError?
            while refusal == nil, acknowledged < 20_000 {
                let drafts = (0..<50).map {
                    sampleMessage(Int(acknowledged) + $0, seconds: 1, text: text)
                }
                do {
                    let places = try await ledger.append(drafts)
                    #expect(places.map(\.position) == Array(acknowledged..<acknowledged + 50))
                    acknowledged += 50
                } catch { refusal = LedgerError(any: error) }
            }
            #expect(refusal?.code == .storage)
            #expect(refusal?.message.contains("disk is full") == true)
            #expect(acknowledged > 500)
            try await keepingFull(disk) { try await checkRefused(ledger, acknowledged) }
            // Room comes, and the same ledger goes on.
            try #require(mount("ledger-test", disk, "tmpfs", UInt(MS_REMOUNT), "size=64m") == 0)
            let next = try await ledger.append(
                [sampleMessage(Int(acknowledged), seconds: 1, text: text)])
            #expect(next == [Appended(position: acknowledged, isDuplicate: false)])
            #expect(try ledger.verify() == [])
            #expect(try ledger.stateDifference() == nil)
        }
    }

    /// Takes what room there is while `body` runs: a flush that fails gives some back, whenever a
    /// busy machine lets it.
    private func keepingFull(_ disk: String, _ body: () async throws -> Void) async throws {
        let file = open(disk + "/filler", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        let isDone = Locked(false)
        let ended = Locked(false)
        SystemThread.start {
            let many = [UInt8](repeating: 0, count: 1 << 18)
            while !isDone.withLock({ $0 }) {
                while write(file, many, many.count) > 0 {}
                SystemThread.sleep(nanoseconds: 500_000)
            }
            ended.withLock { $0 = true }
        }
        defer { isDone.withLock { $0 = true } }
        for _ in 0..<1_500 where free(disk) > 0 { try await Task.sleep(for: .milliseconds(1)) }
        try await body()
        isDone.withLock { $0 = true }
        while !ended.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// The blocks that are left on a disk.
    private func free(_ disk: String) -> UInt {
        var stat = statvfs()
        return statvfs(disk, &stat) == 0 ? stat.f_bavail : 0
    }

    private func checkRefused(_ ledger: Ledger, _ acknowledged: Position) async throws {
        let text = String(repeating: "more than fits ", count: 4000)
        for number in 0..<3 {
            // Far more than a commit that failed can have left behind in the file.
            let drafts = (0..<20).map {
                sampleMessage(number * 20 + $0, source: "late", seconds: 1, text: text)
            }
            #expect(await code { _ = try await ledger.append(drafts) } == .storage)
        }
        #expect(try ledger.count() == acknowledged)
        #expect(try ledger.verify() == [])
        let again = try? await ledger.append([sampleMessage(0, seconds: 1, text: nil)])
        #expect(again == nil)
        // Another opening of the same full disk reads all of it.
        let reader = try Ledger.open(ledger.folder)
        defer { reader.close() }
        #expect(try reader.records().count == Int(acknowledged))
    }
}

/// A file system of a few bytes in memory, unmounted at the end.
private func withSmallDisk(bytes: Int, _ body: (String) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let isMounted = mount("ledger-test", folder, "tmpfs", 0, "size=\(bytes)") == 0
        guard isMounted else { try Test.cancel("only root may mount a small disk") }
        defer { umount2(folder, Int32(MNT_DETACH)) }
        try await body(folder)
    }
}
