import Bytes
import Storage
import TestSupport
import Testing

@Suite(.tags(.threads)) struct `A transaction` {
    @Test func `commits on return`() async throws {
        try await withEnvironment { environment in
            let table = environment.table("rows")
            try environment.write { try $0.put(bytes("key").span, bytes("value").span, in: table) }
            #expect(try value(of: "key", in: environment) == "value")
        }
    }

    @Test func `aborts on throw and passes the error on`() async throws {
        try await withEnvironment { environment in
            let table = environment.table("rows")
            try environment.write { try $0.put(bytes("key").span, bytes("old").span, in: table) }
            #expect(throws: Refusal()) {
                try environment.write { transaction in
                    try transaction.put(bytes("key").span, bytes("new").span, in: table)
                    try transaction.put(bytes("other").span, bytes("new").span, in: table)
                    throw Refusal()
                }
            }
            #expect(try value(of: "key", in: environment) == "old")
            #expect(try value(of: "other", in: environment) == nil)
            // The aborted transaction has given its lock back.
            try environment.write { try $0.put(bytes("key").span, bytes("last").span, in: table) }
            #expect(try value(of: "key", in: environment) == "last")
        }
    }

    @Test(arguments: [1, 7, 32])
    func `shows values before their turn, each once and in order`(_ distance: Int) async throws {
        try await withEnvironment { environment in
            let table = environment.table("log")
            try append(0..<100, to: environment)
            try environment.read { transaction in
                for end in [UInt64(20), 99, 1000] {
                    var ahead: [UInt64] = []
                    var walked: [UInt64] = []
                    var farthest = 0
                    try transaction.scan(
                        table, from: 10, distance: distance,
                        ahead: { ahead.append($0.load(at: 0, as: UInt64.self) / 31) }
                    ) { key, value in
                        if value.load(at: 0, as: UInt64.self) == key &* 31 { walked.append(key) }
                        farthest = max(farthest, ahead.count - walked.count + 1)
                        return key < end
                    }
                    #expect(walked == Array(10...min(end, 99)))
                    #expect(ahead.starts(with: walked))
                    #expect(farthest == distance)
                    #expect(ahead.count == min(90, walked.count + distance - 1))
                }
            }
        }
    }

    @Test func `lends spans that stay the same while others write`() async throws {
        try await withEnvironment { environment in
            let table = environment.table("log")
            try append(0..<100, to: environment)
            try environment.read { transaction in
                guard let before = try transaction.value(at: 50, in: table) else {
                    throw Refusal()
                }
                let first = before.array
                #expect(first.count == 8)
                try append(100..<2000, to: environment)
                // The span still points at the page of its own moment.
                let isSame = before.equals(first.span)
                #expect(isSame)
                #expect(try transaction.count(of: table) == 100)
                let later = try transaction.value(at: 1000, in: table)?.array
                #expect(later == nil)
            }
            #expect(try environment.read { try $0.count(of: table) } == 2000)
        }
    }

    @Test func `sees its own writes before it commits`() async throws {
        try await withEnvironment { environment in
            let table = environment.table("rows")
            try environment.write { transaction in
                try transaction.put(bytes("a").span, bytes("1").span, in: table)
                let written = try transaction.value(of: bytes("a").span, in: table)?.string
                #expect(written == "1")
                try transaction.remove(bytes("a").span, in: table)
                let removed = try transaction.value(of: bytes("a").span, in: table)?.string
                #expect(removed == nil)
                try transaction.remove(bytes("never there").span, in: table)
                #expect(try transaction.count(of: table) == 0)
            }
        }
    }

    @Test func `walks integer keys upwards and downwards from any start`() async throws {
        try await withEnvironment { environment in
            try append([3, 5, 8, 13], to: environment)
            for (start, up, down) in [
                (0, [3, 5, 8, 13], []), (3, [3, 5, 8, 13], [3]), (6, [8, 13], [5, 3]),
                (13, [13], [13, 8, 5, 3]), (99, [], [13, 8, 5, 3]),
            ] as [(UInt64, [UInt64], [UInt64])] {
                #expect(try keys(in: environment, from: start) == up)
                #expect(try keys(in: environment, from: start, backwards: true) == down)
            }
        }
    }

    @Test func `refuses to append below the last key`() async throws {
        try await withEnvironment { environment in
            try append([7], to: environment)
            #expect(throws: StorageError.self) { try append([6], to: environment) }
            #expect(try keys(in: environment, from: 0) == [7])
        }
    }

    @Test func `renews a session to what is committed now`() async throws {
        try await withEnvironment { environment in
            let table = environment.table("log")
            let session = ReadSession(environment)
            try session.begin()
            try append([1], to: environment)
            #expect(try session.withValue(at: 1, in: table) { $0.count } == nil)
            try session.begin()
            #expect(try session.withValue(at: 1, in: table) { $0.count } == 8)
            session.end()
            try append([2], to: environment)
            try session.begin()
            var seen: [UInt64] = []
            try session.scan(table, from: 0) { key, _ in
                seen.append(key)
                return true
            }
            #expect(seen == [1, 2])
        }
    }

    @Test func `is one at a time, whatever the number of threads`() async throws {
        try await withTemporaryFolder { folder in
            let environment = try Environment.open(path: folder + "/e", options: standard)
            let table = environment.table("rows")
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<25 { increment(environment, table) }
                    }
                }
            }
            #expect(try value(of: "counter", in: environment) == "100")
        }
    }
}

private struct Refusal: Error, Equatable {}

private func increment(_ environment: Environment, _ table: Table) {
    let key = bytes("counter")
    do {
        try environment.write { transaction in
            let old = try transaction.value(of: key.span, in: table)?.string ?? "0"
            try transaction.put(key.span, bytes("\((Int(old) ?? 0) + 1)").span, in: table)
        }
    } catch {
        Issue.record("\(error)")
    }
}
