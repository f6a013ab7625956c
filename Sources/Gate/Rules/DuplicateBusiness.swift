import Bytes
import Events
import Views

/// `duplicate.business`: a (subject, steps, submission) is answered once.
///
/// Only a failure or a cancellation frees it; waiting does not.
enum DuplicateBusiness: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard hearing.keys.business != .none else { return }
        var finding = Finding(
            .duplicateBusiness, scope: .subject, verdict: .send, observed: 0, limit: 0)
        let key = hearing.keys.business
        for key in [key.shadowed(by: hearing.shadow), key] {
            guard let slot = tables.business.find(key), tables.business[slot].isHeld else {
                continue
            }
            finding.verdict = .refuse
            finding.observed = 1
            finding.evidence = Finding.Evidence(tables.business[slot].holder)
        }
        hearing.find(finding)
    }
}
