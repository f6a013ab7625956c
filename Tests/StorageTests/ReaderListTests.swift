import Bytes
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.tags(.threads)) struct `The list of readers` {
    @Test func `names who is inside a transaction, and how many commits it misses`() async throws {
        try await withTemporaryFolder { folder in
            let environment = try Environment.open(path: folder + "/e", options: standard)
            #expect(environment.readers() == [])
            try look(environment)
            #expect(environment.readers() == [])
        }
    }

    private func look(_ environment: Environment) throws {
        try environment.read { _ in
            #expect(environment.readers().map(\.pid) == [getpid()])
            #expect(environment.readers().map(\.behind) == [0])
            for key in UInt64(0)..<3 { try append([key], to: environment) }
            #expect(environment.readers().map(\.behind) == [3])
        }
    }
}
