import Bytes

extension Array where Element == UInt8 {
    /// Appends valid UTF-8 as a JSON string: in quotes, `"`, `\` and control characters escaped.
    mutating func append(quoted text: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        var start = 0
        var at = 0
        while true {
            at = text.endOfPlainText(from: at)
            // Bytes over 127 are written as they are.
            if at < text.count, text[at] >= 0x80 {
                at += 1
                continue
            }
            append(text.extracting(start..<at))
            guard at < text.count else { break }
            append(escaped: text[at])
            at += 1
            start = at
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaped byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(contentsOf: [0x75, 0x30, 0x30, 0x30 + byte >> 4])
            append(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
        }
    }

    /// Appends a number in decimal.
    mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude, digits: 1)
    }

    /// Appends a number in decimal, with zeros before it up to `digits`.
    mutating func append(decimal number: UInt64, digits: Int) {
        // Months, days, hours, minutes and seconds.
        if digits == 2, number < 100 {
            append(0x30 + UInt8(truncatingIfNeeded: number / 10))
            append(0x30 + UInt8(truncatingIfNeeded: number % 10))
            return
        }
        var text = InlineArray<20, UInt8>(repeating: 0x30)
        var rest = number
        var at = 20
        while rest > 0 {
            at -= 1
            text[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        at = Swift.min(at, 20 - Swift.max(digits, 1))
        append(text.span.extracting(at..<20))
    }
}

extension Span where Element == UInt8 {
    /// The first index from `start` on whose byte needs a look, or `count`.
    ///
    /// That is a quote, a backslash, a control character or not ASCII. Eight bytes at a time.
    func endOfPlainText(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = start
        while at &+ 8 <= count {
            let word = load(at: at, as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // A byte's high bit is set where it is zero (after the xor), below 32, or over 127. A
            // borrow can only raise a false one above a true one, and the lowest is taken.
            let found =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash
                    | (word &- ones &* 0x20) & ~word | word) & (ones &* 0x80)
            if found != 0 { return at &+ found.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while at < count {
            let byte = self[at]
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return at }
            at &+= 1
        }
        return at
    }

    /// The length of the UTF-8 sequence that begins at `at` with a byte over 127; 0 for none.
    func lengthOfScalar(at index: Int) -> Int {
        let lead = self[index]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard lead >= 0xC2, lead <= 0xF4, index + length <= count else { return 0 }
        let second = self[index + 1]
        let isWithin =
            switch lead {
            case 0xE0: second >= 0xA0 && second <= 0xBF
            case 0xED: second >= 0x80 && second <= 0x9F
            case 0xF0: second >= 0x90 && second <= 0xBF
            case 0xF4: second >= 0x80 && second <= 0x8F
            default: second & 0xC0 == 0x80
            }
        guard isWithin else { return 0 }
        for offset in 2..<max(2, length) where self[index + offset] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
