import Bytes
import Storage
import TestSupport
import Testing

@testable import Ledger

@Suite struct `A copy of keys that others change in place` {
    @Test(arguments: 0...4) func `is what lay there while nobody wrote`(changes: Int) async throws {
        try await withTemporaryFolder { folder in
            let keys = folder + "/keys"
            try Folder.create(keys)
            for name in ["vkey", "signing", "edge", "lock", "forked", "erasures"] {
                try Descriptor.create(keys + "/" + name, Array(name.utf8))
            }
            try Descriptor.create(keys + "/vault-1", [0])
            let target = folder + "/copy"
            var number: UInt8 = 0
            var last: [UInt8] = []
            try KeyCopy(source: keys, target: target, isWhole: true).run { body in
                // Somebody was faster than the lock, so often.
                if number < changes {
                    number += 1
                    try Descriptor.create(keys + "/vault-1", [number])
                }
                last = try Descriptor.contents(of: keys + "/vault-1")
                try body()
            }
            #expect(try Descriptor.contents(of: target + "/vault-1") == last)
            #expect(Int(number) == min(changes, 3))
            #expect(Folder.names(in: target) == ["erasures", "vault-1", "vkey"])
        }
    }

    @Test func `has the next generation and not the one before`() async throws {
        try await withTemporaryFolder { folder in
            let keys = folder + "/keys"
            try Folder.create(keys)
            try Descriptor.create(keys + "/vault-1", [1])
            let target = folder + "/copy"
            try KeyCopy(source: keys, target: target, isWhole: true).run { body in
                if Folder.exists(keys + "/vault-1") {
                    try Descriptor.create(keys + "/vault-2", [2])
                    try Folder.remove(keys + "/vault-1")
                }
                try body()
            }
            #expect(Folder.names(in: target) == ["vault-2"])
            #expect(try Descriptor.contents(of: target + "/vault-2") == [2])
        }
    }

    @Test func `leaves them out if told to, and takes no lock for that`() async throws {
        try await withTemporaryFolder { folder in
            let keys = folder + "/keys"
            try Folder.create(keys)
            try Descriptor.create(keys + "/vault-1", [1])
            try Descriptor.create(keys + "/checkpoint", [2])
            try KeyCopy(source: keys, target: folder + "/copy", isWhole: false).run { _ in
                Issue.record("nothing is to be compared")
            }
            #expect(Folder.names(in: folder + "/copy") == ["checkpoint"])
        }
    }
}

@Suite struct `The list of erasures` {
    @Test func `is read as it was written, and merged`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/erasures"
            #expect(try ErasureList(file: path).erasures.isEmpty, "a missing list is one of none")
            let one = String(repeating: "0f", count: 16)
            let two = String(repeating: "a1", count: 16)
            let lines = ["3 \(one) 5 1\n", "7 \(two) 0 0\n", "9 \(one) 0 1\n"]
            try Descriptor.create(path, Array((lines[0] + lines[1]).utf8))
            var list = try ErasureList(file: path)
            #expect(list.erasures.map(\.position) == [3, 7])
            #expect(list.erasures.map(\.alias.hex) == [one, two])
            #expect(list.erasures.map(\.optOut) == [5, 0])
            #expect(list.erasures.map(\.isAsked) == [true, false])
            try Descriptor.create(path, Array((lines[1] + lines[2]).utf8))
            list.merge(try ErasureList(file: path))
            #expect(list.text == lines.joined())
        }
    }

    @Test(arguments: ["x 00", "1", "1 0", "1 zz", "1 +1", "1  00", "1 00 2", ""])
    func `refuses a line that is none`(line: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/erasures"
            try Descriptor.create(path, Array("\(line)\n".utf8))
            #expect(throws: LedgerError.self) { try ErasureList(file: path) }
        }
    }
}
