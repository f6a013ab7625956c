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
        var latest: Stamp?
        for content in contents(hearing) {
            for key in [content, content.shadowed(by: hearing.shadow)] {
                if let slot = tables.contents.find(key), let found = tables.contents[slot].latest()
                {
                    latest = max(latest ?? found, found)
                }
            }
        }
        if let latest {
            let leaves = latest.time.advanced(by: window)
            if leaves > hearing.now {
                finding.verdict = .wait
                finding.observed = 1
                finding.retryAt = leaves
                finding.evidence = Finding.Evidence(latest.position)
            }
        }
        hearing.find(finding)
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
