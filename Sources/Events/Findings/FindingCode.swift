/// What a finding says to a program, where its rule and verdict do not say enough.
///
/// Numbers are stored for ever.
public enum FindingCode: UInt8, CaseIterable, Sendable {
    /// A reservation is open: what becomes of it is known at `retry_at` at the latest.
    case inProgress = 1
    /// The provider took the message.
    case alreadySent
    /// A send was attempted, and nobody knows what became of it: it is not sent again until there
    /// is evidence, or an operator settles it.
    case outcomeUnknown
    /// The message waits in the queue.
    case queued
    /// Outside the service window only a template may go.
    case templateRequired
    /// The person withdrew consent.
    case optedOut
    /// What the person wrote may be an opt-out: a review decides.
    case held
    /// The policy asks for consent, and there is none.
    case consentRequired

    /// The name in JSON: `already_sent`.
    public var name: String { Self.names[Int(rawValue)] }

    /// The code of that name, or nil.
    public init?(name: some StringProtocol) {
        guard let code = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = code
    }

    private static let names = [""] + allCases.map { snakeCased(String(describing: $0)) }

    /// What it says of a message under a key, without the full stop; nil for a code that says
    /// nothing of keys.
    func sentence(of message: String) -> String? {
        switch self {
        case .inProgress: "A \(message) is being sent"
        case .alreadySent: "A \(message) was sent already"
        case .outcomeUnknown:
            "A \(message) was attempted and its outcome is unknown: evidence, or 'ledger report "
                + "--by NAME --why REASON', settles it"
        case .queued: "A \(message) waits in the queue"
        default: nil
        }
    }
}

/// `alreadySent` as `already_sent`.
private func snakeCased(_ name: String) -> String {
    var result = ""
    for byte in name.utf8 {
        if byte >= 0x41, byte <= 0x5A {
            result += "_"
            result.unicodeScalars.append(Unicode.Scalar(byte + 0x20))
        } else {
            result.unicodeScalars.append(Unicode.Scalar(byte))
        }
    }
    return result
}
