import Events
import Views

/// `pause`: nothing goes until the pause ends; one without an end is lifted only by hand.
enum Pause: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        var isPaused = false
        tables.forEachOrder(over: hearing.keys, hearing.accounts, hearing.chats) { scope, row in
            guard row.isPaused(at: hearing.now) else { return }
            isPaused = true
            let isEndless = row.pausedUntil == .latest
            hearing.find(
                Finding(
                    .pause, scope: scope, verdict: isEndless ? .refuse : .wait, observed: 1,
                    limit: 0, retryAt: isEndless ? nil : row.pausedUntil,
                    evidence: Finding.Evidence(row.paused - 1)))
        }
        guard !isPaused else { return }
        hearing.find(Finding(.pause, scope: .ledger, verdict: .send, observed: 0, limit: 0))
    }
}

extension ControlRow {
    /// Whether a pause holds; at the moment of its end it does not.
    func isPaused(at now: Instant) -> Bool { paused > 0 && pausedUntil > now }
}
