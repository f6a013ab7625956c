public import Events

extension Gate {
    /// The JSON object that answers an `ask`, without the end of the line.
    ///
    /// - Parameters:
    ///   - request: what was asked.
    ///   - decision: what the gate said.
    ///   - now: the ledger's clock, so that callers wait differences.
    ///   - reservation: with `send`, the name of the reservation.
    ///   - policy: which policy judged: the SHA-256 of its text, or its position as text.
    ///   - position: where the decision is recorded; nil for a repeat that was only counted.
    public static func answer(
        _ request: PreparedRequest, _ decision: Decision, now: Instant,
        reservation: Reservation?, policy: String, position: Position?
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("verdict", decision.verdict.name)
        if let reservation { json.member("reservation", reservation.description) }
        if let notBefore = decision.notBefore { json.member("not_before", notBefore) }
        if let expires = decision.expires { json.member("expires", expires) }
        if let retryAt = decision.retryAt { json.member("retry_at", retryAt) }
        json.member("dry_run", decision.would != nil)
        if let would = decision.would { json.member("would", would.name) }
        json.member("now", now)
        if let chat = request.request.chat ?? request.request.person {
            json.key("route")
            json.beginObject()
            json.member("chat", chat)
            if let mention = request.request.route?.mention {
                json.key("mention")
                json.beginObject()
                json.member("alias", mention.alias)
                json.member(orNull: "name", mention.name)
                json.endObject()
            }
            if let quote = request.request.route?.quote { json.member("quote", quote) }
            json.endObject()
        }
        json.key("rules")
        json.beginArray()
        for finding in decision.findings { finding.write(to: &json) }
        json.endArray()
        json.member("policy", policy)
        json.key("position")
        if let position { json.value(position) } else { json.null() }
        json.endObject()
        return json.finish()
    }
}
