import Bytes
import Events
import Ledger
import Storage

/// `append FILE`, as a whole process: parse, check, append, durable, in batches of 1,000.
enum NDJSONWork {
    static func append(folder: String, size: Works.Size) async throws -> Measurement {
        let file = folder + "/events.ndjson"
        let count = min(size.events, 500_000)
        try Descriptor.create(file, lines(count, size.persons))
        let path = folder + "/ndjson"
        try Folder.removeAll(path)
        try Ledger.create(path, origin: "bench.example/ndjson", isDevelopment: true)
        let run = try ProcessWork.wholeProcess(work: "ndjson", runs: 1) { _ in
            ["--ledger", path, "--quiet", "append", file]
        }
        let elapsed = (run.p50 ?? 0) / 1e6
        let ledger = try Ledger.open(path)
        defer { ledger.close() }
        guard try ledger.count() == Position(count) else {
            throw LedgerError(.invalid, "append of \(count) events left \(try ledger.count())")
        }
        return Measurement(
            work: "ndjson", perSecond: Double(count) / elapsed, count: count,
            hash: UInt64(count),
            extra: [("bytes_per_event", Double(Folder.size(of: file)) / Double(count))])
    }

    private static func lines(_ count: Int, _ persons: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 340)
        for number in 0..<count {
            let draft = SampleEvents.mixed(
                number, persons: persons, start: 1_750_000_000_000_000_000, gap: 500_000_000)
            let record = draft.sealed(
                at: Position(number), recorded: draft.time ?? .epoch)
            guard let event = EventView(record.span) else { continue }
            CloudEvent.write(event, into: &bytes)
            bytes.append(10)
        }
        return bytes
    }
}
