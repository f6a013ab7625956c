public import Events

/// What an adapter made of one thing in its input: a message, a status, a line.
///
/// Every thing that is read gives exactly one element, so that what was read can be counted: each
/// is an event (or there already), noted, or quarantined; never dropped.
public struct Element: Sendable {
    /// What it is to the ledger.
    public enum Meaning: Sendable {
        /// An event, in clear; it is sealed when it is appended.
        case event(Draft)
        /// Well formed and known, but without a meaning for the ledger.
        case noted(kind: String)
        /// Malformed or unknown; the reason is a sentence.
        case quarantined(code: String, reason: String)
    }

    /// What it is to the ledger.
    public let meaning: Meaning
    /// Pairs of aliases that it shows to be one person: events `identity.linked`.
    public let links: [Draft]
    /// The chat that it belongs to, for the policy's allow-list; nil where it belongs to none.
    ///
    /// A group, or the other party of a direct chat.
    public let chat: String?
    /// What a driven clock is moved to, where the input says so.
    public let now: Instant?
    /// Where it lies in the bytes of its body; for what is noted or quarantined.
    public let range: Range<Int>
    /// The number of its line in the input, where the format has lines.
    public let line: Int?
    /// Its bytes, of a format that is read line by line; else empty, and ``range`` says where they
    /// lie.
    public let raw: [UInt8]

    /// An element.
    public init(
        _ meaning: Meaning, links: [Draft] = [], chat: String? = nil, range: Range<Int> = 0..<0,
        line: Int? = nil, now: Instant? = nil, raw: [UInt8] = []
    ) {
        self.meaning = meaning
        self.links = links
        self.chat = chat
        self.range = range
        self.line = line
        self.now = now
        self.raw = raw
    }
}
