import Events
import Storage
import TestSupport
import Testing
import Views

@testable import Ledger

@Suite struct `A rebuild` {
    @Test(arguments: [2_000_000, 60_000, 1])
    func `comes out the same however often it must make room`(_ bytes: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/l"
            try Ledger.create(path, origin: "test/l", isDevelopment: true)
            var history = LedgerHistory(seed: 5)
            let ledger = try Ledger.open(path)
            defer { ledger.close() }
            try await ledger.apply(history.policy)
            // Over one page of the scan, so that room is made more than once.
            try await history.run(on: ledger, events: 40_000)
            _ = try ledger.rebuild { _ in }
            let count = try ledger.count()
            let generation = try ledger.viewsStatus().generation
            let tag = ledger.identity.tag
            let serving = try CheckpointStore(ledger: path, generation: generation, tag: tag)
            let other = try CheckpointStore(
                ledger: path, generation: generation + 100, tag: tag, noSync: true)
            let told = Locked<[Position]>([])
            try RebuildFold(ledger.log, other, count, byteCountMax: bytes).run { done in
                told.withLock { $0.append(done) }
            }
            #expect(told.withLock { $0.max() } == count)
            #expect(try other.header().count == count)
            var report = RebuildReport()
            try Rebuild.compareRows(serving, other, &report)
            #expect(report.rows > 900)
            #expect(report.differing == 0, "\(report.table ?? "") at \(report.position ?? 0)")
            // Every row is found by its name, and every id by its hash.
            let state = ViewState(other, ledger.log)
            try state.renew()
            defer { state.source.end() }
            for position in stride(from: Position(0), to: count, by: 97) {
                let identity = try ledger.withEvent(at: position) { $0.identity }
                #expect(state.tables.ids.position(of: identity) == position)
            }
            let names = try ledger.withState { moment in
                var names: [(RateRow, RateRow?)] = []
                try moment.forEachRow(of: \.rates) { key, row, _ in
                    let slot = state.tables.rates.find(key)
                    names.append((row, slot.map { state.tables.rates[$0] }))
                }
                return names
            }
            #expect(names.count > 20)
            #expect(names.allSatisfy { $0.0 == $0.1 })
            try state.refuseDamage()
        }
    }
}
