import Bytes
import Events
import Views

/// `platform.recipients`: in any 24 hours at most so many persons are written to outside their
/// service window, over the whole ledger.
///
/// Whoever is counted is a person by itself, whomever it is linked with: what the views hold of it
/// does not change when links do. Who was counted already, or has an open window, passes. The limit
/// is the smaller of the policy's and, where it follows the tier, that of the newest `account.tier`
/// of any account: the tier belongs to the portfolio.
enum PlatformRecipients: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let person = hearing.keys.person
        guard person != .none, let limit = limit(hearing.policy.platform, &tables) else { return }
        let window = tables.recipients(limit: limit, at: hearing.now, shadow: hearing.shadow)
        var finding = Finding(
            .platformRecipients, scope: .ledger, verdict: .send, observed: Int64(window.count),
            limit: Int64(limit), evidence: window.evidence)
        if let fits = window.fitsAt,
            tables.isOutsideWindow(person, of: hearing.keys.account, at: hearing.now),
            !tables.isRecentRecipient(person, at: hearing.now, shadow: hearing.shadow)
        {
            finding.verdict = .wait
            finding.retryAt = fits
        }
        hearing.find(finding)
    }

    private static func limit(
        _ terms: Policy.PlatformLimits, _ tables: inout Tables
    ) -> Int? {
        guard terms.followsTier, case .persons(let tier) = tables.tier()?.tier else {
            return terms.recipientsPerDay
        }
        return min(tier, terms.recipientsPerDay ?? tier)
    }
}
