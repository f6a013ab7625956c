import Glibc
import Storage
import TestSupport
import Testing

@Suite struct `A crowd of readers` {
    @Test func `is refused with a sentence once every slot is taken`() async throws {
        try await withEnvironment { environment in
            try append(0..<3, to: environment)
            var sessions: [ReadSession] = []
            defer { for session in sessions { session.end() } }
            let error = #expect(throws: StorageError.self) {
                for _ in 0..<600 {
                    let session = ReadSession(environment)
                    try session.begin()
                    sessions.append(session)
                }
            }
            #expect(sessions.count == 510)
            #expect(error?.message.contains("reader") == true, "\(error?.message ?? "")")
            sessions.removeLast().end()
            #expect(try keys(in: environment, from: 0) == [0, 1, 2])
        }
    }

    @Test func `that died makes room for the next`() async throws {
        try await withTemporaryFolder { folder in
            let environment = try Environment.open(path: folder + "/e", options: standard)
            try append(0..<3, to: environment)
            await #expect(processExitsWith: .exitCode(7)) { [folder = folder as String] in
                let environment = try Environment.open(path: folder + "/e", options: standard)
                var sessions: [ReadSession] = []
                for _ in 0..<510 {
                    let session = ReadSession(environment)
                    try session.begin()
                    sessions.append(session)
                }
                _exit(sessions.count == 510 ? 7 : 1)
            }
            // No slot is free; those of the dead process are cleared by whoever needs one.
            #expect(try keys(in: environment, from: 0) == [0, 1, 2])
        }
    }
}

@Suite(.tags(.memory)) struct `A process with little room` {
    @Test func `is told when another has made the file larger than its map`() async throws {
        try await withTemporaryFolder { folder in
            let environment = try Environment.open(path: folder + "/e", options: standard)
            try append([0], to: environment)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [folder = folder as String] in
                    try await wait(for: folder + "/ready")
                    try grow(environment)
                    try Descriptor.create(folder + "/grown", [])
                }
                await #expect(processExitsWith: .exitCode(7)) { [folder = folder as String] in
                    let pages = try Descriptor.contents(of: "/proc/self/statm")
                    let used = String(decoding: pages, as: UTF8.self).split(separator: " ")[0]
                    let limit = try #require(UInt(used)) * 4096 + 400 << 20
                    var size = rlimit(rlim_cur: limit, rlim_max: limit)
                    // 9 is RLIMIT_AS, which Swift does not import.
                    try #require(setrlimit(__rlimit_resource_t(9), &size) == 0)
                    let environment = try Environment.open(path: folder + "/e", options: standard)
                    try #require(try keys(in: environment, from: 0) == [0])
                    try Descriptor.create(folder + "/ready", [])
                    try await wait(for: folder + "/grown")
                    do {
                        _ = try keys(in: environment, from: 0)
                        _exit(1)
                    } catch let error as StorageError {
                        _exit(error.message.contains("open the ledger again") ? 7 : 2)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

private func wait(for path: String) async throws {
    for _ in 0..<18_000 where !Folder.exists(path) { try await Task.sleep(for: .milliseconds(50)) }
    try #require(Folder.exists(path))
}

/// Appends 300 MB.
private func grow(_ environment: Environment) throws {
    let table = environment.table("log")
    try environment.write { transaction in
        for key in UInt64(1)...300 {
            try transaction.append(key, byteCount: 1 << 20, in: table) { _ in }
        }
    }
}
