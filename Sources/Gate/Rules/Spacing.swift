import Bytes
import Events
import Views

/// `spacing`: between two sends of an account, and between two to a person, lies a least time.
enum Spacing: Judge {
    static let isSkippedByCritical = true

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let budget = hearing.budget
        judge(
            hearing.policy.rateLimits.minimumSpacing, budget.scope,
            (budget.rate, hearing.accounts), &hearing, &tables)
        guard hearing.keys.person != .none else { return }
        judge(
            hearing.policy.people.minimumSpacing, .person, (.person, hearing.group),
            &hearing, &tables)
    }

    /// A spacing is at most a day: what is older says nothing.
    private static func judge(
        _ spacing: Nanoseconds?, _ scope: Scope, _ name: (RateScope, PersonGroup),
        _ hearing: inout Hearing, _ tables: inout Tables
    ) {
        guard let spacing, spacing.count > 0 else { return }
        let limit = spacing.secondsRoundedUp
        var finding = Finding(.spacing, scope: scope, verdict: .send, observed: limit, limit: limit)
        let day = tables.window(
            name.0, of: name.1, length: .day, limit: .max, at: hearing.now, shadow: hearing.shadow)
        if let position = day.last, let latest = day.latest {
            finding.observed = max(0, hearing.now.since(latest).seconds)
            finding.evidence = Finding.Evidence(position)
        }
        if let fits = tables.window(
            name.0, of: name.1, length: spacing, limit: 1, at: hearing.now, shadow: hearing.shadow
        ).fitsAt {
            finding.verdict = .wait
            finding.retryAt = fits
        }
        hearing.find(finding)
    }
}
