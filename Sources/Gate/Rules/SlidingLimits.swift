import Bytes
import Events
import Views

/// `limit.second`, `limit.minute`, `limit.hour`, `limit.day`: at most so many sends of an account
/// in any window of that length.
///
/// Exact, and one lookup each.
enum SlidingLimits: Judge {
    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let limits = hearing.policy.rateLimits
        judge(.limitSecond, limits.messagesPerSecond, in: .seconds(1), &hearing, &tables)
        judge(.limitMinute, limits.messagesPerMinute, in: .seconds(60), &hearing, &tables)
        judge(.limitHour, limits.messagesPerHour, in: .seconds(3_600), &hearing, &tables)
        judge(.limitDay, limits.messagesPerDay, in: .day, &hearing, &tables)
    }

    private static func judge(
        _ rule: Rule, _ limit: Int?, in length: Nanoseconds, _ hearing: inout Hearing,
        _ tables: inout Tables
    ) {
        guard let limit else { return }
        let budget = hearing.budget
        let window = tables.window(
            budget.rate, hearing.keys.account, length: length, limit: limit, at: hearing.now)
        hearing.find(
            Finding(
                rule, scope: budget.scope, verdict: window.fitsAt == nil ? .send : .wait,
                observed: Int64(window.count), limit: Int64(limit), retryAt: window.fitsAt,
                evidence: window.evidence))
    }
}

extension WindowCount {
    /// The ends of the window as positions: a late arrival may lie at the wrong end.
    var evidence: Finding.Evidence? {
        guard let first, let last else { return nil }
        return Finding.Evidence(first: min(first, last), last: max(first, last), count: count)
    }
}
