import Bytes
import Events
public import Ledger
import Storage
import Synchronization

/// Durable appends: one caller, many blocked callers, batches.
public enum AppendWork {
    /// `callers` tasks, each of which appends one 256-byte event and waits until it is durable.
    public static func single(
        _ ledger: Ledger, work: String, callers: Int, seconds: Double, source: String = "bench"
    ) async throws -> Measurement {
        let start = SystemClock.monotonic
        let end = start + Int64(seconds * 1e9)
        let all = try await withThrowingTaskGroup(of: Latencies.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var latencies = Latencies()
                    var number = 0
                    while true {
                        let before = SystemClock.monotonic
                        if before >= end { return latencies }
                        let draft = SampleEvents.message256(
                            number, source: "\(source)/\(caller)/\(start)")
                        _ = try await ledger.append([draft])
                        latencies.add(SystemClock.monotonic - before)
                        number += 1
                    }
                }
            }
            var all = Latencies()
            for try await part in group { all.values += part.values }
            return all
        }
        let elapsed = Double(SystemClock.monotonic - start) / 1e9
        return Measurement(
            work: work, perSecond: Double(all.values.count) / elapsed, p50: all.percentile(0.5),
            p99: all.percentile(0.99), count: all.values.count,
            hash: UInt64(all.values.count))
    }

    /// Batches of `size` events of 256 bytes, each durable before the next but one is begun.
    ///
    /// Encoding is part of the work: it is done while at most two batches before commit.
    public static func batches(
        _ ledger: Ledger, work: String, size: Int, seconds: Double
    ) async throws -> Measurement {
        let start = SystemClock.monotonic
        let end = start + Int64(seconds * 1e9)
        var latencies = Latencies()
        var number = 0
        var pending: [(task: Task<[Appended], any Error>, begun: Int64)] = []
        while SystemClock.monotonic < end {
            var drafts: [Draft] = []
            drafts.reserveCapacity(size)
            for index in 0..<size {
                drafts.append(
                    SampleEvents.message256(number + index, source: "bench/\(start)"))
            }
            number += size
            if pending.count == 2 {
                let oldest = pending.removeFirst()
                _ = try await oldest.task.value
                latencies.add(SystemClock.monotonic - oldest.begun)
            }
            let batch = drafts
            let begun = SystemClock.monotonic
            pending.append((Task { try await ledger.append(batch) }, begun))
        }
        for batch in pending { _ = try await batch.task.value }
        let elapsed = Double(SystemClock.monotonic - start) / 1e9
        return Measurement(
            work: work, perSecond: Double(number) / elapsed, p50: latencies.percentile(0.5),
            p99: latencies.percentile(0.99), count: number, hash: UInt64(try ledger.count()))
    }
}
