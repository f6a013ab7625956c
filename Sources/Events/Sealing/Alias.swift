import Bytes

/// One spelling for the aliases that name the same number, or the same account of a provider.
///
/// | alias | canonical |
/// |---|---|
/// | `+27821234567`, `whatsapp:+27821234567`, `tel:+27-82-123-4567` | `27821234567` |
/// | `+27 82 123 4567`, `+27 (82) 123-4567` | `27821234567` |
/// | `27821234567@s.whatsapp.net`, `…@c.us`, `…@hosted` | `27821234567` |
/// | `27821234567_1:3@s.whatsapp.net` (agent 1, device 3) | `27821234567` |
/// | `2233445566:3@lid`, `2233445566@hosted.lid` | `2233445566@lid` |
///
/// Any other alias stays as it is: a national number (`082 123 4567`) says a country's number only
/// with the country, and a business-scoped id (`US.13491208655302741918`) says none.
public enum Alias {
    /// Calls `body` with the canonical spelling of an alias: a part of it, or a text of its own.
    public static func withCanonical<Value, Failure: Error>(
        _ alias: Span<UInt8>, _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        switch spelling(of: alias) {
        case .part(let range): try body(alias.extracting(range))
        case .text(let text): try body(text.span)
        }
    }

    /// Whether two aliases have the same canonical spelling.
    public static func areSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        let known = withCanonical(one) { $0.array }
        return withCanonical(other) { $0.equals(known.span) }
    }

    private enum Spelling {
        case part(Range<Int>)
        case text([UInt8])
    }

    private static func spelling(of alias: Span<UInt8>) -> Spelling {
        let whole = Spelling.part(0..<alias.count)
        let user = user(of: alias)
        if let lid = respelt(alias, user) { return .text(lid) }
        guard !user.isLID else { return whole }
        var start = 0
        for opening in openings where user.end > opening.count {
            guard alias.extracting(0..<opening.count).equals(opening.span) else { continue }
            start = opening.count
            break
        }
        let isInternational = start < user.end && alias[start] == plus
        if isInternational { start += 1 }
        let isNumber = isInternational || start == 0 || alias[0] == 0x77
        if isNumber, isDigits(alias, start..<user.end), lengths.contains(user.end - start) {
            return .part(start..<user.end)
        }
        guard !user.isJID else { return whole }
        let from = isInternational ? start - 1 : start
        return international(alias.extracting(from...)).map { .text($0) } ?? whole
    }

    /// How many digits a number has.
    private static let lengths = 7...15

    private static let openings = ["whatsapp:", "tel:"].map { Array($0.utf8) }
    private static let lid = Array("@lid".utf8)
    private static let servers: [(name: [UInt8], isLID: Bool)] = [
        (Array("@s.whatsapp.net".utf8), false), (Array("@c.us".utf8), false),
        (Array("@hosted".utf8), false), (lid, true), (Array("@hosted.lid".utf8), true),
    ]
    private static let plus: UInt8 = 0x2B

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isDigits(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for at in range where !isDigit(bytes[at]) { return false }
        return true
    }

    // MARK: - JIDs

    /// Where the user of a JID ends, without agent and device; of any other alias, its own end.
    private struct User {
        var end: Int
        var isJID = false
        var isLID = false
    }

    private static func user(of alias: Span<UInt8>) -> User {
        var user = User(end: alias.count)
        for server in servers where alias.count > server.name.count {
            let at = alias.count - server.name.count
            guard alias.extracting(at...).equals(server.name.span) else { continue }
            user = User(end: at, isJID: true, isLID: server.isLID)
            break
        }
        guard user.isJID else { return user }
        // The numbers of device and agent say nothing of the person.
        user.end = end(of: alias, before: user.end, without: 0x3A)
        user.end = end(of: alias, before: user.end, without: 0x5F)
        return user
    }

    /// Where what stands before a mark and digits ends; `end` where no such suffix stands there.
    private static func end(of alias: Span<UInt8>, before end: Int, without mark: UInt8) -> Int {
        var digits = end
        while digits > 0, isDigit(alias[digits - 1]) { digits -= 1 }
        return digits > 1 && digits < end && alias[digits - 1] == mark ? digits - 1 : end
    }

    /// The canonical spelling of a LID that is spelt otherwise.
    private static func respelt(_ alias: Span<UInt8>, _ user: User) -> [UInt8]? {
        guard user.isLID, user.end > 0, isDigits(alias, 0..<user.end),
            alias.count != user.end + lid.count
        else { return nil }
        return alias.extracting(0..<user.end).array + lid
    }

    // MARK: - Numbers as people write them

    /// The digits of a number that begins with a plus, whatever stands between them.
    ///
    /// A zero in brackets is dialled within the country only: such a number is left alone.
    private static func international(_ text: Span<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        var hasPlus = false
        var at = 0
        while at < text.count {
            let byte = text[at]
            let gap = gap(text, at)
            if gap > 0 {
                if byte == 0x28, !hasPlus || isTrunk(text, at) { return nil }
                at += gap
            } else if byte == plus, !hasPlus {
                hasPlus = true
                at += 1
            } else if hasPlus, isDigit(byte), digits.count < lengths.upperBound {
                digits.append(byte)
                at += 1
            } else {
                return nil
            }
        }
        return lengths.contains(digits.count) ? digits : nil
    }

    private static func isTrunk(_ text: Span<UInt8>, _ at: Int) -> Bool {
        at + 2 < text.count && text[at + 1] == 0x30 && text[at + 2] == 0x29
    }

    /// How many bytes long the mark at `at` is that may stand between digits; 0 for none: a space,
    /// hyphen, dot or bracket, and the spaces, dashes and marks of direction of U+2000 to U+206F.
    private static func gap(_ text: Span<UInt8>, _ at: Int) -> Int {
        switch text[at] {
        case 0x20, 0x28, 0x29, 0x2D, 0x2E: return 1
        case 0xC2 where at + 1 < text.count && text[at + 1] == 0xA0: return 2
        case 0xE2 where at + 2 < text.count: break
        default: return 0
        }
        let low = text[at + 2]
        switch text[at + 1] {
        // U+2000 to U+2015, U+200E and U+200F among them; U+202A to U+202F.
        case 0x80 where (0x80...0x95).contains(low) || (0xAA...0xAF).contains(low): return 3
        // U+2060, U+2066 to U+2069.
        case 0x81 where low == 0xA0 || (0xA6...0xA9).contains(low): return 3
        default: return 0
        }
    }
}
