import Bytes
import Events
import Views

/// `duplicate.content`: the same text does not go to the same recipient twice within a window.
enum DuplicateContent: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let window = hearing.policy.duplicates.contentWindow, window.count > 0,
            hearing.keys.content != .none
        else { return }
        let scope: Scope = hearing.keys.chat == .none ? .person : .chat
        var finding = Finding(
            .duplicateContent, scope: scope, verdict: .send, observed: 0, limit: 0)
        for content in contents(hearing) {
            for key in [content, content.shadowed(by: hearing.shadow)] {
                guard let slot = tables.contents.find(key) else { continue }
                let row = tables.contents[slot]
                if let latest = row.latest() {
                    take(latest, until: latest.time.advanced(by: window), hearing.now, &finding)
                }
                if let held = row.held(at: hearing.now) {
                    take(held, until: held.time, hearing.now, &finding)
                }
            }
        }
        hearing.find(finding)
    }

    private static func take(
        _ send: Stamp, until end: Instant, _ now: Instant, _ finding: inout Finding
    ) {
        guard end > now, end > finding.retryAt ?? now else { return }
        finding.verdict = .wait
        finding.observed = 1
        finding.retryAt = end
        finding.evidence = Finding.Evidence(send.position)
    }

    /// The content to its recipient, and to whomever it is linked with.
    private static func contents(_ hearing: Hearing) -> [Fingerprint] {
        let recipients = hearing.keys.chat == .none ? hearing.group : hearing.chats
        return [hearing.keys.content]
            + recipients.others.map {
                SendKeys.content(hearing.request.text, chat: .none, person: $0)
            }
    }
}
