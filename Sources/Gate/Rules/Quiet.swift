import Events
import Views

/// `quiet`: nobody is disturbed at the policy's quiet times, by the recipient's clocks.
///
/// When it is quiet was looked up for the decision. A recipient whose zone is unknown, or with whom
/// it is quiet without end, is refused.
enum Quiet: Judge {
    static let isSkippedByCritical = true

    /// `observed` is for how long it has been quiet, `limit` for how long it is in all, in seconds.
    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard !hearing.policy.quiet.times.isEmpty else { return }
        let circumstances = hearing.facts.circumstances
        var finding = Finding(.quiet, scope: .person, verdict: .send, observed: 0, limit: 0)
        if circumstances.isZoneUnknown {
            finding.verdict = .refuse
            finding.observed = -1
        } else if let quiet = circumstances.quiet(at: hearing.now) {
            finding.observed = hearing.now.since(quiet.from).seconds
            if quiet.to == .latest {
                finding.verdict = .refuse
            } else {
                finding.verdict = .wait
                finding.limit = quiet.to.since(quiet.from).seconds
                finding.retryAt = quiet.to
            }
        }
        hearing.find(finding)
    }
}

extension Circumstances.Span {
    /// Whether a moment lies in it; its end does not.
    func holds(at moment: Instant) -> Bool { from <= moment && moment < to }
}
