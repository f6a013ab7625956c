/// Measures the ledger: each work is a function, small in the tests and large when asked.
///
/// # Basics
/// - ``Works`` lists what is measured. A work runs for some seconds, or over some events, in a
///   folder of its own and answers a ``Measurement``.
/// - Every measurement carries a hash of its result, so that two runs can be told to have done the
///   same.
///
/// # Caveats
/// Figures of a shared machine are ratios: compare with a reference measured in the same minutes.
import Events

/// What a work measured.
public struct Measurement: Sendable {
    /// The work's name.
    public var work: String
    /// Events, or operations, per second.
    public var perSecond: Double
    /// Median of one operation's latency, microseconds; nil where not taken.
    public var p50: Double?
    /// 99th percentile of one operation's latency, microseconds; nil where not taken.
    public var p99: Double?
    /// Events or operations done.
    public var count: Int
    /// A hash of the result.
    public var hash: UInt64 = 0
    /// Further figures: name and value.
    public var extra: [(String, Double)] = []

    /// One JSON object.
    public var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("work", work)
        json.key("events_per_second")
        json.raw(Self.number(perSecond).utf8Span.span)
        for (name, value) in [("p50_us", p50), ("p99_us", p99)] {
            guard let value else { continue }
            json.key(name)
            json.raw(Self.number(value).utf8Span.span)
        }
        json.member("count", count)
        for (name, value) in extra {
            json.key(name)
            json.raw(Self.number(value).utf8Span.span)
        }
        json.member("hash", String(hash, radix: 16))
        json.endObject()
        return json.text
    }

    /// A decimal number with at most three places.
    static func number(_ value: Double) -> String {
        let thousandths = Int64((value * 1000).rounded())
        let (whole, rest) = abs(thousandths).quotientAndRemainder(dividingBy: 1000)
        let digits = String(rest)
        let places = rest == 0 ? "" : "." + String(repeating: "0", count: 3 - digits.count) + digits
        return (thousandths < 0 ? "-" : "") + "\(whole)\(places)"
    }
}

/// Latencies of single operations, in nanoseconds.
struct Latencies: Sendable {
    var values: [Int64] = []

    mutating func add(_ nanoseconds: Int64) { values.append(nanoseconds) }

    /// The value below which `share` of all lie, in microseconds.
    func percentile(_ share: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let index = min(sorted.count - 1, Int(Double(sorted.count) * share))
        return Double(sorted[index]) / 1000
    }
}
