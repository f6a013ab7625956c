import Bytes
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.tags(.threads)) struct `An environment` {
    @Test func `is opened once per process, whatever the path is called`() async throws {
        try await withTemporaryFolder { folder in
            let first = try Environment.open(path: folder + "/e", options: standard)
            let second = try Environment.open(path: folder + "/e/../e", options: standard)
            #expect(first === second)
            #expect(symlink(folder + "/e", folder + "/link") == 0)
            #expect(try Environment.open(path: folder + "/link", options: standard) === first)
        }
    }

    @Test func `is closed with its last user and opened anew with what was committed`()
        async throws
    {
        try await withTemporaryFolder { folder in
            for round in UInt64(0)..<20 {
                let environment = try Environment.open(path: folder + "/e", options: standard)
                #expect(try keys(in: environment, from: 0) == Array(0..<round))
                try append([round], to: environment)
            }
        }
    }

    @Test func `is one object to many threads that open and close it at once`() async throws {
        try await withTemporaryFolder { folder in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<25 {
                            let environment = try Environment.open(
                                path: folder + "/e", options: standard)
                            try addOne(to: environment)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let environment = try Environment.open(path: folder + "/e", options: standard)
            #expect(try keys(in: environment, from: 0) == Array(0..<200))
        }
    }

    @Test func `keeps its files to its owner`() async throws {
        try await withTemporaryFolder { folder in
            let environment = try Environment.open(path: folder + "/e", options: standard)
            #expect(LocalHost.mode(of: environment.path) == 0o700)
            #expect(LocalHost.mode(of: environment.path + "/data.mdb") == 0o600)
            #expect(LocalHost.mode(of: environment.path + "/lock.mdb") == 0o600)
        }
    }

    @Test func `takes 256 GiB of address space and no room on disk`() async throws {
        try await withTemporaryFolder { folder in
            var options = standard
            options.mapBytes = 256 << 30
            let environment = try Environment.open(path: folder + "/e", options: options)
            #expect(Folder.size(of: environment.path + "/data.mdb") < 100_000)
            let maps = try Descriptor.contents(of: "/proc/self/maps")
            let text = String(decoding: maps, as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.contains(environment.path) }
            let range = try #require(line).split(separator: " ")[0].split(separator: "-")
            let low = try #require(UInt64(range[0], radix: 16))
            let high = try #require(UInt64(range[1], radix: 16))
            #expect(high - low == 256 << 30)
        }
    }

    @Test func `takes a smaller map where the system grants less`() async throws {
        try await withTemporaryFolder { folder in
            await #expect(processExitsWith: .success) { [folder = folder as String] in
                let pages = try Descriptor.contents(of: "/proc/self/statm")
                let used = String(decoding: pages, as: UTF8.self).split(separator: " ")[0]
                let limit = try #require(UInt(used)) * 4096 + 1 << 30
                var size = rlimit(rlim_cur: limit, rlim_max: limit)
                try #require(setrlimit(addressSpace, &size) == 0)
                let environment = try Environment.open(path: folder + "/e", options: standard)
                try append(0..<1000, to: environment)
                #expect(try keys(in: environment, from: 0) == Array(0..<1000))
            }
            // What the small map wrote, a large one reads.
            let environment = try Environment.open(path: folder + "/e", options: standard)
            #expect(try keys(in: environment, from: 990) == Array(990..<1000))
        }
    }

    @Test func `frees the reader slots of processes that died`() async throws {
        try await withTemporaryFolder { folder in
            let environment = try Environment.open(path: folder + "/e", options: standard)
            try append([1], to: environment)
            await #expect(processExitsWith: .exitCode(7)) { [folder = folder as String] in
                let environment = try Environment.open(path: folder + "/e", options: standard)
                let session = ReadSession(environment)
                try session.begin()
                _exit(7)
            }
            #expect(environment.clearStaleReaders() == 1)
            #expect(environment.clearStaleReaders() == 0)
        }
    }

    @Test func `frees stale readers when it is opened`() async throws {
        try await withTemporaryFolder { folder in
            await #expect(processExitsWith: .exitCode(7)) { [folder = folder as String] in
                let environment = try Environment.open(path: folder + "/e", options: standard)
                let session = ReadSession(environment)
                try session.begin()
                _exit(7)
            }
            let environment = try Environment.open(path: folder + "/e", options: standard)
            #expect(environment.clearStaleReaders() == 0)
        }
    }
}

/// `RLIMIT_AS`, which Swift does not import.
private let addressSpace: __rlimit_resource_t = 9

private func addOne(to environment: Environment) throws {
    let table = environment.table("log")
    try environment.write { transaction in
        let next = UInt64(try transaction.count(of: table))
        try transaction.append(next, byteCount: 8, in: table) { $0.store(next &* 31, at: 0) }
    }
}
