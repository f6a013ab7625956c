import Bytes
import Crypto
import Events
import Gate
public import Ledger
import Storage
import Views

/// Asking under every rule of the official platform: 4,096 accounts, so that no limit stands in the
/// way, and 5,000 persons who are sent templates.
public enum CloudWork {
    private static let accounts = 4_096
    private static let persons = 5_000

    /// The preset `cloud-api`, but for the number of recipients, and with consent asked for.
    static let policy = """
        platform:
          throughput: 80
          pair_spacing: 6
          pair_burst: 10
          recipients_per_day: 1000000000
          marketing_backoff: 86400
        consent:
          service_window: 86400
        templates:
          check: true
          max_characters: 550
        breaker:
          codes_check: true
        quality:
          refuse_red: true
        """

    private static func request(_ number: Int) -> SendRequest {
        var request = SendRequest()
        request.account = "+2700\(1_000_000 + number % accounts)"
        request.person = "+2782\(1_000_000 + number % persons)"
        request.category = "utility"
        request.template = "{\"name\":\"order_update\",\"language\":\"en\"}"
        request.text =
            "Your order \(number) is on its way and will be with you before Friday evening."
        return request
    }

    /// `callers` tasks that ask and wait until the reservation is durable; then the CPU of the
    /// decision alone, on the state that they made, and the bytes of a record.
    public static func asks(
        _ ledger: Ledger, work: String, callers: Int, seconds: Double
    ) async throws -> Measurement {
        try await AskWork.prepare(ledger, policy)
        let start = SystemClock.monotonic
        let end = start + Int64(seconds * 1e9)
        let parts = try await withThrowingTaskGroup(of: (Latencies, Int).self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var latencies = Latencies()
                    var sent = 0
                    // Callers share no person, so that nobody waits for another's outcome.
                    var number = caller
                    while true {
                        let before = SystemClock.monotonic
                        if before >= end { return (latencies, sent) }
                        let answer = try await ledger.ask(PreparedRequest(request(number)))
                        if answer.reservation != nil { sent += 1 }
                        latencies.add(SystemClock.monotonic - before)
                        number += callers
                    }
                }
            }
            return try await group.reduce(into: [(Latencies, Int)]()) { $0.append($1) }
        }
        let elapsed = Double(SystemClock.monotonic - start) / 1e9
        var all = Latencies()
        for part in parts { all.values += part.0.values }
        let granted = parts.reduce(0) { $0 + $1.1 }
        let last = try ledger.count() - 1
        let bytes = try ledger.withEvent(at: last) { $0.bytes.count }
        return Measurement(
            work: work, perSecond: Double(all.values.count) / elapsed, p50: all.percentile(0.5),
            p99: all.percentile(0.99), count: all.values.count, hash: UInt64(granted),
            extra: [
                ("granted", Double(granted)), ("decision_us", try decisionMicroseconds(ledger)),
                ("record_bytes", Double(bytes)),
            ])
    }

    /// Microseconds of CPU that one decision takes, without making its record.
    private static func decisionMicroseconds(_ ledger: Ledger) throws -> Double {
        let policy = try Policy.parse(policy)
        let requests = (0..<20_000).map { PreparedRequest(request($0 * 7)) }
        return try ledger.withState { moment in
            let facts = Facts(now: moment.now, policy: 0, random: 1)
            var findings = 0
            let start = SystemClock.threadCPU
            for request in requests {
                findings +=
                    Gate.decide(request, recorded: facts, under: policy, in: &moment.tables)
                    .findings.count
            }
            let used = SystemClock.threadCPU - start
            precondition(findings > 10 * requests.count, "every rule speaks")
            return Double(used) / 1e3 / Double(requests.count)
        }
    }
}
