import Bytes
import Events
import Gate
import Views

// What the platform says of templates, by brute force.

extension StateOracle {
    static let templates = [
        "t/en": #"{"name":"t","language":"en"}"#, "t/de": #"{"name":"t","language":"de"}"#,
        "u/en": #"{"name":"u","language":"en"}"#, "t": #""t""#,
    ]

    static func templateName(_ request: SendRequest) -> String? {
        templates.first { $0.value == request.template }?.key
    }

    private enum State: Equatable {
        case approved, disabled
        case paused(until: Instant)
    }

    private static let approving = ["APPROVED", "UNPAUSE", "REINSTATED"]

    /// What words say of one template in one language, or in all, told in the order of their
    /// times: what is told late of an earlier time changes nothing.
    private func said(_ name: String, _ type: EventType) -> [Happening] {
        var said: [Happening] = []
        for event in log where event.type == type && event.template == name {
            if let last = said.last, last.time > event.time { continue }
            if type == .templateStatus, event.word == "WHATEVER" { continue }
            said.append(event)
        }
        return said
    }

    /// The first pause lasts 3 hours, the second 6, then it is disabled; a word that says which
    /// pause it is decides that.
    private func state(_ name: String) -> (state: State, by: Happening)? {
        var state: State?
        var pauses = 0
        for event in said(name, .templateStatus) {
            let word = event.reason ?? event.word ?? ""
            if Self.approving.contains(word) {
                state = .approved
                if word == "REINSTATED" { pauses = 0 }
                continue
            }
            guard word.hasSuffix("PAUSE") || word == "PAUSED" else {
                state = .disabled
                continue
            }
            var isSame = false
            if case .paused(let until) = state, event.time < until { isSame = true }
            switch word {
            case "FIRST_PAUSE":
                isSame = isSame && pauses == 1
                pauses = 1
            case "SECOND_PAUSE":
                isSame = isSame && pauses == 2
                pauses = 2
            default: if !isSame { pauses += 1 }
            }
            if isSame { continue }
            let hours: Int64 = pauses == 1 ? 3 : 6
            state =
                pauses > 2
                ? .disabled : .paused(until: event.time.advanced(by: .seconds(hours * 3_600)))
        }
        guard let state, let last = said(name, .templateStatus).last else { return nil }
        return (state, last)
    }

    private func names(_ name: String) -> [String] {
        let family = String(name.prefix(1))
        return family == name ? [name] : [family, name]
    }

    func isApproved(_ name: String, after position: Position) -> Bool {
        names(name).compactMap { state($0) }
            .contains { $0.state == .approved && $0.by.position > position }
    }

    func template(_ request: SendRequest, _ now: Instant) -> Oracle.Judgement? {
        guard policy.templates.isChecked, let name = Self.templateName(request) else { return nil }
        let refusal = Oracle.Judgement(verdict: .refuse)
        let recorded = Self.newest(names(name).compactMap { said($0, .templateCategory).last })
        if let recorded, let asked = request.category, asked != recorded.category {
            return refusal
        }
        let states = names(name).compactMap { state($0) }
        let newest = Self.newest(states.map(\.by))
        switch states.first(where: { $0.by.position == newest?.position })?.state {
        case .disabled: return refusal
        case .paused(let until) where until > now:
            return Oracle.Judgement(verdict: .wait, retryAt: until)
        default: return Oracle.Judgement(verdict: .send)
        }
    }
}
