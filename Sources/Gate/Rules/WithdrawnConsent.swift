import Bytes
import Events
import Views

/// `consent`: whoever withdrew it, for this category or for all, is sent nothing.
enum WithdrawnConsent: Judge {
    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard hearing.keys.person != .none else { return }
        var finding = Finding(.consent, scope: .person, verdict: .send, observed: 0, limit: 0)
        if let slot = tables.persons.find(hearing.keys.person),
            tables.persons[slot].isWithdrawn(hearing.request.category)
        {
            let row = tables.persons[slot]
            let isForAll = row[.all].isWithdrawn
            let consent = isForAll ? row[.all] : row[hearing.request.category]
            finding.scope = isForAll ? .person : .category
            finding.verdict = .refuse
            finding.observed = 1
            finding.evidence = Finding.Evidence(consent.withdrawn.position)
        }
        hearing.find(finding)
    }
}
