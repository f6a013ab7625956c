import Bytes
import Crypto
import Events
import Gate
public import Ledger
import Storage

/// Asking the gate: each answer a durable decision.
public enum AskWork {
    /// A policy whose rules are all active and none of which stands in the way.
    static let policy = """
        rate_limits:
          messages_per_second: 1000000000
          messages_per_minute: 1000000000
          messages_per_hour: 1000000000
          messages_per_day: 1000000000
          cooldown_between_same_drop: 3600
          startup_grace_period: 1
        duplicates:
          content_window: 3600
        """

    /// Applies the policy to a ledger that has none.
    public static func prepare(_ ledger: Ledger) async throws {
        try await prepare(ledger, policy)
    }

    static func prepare(_ ledger: Ledger, _ policy: String) async throws {
        guard try ledger.policyInForce() == nil else { return }
        var builder = DraftBuilder(.policyChanged, source: "bench", id: "policy")
        builder.add(.text, text: policy)
        builder.add(.hash, text: policy.utf8Span.span.sha256.hex)
        builder.add(.by, text: "bench")
        builder.add(.why, text: "to measure")
        _ = try await ledger.append([builder.finish()!], as: .verb)
    }

    static func request(_ number: Int, _ source: String) -> PreparedRequest {
        var request = SendRequest()
        request.account = "+27000000001"
        request.chat = "120363000000000001@g.us"
        request.subject = "DR\(number)/\(source)"
        request.submission = 1
        request.text = "QA review incomplete: DR\(number) \(source)"
        return PreparedRequest(request)
    }

    /// `callers` tasks, each of which asks and waits until its reservation is durable.
    public static func single(
        _ ledger: Ledger, work: String, callers: Int, seconds: Double
    ) async throws -> Measurement {
        try await prepare(ledger)
        let start = SystemClock.monotonic
        let end = start + Int64(seconds * 1e9)
        let (all, sent) = try await withThrowingTaskGroup(of: (Latencies, Int).self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var latencies = Latencies()
                    var sent = 0
                    var number = 0
                    while true {
                        let before = SystemClock.monotonic
                        if before >= end { return (latencies, sent) }
                        let answer = try await ledger.ask(request(number, "\(caller)/\(start)"))
                        if answer.reservation != nil { sent += 1 }
                        latencies.add(SystemClock.monotonic - before)
                        number += 1
                    }
                }
            }
            var all = Latencies()
            var sent = 0
            for try await part in group {
                all.values += part.0.values
                sent += part.1
            }
            return (all, sent)
        }
        let elapsed = Double(SystemClock.monotonic - start) / 1e9
        return Measurement(
            work: work, perSecond: Double(all.values.count) / elapsed, p50: all.percentile(0.5),
            p99: all.percentile(0.99), count: all.values.count, hash: UInt64(sent),
            extra: [("granted", Double(sent))])
    }

    /// Batches of `size` requests that wait together, the next prepared while one commits.
    public static func batches(
        _ ledger: Ledger, work: String, size: Int, seconds: Double
    ) async throws -> Measurement {
        try await prepare(ledger)
        let start = SystemClock.monotonic
        let end = start + Int64(seconds * 1e9)
        var number = 0
        var pending: [Task<Int, any Error>] = []
        var sent = 0
        while SystemClock.monotonic < end {
            let requests = (number..<number + size).map { request($0, "\(start)") }
            number += size
            if pending.count == 2 { sent += try await pending.removeFirst().value }
            pending.append(Task { try await granted(ledger, requests) })
        }
        for task in pending { sent += try await task.value }
        let elapsed = Double(SystemClock.monotonic - start) / 1e9
        return Measurement(
            work: work, perSecond: Double(number) / elapsed, count: number, hash: UInt64(sent),
            extra: [("granted", Double(sent))])
    }

    /// Submits all requests at once, and waits for the last answer.
    private static func granted(_ ledger: Ledger, _ requests: [PreparedRequest]) async throws -> Int
    {
        let tally = Tally(requests.count)
        return try await withCheckedThrowingContinuation { continuation in
            for request in requests {
                ledger.submitAsk(request) { result in
                    if let sum = tally.add(result) { continuation.resume(with: sum) }
                }
            }
        }
    }
}
