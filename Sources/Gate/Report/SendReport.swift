public import Events

/// What became of a reservation, as the sender reports it.
public struct SendReport: Sendable, Equatable {
    /// How far the send came.
    public enum Outcome: String, CaseIterable, Sendable {
        /// The provider is about to be called.
        case attempted
        /// The provider took the message.
        case accepted
        /// The provider refused it, or the call failed.
        case failed
        /// The sender gave the reservation back without a call.
        case cancelled

        /// The event that records it.
        public var type: EventType {
            switch self {
            case .attempted: .sendAttempted
            case .accepted: .sendAccepted
            case .failed: .sendFailed
            case .cancelled: .sendCancelled
            }
        }
    }

    /// Which reservation it is about.
    public var reservation: Reservation
    /// How far the send came.
    public var outcome: Outcome
    /// The provider's id of the message.
    public var message: String?
    /// The provider's error code: a text or a number.
    public var code: JSONValue?
    /// What else the sender has to say.
    public var detail: JSONValue?
    /// The attempt that it is about, as the caller named it in `ask`.
    public var attempt: String?
    /// What the reporting process does.
    public var role: String?
    /// Which process of the role reports.
    public var instance: String?
    /// Who settles it by hand, where nobody knows what became of it.
    public var by: String?
    /// Why.
    public var why: String?

    /// A report without details.
    public init(_ reservation: Reservation, _ outcome: Outcome) {
        self.reservation = reservation
        self.outcome = outcome
    }

    /// Reads the JSON object of `report`; a member that is null counts as left out.
    ///
    /// `environment` gives the role and the instance of a report that names none: `LEDGER_ROLE` and
    /// `LEDGER_INSTANCE`.
    /// - Throws: `invalid` if it is no object, `missing_member` without reservation or outcome,
    ///   `wrong_member` naming the member that is unknown or has a wrong value, `too_large` if it
    ///   cannot be recorded.
    public init(
        parsing json: JSONValue, environment: (role: String?, instance: String?) = (nil, nil)
    ) throws(EventError) {
        let members = try Members(of: json, named: "report", known: Self.memberNames)
        guard let name = try members.text("reservation") else { throw Self.missing("reservation") }
        guard let reservation = Reservation(name) else {
            throw members.wrong(
                "reservation", "`\(name.prefix(60))` is not of the form r1041.9f3a2c1b")
        }
        let words = Outcome.allCases.map(\.rawValue)
        guard let word = try members.word("outcome", of: words),
            let outcome = Outcome(rawValue: word)
        else { throw Self.missing("outcome") }
        self.init(reservation, outcome)
        message = try members.name("message")
        code = members["code"]
        switch code {
        case nil, .text, .number: break
        default: throw members.wrong("code", "it must be a text or a number")
        }
        detail = members["detail"]
        attempt = try members.name("attempt")
        role = try members.name("role") ?? environment.role.flatMap { $0.isEmpty ? nil : $0 }
        instance =
            try members.name("instance") ?? environment.instance.flatMap { $0.isEmpty ? nil : $0 }
        by = try members.name("by")
        why = try members.name("why")
        try check()
    }

    /// Checks that it can be recorded.
    ///
    /// - Throws: `too_large` for a name over 1,024 bytes, or over ``SendRequest/textBytesMax``
    ///   bytes of all together.
    public func check() throws(EventError) {
        try SendRequest.checkNames([
            ("message", message), ("attempt", attempt), ("role", role), ("instance", instance),
            ("by", by),
        ])
        if let text = code?.text { try SendRequest.checkNames([("code", text)]) }
        let texts = [message, attempt, role, instance, by, why]
        guard
            texts.reduce(bytes(code) + bytes(detail), { $0 + ($1?.utf8.count ?? 0) })
                <= SendRequest.textBytesMax
        else {
            throw EventError(
                .tooLarge,
                "The report has more than \(SendRequest.textBytesMax) bytes; shorten `detail`.")
        }
    }

    /// The members of `report`.
    private static let memberNames = [
        "reservation", "outcome", "attempt", "role", "instance", "message", "code", "detail", "by",
        "why",
    ]

    private static func missing(_ name: String) -> EventError {
        EventError(.missingMember, "A report needs the member `\(name)`.")
    }

    private func bytes(_ value: JSONValue?) -> Int {
        guard let value else { return 0 }
        var json = JSONWriter()
        value.write(to: &json)
        return json.bytes.count
    }
}

extension SendReport {
    /// The record of the report: `send.attempted`, `send.accepted`, `send.failed` or
    /// `send.cancelled`.
    ///
    /// - Parameters:
    ///   - source: the source of the record.
    ///   - id: the id of the record, unique for its source.
    ///   - fields: what ``fields`` gave, sealed since where it is personal.
    ///   - verdict: what `attempted` is answered with, under the policy at a position.
    ///   - count: how often that was answered again; nil for an answer of its own, which a replay
    ///     makes again.
    /// - Throws: `too_large` where it does not fit into a record.
    public func draft(
        source: String, id: String, fields: DraftBuilder? = nil,
        verdict: (ReportVerdict, policy: Position)? = nil, count: Int64? = nil
    ) throws(EventError) -> Draft {
        var builder = fields ?? self.fields
        builder.add(.id, text: id)
        builder.add(.source, text: source)
        if outcome == .attempted, let verdict {
            builder.add(.go, flag: verdict.0.go)
            if !verdict.0.because.isEmpty { builder.add(.because, texts: verdict.0.because) }
            if let count { builder.add(.count, integer: count) }
            builder.add(.policy, integer: Int64(bitPattern: verdict.policy))
            builder.add(.facts, .json, Self.facts.span)
        }
        guard let draft = builder.finish() else {
            throw EventError(
                .tooLarge,
                "The report takes over \(Draft.recordBytesMax) bytes; shorten `detail`.")
        }
        return draft
    }

    /// `{"engine":4}`: which version of the gate answered.
    private static let facts = Array("{\"engine\":\(Gate.engineVersion)}".utf8)

    /// The members of the record that the report itself gives.
    public var fields: DraftBuilder {
        var builder = DraftBuilder(outcome.type)
        builder.add(.message, text: message)
        builder.add(.role, text: role)
        builder.add(.instance, text: instance)
        builder.add(.reservation, reservation: reservation)
        builder.add(.attempt, text: attempt)
        builder.add(.code, json: code)
        builder.add(.detail, json: detail)
        if outcome != .attempted {
            builder.add(.by, text: by)
            builder.add(.why, text: why)
        }
        return builder
    }
}

extension DraftBuilder {
    /// Adds a value as the kind that a reader of CloudEvents would give it.
    fileprivate mutating func add(_ field: Field, json value: JSONValue?) {
        guard let value else { return }
        if let text = value.text {
            add(field, text: text)
        } else if let integer = value.integer {
            add(field, integer: integer)
        } else {
            var json = JSONWriter()
            value.write(to: &json)
            add(field, .json, json.bytes.span)
        }
    }
}
