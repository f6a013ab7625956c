import Bytes

/// An alias that has to be looked at byte by byte: what it says once marks, widths, prefixes and
/// devices are taken away.
struct AliasReading {
    /// How it is spelt canonically.
    private(set) var spelling = Alias.Spelling.whole
    /// The digits and marks of a number without its country; nil for all else.
    private(set) var national: String?

    init(_ alias: Span<UInt8>) {
        var text = Self.plain(alias)
        // A number cannot begin with a space: a raw plus of a form was read as one.
        Self.trim(&text)
        var isURI = false
        while Self.strip(&text) {
            isURI = true
            Self.trim(&text)
        }
        guard !text.isEmpty else { return }
        if let at = text.lastIndex(of: 0x40) {
            readJID(text, at)
            return
        }
        if isURI || text.contains(0x3B) { Self.cutParameters(&text) }
        if text.contains(0x3A), let user = Self.withoutDevice(text),
            user.count >= Alias.lengths.lowerBound
        {
            text = user
        }
        readNumber(text)
    }

    private mutating func take(_ digits: [UInt8]) {
        spelling = .text(NumberPlan.canonical(digits))
    }

    // MARK: - JIDs

    private static let numberServers = ["s.whatsapp.net", "c.us", "hosted"].map { Array($0.utf8) }
    private static let lidServers = ["lid", "hosted.lid"].map { Array($0.utf8) }
    private static let groupServers = ["g.us", "broadcast", "newsletter"].map { Array($0.utf8) }

    private mutating func readJID(_ text: [UInt8], _ at: Int) {
        let server = text[(at + 1)...].map(Self.lowered)
        let whole = Array(text[..<at])
        guard !whole.isEmpty else { return }
        if Self.groupServers.contains(server) {
            spelling = .text(whole + [0x40] + server)
            return
        }
        let isLID = Self.lidServers.contains(server)
        guard isLID || Self.numberServers.contains(server) else { return }
        var user = Self.withoutDevice(whole) ?? whole
        if isLID {
            guard user.allSatisfy(Alias.isDigit) else { return }
            spelling = .text(user + Array("@lid".utf8))
            return
        }
        if user.first == Alias.plus { user.removeFirst() }
        if user.starts(with: [0x30, 0x30]) { user.removeFirst(2) }
        guard user.allSatisfy(Alias.isDigit), Alias.lengths.contains(user.count),
            !user.starts(with: [0x30, 0x30])
        else { return }
        if user[0] == 0x30 { spelling = .text(user) } else { take(user) }
    }

    /// The digits before the numbers of agent and device, `_1:3`, `.0:1` or `:12`; nil where no
    /// digits end so.
    private static func withoutDevice(_ user: [UInt8]) -> [UInt8]? {
        var end = user.count
        for marks in [[UInt8(0x3A)], [0x5F, 0x2E]] {
            var digits = end
            while digits > 0, Alias.isDigit(user[digits - 1]) { digits -= 1 }
            guard digits > 1, digits < end, marks.contains(user[digits - 1]) else { continue }
            // A point alone may part the digits of a number.
            if user[digits - 1] == 0x2E, end == user.count { continue }
            end = digits - 1
        }
        let start = user.first == Alias.plus ? 1 : 0
        guard end > start, user[start..<end].allSatisfy(Alias.isDigit) else { return nil }
        return Array(user[..<end])
    }

    // MARK: - Numbers

    /// The country numbers that keep the zero of a number dialled within the country.
    private static let zeroKept: [[UInt8]] = ["39", "378", "379"].map { Array($0.utf8) }

    private mutating func readNumber(_ text: [UInt8]) {
        var digits: [UInt8] = []
        var hasPlus = false
        var hasMarks = false
        var at = 0
        while at < text.count {
            let byte = text[at]
            switch byte {
            case Alias.plus where digits.isEmpty && !text[..<at].contains(Alias.plus):
                hasPlus = true
            case 0x28 where text[at...].starts(with: [0x28, 0x30, 0x29]) && !digits.isEmpty:
                hasMarks = true
                if Self.zeroKept.contains(digits) { digits.append(0x30) }
                at += 2
            case 0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F: hasMarks = true
            case _ where Alias.isDigit(byte): digits.append(byte)
            default: return
            }
            guard digits.count <= 20 else { return }
            at += 1
        }
        settle(digits, hasPlus, hasMarks)
    }

    private mutating func settle(_ digits: [UInt8], _ hasPlus: Bool, _ hasMarks: Bool) {
        guard !digits.isEmpty else { return }
        let isCalled = digits.count > 2 && digits[0] == 0x30 && digits[1] == 0x30
        let number = isCalled ? Array(digits[2...]) : digits
        let isZero = number[0] == 0x30
        // Bare digits are what providers call an id: they begin with the country.
        let isWhole = hasPlus || isCalled || !hasMarks
        if isWhole, !isZero, Alias.lengths.contains(number.count) {
            take(number)
        } else if number.count <= 15, isZero || !hasPlus && !isCalled {
            national = String(decoding: number, as: UTF8.self)
        }
    }

