import Bytes
import Events
import Views

/// `platform.pair`: each send of an account to a person costs a spacing; a burst may go on credit.
///
/// Counted are the pair's sends later than now - 24 h, in order (see ``PairDebt``). One more may go
/// if nothing is owed, or if the burst began less than one spacing ago and has fewer members than
/// the policy's burst. Sends that broke the rule (imported ones) are members too, and are paid for.
/// An open reservation may be sent at any time until it expires: it is a member of the burst that
/// there is, or will be. For what comes after it counts as a send at its expiry, unless it would be
/// released then.
enum PlatformPair: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let terms = hearing.policy.platform
        guard let spacing = terms.pairSpacing, spacing.count > 0, hearing.keys.pair != .none else {
            return
        }
        let now = hearing.now
        let start = now.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        let sends = tables.stamps(
            .pair, of: hearing.pairs, after: start, at: now, shadow: hearing.shadow)
        let past = sends.settled
        let open =
            (sends.open.map { (stamp: $0, isSent: true) }
            + sends.releasable.map { (stamp: $0, isSent: false) }).sorted { $0.stamp < $1.stamp }
        var debt = PairDebt(spacing: spacing, burst: terms.pairBurst)
        for stamp in past { debt.add(stamp.time) }
        let owed = debt.owed(at: now)
        var finding = Finding(
            .platformPair, scope: .pair, verdict: .send, observed: Int64(owed + open.count),
            limit: Int64(terms.pairBurst))
        let rests = past.suffix(owed).map(\.position) + open.map(\.stamp.position)
        if let first = rests.min(), let last = rests.max() {
            finding.evidence = Finding.Evidence(first: first, last: last, count: rests.count)
        }
        let fits = moment(debt, open.map { ($0.stamp.time, $0.isSent) }, from: now)
        if fits > now {
            finding.verdict = .wait
            finding.retryAt = fits
        }
        hearing.find(finding)
    }

    /// The first moment at which one more may go, if nothing else happens.
    private static func moment(
        _ debt: PairDebt, _ open: [(ends: Instant, isSent: Bool)], from now: Instant
    ) -> Instant {
        var debt = debt
        var at = now
        for (index, (ends, isSent)) in open.enumerated() {
            if let fits = debt.fits(from: at, until: ends, open: open.count - index) { return fits }
            if isSent { debt.add(ends) }
            at = ends
        }
        return debt.fits(from: at, until: .latest, open: 0) ?? .latest
    }
}
