import Bytes
import Events
import Views

/// `backlog`: a process that starts does not work off what has lain there before it came.
///
/// It judges requests of an instance whose start is recorded, about a subject whose work item is
/// open. Backlog is what was first flagged in the instance's first reading after its start, or
/// before it; what came later is new for as long as the policy says, counted from when it was first
/// flagged, and backlog then. An instance that has read nothing yet takes for backlog whatever a
/// reading named, and what was flagged before its start. Of several items of the subject the one
/// with the request's steps and submission is judged, or else all. One count, of at most none.
enum BacklogRule: Judge {
    static let isSkippedByCritical = true

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let terms = hearing.policy.backlog
        guard terms.isRefused, hearing.keys.subject != .none,
            let instance = tables.instance(hearing.keys.instance), instance.started.isSet,
            let slot = tables.items.find(hearing.keys.subject)
        else { return }
        let open = tables.items[slot].open
        let steps = SendKeys.steps(hearing.request.request.steps.map { Fingerprint(of: $0) })
        let submission = hearing.request.request.submission ?? -1
        let asked = open.first { $0.steps == steps && $0.submission == submission }
        let items = asked.map { [$0] } ?? open
        let old = items.first { item in
            let isOver = item.first.time.advanced(by: terms.newFor) <= hearing.now
            return item.released == 0 && (isOver || instance.found(item))
        }
        guard let shown = old ?? items.first else { return }
        hearing.find(
            Finding(
                .backlog, scope: .subject, verdict: old == nil ? .send : .refuse,
                observed: old == nil ? 0 : 1, limit: 0,
                evidence: Finding.Evidence(shown.first.position)))
    }
}

extension InstanceRow {
    /// Whether a work item was there when the instance first looked.
    fileprivate func found(_ item: Item) -> Bool {
        guard baselineAt > 0 else {
            return item.first.position < started.position || item.snapshot != .none
        }
        return item.first.position < baselineAt || item.snapshot == baseline
    }
}
