import Events
import Glibc
import Ledger
import Storage
import TestSupport
import Testing

@Suite struct `A flipped bit in the log` {
    @Test func `is reported or changes no answer, in every copy`() async throws {
        try await withTemporaryFolder { folder in
            let original = folder + "/l"
            try Ledger.create(original, origin: "test/l", isDevelopment: true)
            let ledger = try Ledger.open(original)
            var events = RandomEvents(seed: 4)
            _ = try await ledger.append((0..<300).map { _ in events.next() })
            #expect(try ledger.verify().isEmpty)
            ledger.close()
            let results = try SharedPage(path: folder + "/results")
            // LMDB trusts its own pages and may die of a bit in them: the next process goes on.
            for _ in 0..<FlipTrial.count / 5 where results[FlipTrial.done] < FlipTrial.count {
                await #expect(processExitsWith: .success) { [folder = folder as String] in
                    try FlipTrial(folder: folder).run()
                }
            }
            #expect(results[FlipTrial.done] == FlipTrial.count)
            #expect(results[FlipTrial.wrong] == 0, "bit \(results[FlipTrial.firstWrong])")
            #expect(results[FlipTrial.noticed] > FlipTrial.count / 10)
            #expect(results[FlipTrial.died] < FlipTrial.count / 10)
        }
    }

    @Test func `is told with its position by reading and by verifying`() async throws {
        try await withTemporaryFolder { folder in
            try Ledger.create(folder + "/l", origin: "test/l", isDevelopment: true)
            let needle = "work item that stands only here"
            do {
                let ledger = try Ledger.open(folder + "/l")
                _ = try await ledger.append(
                    (0..<20).map {
                        sampleMessage($0, seconds: 1, subject: $0 == 13 ? needle : nil)
                    })
                ledger.close()
            }
            let file = folder + "/l/log/data.mdb"
            var bytes = try Descriptor.contents(of: file)
            let place = try #require(bytes.firstRange(of: Array(needle.utf8)))
            bytes[place.lowerBound + 3] ^= 0x20
            try Descriptor.create(file, bytes)
            let ledger = try Ledger.open(folder + "/l")
            defer { ledger.close() }
            let faults = try ledger.verify()
            #expect(faults.map(\.position) == [13])
            for read in [
                { _ = try ledger.withEvent(at: 13) { $0.position } }, { _ = try ledger.records() },
                { try ledger.forEachEventBackwards { _ in true } },
                { _ = try ledger.withState { $0.count } },
                { _ = try ledger.withState(after: 20) { $0.count } },
            ] as [() throws -> Void] {
                let error = #expect(throws: LedgerError.self) { try read() }
                #expect(error?.code == .damaged)
                #expect(error?.position == 13)
            }
            #expect(try ledger.withOpenEvent(at: 14) { $0.text(.message) } == "wamid.14")
            // Without the state nothing can be decided.
            let refused = await code { _ = try await ledger.append([sampleMessage(50)]) }
            #expect(refused == .damaged)
            #expect(try ledger.count() == 20)
        }
    }
}

/// Flips one bit after the other in copies of a ledger, in a process that may die of it.
private struct FlipTrial {
    static let count = Effort.seeds(300, full: 10_000)
    static let (done, noticed, wrong, died, firstWrong, isRunning) = (0, 1, 2, 3, 4, 5)

    let folder: String
    let results: SharedPage
    let records: [[UInt8]]

    init(folder: String) throws {
        self.folder = folder
        results = try SharedPage(path: folder + "/results")
        let ledger = try Ledger.open(folder + "/l")
        records = try ledger.records()
        ledger.close()
    }

    func run() throws {
        for number in [SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGTRAP] {
            _ = signal(number) { _ in _exit(0) }
        }
        if results[Self.isRunning] == 1 {
            results[Self.died] += 1
            results[Self.done] += 1
        }
        while results[Self.done] < Self.count {
            results[Self.isRunning] = 1
            try flip(results[Self.done])
            results[Self.isRunning] = 0
            results[Self.done] += 1
        }
    }

    private func flip(_ trial: UInt64) throws {
        let copy = folder + "/\(trial)"
        try Folder.create(copy)
        try Folder.create(copy + "/log")
        var bytes = try Descriptor.contents(of: folder + "/l/log/data.mdb")
        var random = SeededGenerator(seed: trial)
        let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        try Descriptor.create(copy + "/log/data.mdb", bytes)
        do {
            let ledger = try Ledger.open(copy)
            let faults = try ledger.verify()
            let found = try ledger.records()
            if !faults.isEmpty {
                results[Self.noticed] += 1
            } else if found != records {
                results[Self.wrong] += 1
                results[Self.firstWrong] = UInt64(bit)
            }
        } catch {
            results[Self.noticed] += 1
        }
        try Folder.removeAll(copy)
    }
}
