import Events
import Views

/// `stop`: nothing goes until sending is resumed.
enum EmergencyStop: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        var isStopped = false
        tables.forEachOrder(over: hearing.keys, hearing.accounts, hearing.chats) { scope, row in
            guard row.stopped > 0 else { return }
            isStopped = true
            hearing.find(
                Finding(
                    .stop, scope: scope, verdict: .refuse, observed: 1, limit: 0,
                    evidence: Finding.Evidence(row.stopped - 1)))
        }
        guard !isStopped else { return }
        hearing.find(Finding(.stop, scope: .ledger, verdict: .send, observed: 0, limit: 0))
    }
}
