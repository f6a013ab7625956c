import Bytes
import Events
import Views

/// `cooldown.subject`: between two sends about a subject lies a least time, over the whole ledger.
enum SubjectCooldown: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let cooldown = hearing.policy.rateLimits.cooldownBetweenSameDrop, cooldown.count > 0,
            hearing.keys.subject != .none
        else { return }
        let limit = cooldown.secondsRoundedUp
        var finding = Finding(
            .cooldownSubject, scope: .subject, verdict: .send, observed: limit, limit: limit)
        if let latest = latest(hearing.keys.subject, &tables) {
            finding.observed = max(0, hearing.now.since(latest.time).seconds)
            finding.evidence = Finding.Evidence(latest.position)
            let end = latest.time.advanced(by: cooldown)
            if end > hearing.now {
                finding.verdict = .wait
                finding.retryAt = end
            }
        }
        hearing.find(finding)
    }

    /// The latest send about a subject since its cooldown, or every cooldown, was lifted by hand.
    private static func latest(_ subject: Fingerprint, _ tables: inout Tables) -> Stamp? {
        guard let slot = tables.cooldowns.find(subject) else { return nil }
        let row = tables.cooldowns[slot]
        guard let control = tables.control.find(RateScope.ledger.key()) else { return row.latest() }
        return row.latest(since: tables.control[control].cooldownsReset.position)
    }
}
