/// A member of an event that the ledger gives a meaning: its number in the record and its JSON name.
///
/// Numbers are stored for ever: a number is never given to another name. Numbers below 10 belong to
/// the envelope, the rest to `data`; 127 holds the unknown members of `data`.
public enum Field: UInt8, CaseIterable, Sendable {
    // The envelope.
    case id = 1, source, subject, datacontenttype, dataschema
    /// Unknown members of the envelope, as one JSON object.
    case extensions = 6
    // Names and keys that every `data` may carry.
    case account = 10, chat, person, message, category, text, name, zone, role, instance
    case steps = 20, submission, reservation, key, purpose, template, reply, critical, quoted, alias
    // Outcomes and errors.
    case code = 40, detail, scope, reason, kind, provenance, outcome, recipient
    // Decisions.
    case verdict = 60, rules, count, first, last, notBefore, expires, retryAt, policy, facts
    // People, consent, reviews.
    case evidence = 80, wording, label, reviewer, score, lane, reasons, ruleset
    // Verbs of an operator.
    case by = 90, why, user, login, until, mode, token, host, process
    // Work items, platform, house-keeping.
    case snapshot = 105, rating, previous, tier, limit, language, status, format, raw, line, error
    /// Unknown members of `data`, as one JSON object.
    case extras = 127

    /// The member's name in JSON.
    public var name: String {
        switch self {
        case .notBefore: "not_before"
        case .retryAt: "retry_at"
        default: String(describing: self)
        }
    }

    /// Whether the member belongs to the envelope rather than to `data`.
    public var isEnvelope: Bool { rawValue < 10 }

    /// The kinds of value that the member may hold, the usual one first.
    public var kinds: [FieldKind] {
        switch self {
        case .extensions, .extras: [.json]
        case .steps, .reasons: [.texts]
        case .submission, .count, .first, .last, .policy, .token, .process, .line: [.integer]
        case .reservation: [.reservation]
        case .critical: [.boolean]
        case .notBefore, .expires, .retryAt, .until: [.time]
        case .rules: [.findings]
        case .raw: [.bytes]
        case .code, .score, .previous, .tier, .limit, .snapshot, .ruleset: [.text, .integer, .json]
        case .template, .evidence, .facts, .detail, .error: [.text, .json, .integer]
        default: [.text]
        }
    }
}

/// How a field's value is laid out in the record.
public enum FieldKind: UInt8, Sendable {
    /// UTF-8 text.
    case text = 1
    /// A signed 64-bit integer, 8 bytes.
    case integer = 2
    /// One byte, 0 or 1.
    case boolean = 3
    /// Nanoseconds since 1970 (8), offset in minutes (2), form as in the envelope (1).
    case time = 4
    /// A list of texts, each with its length in 2 bytes before it.
    case texts = 5
    /// One JSON value as compact text, members of objects in the order given.
    case json = 6
    /// The findings of a decision: see ``Finding``.
    case findings = 7
    /// Raw bytes; base64 in JSON.
    case bytes = 8
    /// A reservation: its position (8) and the tag of its ledger (4); `r1041.9f3a2c1b` in JSON.
    case reservation = 9
}
