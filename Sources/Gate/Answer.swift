public import Events

/// What an answer to `ask` says beyond the decision.
public struct AnswerContext: Sendable {
    /// The ledger's clock, so that callers wait differences.
    public var now: Instant
    /// With `send`: the reservation.
    public var reservation: Reservation?
    /// Which policy judged: the SHA-256 of its text, or its position as text.
    public var policy: String
    /// Where the decision is recorded; nil for a repeat that was only counted.
    public var position: Position?
    /// Whether the reservation was granted to an earlier ask under the same key.
    public var isReplayed: Bool
    /// The provider's id of the message that was sent under the key before; nil for none.
    public var message: String?

    /// A context of its parts.
    public init(
        now: Instant, reservation: Reservation?, policy: String, position: Position?,
        isReplayed: Bool = false, message: String? = nil
    ) {
        self.now = now
        self.reservation = reservation
        self.policy = policy
        self.position = position
        self.isReplayed = isReplayed
        self.message = message
    }
}

extension Decision {
    /// The rules that did not say send, each once, in the order of their numbers.
    public var because: [Rule] {
        var rules: [Rule] = []
        for finding in findings where finding.verdict != .send && !rules.contains(finding.rule) {
            rules.append(finding.rule)
        }
        return rules.sorted { $0.rawValue < $1.rawValue }
    }

    /// What a program can go by; nil where the rules say enough.
    public var code: FindingCode? {
        guard verdict != .send else { return nil }
        let deciding = findings.filter { $0.verdict == verdict && $0.code != nil }
        return (deciding.first { $0.rule == .duplicateKey } ?? deciding.first)?.code
    }
}

extension Gate {
    /// The JSON object that answers an `ask`, without the end of the line.
    ///
    /// `rules` lists what did not say send and what is warned of; all that were judged where the
    /// request asked to explain.
    public static func answer(
        _ request: PreparedRequest, _ decision: Decision, _ context: AnswerContext
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("verdict", decision.verdict.name)
        json.key("because")
        json.beginArray()
        for rule in decision.because { json.value(rule.name) }
        json.endArray()
        if let reservation = context.reservation {
            json.member("reservation", reservation.description)
            json.member("ref", reservation.description)
        }
        if let key = request.request.key { json.member("key", key) }
        if let attempt = request.request.attempt { json.member("attempt", attempt) }
        if context.isReplayed { json.member("replayed", true) }
        if let code = decision.code { json.member("code", code.name) }
        if let message = context.message { json.member("message", message) }
        if let notBefore = decision.notBefore { json.member("not_before", notBefore) }
        if let expires = decision.expires { json.member("expires", expires) }
        if let retryAt = decision.retryAt {
            json.member("retry_at", retryAt)
            json.member("wait_ms", retryAt.since(context.now).millisecondsRoundedUp)
        }
        json.member("dry_run", decision.would != nil)
        if let would = decision.would { json.member("would", would.name) }
        if let lane = decision.lane { json.member("lane", lane) }
        json.member("now", context.now)
        route(request.request, to: &json)
        json.key("rules")
        json.beginArray()
        for finding in decision.findings where request.request.explains || finding.isNotable {
            finding.write(to: &json)
        }
        json.endArray()
        json.member("judged", Int64(decision.findings.count))
        json.member("policy", context.policy)
        json.key("position")
        if let position = context.position { json.value(position) } else { json.null() }
        json.endObject()
        return json.finish()
    }

    private static func route(_ request: SendRequest, to json: inout JSONWriter) {
        guard let chat = request.chat ?? request.person else { return }
        json.key("route")
        json.beginObject()
        json.member("chat", chat)
        if let mention = request.route?.mention {
            json.key("mention")
            json.beginObject()
            json.member("alias", mention.alias)
            json.member(orNull: "name", mention.name)
            json.endObject()
        }
        if let quote = request.route?.quote { json.member("quote", quote) }
        json.endObject()
    }
}

extension Finding {
    /// Whether it stands against the request, or warns.
    fileprivate var isNotable: Bool { verdict != .send || isWarning }
}

extension Nanoseconds {
    /// Milliseconds, rounded up: who waits so long must not come too early.
    public var millisecondsRoundedUp: Int64 {
        max(0, (count - 1) / 1_000_000 + (count > 0 ? 1 : 0))
    }
}
