import Bytes
import Events
import Views

/// `inflight`: to one person goes one message at a time; the next waits for the outcome.
enum Inflight: Judge {
    static let isSkippedByCritical = false

    /// A direct chat is its person; messages into groups are not judged.
    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let keys = hearing.keys
        guard keys.person != .none, keys.chat == .none || hearing.group.contains(keys.chat) else {
            return
        }
        let isPair = keys.pair != .none
        let open = tables.openReservations(
            isPair ? .pair : .person, of: isPair ? hearing.pairs : hearing.group, at: hearing.now)
        var finding = Finding(
            .inflight, scope: isPair ? .pair : .person, verdict: .send, observed: Int64(open.count),
            limit: 1)
        if let first = open.first, let last = open.last {
            finding.verdict = .wait
            finding.retryAt = last.time
            finding.evidence = Finding.Evidence(
                first: min(first.position, last.position),
                last: max(first.position, last.position), count: open.count)
        }
        hearing.find(finding)
    }
}
