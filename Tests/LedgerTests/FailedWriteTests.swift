import Events
import Glibc
import Ledger
import Storage
import TestSupport
import Testing

/// What a process does whose disk refuses what it writes.
@Suite struct `A write that fails` {
    /// The descriptor by which LMDB writes the first pages of a file, in this process.
    private func metaDescriptor(of path: String) -> Int32? {
        let wanted = Folder.canonical(path)
        return Folder.names(in: "/proc/self/fd").compactMap { Int32($0) }.first { number in
            guard Folder.canonical("/proc/self/fd/\(number)") == wanted else { return false }
            return fcntl(number, F_GETFL) & O_ACCMODE == O_WRONLY
        }
    }

    @Test func `of a commit's last page ends nothing: the file is opened again`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([sampleMessage(0, seconds: 1)])
            let path = ledger.folder + "/log/data.mdb"
            for round in 1...3 {
                let number = try #require(metaDescriptor(of: path))
                let blind = open(path, O_RDONLY)
                #expect(dup2(blind, number) == number)
                close(blind)
                let failed = await code {
                    _ = try await ledger.append([sampleMessage(100 + round, seconds: 1)])
                }
                #expect(failed == .storage || failed == .damaged, "\(failed as Any)")
                // The next one finds the file open, and what failed is not in it.
                let place = try await ledger.append([sampleMessage(round, seconds: 1)])
                #expect(place == [Appended(position: Position(round), isDuplicate: false)])
                #expect(try ledger.count() == Position(round) + 1)
            }
            #expect(try ledger.verify() == [])
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `of the views is kept, told, and bounds what waits for them`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/ledger"
            try Ledger.create(path, origin: "test.example/ledger", isDevelopment: true)
            var options = Ledger.Options()
            options.tailMax = 6_000
            let ledger = try Ledger.open(path, options: options)
            defer { ledger.close() }
            let views = path + "/views"
            guard mount(views, views, nil, UInt(MS_BIND), nil) == 0 else {
                try Test.cancel("only root may mount")
            }
            defer { umount2(views, Int32(MNT_DETACH)) }
            let flags = UInt(MS_BIND | MS_REMOUNT | MS_RDONLY)
            try #require(mount(nil, views, nil, flags, nil) == 0)
            var count = 0
            var refusal: LedgerError?
            while refusal == nil, count < 60_000 {
                let drafts = (0..<1_000).map { sampleMessage(count + $0, seconds: 1) }
                do { _ = try await ledger.append(drafts) } catch {
                    refusal = LedgerError(any: error)
                }
                if refusal == nil { count += 1_000 }
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(refusal?.code == .storage)
            #expect(refusal?.message.contains("wait in memory for the views") == true)
            #expect(count < 40_000, "\(count)")
            let fault = try ledger.viewsStatus().fault
            #expect(fault?.message.contains("ead-only") == true, "\(fault as Any)")
            // A commit tells of it, unless none came between the fault and the refusals.
            let isRaised = try ledger.types().contains(.alertRaised)
            // The disk may be written again: the next flush clears it.
            umount2(views, Int32(MNT_DETACH))
            var isTaken = false
            for number in 0..<200 where !isTaken {
                try await Task.sleep(for: .milliseconds(60))
                let draft = sampleMessage(90_000 + number, seconds: 1)
                let place = try? await ledger.append([draft])
                isTaken = try place != nil && ledger.viewsStatus().fault == nil
            }
            #expect(isTaken)
            _ = try await ledger.append([sampleMessage(99_999, seconds: 1)])
            #expect(try ledger.viewsStatus().fault == nil)
            #expect(try ledger.types().contains(.alertCleared) == isRaised)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
    func `leaves no files of views that others rebuilt`() async throws {
        try await withLedger { ledger in
            for round in 0..<2 {
                _ = try await ledger.append([sampleMessage(2 * round, seconds: 1)])
                let rebuilt = try EndToEnd.run(["--ledger", ledger.folder, "rebuild"])
                #expect(rebuilt.code == 0, "\(rebuilt.err)")
                _ = try await ledger.append([sampleMessage(2 * round + 1, seconds: 1)])
            }
            let folder = Folder.canonical(ledger.folder) + "/views"
            let kept = Folder.names(in: "/proc/self/fd").filter { number in
                var bytes = [CChar](repeating: 0, count: 4_096)
                let length = readlink("/proc/self/fd/" + number, &bytes, bytes.count - 1)
                guard length > 0 else { return false }
                let target = String(decoding: bytes[..<length].map(UInt8.init), as: UTF8.self)
                return target.hasPrefix(folder) && target.hasSuffix("(deleted)")
            }
            #expect(kept == [])
        }
    }
}
