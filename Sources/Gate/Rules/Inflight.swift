import Bytes
import Events
import Views

/// `inflight`: to one person goes one message at a time; the next waits for the outcome.
///
/// A critical answer waits until the other was attempted and 2.5 s have passed: whoever asked for
/// it is not kept waiting by a provider that stalls.
enum Inflight: Judge {
    static let isSkippedByCritical = false

    /// How long after the other's `attempted` a critical answer may go.
    static let patience = Nanoseconds.milliseconds(2_500)

    /// A direct chat is its person; messages into groups are not judged.
    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let keys = hearing.keys
        guard keys.person != .none, keys.chat == .none || hearing.group.contains(keys.chat) else {
            return
        }
        let isPair = keys.pair != .none
        var open: [Stamp] = []
        for name in isPair ? hearing.pairs.members : hearing.group.members {
            tables.forEachOpen(isPair ? .pair : .person, name, at: hearing.now) { stamp, _ in
                open.append(stamp)
            }
        }
        if hearing.isCritical { open = open.compactMap { waiting($0, hearing.now, &tables) } }
        var finding = Finding(
            .inflight, scope: isPair ? .pair : .person, verdict: .send, observed: Int64(open.count),
            limit: 1)
        if let last = open.map(\.time).max(), let least = open.map(\.position).min(),
            let greatest = open.map(\.position).max()
        {
            finding.verdict = .wait
            finding.retryAt = last
            finding.evidence = Finding.Evidence(first: least, last: greatest, count: open.count)
        }
        hearing.find(finding)
    }

    /// Until when an open reservation keeps a critical answer waiting; nil where it does not.
    private static func waiting(
        _ stamp: Stamp, _ now: Instant, _ tables: inout Tables
    ) -> Stamp? {
        guard let row = tables.reservation(at: stamp.position), row.attempted > 0 else {
            return stamp
        }
        let end = min(stamp.time, row.attemptedAt.advanced(by: patience))
        return end > now ? Stamp(time: end, position: stamp.position) : nil
    }
}
