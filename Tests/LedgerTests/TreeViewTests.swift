import Bytes
import Crypto
import Events
import Evidence
import Foundation
import Ledger
import Storage
import TestSupport
import Testing

@Suite(.tags(.memory)) struct `The tree over the records` {
    /// Appends messages up to `count`.
    private func fill(_ ledger: Ledger, to count: Int) async throws {
        let start = Int(try ledger.count())
        for first in stride(from: start, to: count, by: 10_000) {
            let drafts = (first..<min(count, first + 10_000)).map {
                sampleMessage($0, seconds: 100)
            }
            _ = try await ledger.append(drafts)
        }
    }

    /// The root of all records, leaf by leaf.
    private func root(_ ledger: Ledger) throws -> Digest {
        var hasher = TreeHasher()
        var frontier = Frontier()
        try ledger.forEachEvent { event in
            frontier.append(hasher.leaf(event.bytes), with: &hasher)
            return true
        }
        return frontier.root
    }

    @Test func `is what the records make it, however it was caught up`() async throws {
        try await withLedger { ledger in
            for count in [0, 1, 255, 256, 257, 1_000, 5_000] {
                try await fill(ledger, to: count)
                let (signed, isNew) = try ledger.signCheckpoint()
                #expect(isNew)
                #expect(signed.checkpoint.size == UInt64(count))
                #expect(try signed.checkpoint.root == root(ledger))
                #expect(try !ledger.signCheckpoint().isNew)
            }
            #expect(try ledger.verify().isEmpty)
        }
    }

    @Test func `is built anew where files are missing or damaged`() async throws {
        try await withLedger { ledger in
            try await fill(ledger, to: 1_000)
            _ = try ledger.signCheckpoint()
            try await fill(ledger, to: 2_000)
            let keys = ledger.folder + "/keys"
            let early = try Descriptor.contents(of: keys + "/checkpoint")
            let tree = ledger.folder + "/views/tree"
            let damages: [(String) throws -> Void] = [
                { try Folder.removeAll($0) },
                { try Folder.remove($0 + "/frontier") },
                { try Folder.removeAll($0 + "/tile") },
                { try Self.flip($0 + "/frontier", at: 60) },
                { try Self.flip($0 + "/tile/0/003", at: 5) },
                { try Descriptor.create($0 + "/tile/0/003", []) },
                { try Folder.remove($0 + "/tile/0/003") },
            ]
            for (index, damage) in damages.enumerated() {
                try await fill(ledger, to: 2_001 + index)
                _ = try ledger.signCheckpoint()
                // With the checkpoint of 1,000 as the last, tile 3 is read to compare its root.
                try Folder.removeAll(keys + "/checkpoints")
                try Descriptor.create(keys + "/checkpoint", early)
                try damage(tree)
                let signed = try ledger.signCheckpoint().signed.checkpoint
                #expect(try signed.root == root(ledger), "damage \(index)")
            }
        }
    }

    @Test func `does not sign another log than before`() async throws {
        try await withTemporaryFolder { folder in
            let names = ["/one", "/other"]
            var ledgers: [Ledger] = []
            for name in names {
                try Ledger.create(folder + name, origin: "test.example/l", isDevelopment: true)
                ledgers.append(try Ledger.open(folder + name))
            }
            defer { for ledger in ledgers { ledger.close() } }
            try await fill(ledgers[0], to: 300)
            _ = try await ledgers[1].append([sampleMessage(999, seconds: 100)])
            try await fill(ledgers[1], to: 300)
            let signed = try ledgers[0].signCheckpoint().signed
            // The keys of what was signed; those that open records are each ledger's own.
            for name in Folder.names(in: folder + "/one/keys")
            where !name.hasPrefix("vault") && name != "master" {
                let target = folder + "/other/keys/" + name
                try? Folder.removeAll(target)
                try FileManager.default.copyItem(
                    atPath: folder + "/one/keys/" + name, toPath: target)
            }
            let refused = await code { _ = try ledgers[1].signCheckpoint() }
            #expect(refused == .forked)
            #expect(try ledgers[1].lastCheckpoint() == signed)
            #expect(try ledgers[1].verify().count == 1)
            #expect(try ledgers[0].verify(against: [signed.checkpoint]).isEmpty)
            let longer = try Checkpoint(
                origin: "test.example/l", size: 301, root: signed.checkpoint.root)
            #expect(try ledgers[0].verify(against: [longer]).count == 1)
        }
    }

    @Test func `is signed by one key, made once`() async throws {
        try await withLedger { ledger in
            #expect(try ledger.verifierKey() == nil)
            let key = try ledger.makeSigningKey()
            #expect(try ledger.makeSigningKey() == key)
            #expect(try ledger.verifierKey() == key)
            let mode = LocalHost.mode(of: ledger.folder + "/keys/signing")
            #expect(mode.map { $0 & 0o777 } == 0o600)
            let signed = try ledger.signCheckpoint().signed
            #expect(try signed.note.verify(by: [key]) == [key])
            // A checkpoint that was kept, but not as the last one: the process was cut short.
            try Folder.remove(ledger.folder + "/keys/checkpoint")
            #expect(try ledger.lastCheckpoint() == signed)
            let forbidden = await code { _ = try ledger.sign(signed.checkpoint.text) }
            #expect(forbidden == .invalid)
        }
    }

    private static func flip(_ path: String, at offset: Int) throws {
        var bytes = try Descriptor.contents(of: path)
        bytes[offset] ^= 1
        try Descriptor.create(path, bytes)
    }
}
