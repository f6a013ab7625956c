import Bytes
import Events
import Views

/// `window.service`: later than 24 hours after the person last wrote to the account, only a
/// template may go.
///
/// What another rule makes wait until the window is closed is refused: to wait would not help.
enum ServiceWindow: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let length = hearing.policy.consent.serviceWindow, hearing.keys.person != .none
        else { return }
        let last = tables.lastInbound(
            from: hearing.group, to: hearing.keys.account, at: hearing.now)
        var finding = Finding(
            .windowService, scope: hearing.keys.pair == .none ? .person : .pair, verdict: .send,
            observed: -1, limit: length.secondsRoundedUp)
        var isOpen = false
        if let last {
            let ago = hearing.now.since(last.time)
            finding.observed = ago.seconds
            finding.evidence = Finding.Evidence(last.position)
            isOpen = ago < length
        }
        if hearing.request.request.template != nil || hearing.keys.template != .none {
            hearing.find(finding)
            return
        }
        guard isOpen else {
            finding.verdict = .refuse
            finding.code = .templateRequired
            hearing.find(finding)
            return
        }
        hearing.find(finding)
    }
}
