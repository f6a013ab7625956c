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
        let reset = since(&tables)
        for row in rows(hearing.keys.subject, hearing.shadow, &tables) {
            if let latest = row.latest(since: reset) {
                take(latest, until: latest.time.advanced(by: cooldown), hearing.now, &finding)
            }
            // It may be sent at any moment until its lease ends, and is forgotten then.
            if let held = row.held(since: reset, at: hearing.now) {
                take(held, until: held.time, hearing.now, &finding)
            }
        }
        hearing.find(finding)
    }

    /// Takes a send into account; the latest is told.
    private static func take(
        _ send: Stamp, until end: Instant, _ now: Instant, _ finding: inout Finding
    ) {
        if finding.evidence.map({ $0.last < send.position }) ?? true {
            finding.observed = max(0, now.since(send.time).seconds)
            finding.evidence = Finding.Evidence(send.position)
        }
        guard end > now, end > finding.retryAt ?? now else { return }
        finding.verdict = .wait
        finding.retryAt = end
    }

    /// The rows of a subject: of what was sent, and of what an observation would have sent.
    private static func rows(
        _ subject: Fingerprint, _ shadow: Fingerprint, _ tables: inout Tables
    ) -> [CooldownRow] {
        var rows: [CooldownRow] = []
        if let slot = tables.cooldowns.find(subject) { rows.append(tables.cooldowns[slot]) }
        if shadow != .none, let slot = tables.cooldowns.find(subject.shadowed(by: shadow)) {
            var would = tables.cooldowns[slot]
            // A subject that was freed by hand is free for the observation, too.
            if let real = rows.first { would.reset = max(would.reset, real.reset) }
            rows.append(would)
        }
        return rows
    }

    /// Sends before that position count no more: every cooldown was lifted by hand.
    private static func since(_ tables: inout Tables) -> Position {
        guard let control = tables.control.find(RateScope.ledger.key()) else { return 0 }
        return tables.control[control].cooldownsReset.position
    }
}
