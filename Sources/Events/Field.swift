/// A member of an event that the ledger gives a meaning: its number and its JSON name.
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
    // Attempts: one try of one worker each.
    case attempt = 30, go, because, released, traceparent
    // Outcomes and errors.
    case code = 40, detail, scope, reason, kind, provenance, outcome, recipient
    // Decisions.
    case verdict = 60, rules, count, first, last, notBefore, expires, retryAt, policy, facts
    case would = 70, slot, pace, queued, shadows
    /// All work items that a text names, where they are several; the first is the subject.
    case subjects = 77
    // People, consent, reviews.
    case evidence = 80, wording, label, reviewer, score, lane, reasons, ruleset
    // Verbs of an operator.
    case by = 90, why, user, login, until, mode, token, host, process
    // Work items, platform, house-keeping.
    case snapshot = 105, rating, previous, tier, limit, language, status, format, raw, line, error
    /// The SHA-256 of a text, in hexadecimal.
    case hash = 116
    /// Unknown members of `data`, as one JSON object.
    case extras = 127

    /// The member's name in JSON.
    public var name: String { FieldTables.names[Int(rawValue)] }

    /// Whether the member belongs to the envelope rather than to `data`.
    public var isEnvelope: Bool { rawValue < 10 }

    /// The kinds of value that the member may hold, the usual one first.
    public var kinds: [FieldKind] {
        switch self {
        case .extensions, .extras: [.json]
        case .steps, .reasons, .subjects, .because: [.texts]
        case .submission, .count, .first, .last, .policy, .token, .process, .line, .pace: [.integer]
        case .reservation: [.reservation]
        case .critical, .go, .released: [.boolean]
        case .notBefore, .expires, .retryAt, .until, .slot: [.time]
        case .rules: [.findings, .json]
        case .raw: [.bytes]
        case .code, .score, .previous, .tier, .limit, .snapshot, .ruleset: [.text, .integer, .json]
        case .template, .evidence, .facts, .detail, .error, .shadows, .queued:
            [.text, .integer, .json]
        default: [.text]
        }
    }
}

extension Field {
    /// The most bytes of a text that names something.
    public static let nameBytesMax = 1_024

    /// Whether its texts name something, so that none is longer than ``nameBytesMax``.
    ///
    /// Names are hashed, looked up, repeated by what follows from an event, and shown in lists;
    /// what is only read by people may be as long as a record.
    public var isName: Bool { FieldTables.bounded & bit != 0 }

    /// One bit for the member, for sets of members.
    var bit: UInt128 { 1 << UInt128(rawValue) }

    /// Whether a value of that kind may stand here.
    func allows(_ kind: FieldKind) -> Bool {
        FieldTables.kinds[Int(rawValue)] & (1 << UInt16(kind.rawValue)) != 0
    }
}

/// What is asked of a field for every event, in tables by its number.
enum FieldTables {
    static let names: [String] = table("") { field in
        switch field {
        case .notBefore: "not_before"
        case .retryAt: "retry_at"
        default: String(describing: field)
        }
    }

    /// The name in quotes and its colon.
    static let keys: [[UInt8]] = table([]) { Array("\"\($0.name)\":".utf8) }

    /// One bit for every kind allowed.
    static let kinds: [UInt16] = table(0) { field in
        field.kinds.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
    }

    /// Members of `data` by name.
    static let byName = NameTable(
        Field.allCases.filter { !$0.isEnvelope && $0 != .extras }.map { ($0.name, $0.rawValue) })

    /// One bit for every member whose texts are names.
    static let bounded: UInt128 = {
        let free: Set<Field> = [
            .datacontenttype, .dataschema, .extensions, .text, .detail, .reason, .reasons, .rules,
            .facts, .shadows, .queued, .evidence, .wording, .why, .snapshot, .ruleset, .raw,
            .line, .error, .extras,
        ]
        return Field.allCases.reduce(0) { free.contains($1) ? $0 : $0 | $1.bit }
    }()

    private static func table<Value>(_ empty: Value, _ value: (Field) -> Value) -> [Value] {
        var values = [Value](repeating: empty, count: 128)
        for field in Field.allCases { values[Int(field.rawValue)] = value(field) }
        return values
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
