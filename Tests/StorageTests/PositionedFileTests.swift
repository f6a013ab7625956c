import Glibc
import Storage
import TestSupport
import Testing

@Suite(.tags(.memory)) struct `A file that is read and written at offsets` {
    @Test func `is made once, private, and grows where it is written`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/file"
            #expect(throws: StorageError(.notFound, "")) { try PositionedFile(path: path) }
            let file = try PositionedFile(path: path, isNew: true)
            #expect(PositionedFile.access(of: path)?.mode == 0o600)
            #expect(throws: StorageError(.failed, "")) {
                try PositionedFile(path: path, isNew: true)
            }
            try file.write(bytes("world").span, at: 6)
            try file.write(bytes("hello").span, at: 0)
            try file.flush()
            #expect(try file.byteCount == 11)
            let other = try PositionedFile(path: path)
            #expect(try other.read(100, at: 0) == bytes("hello\0world"))
            #expect(try other.read(3, at: 8) == bytes("rld"))
            #expect(try other.read(3, at: 11) == [])
        }
    }

    @Test func `is told from folders and from nothing`() async throws {
        try await withTemporaryFolder { folder in
            #expect(PositionedFile.access(of: folder) == nil)
            #expect(PositionedFile.access(of: folder + "/none") == nil)
            try Descriptor.create(folder + "/file", [1], mode: 0o640)
            let access = PositionedFile.access(of: folder + "/file")
            #expect(access?.mode == 0o640 && access?.owner == getuid())
        }
    }
}

@Suite(.tags(.memory)) struct `The answer of a program` {
    @Test func `is what it wrote, to the last byte allowed`() throws {
        #expect(try answer("printf abc", byteMax: 3) == bytes("abc"))
        #expect(try answer("cat", byteMax: 3) == [])
        #expect(throws: StorageError(.failed, "")) { try answer("printf abcd", byteMax: 3) }
    }

    @Test func `is none where it fails or takes too long`() throws {
        #expect(throws: StorageError(.failed, "")) { try answer("exit 7") }
        #expect(throws: StorageError(.failed, "")) { try answer("kill -9 $$") }
        let begin = SystemClock.monotonic
        #expect(throws: StorageError(.failed, "")) { try answer("exec sleep 60") }
        #expect(SystemClock.monotonic - begin < 30_000_000_000)
    }

    private func answer(_ script: String, byteMax: Int = 100) throws -> [UInt8] {
        try Subprocess.answer(of: "/bin/sh", ["-c", script], byteMax: byteMax, seconds: 1)
    }
}
