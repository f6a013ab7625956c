import Bytes
import Events
import Views

/// `platform.throughput`: in any second an account sends and receives at most so many messages.
///
/// Counted in (now - 1 s, now]: what was sent by when it counts, open reservations as if sent now,
/// and what came in by when it happened. Requests that name no account are not judged: the limit is
/// that of a number.
enum PlatformThroughput: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let limit = hearing.policy.platform.throughput, hearing.keys.account != .none else {
            return
        }
        let window = tables.traffic(
            of: hearing.keys.account, length: .seconds(1), limit: limit, at: hearing.now,
            shadow: hearing.shadow)
        hearing.find(
            Finding(
                .platformThroughput, scope: .account, verdict: window.fitsAt == nil ? .send : .wait,
                observed: Int64(window.count), limit: Int64(limit), retryAt: window.fitsAt,
                evidence: window.evidence))
    }
}
