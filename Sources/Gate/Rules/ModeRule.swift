import Bytes
import Events
import Views

/// `mode`: in a dry run nothing goes; the other rules say what would have gone.
enum ModeRule: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        var finding = Finding(.mode, scope: .ledger, verdict: .send, observed: 0, limit: 0)
        if let slot = tables.control.find(RateScope.ledger.key()), tables.control[slot].mode > 0 {
            let row = tables.control[slot]
            if row.isDryRun(at: hearing.now) {
                finding.verdict = .refuse
                finding.observed = 1
            }
            finding.evidence = Finding.Evidence(row.mode - 1)
        }
        hearing.find(finding)
    }
}

extension Hearing {
    /// Learns the mode before the rules are heard: whether it is a dry run, and the operator's
    /// limit.
    mutating func learnMode(from tables: inout Tables) {
        guard let slot = tables.control.find(RateScope.ledger.key()) else { return }
        let row = tables.control[slot]
        isDryRun = row.isDryRun(at: now)
        if isDryRun { shadow = row.shadow }
        if row.modeLimit > 0 { modeLimit = Int(row.modeLimit) }
    }
}
