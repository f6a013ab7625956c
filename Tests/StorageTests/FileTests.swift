import Glibc
import Storage
import TestSupport
import Testing

@Suite(.tags(.memory)) struct `A descriptor` {
    @Test func `writes and reads whole buffers through a pipe`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        defer { Descriptor.close(reader) }
        let sent = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        SystemThread.start {
            // More than a pipe holds: the write is cut and goes on.
            if Descriptor.write(writer, sent) == 0 { Descriptor.close(writer) }
        }
        #expect(try drain(reader) == sent)
    }

    @Test func `answers the errno of a write that fails`() throws {
        let descriptor = try Descriptor.open("/dev/null")
        #expect(Descriptor.write(descriptor, [1]) == EBADF)
        Descriptor.close(descriptor)
        #expect(Descriptor.write(-1, []) == 0)
    }

    @Test func `says whether there is something to read`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        #expect(!isReadable(ends[0]))
        #expect(Descriptor.write(ends[1], [1]) == 0)
        #expect(isReadable(ends[0]))
        #expect(!LocalHost.isClosed(ends[1]))
        Descriptor.close(ends[0])
        #expect(LocalHost.isClosed(ends[1]))
        Descriptor.close(ends[1])
    }

    @Test func `creates files anew and reads them back, up to a limit`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/file"
            try Descriptor.create(path, Array(repeating: 7, count: 3_000_000))
            try Descriptor.create(path, [1, 2, 3], mode: 0o644)
            #expect(try Descriptor.contents(of: path) == [1, 2, 3])
            #expect(throws: StorageError(.failed, "")) {
                try Descriptor.contents(of: path, byteMax: 2)
            }
            #expect(throws: StorageError(.notFound, "")) {
                try Descriptor.contents(of: folder + "/none")
            }
        }
    }

    @Test(.enabled(if: access("/dev/full", W_OK) == 0, "needs /dev/full"))
    func `reports a full disk as such`() {
        #expect(throws: StorageError(.diskFull, "")) { try Descriptor.create("/dev/full", [1]) }
    }
}

private func drain(_ descriptor: Int32) throws -> [UInt8] {
    var all: [UInt8] = []
    while true {
        let part = try Descriptor.read(descriptor, byteMax: 10_000)
        if part.isEmpty { return all }
        all += part
    }
}

private func isReadable(_ descriptor: Int32) -> Bool {
    Descriptor.isReadable(descriptor, milliseconds: 0)
}

@Suite(.tags(.memory)) struct `A folder` {
    @Test func `lists, renames and removes what is in it`() async throws {
        try await withTemporaryFolder { folder in
            try Folder.create(folder + "/b")
            try Descriptor.create(folder + "/b/deep", [1])
            try Descriptor.create(folder + "/a", [1, 2])
            #expect(Folder.names(in: folder) == ["a", "b"])
            #expect(Folder.size(of: folder + "/a") == 2)
            #expect(Folder.size(of: folder + "/none") == 0)
            try Folder.rename(folder + "/a", to: folder + "/c")
            #expect(throws: StorageError(.failed, "")) { try Folder.remove(folder + "/b") }
            try Folder.removeAll(folder + "/b")
            try Folder.removeAll(folder + "/b")
            #expect(Folder.names(in: folder) == ["c"])
            #expect(Folder.names(in: folder + "/none") == [])
        }
    }

    @Test func `removes a link and not what it points to`() async throws {
        try await withTemporaryFolder { folder in
            try Folder.create(folder + "/kept")
            try Descriptor.create(folder + "/kept/file", [1])
            try Folder.create(folder + "/gone")
            try #require(symlink(folder + "/kept", folder + "/gone/link") == 0)
            try Folder.removeAll(folder + "/gone")
            #expect(Folder.names(in: folder + "/kept") == ["file"])
        }
    }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b")])
    func `has a parent`(_ path: String, _ parent: String) {
        #expect(Folder.parent(of: path) == parent)
    }
}

@Suite(.tags(.memory)) struct `Local time` {
    @Test func `leads to the second that the system shows as that time`() throws {
        for month in 1...12 {
            let seconds = try #require(
                LocalTime.seconds(
                    year: 2025, month: month, day: 15, hour: 12, minute: 30, second: 7))
            var moment = time_t(seconds)
            var shown = tm()
            localtime_r(&moment, &shown)
            #expect(shown.tm_mon + 1 == Int32(month) && shown.tm_mday == 15)
            #expect(shown.tm_hour == 12 && shown.tm_min == 30 && shown.tm_sec == 7)
            #expect(LocalTime.offsetMinutes(at: seconds) == shown.tm_gmtoff / 60)
        }
    }

    @Test(arguments: [
        (2025, 2, 29, 0), (2025, 4, 31, 0), (2025, 13, 1, 0), (2025, 0, 1, 0), (1969, 1, 1, 0),
        (2025, 1, 1, 24), (2262, 1, 1, 0),
    ])
    func `refuses what no calendar has`(_ year: Int, _ month: Int, _ day: Int, _ hour: Int) {
        #expect(
            LocalTime.seconds(
                year: year, month: month, day: day, hour: hour, minute: 0, second: 0) == nil)
    }

    @Test func `knows leap days`() {
        #expect(
            LocalTime.seconds(year: 2024, month: 2, day: 29, hour: 0, minute: 0, second: 0) != nil)
    }
}
