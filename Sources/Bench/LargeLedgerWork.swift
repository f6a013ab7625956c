import Bytes
import Events
import Ledger
import Storage

/// What the size of a ledger costs: opening it, and asking it.
enum LargeLedgerWork {
    static func run(
        _ name: String, _ large: Ledger, _ folder: String, _ size: Works.Size
    ) async throws -> Measurement {
        try await AskWork.prepare(large)
        if name == "open-ask" {
            large.close()
            return try ProcessWork.wholeProcess(work: name, runs: 21) { run in
                [
                    "--ledger", large.folder, "--quiet", "ask",
                    "{\"chat\":\"120363000000000001@g.us\",\"account\":\"+27000000001\","
                        + "\"subject\":\"open-\(run)-\(SystemClock.monotonic)\"}",
                ]
            }
        }
        let small = folder + "/history-10000"
        return try await Works.withLedger(small) { ledger in
            try await ReadWork.fill(ledger, count: 10_000, persons: size.persons)
            try await AskWork.prepare(ledger)
            var ratios: [Double] = []
            var last = Measurement(work: name, perSecond: 0, count: 0)
            for _ in 0..<5 {
                let seconds = max(0.05, size.seconds / 4)
                let one = try await AskWork.single(
                    ledger, work: name, callers: 1, seconds: seconds)
                let other = try await AskWork.single(
                    large, work: name, callers: 1, seconds: seconds)
                last = other
                ratios.append(one.perSecond / other.perSecond)
            }
            last.extra = [("ratio", ratios.sorted()[2])]
            return last
        }
    }
}
