import Events
import Ledger
import Storage
import TestSupport
import Testing

@testable import Audit

@Suite struct `An erasure in the middle of an export` {
    private struct Stop: Error {}

    @Test(arguments: [1, 2])
    func `seals what is not written yet, and verifies`(bundles: Int) async throws {
        try await withLedger { ledger in
            try await withTemporaryFolder { folder in
                _ = try await ledger.append((0..<900).map { sampleMessage($0, text: "so") })
                let signed = try ledger.signCheckpoint().signed
                let order = AuditExport.Order(by: "ann", user: "test")
                let path = folder + "/export"
                let reached = Position(bundles * 256)
                #expect(throws: Stop.self) {
                    _ = try AuditExport.write(ledger, signed, to: path, order, pause: 0) { done in
                        if done >= reached { throw Stop() }
                    }
                }
                let erased = try await ledger.erase(
                    "+27000000013", by: Authority(by: "ann", why: "asked for it"))
                #expect(erased.events == 90)
                _ = try AuditExport.write(ledger, signed, to: path, order)
                #expect(try ExportCheck.run(path).faults.isEmpty)
                let text = try Descriptor.contents(of: path + "/events.ndjson")
                let lines = text.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
                #expect(lines.count == 900)
                for (number, line) in lines.enumerated() {
                    let isTold = line.contains("\"disclosed\"")
                    let isGone = number % 10 == 3 && number >= Int(reached)
                    #expect(isTold != isGone, "line \(number)")
                }
                // What a new export tells of the person is nothing.
                let again = try ledger.signCheckpoint().signed
                _ = try AuditExport.write(ledger, again, to: folder + "/later", order)
                #expect(try ExportCheck.run(folder + "/later").faults.isEmpty)
                let later = try Descriptor.contents(of: folder + "/later/events.ndjson")
                #expect(later.firstRange(of: Array("+27000000013".utf8)) == nil)
                // What was disclosed before is out of reach.
                #expect(text.firstRange(of: Array("+27000000013".utf8)) != nil)
            }
        }
    }
}
