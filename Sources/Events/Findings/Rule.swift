/// A rule of the gate, by its number in the record.
///
/// Numbers are stored for ever.
public enum Rule: UInt8, CaseIterable, Sendable {
    case stop = 1, pause, mode, instance, grace, backlog
    case duplicateKey, duplicateContent, duplicateBusiness
    case limitSecond, limitMinute, limitHour, limitDay
    case spacing, cooldownSubject, personDay, chain
    case platformThroughput, platformPair, platformRecipients, platformMarketing
    case consent, windowService, template, quiet, pacing, breaker, inflight, quality

    /// The name in policies, answers and views: `duplicate.key`.
    public var name: String { Self.names[Int(rawValue)] }

    /// The rule of that name, or nil.
    public init?(name: some StringProtocol) {
        guard let rule = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = rule
    }

    /// Whether `observed` and `limit` of its findings are whole seconds; otherwise they are counts.
    public var measuresSeconds: Bool {
        switch self {
        case .grace, .spacing, .cooldownSubject, .windowService, .quiet, .pacing: true
        default: false
        }
    }

    private static let names: [String] =
        [""] + allCases.map { dotted(String(describing: $0)) }
}

/// What a finding counted over.
public enum Scope: UInt8, CaseIterable, Sendable {
    case account = 1, chat, person, pair, category, role, ledger, subject, instance, template

    /// The name in JSON.
    public var name: String { Self.names[Int(rawValue)] }

    private static let names = [""] + allCases.map { String(describing: $0) }

    /// The scope of that name, or nil.
    public init?(name: some StringProtocol) {
        guard let scope = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = scope
    }
}

/// What the gate answers, the mildest first: the greater of two verdicts wins.
public enum Verdict: UInt8, CaseIterable, Comparable, Sendable {
    /// It may go.
    case send
    /// The same request will pass later, if nothing else happens.
    case wait
    /// Waiting alone does not help.
    case refuse

    /// The name in JSON.
    public var name: String { Self.names[Int(rawValue)] }

    private static let names = allCases.map { String(describing: $0) }

    /// The verdict of that name, or nil.
    public init?(name: some StringProtocol) {
        guard let verdict = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = verdict
    }

    /// Orders by strictness.
    public static func < (left: Verdict, right: Verdict) -> Bool { left.rawValue < right.rawValue }
}

/// `messageReceived` as `message.received`: the first capital opens the second word.
func dotted(_ name: String) -> String {
    var result = ""
    var isDotted = false
    for character in name {
        if character.isUppercase && !isDotted {
            result += "."
            isDotted = true
        }
        result += character.lowercased()
    }
    return result
}
