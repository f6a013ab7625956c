import Bytes
import Events
import Views

/// `platform.marketing`: after error 131049 no marketing goes to the person for a while.
///
/// The time doubles with each more in a row since marketing was last accepted or delivered without
/// it, up to 256 times. It holds for all our accounts, because the platform decides it per person,
/// over all businesses; but each account's errors are a row of their own, and the longest time
/// holds. To resume sending does not end it.
enum PlatformMarketing: Judge {
    static let isSkippedByCritical = false

    /// Meta's code, and what a reseller makes of it.
    private static let codes = ["131049", "63049"].map { ErrorCode.number(of: $0) }
    private static let doublingsMax = 8

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let backoff = hearing.policy.platform.marketingBackoff,
            hearing.request.category == .marketing, hearing.keys.person != .none
        else { return }
        var finding = Finding(
            .platformMarketing, scope: .person, verdict: .send, observed: 0, limit: 0)
        judge(tables.codes(.person, hearing.keys.person), backoff, hearing.now, &finding)
        for other in hearing.group.others {
            judge(tables.codes(.person, other), backoff, hearing.now, &finding)
        }
        hearing.find(finding)
    }

    /// The longest time that the errors of one person give.
    private static func judge(
        _ row: CodesRow, _ backoff: Nanoseconds, _ now: Instant, _ finding: inout Finding
    ) {
        for entry in row.entries where codes.contains(entry.code) {
            let inRow = max(1, row.inRow(entry))
            let factor = Int64(1) << Int64(min(inRow - 1, doublingsMax))
            let (length, overflow) = backoff.count.multipliedReportingOverflow(by: factor)
            let ends = entry.newest.time.advanced(by: Nanoseconds(overflow ? .max : length))
            guard ends > now, ends > finding.retryAt ?? now else { continue }
            finding.verdict = .wait
            finding.observed = Int64(inRow)
            finding.retryAt = min(ends, .latest)
            finding.evidence = Finding.Evidence(entry.newest.position)
        }
    }
}
