import Bytes
import Events
import Views

/// `pacing`: bulk sends of an account are spread over time, one slot each.
///
/// The slot of a message begins at the account's next slot, or now if that is past, and later by
/// what the length of its text adds: so much for each whole 500 characters, up to the most. It is
/// the reservation's `not_before`. One over 60 s ahead, or in quiet time, waits.
///
/// On a permission the gap to the next slot is drawn, and recorded with how many in a row it makes.
/// A wait draws nothing, so that the same request passes at `retry_at`.
enum PacingRule: Judge {
    static let isSkippedByCritical = true

    /// A slot this far ahead is still given.
    static let aheadMax = Nanoseconds.seconds(60)

    /// `observed` is in how many seconds the slot begins, -1 where that is in quiet time; `limit`
    /// is how far ahead slots are given, in seconds.
    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let pacing = hearing.policy.pacing else { return }
        let (scope, rate) = hearing.budget
        let row = tables.paces.find(PaceRow.key(hearing.keys.account)).map { tables.paces[$0] }
        let extra = pacing.extra(forLength: hearing.facts.circumstances.length)
        let slot = max(hearing.now, row?.next ?? hearing.now).advanced(by: extra)
        let ahead = slot.since(hearing.now)
        var finding = Finding(
            .pacing, scope: scope, verdict: .send, observed: ahead.secondsRoundedUp,
            limit: aheadMax.seconds, evidence: row.map { Finding.Evidence($0.last.position) })
        if ahead > aheadMax {
            finding.verdict = .wait
            finding.retryAt = slot.advanced(by: Nanoseconds(-aheadMax.count))
        } else if let quiet = hearing.facts.circumstances.quiet(at: slot), quiet.to != .latest {
            finding.verdict = .wait
            finding.observed = -1
            finding.retryAt = quiet.to.advanced(by: Nanoseconds(-extra.count))
        } else {
            hearing.slot = slot
            let before = midnight(hearing).advanced(by: Nanoseconds(-1))
            let sent =
                tables.sends(
                    rate, of: PersonGroup(hearing.keys.account), after: before, at: hearing.now
                ).count + 1
            let count = row.map { $0.isIdle(at: slot, pacing) ? 0 : $0.count } ?? 0
            let draw = PaceDraw(
                pacing, sent: sent, count: count + 1, random: hearing.facts.random)
            hearing.pace = Pace(slot: slot.advanced(by: draw.gap), count: draw.count)
        }
        hearing.find(finding)
    }

    /// When the account's day began; without a zone the day is that of UTC.
    private static func midnight(_ hearing: Hearing) -> Instant {
        if let midnight = hearing.facts.circumstances.midnight { return midnight }
        let day = Nanoseconds.day.count
        let now = hearing.now.nanoseconds
        return Instant(nanoseconds: now - ((now % day) + day) % day)
    }
}

extension PaceRow {
    /// Whether nothing was sent for so long that the messages in a row begin anew.
    fileprivate func isIdle(at slot: Instant, _ pacing: Policy.Pacing) -> Bool {
        slot.since(last.time) >= pacing.idle
    }
}

extension Policy.Pacing {
    /// What a text of so many characters adds: a slot that it alone would put out of reach would
    /// never come.
    func extra(forLength length: Int) -> Nanoseconds {
        let most = min(lengthMax.count, PacingRule.aheadMax.count)
        let (product, overflow) = per500Characters.count.multipliedReportingOverflow(
            by: Int64(length / 500))
        return Nanoseconds(max(0, overflow ? most : min(product, most)))
    }
}
