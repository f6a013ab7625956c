import Bytes

/// The date and time that an exported message begins with.
///
/// These forms are read, with marks of direction anywhere and with any of the spaces U+0020,
/// U+00A0, U+202F:
///
/// | form | phone |
/// |---|---|
/// | `23/06/2018, 01:55 p.m. - Name: text` | Android |
/// | `2025/10/01, 16:51 - Name: text` | Android in South Africa |
/// | `[06.13.18, 21:25:15] Name: text` | iPhone |
/// | `[3/6/18 1:55:00 p. m.] Name: text` | iPhone |
/// | `13.6.2018 klo 21.25.15 - Name: text` | Finnish |
/// | `13. 6. 2018. 21:25:15 Name: text`, `13.06.18 21.25.15: Name: text` | older ones |
///
/// Numbers may be Arabic or Persian digits. The halves of the day are those of English, Spanish,
/// Afrikaans (vm., nm.), Greek, Arabic, Chinese, Japanese and Korean; Chinese and Korean ones
/// stand before the hour.
struct ChatHead: Equatable, Sendable {
    /// A number and how many digits it has.
    struct Number: Equatable, Sendable {
        var value: Int
        var digits: Int
    }

    /// The three numbers of the date as they stand.
    var date: (first: Number, second: Number, third: Number)
    /// Minutes of the day.
    var minute: Int
    /// Seconds of the minute; 0 where there are none.
    var second: Int
    /// How the line is built: what two messages of the same file share.
    var shape: UInt8
    /// Where the rest of the line begins: the author, or what the system says.
    var rest: Int

    static func == (left: ChatHead, right: ChatHead) -> Bool {
        left.date == right.date && left.minute == right.minute && left.second == right.second
            && left.shape == right.shape && left.rest == right.rest
    }

    /// The head that a line begins with, or nil: then the line goes on with a message.
    init?(_ line: Span<UInt8>) {
        guard Self.mayBegin(line) else { return nil }
        var cursor = HeadCursor(line)
        _ = cursor.spaces()
        let isBracketed = cursor.take("[")
        _ = cursor.spaces()
        guard let first = cursor.number(4), let separator = cursor.take(oneOf: "/.-") else {
            return nil
        }
        _ = cursor.spaces()
        guard let second = cursor.number(2), cursor.take(separator) else { return nil }
        _ = cursor.spaces()
        guard let third = cursor.number(4) else { return nil }
        date = (first, second, third)
        let isParted = cursor.take(".")
        let hasComma = cursor.take(",")
        guard cursor.spaces() || hasComma || isParted else { return nil }
        var half = cursor.half()
        if half == nil { cursor.word() }
        _ = cursor.spaces()
        guard let hour = cursor.number(2), cursor.take(oneOf: ":.h") != nil,
            let minutes = cursor.number(2), minutes.digits == 2, minutes.value < 60
        else { return nil }
        let seconds = cursor.seconds()
        var hasSpace = cursor.spaces()
        if half == nil {
            half = cursor.half()
            if half != nil { hasSpace = cursor.spaces() }
        }
        guard let ending = cursor.ending(isBracketed: isBracketed, hasSpace: hasSpace),
            let hours = Self.hours(hour.value, half)
        else { return nil }
        minute = 60 * hours + minutes.value
        self.second = seconds ?? 0
        let kind: UInt8 = separator == "/" ? 0 : separator == "." ? 1 : 2
        shape = ending | kind << 2 | (seconds == nil ? 0 : 16)
        rest = cursor.end
    }

    /// The shapes are below this.
    static let shapes = 32

    /// The hour of 24, or nil for none; a half beside an hour from 13 says nothing.
    private static func hours(_ hour: Int, _ half: HeadCursor.Half?) -> Int? {
        guard hour < 24 else { return nil }
        switch half {
        case .morning: return hour == 12 ? 0 : hour
        case .afternoon: return hour < 12 ? hour + 12 : hour
        case nil: return hour
        }
    }

    /// Whether a line begins with a digit, behind marks, white space and a bracket.
    private static func mayBegin(_ line: Span<UInt8>) -> Bool {
        var at = 0
        while at < line.count, at < 32 {
            switch line[at] {
            case 0x30...0x39, 0xD9, 0xDB: return true
            case 0x20, 0x5B: at += 1
            case 0xE2, 0xEF: at += 3
            case 0xC2: at += 2
            default: return false
            }
        }
        return false
    }
}

