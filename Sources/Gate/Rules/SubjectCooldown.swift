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
        if let latest = latest(hearing.keys.subject, hearing.shadow, &tables) {
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
    private static func latest(
        _ subject: Fingerprint, _ shadow: Fingerprint, _ tables: inout Tables
    ) -> Stamp? {
        var since: Position = 0
        if let control = tables.control.find(RateScope.ledger.key()) {
            since = tables.control[control].cooldownsReset.position
        }
        var latest: Stamp?
        if let slot = tables.cooldowns.find(subject) {
            let row = tables.cooldowns[slot]
            latest = row.latest(since: since)
            if row.reset.isSet { since = max(since, row.reset.position) }
        }
        if shadow != .none, let slot = tables.cooldowns.find(subject.shadowed(by: shadow)),
            let would = tables.cooldowns[slot].latest(since: since)
        {
            latest = max(latest ?? would, would)
        }
        return latest
    }
}
