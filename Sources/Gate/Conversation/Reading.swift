import Bytes

/// What a message says by its words alone.
public struct Reading: Sendable, Equatable {
    /// Which list of words read it.
    public enum Rule: String, CaseIterable, Sendable {
        /// The whole message is a word to opt out.
        case optOut = "opt_out"
        /// The whole message is a yes; it means something as an answer alone.
        case yes
        /// The whole message is a no; it means something as an answer alone.
        case no
        /// The whole message is a word to opt in.
        case optIn = "opt_in"
        /// The whole message asks for support.
        case support
        /// The whole message asks about privacy.
        case privacy
        /// A word to opt out stands first, and a short tail follows.
        case optOutTail = "opt_out_tail"

        /// The lists, in the order in which a message is looked for in them.
        public static let lists: [Rule] = [.optOut, .yes, .no, .optIn, .support, .privacy]
    }

    /// Which rule read it.
    public let rule: Rule
    /// The word of the list, as the list spells it.
    public let word: String

    /// A reading.
    public init(rule: Rule, word: String) {
        self.rule = rule
        self.word = word
    }
}

/// The words that mean something as a whole message: those of every ledger, and the policy's.
///
/// A message is compared after ``FoldedWords``, and without its spaces: `Opt-out!` is `OPT OUT`.
/// Exact words are looked for first, list by list in the order of ``Reading/Rule/lists``. A message
/// that is none of them, and begins with a word to opt out that one or two more words follow, at
/// most 20 characters with the space between them, is a word with a tail: `STOP 12345`,
/// `stop please`. A word to opt out anywhere else in a message is part of a sentence.
public struct ConsentWords: Sendable {
    /// The most words of a tail.
    public static let tailWordsMax = 2
    /// The most characters of a tail.
    public static let tailCharactersMax = 20

    /// The words of every ledger.
    ///
    /// To opt out: 47 CFR 64.1200 (in force 2025-04-11) and Twilio's defaults; the others are those
    /// that messages of the ledger's own kind ask for.
    public static func defaults(_ rule: Reading.Rule) -> [String] {
        switch rule {
        case .optOut:
            [
                "STOP", "UNSUBSCRIBE", "OPT OUT", "QUIT", "END", "CANCEL", "REVOKE", "STOP ALL",
            ]
        case .yes: ["YES", "AGREE", "ACCEPT"]
        case .no: ["NO", "DECLINE"]
        case .optIn: ["START", "UNSTOP"]
        case .support: ["SUPPORT", "HELP ME", "CONTACT"]
        case .privacy: ["PRIVACY", "PRIVACY POLICY"]
        case .optOutTail: []
        }
    }

    /// By folded text without spaces.
    private var readings: [[UInt8]: Reading] = [:]
    /// One bit for the first two bytes of each word, so that nearly all messages are let go by one
    /// look.
    private var starts = [UInt64](repeating: 0, count: 1024)
    /// The most words that a word to opt out consists of.
    private var optOutWordsMax = 1

    /// The words of every ledger with those of a policy.
    public init(_ own: Policy.ConsentTerms.Words = .init()) {
        for rule in Reading.Rule.lists {
            for word in Self.defaults(rule) + own[rule] { add(word, rule) }
        }
    }

    private mutating func add(_ word: String, _ rule: Reading.Rule) {
        guard let folded = FoldedWords.fold(word), let start = Self.start(folded.span) else {
            return
        }
        let compact = folded.filter { $0 != 0x20 }
        // The first list that names a word has it.
        if readings[compact] == nil {
            readings[compact] = Reading(rule: rule, word: word)
        }
        if compact.count > 1 {
            starts[start >> 6] |= 1 << UInt64(start & 63)
        } else {
            // A tail may follow one letter, whatever it begins with.
            for second in 0..<256 {
                let start = start & 0xFF | second << 8
                starts[start >> 6] |= 1 << UInt64(start & 63)
            }
        }
        guard rule == .optOut else { return }
        optOutWordsMax = max(optOutWordsMax, folded.split(separator: 0x20).count)
    }

    /// The first two bytes that are no spaces; nil for fewer than one.
    private static func start(_ folded: Span<UInt8>) -> Int? {
        guard folded.count > 0 else { return nil }
        let first = Int(folded[0])
        guard folded.count > 1 else { return first }
        let second = folded[1] != 0x20 || folded.count == 2 ? folded[1] : folded[2]
        return first | Int(second) << 8
    }

    /// What a folded message says by its words alone; nil for nothing.
    public func read(_ folded: Span<UInt8>) -> Reading? {
        guard let start = Self.start(folded), starts[start >> 6] & 1 << UInt64(start & 63) != 0
        else { return nil }
        let words = Self.words(folded)
        if let reading = readings[Self.compact(folded, 0..<folded.count)] { return reading }
        for count in 1...optOutWordsMax where words.count > count {
            guard words.count - count <= Self.tailWordsMax else { continue }
            let head = Self.compact(folded, 0..<words[count - 1].upperBound)
            guard let reading = readings[head], reading.rule == .optOut else { continue }
            let tail = words[count].lowerBound..<folded.count
            if Self.characters(folded, tail) <= Self.tailCharactersMax {
                return Reading(rule: .optOutTail, word: reading.word)
            }
        }
        return nil
    }

    /// What a text says by its words alone; nil for nothing.
    public func read(_ text: String) -> Reading? {
        guard let folded = FoldedWords.fold(text) else { return nil }
        return read(folded.span)
    }

    /// A word to opt out that stands somewhere in a text that was not read as one; nil for none.
    ///
    /// - Parameter text: at most its first 64 characters are looked at.
    public func mention(in text: String) -> String? {
        let head = String(text.prefix(FoldedWords.charactersMax))
        guard let folded = FoldedWords.fold(head), read(text) == nil else { return nil }
        let words = Self.words(folded.span)
        for first in words.indices {
            for count in 1...optOutWordsMax where first + count <= words.count {
                let range = words[first].lowerBound..<words[first + count - 1].upperBound
                let reading = readings[Self.compact(folded.span, range)]
                if let reading, reading.rule == .optOut { return reading.word }
            }
        }
        return nil
    }

    private static func words(_ folded: Span<UInt8>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start = 0
        for at in 0...folded.count where at == folded.count || folded[at] == 0x20 {
            if at > start { words.append(start..<at) }
            start = at + 1
        }
        return words
    }

    private static func compact(_ folded: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for at in range where folded[at] != 0x20 { bytes.append(folded[at]) }
        return bytes
    }

    private static func characters(_ folded: Span<UInt8>, _ range: Range<Int>) -> Int {
        var count = 0
        for at in range where folded[at] & 0xC0 != 0x80 { count += 1 }
        return count
    }
}
