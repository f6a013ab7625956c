import Bytes
public import Events

extension Gate {
    /// The record of a decision: `send.reserved`, `send.joined` where it shares a reservation, or
    /// `send.refused` for wait and refuse.
    ///
    /// It is to be sealed at `facts.now`. A `send.refused` counts 1; it is its own first and last,
    /// so it names neither.
    /// - Parameters:
    ///   - request: what was asked; it passed ``SendRequest/check()``.
    ///   - decision: what the gate said of it.
    ///   - facts: what the decision knew.
    ///   - source: the source of the record.
    ///   - id: the id of the record, unique for its source.
    ///   - tags: names the reservation that is shared.
    ///   - repeating: how often the refusal at `first` was given again, where this only counts.
    ///   - shadows: what shadow policies said, as a JSON object of name to verdict.
    /// - Throws: `too_large` where the decision does not fit into a record beside the request.
    public static func draft(
        _ request: PreparedRequest, _ decision: Decision, _ facts: Facts, source: String,
        id: String, tags: ReservationTags, shadows: String? = nil,
        repeating: (count: Int64, first: Position)? = nil
    ) throws(EventError) -> Draft {
        let isSend = decision.verdict == .send
        let type: EventType =
            !isSend ? .sendRefused : decision.joined == nil ? .sendReserved : .sendJoined
        let queued = request.queued
        var builder: DraftBuilder
        if let fields = request.fields {
            builder = DraftBuilder(type, continuing: fields)
            builder.add(.id, text: id)
            builder.add(.source, text: source)
        } else {
            builder = DraftBuilder(type, source: source, id: id)
            builder.add(request.request)
        }
        builder.digest = request.digest
        builder.add(.verdict, text: verdicts[Int(decision.verdict.rawValue)])
        builder.add(findings: decision.findings)
        if !isSend { builder.add(.count, integer: repeating?.count ?? 1) }
        if let first = repeating?.first { builder.add(.first, integer: Int64(bitPattern: first)) }
        if let joined = decision.joined {
            builder.add(.reservation, reservation: tags.reservation(at: joined))
        }
        if let notBefore = decision.notBefore { builder.add(.notBefore, instant: notBefore) }
        if let expires = decision.expires { builder.add(.expires, instant: expires) }
        if let retryAt = decision.retryAt { builder.add(.retryAt, instant: retryAt) }
        if queued.count == 1 {
            builder.add(.queued, integer: Int64(bitPattern: queued[0]))
        } else if queued.count > 1 {
            let list = "[\(queued.map(String.init).joined(separator: ","))]"
            builder.add(.queued, .json, list.utf8Span.span)
        }
        if let shadows { builder.add(.shadows, .json, shadows.utf8Span.span) }
        if isSend, facts.circumstances.isOverridden { builder.add(.mode, text: "override") }
        if let would = decision.would { builder.add(.would, text: would.name) }
        if let lane = decision.lane { builder.add(.lane, text: lane) }
        if let pace = decision.pace {
            builder.add(.slot, instant: pace.slot)
            builder.add(.pace, integer: pace.count)
        }
        builder.add(.policy, integer: Int64(bitPattern: facts.policy))
        builder.add(.facts, .json, facts.json.span)
        guard let draft = builder.finish() else {
            throw EventError(
                .tooLarge,
                "The request and what was decided of it take over \(Draft.recordBytesMax) bytes; "
                    + "shorten `text`.")
        }
        return draft
    }

    /// The names of verdicts, made once: a record is drafted under the writer's lock.
    private static let verdicts = Verdict.allCases.map(\.name)

    /// Whether an event records a decision: `send.reserved`, `send.joined` or `send.refused`.
    public static func isDecision(_ type: EventType?) -> Bool {
        type == .sendReserved || type == .sendJoined || type == .sendRefused
    }

    /// The decision in a stored `send.reserved`, `send.joined` or `send.refused`; nil for any other
    /// event.
    public static func decision(recorded event: borrowing EventView) -> Decision? {
        guard isDecision(event.type),
            let verdict = event.text(.verdict).flatMap({ Verdict(name: $0) })
        else { return nil }
        var decision = Decision(
            verdict: verdict, findings: event.findings, notBefore: event.instant(.notBefore),
            expires: event.instant(.expires), retryAt: event.instant(.retryAt))
        if event.type == .sendJoined { decision.joined = event.reservation?.position }
        decision.would = event.text(.would).flatMap { Verdict(name: $0) }
        decision.lane = event.text(.lane)
        if let slot = event.instant(.slot), let count = event.integer(.pace) {
            decision.pace = Pace(slot: slot, count: count)
        }
        return decision
    }

    /// Whether a stored refusal only counts how often an earlier one was given again.
    public static func isCount(recorded event: borrowing EventView) -> Bool {
        event.type == .sendRefused && event.integer(.first) != nil
    }

    /// Whether a stored `send.attempted` says how it was answered, and stands for one answer.
    public static func isAnswered(_ event: borrowing EventView) -> Bool {
        event.type == .sendAttempted && event.reservation != nil && event.range(of: .go) != nil
            && event.integer(.count) == nil
    }

    /// The engine version that made a stored decision, or nil if it does not say.
    public static func engineVersion(recorded event: borrowing EventView) -> Int64? {
        guard let text = event.text(.facts) else { return nil }
        return (try? JSONValue.parse(text))?["engine"]?.integer
    }
}