    // MARK: - What stands around it

    private static let schemes = [
        "whatsapp:", "sms:", "smsto:", "tel:", "https:", "http:", "wa.me/",
    ].map { Array($0.utf8) }
    /// What stands between a scheme and the number.
    private static let paths = [
        "wa.me/", "www.wa.me/", "api.whatsapp.com/", "send/", "send", "?phone=",
    ].map { Array($0.utf8) }

    /// Takes `tel:`, `sms:`, `whatsapp:`, `https://wa.me/` away, in any case; says whether it did.
    private static func strip(_ text: inout [UInt8]) -> Bool {
        guard schemes.contains(where: { remove($0, from: &text) }) else { return false }
        if text.starts(with: [0x2F, 0x2F]) { text.removeFirst(2) }
        for path in paths { _ = remove(path, from: &text) }
        return true
    }

    private static func remove(_ opening: [UInt8], from text: inout [UInt8]) -> Bool {
        guard text.count > opening.count,
            zip(text, opening).allSatisfy({ lowered($0) == $1 })
        else { return false }
        text.removeFirst(opening.count)
        return true
    }

    /// Cuts `;ext=1` and what else follows a number in a URI.
    private static func cutParameters(_ text: inout [UInt8]) {
        if let at = text.firstIndex(where: { $0 == 0x3B || $0 == 0x3F || $0 == 0x26 }) {
            text.removeSubrange(at...)
        }
        trim(&text)
        while text.last == 0x2F { text.removeLast() }
        if text.starts(with: Array("%2B".utf8)) || text.starts(with: Array("%2b".utf8)) {
            text.replaceSubrange(..<3, with: [Alias.plus])
        }
    }

    private static func trim(_ text: inout [UInt8]) {
        while text.last == 0x20 { text.removeLast() }
        text.removeFirst(text.prefix { $0 == 0x20 }.count)
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
    }

    // MARK: - Marks and widths

    /// The bytes with other digits, spaces, dashes and whole-width forms as ASCII has them, and
    /// without marks that nobody sees.
    private static func plain(_ alias: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(alias.count)
        var at = 0
        while at < alias.count {
            let byte = alias[at]
            if byte < 0x80 {
                text.append(byte == 0x09 || byte == 0x0A || byte == 0x0D ? 0x20 : byte)
                at += 1
                continue
            }
            let second = at + 1 < alias.count ? alias[at + 1] : 0
            let third = at + 2 < alias.count ? alias[at + 2] : 0
            let (count, meaning) = mark(byte, second, third)
            switch meaning {
            case .letter: text += alias.extracting(at..<min(at + count, alias.count)).array
            case .nothing: break
            case .ascii(let byte): text.append(byte)
            }
            at += count
        }
        return text
    }

    private enum Meaning {
        case letter, nothing
        case ascii(UInt8)
    }

    /// How many bytes a character beyond ASCII has, and what it stands for.
    private static func mark(
        _ first: UInt8, _ second: UInt8, _ third: UInt8
    ) -> (Int, Meaning) {
        switch (first, second) {
        case (0xC2, 0xA0): (2, .ascii(0x20))
        // Soft hyphen, grapheme joiner, Arabic letter mark.
        case (0xC2, 0xAD), (0xCD, 0x8F), (0xD8, 0x9C): (2, .nothing)
        // Arabic and Persian digits.
        case (0xD9, 0xA0...0xA9): (2, .ascii(0x30 + second - 0xA0))
        case (0xDB, 0xB0...0xB9): (2, .ascii(0x30 + second - 0xB0))
        case (0xE2, 0x80): (3, punctuation(third))
        case (0xE2, 0x81) where third == 0x9F: (3, .ascii(0x20))
        case (0xE2, 0x81) where third >= 0xA0 && third <= 0xAF: (3, .nothing)
        case (0xE2, 0x88) where third == 0x92: (3, .ascii(0x2D))
        case (0xE3, 0x80) where third == 0x80: (3, .ascii(0x20))
        case (0xE1, 0xA0) where third == 0x8E: (3, .nothing)
        case (0xEF, 0xB8) where third <= 0x8F: (3, .nothing)
        case (0xEF, 0xBB) where third == 0xBF: (3, .nothing)
        case (0xEF, 0xBC) where third >= 0x81: (3, .ascii(0x21 + third - 0x81))
        case (0xEF, 0xBD) where third <= 0x9E: (3, .ascii(0x60 + third - 0x80))
        case (0xC0...0xDF, _): (2, .letter)
        case (0xE0...0xEF, _): (3, .letter)
        case (0xF0...0xFF, _): (4, .letter)
        default: (1, .letter)
        }
    }

    /// U+2000 to U+203F: spaces, dashes and marks of direction.
    private static func punctuation(_ third: UInt8) -> Meaning {
        switch third {
        case 0x80...0x8A, 0xA8, 0xA9, 0xAF: .ascii(0x20)
        case 0x8B...0x8F, 0xAA...0xAE: .nothing
        case 0x90...0x95: .ascii(0x2D)
        default: .letter
        }
    }
}
