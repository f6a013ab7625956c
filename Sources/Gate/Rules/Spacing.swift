import Bytes
import Events
import Views

/// `spacing`: between two sends of an account lies a least time.
enum Spacing: Judge {
    static let isSkippedByCritical = true

    /// A spacing is at most a day, so that the last send within a day is all there is to know.
    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let spacing = hearing.policy.rateLimits.minimumSpacing, spacing.count > 0 else {
            return
        }
        let budget = hearing.budget
        let limit = spacing.secondsRoundedUp
        var finding = Finding(
            .spacing, scope: budget.scope, verdict: .send, observed: limit, limit: limit)
        let day = tables.window(
            budget.rate, hearing.keys.account, length: .day, limit: 1, at: hearing.now,
            shadow: hearing.shadow)
        if let position = day.last, let leaves = day.fitsAt {
            let last = leaves.advanced(by: Nanoseconds(-Nanoseconds.day.count))
            finding.observed = max(0, hearing.now.since(last).seconds)
            finding.evidence = Finding.Evidence(position)
            let fits = last.advanced(by: spacing)
            if fits > hearing.now {
                finding.verdict = .wait
                finding.retryAt = fits
            }
        }
        hearing.find(finding)
    }
}
