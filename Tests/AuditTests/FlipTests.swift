import Events
import Glibc
import Ledger
import Storage
import TestSupport
import Testing

@testable import Audit

/// How many bits are flipped.
enum Flips {
    static let count = Effort.count(200, full: 10_000)
}

@Suite struct `A flipped bit in an export` {
    @Test func `is found, wherever it is`() async throws {
        try await withLedger { ledger in
            try await withTemporaryFolder { folder in
                var events = RandomEvents(seed: 11)
                _ = try await ledger.append((0..<270).map { _ in events.next() })
                let old = try ledger.signCheckpoint { _, _ in }.signed
                var order = AuditExport.Order(by: "ann", why: "flips", user: "test")
                _ = try AuditExport.write(ledger, old, to: folder + "/old", order)
                _ = try await ledger.append((0..<40).map { _ in events.next() })
                let signed = try ledger.signCheckpoint { _, _ in }.signed
                order.since = folder + "/old"
                order.proofs = [3, 269]
                let export = folder + "/new"
                _ = try AuditExport.write(ledger, signed, to: export, order)
                #expect(try ExportCheck.run(export).faults.isEmpty)
                let names = files(in: export)
                #expect(names.count >= 14, "\(names)")
                let seed = UInt64.random(in: 0..<1 << 32)
                var chance = SeededGenerator(seed: seed)
                for flip in 0..<Flips.count {
                    // Small files hold what is signed: each file has its turn.
                    let name = names[flip % names.count]
                    let path = export + "/" + name
                    let bytes = try Descriptor.contents(of: path)
                    let bit = Int.random(in: 0..<bytes.count * 8, using: &chance)
                    var altered = bytes
                    altered[bit / 8] ^= 1 << UInt8(bit % 8)
                    try Descriptor.create(path, altered, flushes: false)
                    let faults = try ExportCheck.run(export).faults
                    #expect(!faults.isEmpty, "\(name), bit \(bit), seed \(seed)")
                    try Descriptor.create(path, bytes, flushes: false)
                }
                #expect(try ExportCheck.run(export).faults.isEmpty)
            }
        }
    }

    private func files(in folder: String, _ prefix: String = "") -> [String] {
        Folder.names(in: folder + "/" + prefix).flatMap { name in
            Folder.isFolder("\(folder)/\(prefix)\(name)")
                ? files(in: folder, "\(prefix)\(name)/") : [prefix + name]
        }
    }
}
