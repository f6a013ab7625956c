import Events

extension Circumstances {
    /// Says whether the text is promotional, and whether it looks critical.
    mutating func readText(of request: SendRequest, under policy: Policy) {
        guard let text = request.text else { return }
        let words = policy.templates.promotionalWords
        let kinds = policy.critical.kinds
        guard !words.isEmpty || !kinds.isEmpty else { return }
        let folded = PatternText(text)
        isPromotional = words.contains { folded.holds($0) }
        criticalKind = kinds.first { kind in kind.patterns.contains { folded.holds($0) } }?.name
    }
}

/// The words of a text, folded, to be searched for words and phrases in linear time.
struct PatternText {
    /// How much of a text is looked at.
    static let charactersMax = 4_096
    /// The words, each between two spaces.
    private let words: [UInt8]

    init(_ text: String) { words = Self.fold(text.prefix(Self.charactersMax)) }

    /// Whether the text holds a word or phrase; a `*` at its end stands for the rest of a word.
    func holds(_ pattern: String) -> Bool {
        let isOpen = pattern.hasSuffix("*")
        var sought = Self.fold(pattern[...])
        guard sought.count > 1 else { return false }
        if isOpen { sought.removeLast() }
        return words.span.find(sought.span)
    }

    /// Letters and digits in lower case; whatever lies between is one space.
    private static func fold(_ text: Substring) -> [UInt8] {
        var folded: [UInt8] = [0x20]
        for character in text.lowercased() {
            if character.isLetter || character.isNumber {
                folded.append(contentsOf: String(character).utf8)
            } else if folded.last != 0x20 {
                folded.append(0x20)
            }
        }
        if folded.last != 0x20 { folded.append(0x20) }
        return folded
    }
}

extension Span<UInt8> {
    /// Whether another sequence of bytes occurs; in time linear in both (Knuth, Morris, Pratt).
    func find(_ sought: Span<UInt8>) -> Bool {
        guard sought.count > 0 else { return true }
        var borders = [0]
        var length = 0
        for index in 1..<Swift.max(1, sought.count) {
            while length > 0, sought[index] != sought[length] { length = borders[length - 1] }
            if sought[index] == sought[length] { length += 1 }
            borders.append(length)
        }
        length = 0
        for index in 0..<count {
            while length > 0, self[index] != sought[length] { length = borders[length - 1] }
            if self[index] == sought[length] { length += 1 }
            if length == sought.count { return true }
        }
        return false
    }
}