/// The first scalars of a line, without marks of direction.
struct HeadCursor {
    /// The half of a day.
    enum Half { case morning, afternoon }

    private var scalars: [Unicode.Scalar] = []
    /// Behind each scalar, the offset of the next byte.
    private var ends: [Int] = []
    private var at = 0

    init(_ line: Span<UInt8>) {
        let bytes = line.extracting(0..<min(line.count, 160)).array
        scalars.reserveCapacity(80)
        ends.reserveCapacity(80)
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while scalars.count < 80, case .scalarValue(let scalar) = decoder.decode(&iterator) {
            offset += UTF8.width(scalar)
            if Self.isMark(scalar) { continue }
            scalars.append(scalar)
            ends.append(offset)
        }
    }

    /// How many bytes were read.
    var end: Int { at == 0 ? 0 : ends[at - 1] }

    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    /// Passes over white space; answers whether there was any.
    mutating func spaces() -> Bool {
        let start = at
        while let next, next == " " || next == "\u{A0}" || next == "\u{202F}" || next == "\u{2009}"
        {
            at += 1
        }
        return at > start
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    mutating func take(oneOf choice: String) -> Unicode.Scalar? {
        guard let next, choice.unicodeScalars.contains(next) else { return nil }
        at += 1
        return next
    }

    /// A number of at most so many digits, with no digit behind it.
    mutating func number(_ digitsMax: Int) -> ChatHead.Number? {
        var number = ChatHead.Number(value: 0, digits: 0)
        while let digit = next.flatMap(Self.digit) {
            number.value = 10 * number.value + digit
            number.digits += 1
            at += 1
            guard number.digits <= digitsMax else { return nil }
        }
        return number.digits == 0 ? nil : number
    }

    /// Seconds behind the minutes, or nil.
    mutating func seconds() -> Int? {
        let start = at
        guard take(oneOf: ":.") != nil, let seconds = number(2), seconds.digits == 2,
            seconds.value < 60
        else {
            at = start
            return nil
        }
        return seconds.value
    }

    /// A word between date and time, such as `klo`: at most 12 scalars up to a digit.
    mutating func word() {
        let start = at
        while let next, at - start <= 12, Self.digit(next) == nil {
            guard next.properties.isAlphabetic || next == "." || next == " " || next == "\u{A0}"
            else { break }
            at += 1
        }
        if next.flatMap(Self.digit) == nil { at = start }
    }

    /// A half of the day, or nil.
    mutating func half() -> Half? {
        let start = at
        guard let first = next else { return nil }
        at += 1
        if let half = pair(first) { return half }
        at = start + 1
        let half: Half
        var hasPart = true
        switch first {
        case "a", "A", "v", "V", "π": half = .morning
        case "p", "P", "n", "N", "μ": half = .afternoon
        case "ص": (half, hasPart) = (.morning, false)
        case "م": (half, hasPart) = (.afternoon, false)
        default:
            at = start
            return nil
        }
        if hasPart {
            _ = take(".")
            _ = spaces()
            guard take(oneOf: first == "π" || first == "μ" ? "μ" : "mM") != nil else {
                at = start
                return nil
            }
            _ = take(".")
        }
        guard next?.properties.isAlphabetic != true else {
            at = start
            return nil
        }
        return half
    }

    /// The halves of two letters that stand before the hour.
    private mutating func pair(_ first: Unicode.Scalar) -> Half? {
        guard let second = next else { return nil }
        let half: Half? =
            switch (first, second) {
            case ("上", "午"), ("午", "前"), ("오", "전"): .morning
            case ("下", "午"), ("午", "後"), ("오", "후"): .afternoon
            default: nil
            }
        if half != nil { at += 1 }
        return half
    }

    /// What parts the time from the rest: 0 a bracket, 1 a dash, 2 a colon, 3 a space; else nil.
    mutating func ending(isBracketed: Bool, hasSpace: Bool) -> UInt8? {
        if isBracketed {
            guard take("]") else { return nil }
            _ = spaces()
            return 0
        }
        if take(oneOf: "-–") != nil { return spaces() || next == nil ? 1 : nil }
        if take(":") { return spaces() ? 2 : nil }
        return hasSpace ? 3 : nil
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar.value {
        case 0x30...0x39: Int(scalar.value) - 0x30
        case 0x660...0x669: Int(scalar.value) - 0x660
        case 0x6F0...0x6F9: Int(scalar.value) - 0x6F0
        default: nil
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
