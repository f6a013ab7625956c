import Bytes
import Events
import Views

/// `grace`: an instance sends nothing for a while after its start, so that it cannot work off a
/// backlog at once.
///
/// It applies to instances whose start is recorded.
enum Grace: Judge {
    static let isSkippedByCritical = true

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let period = hearing.policy.rateLimits.startupGracePeriod,
            hearing.request.instance != .none,
            let slot = tables.instances.find(hearing.request.instance)
        else { return }
        let started = tables.instances[slot].started
        guard started.isSet else { return }
        let end = started.time.advanced(by: period)
        let isOver = end <= hearing.now
        hearing.find(
            Finding(
                .grace, scope: .instance, verdict: isOver ? .send : .wait,
                observed: hearing.now.since(started.time).seconds, limit: period.secondsRoundedUp,
                retryAt: isOver ? nil : end, evidence: Finding.Evidence(started.position)))
    }
}
