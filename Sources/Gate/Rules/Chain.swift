import Bytes
import Events
import Views

/// `chain`: at most so many sends to a person since the person last wrote.
///
/// Only a message of theirs helps, so that it refuses; but where reservations among them would be
/// released, it waits for the ends of their leases.
enum Chain: Judge {
    static let isSkippedByCritical = true

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let limit = hearing.policy.people.chain, hearing.keys.person != .none else { return }
        let sends = tables.sendsSinceInbound(
            to: hearing.group, limit: limit, at: hearing.now, shadow: hearing.shadow)
        hearing.find(
            Finding(
                .chain, scope: .person, verdict: sends.fitsAt == nil ? .send : .wait,
                observed: Int64(sends.count), limit: Int64(limit), retryAt: sends.fitsAt,
                evidence: sends.evidence))
    }
}
