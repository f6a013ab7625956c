import Events
import Ledger
import Storage
import TestSupport
import Testing

@testable import Audit

@Suite struct `An export that was cut short` {
    private struct Stop: Error {}

    @Test(arguments: [0, 1, 3, 4, 8])
    func `goes on where whole files end, to the same bytes`(bundles: Int) async throws {
        try await withFolder { ledger, folder in
            try await fill(ledger, 0..<2_100)
            let signed = try ledger.signCheckpoint { _, _ in }.signed
            var order = AuditExport.Order(by: "ann", user: "test")
            order.range.first = 100
            order.subject = "DR1854003"
            order.proofs = [7]
            _ = try AuditExport.write(ledger, signed, to: folder + "/whole", order)
            // Stops once so many bundles are written and noted.
            let reached = Position(bundles * 256)
            try stop(at: reached, ledger, signed, folder + "/cut", order)
            // Half a bundle and half a line, as a kill leaves them.
            if bundles < 8 {
                try Descriptor.create(folder + "/cut/tile/0/00\(bundles)", [1, 2, 3])
            }
            let path = folder + "/cut/events.ndjson"
            if Folder.exists(path) {
                let written = try Descriptor.contents(of: path)
                try Descriptor.create(path, written + [0x7B])
            }
            try await fill(ledger, 2_100..<2_110)
            let later = try ledger.signCheckpoint { _, _ in }.signed
            #expect(later.checkpoint != signed.checkpoint)
            // What was begun at no whole file may lead to a newer checkpoint.
            let next = bundles == 0 ? signed : later
            var first: Position?
            _ = try AuditExport.write(
                ledger, next, to: folder + "/cut", order, pause: 0,
                progress: { first = first ?? $0 })
            #expect(first == max(256, reached), "it went on from there")
            for name in Self.files(in: folder + "/whole") {
                let whole = try Descriptor.contents(of: folder + "/whole/" + name)
                let cut = try? Descriptor.contents(of: folder + "/cut/" + name)
                #expect(cut == whole, "\(name)")
            }
            #expect(Self.files(in: folder + "/cut") == Self.files(in: folder + "/whole"))
            #expect(try ExportCheck.run(folder + "/cut").faults.isEmpty)
        }
    }

    @Test func `begins anew where the machine was started again`() async throws {
        try await withFolder { ledger, folder in
            try await fill(ledger, 0..<600)
            let signed = try ledger.signCheckpoint { _, _ in }.signed
            let order = AuditExport.Order(by: "ann", user: "test")
            try stop(at: 512, ledger, signed, folder + "/cut", order)
            let path = folder + "/cut/export.unfinished"
            let text = String(decoding: try Descriptor.contents(of: path), as: UTF8.self)
            let other = text.replacing(try #require(SystemClock.bootID), with: "another")
            #expect(other != text)
            try Descriptor.create(path, Array(other.utf8))
            try Descriptor.create(folder + "/cut/tile/entries/000", [])
            _ = try AuditExport.write(ledger, signed, to: folder + "/cut", order)
            #expect(try ExportCheck.run(folder + "/cut").faults.isEmpty)
        }
    }

    @Test func `is not mistaken for one of something else`() async throws {
        try await withFolder { ledger, folder in
            try await fill(ledger, 0..<600)
            let signed = try ledger.signCheckpoint { _, _ in }.signed
            let folder = folder + "/cut"
            let order = AuditExport.Order(by: "ann", user: "test")
            try stop(at: 256, ledger, signed, folder, order)
            let before = Self.files(in: folder)
            var range = order
            range.range.last = 500
            var proofs = order
            proofs.proofs = [1]
            for (other, word) in [(range, "another range (all events)"), (proofs, "other proofs")] {
                let error = #expect(throws: LedgerError.self) {
                    _ = try AuditExport.write(ledger, signed, to: folder, other)
                }
                #expect(error?.code == .exists)
                #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
            }
            #expect(Self.files(in: folder) == before)
            let error = #expect(throws: LedgerError.self) { _ = try ExportCheck.run(folder) }
            #expect(error?.message.contains("cut short") == true)
        }
    }

    /// Exports up to a position and its note; none is written before the first.
    private func stop(
        at position: Position, _ ledger: Ledger, _ signed: SignedCheckpoint, _ folder: String,
        _ order: AuditExport.Order
    ) throws {
        #expect(throws: Stop.self) {
            _ = try AuditExport.write(
                ledger, signed, to: folder, order, pause: position == 0 ? .max : 0
            ) { done in
                if done >= max(256, position) { throw Stop() }
            }
        }
        let text = try Descriptor.contents(of: folder + "/export.unfinished")
        #expect(ExportState(parsing: text.span)?.position == position)
    }

    private func withFolder(_ body: (Ledger, String) async throws -> Void) async throws {
        try await withLedger { ledger in
            try await withTemporaryFolder { try await body(ledger, $0) }
        }
    }

    private func fill(_ ledger: Ledger, _ range: Range<Int>) async throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 1_000) {
            let end = min(range.upperBound, start + 1_000)
            _ = try await ledger.append((start..<end).map { sampleMessage($0) })
        }
    }

    private static func files(in folder: String, _ prefix: String = "") -> [String] {
        Folder.names(in: folder + "/" + prefix).flatMap { name in
            Folder.isFolder("\(folder)/\(prefix)\(name)")
                ? files(in: folder, "\(prefix)\(name)/") : [prefix + name]
        }
    }
}
