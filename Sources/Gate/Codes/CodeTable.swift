import Views

/// What the error codes of providers mean and close, as data with its source.
///
/// A policy overrides single codes (`breaker.codes`). Sites confuse codes, so that each says where
/// its meaning is from and when that was read.
public enum CodeTable {
    /// One code.
    public struct Entry: Sendable {
        /// What it closes, and for how long.
        public let term: Policy.CodeTerm
        /// What it means.
        public let meaning: String
        /// Whether it counts towards halts of the account.
        public let isFault: Bool
        /// Where the meaning is from.
        public let source: String
        /// The day on which that was read.
        public let date: String

        init(
            _ term: Policy.CodeTerm, _ meaning: String, isFault: Bool? = nil, _ origin: Origin
        ) {
            self.term = term
            self.meaning = meaning
            self.isFault = isFault ?? (term.closes != .none)
            source = origin.source
            date = origin.date
        }
    }

    /// Where codes were read.
    struct Origin {
        let source: String
        let date: String

        static let meta = Origin(
            source: "developers.facebook.com, WhatsApp Cloud API error codes; pywa errors.py",
            date: "2026-08-01")
        static let bridges = Origin(
            source: "WhiskeySockets/Baileys#1248, #2707; EvolutionAPI/evolution-go#50",
            date: "2026-08-01")
        static let twilio = Origin(
            source: "twilio.com/docs/api/errors, WhatsApp mapping table", date: "2026-08-01")
        static let words = Origin(
            source: "error words of Wassenger and of bridges", date: "2025-10-01")
    }

    /// Every code, in no order that matters.
    public static let all: [Entry] = numbers + templates + others

    private static let byNumber: [UInt64: Entry] = Dictionary(
        all.map { (ErrorCode.number(of: $0.term.code), $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// The entry of a code, by ``Views/ErrorCode/number(of:)``, or nil.
    static func entry(_ number: UInt64) -> Entry? { byNumber[number] }
}

extension Policy.BreakerTerms {
    /// What a code closes under this policy, or nil for one that nobody knows.
    func term(_ number: UInt64) -> Policy.CodeTerm? {
        codes.last { ErrorCode.number(of: $0.code) == number } ?? CodeTable.entry(number)?.term
    }

    /// Whether an error with a code counts towards halts; one that nobody knows does.
    func isFault(_ number: UInt64) -> Bool {
        if let own = codes.last(where: { ErrorCode.number(of: $0.code) == number }) {
            return own.closes != .none
        }
        return CodeTable.entry(number)?.isFault ?? true
    }
}
