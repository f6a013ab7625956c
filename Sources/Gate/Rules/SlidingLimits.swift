import Bytes
import Events
import Views

/// `limit.second`, `limit.minute`, `limit.hour`, `limit.day`: at most so many sends of a scope in
/// any window of that length.
///
/// Exact, and one lookup each.
enum SlidingLimits: Judge {
    static let isSkippedByCritical = true

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let limits = hearing.policy.rateLimits
        let budget = hearing.budget
        let account = (budget.rate, hearing.accounts)
        // An operator's limit on a mode holds from above: the smaller number counts.
        let minute = [limits.messagesPerMinute, hearing.modeLimit].compactMap(\.self).min()
        hearing.count(
            .limitSecond, budget.scope, account, limits.messagesPerSecond, in: .seconds(1), &tables)
        hearing.count(.limitMinute, budget.scope, account, minute, in: .seconds(60), &tables)
        hearing.count(
            .limitHour, budget.scope, account, limits.messagesPerHour, in: .seconds(3_600), &tables)
        hearing.count(.limitDay, budget.scope, account, limits.messagesPerDay, in: .day, &tables)
        let (scoped, keys) = (hearing.policy.limits, hearing.keys)
        judge(scoped.chat, .chat, (.chat, hearing.chats), &hearing, &tables)
        judge(scoped.person, .person, (.person, hearing.group), &hearing, &tables)
        judge(scoped.pair, .pair, (.pair, hearing.pairs), &hearing, &tables)
        let category = PersonGroup(keys.accountCategory)
        judge(scoped.category, .category, (.category, category), &hearing, &tables)
        judge(scoped.role, .role, (.role, PersonGroup(keys.role)), &hearing, &tables)
    }

    private static func judge(
        _ limits: Policy.WindowLimits, _ scope: Scope, _ name: (RateScope, PersonGroup),
        _ hearing: inout Hearing, _ tables: inout Tables
    ) {
        guard name.1.person != .none, limits != Policy.WindowLimits() else { return }
        hearing.count(.limitSecond, scope, name, limits.perSecond, in: .seconds(1), &tables)
        hearing.count(.limitMinute, scope, name, limits.perMinute, in: .seconds(60), &tables)
        hearing.count(.limitHour, scope, name, limits.perHour, in: .seconds(3_600), &tables)
        hearing.count(.limitDay, scope, name, limits.perDay, in: .day, &tables)
    }
}

extension Hearing {
    /// Counts a window, and says whether one more fits.
    mutating func count(
        _ rule: Rule, _ scope: Scope, _ name: (scope: RateScope, names: PersonGroup), _ limit: Int?,
        in length: Nanoseconds, _ tables: inout Tables
    ) {
        guard let limit = limit.map({ held($0) }) else { return }
        let window = tables.window(
            name.scope, of: name.names, length: length, limit: limit, at: now, shadow: shadow)
        find(
            Finding(
                rule, scope: scope, verdict: window.fitsAt == nil ? .send : .wait,
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
