import Bytes

/// A moment together with its spelling, and RFC 3339 both ways.
public struct Timestamp: Sendable, Hashable {
    /// The moment.
    public let instant: Instant
    /// How it was spelt.
    public let form: TimeForm

    /// A moment in that spelling; by default as the ledger spells times.
    public init(_ instant: Instant, form: TimeForm? = nil) {
        self.instant = instant
        self.form = form ?? .ledger(instant)
    }

    /// Reads RFC 3339: a date, `T`, a time with up to nine fractional digits, `Z` or an offset.
    ///
    /// - Throws: `wrong_member` if it is spelt otherwise, `time_out_of_range` before 1970 or after
    ///   2261.
    public static func parse(_ text: String) throws(EventError) -> Timestamp {
        try parse(text.utf8Span.span)
    }

    /// Reads RFC 3339 from UTF-8.
    public static func parse(_ text: Span<UInt8>) throws(EventError) -> Timestamp {
        guard text.count >= 20, text[4] == 0x2D, text[7] == 0x2D, text[10] | 0x20 == 0x74,
            text[13] == 0x3A, text[16] == 0x3A,
            let century = two(text, 0), let year = two(text, 2), let month = two(text, 5),
            let day = two(text, 8), let hour = two(text, 11), let minute = two(text, 14),
            let second = two(text, 17)
        else { throw misspelt(text) }
        guard month >= 1, month <= 12, day >= 1,
            day <= Calendar.days(in: month, of: 100 * century + year), hour <= 23, minute <= 59
        else {
            throw EventError(.wrongMember, "The day or time in `\(shown(text))` does not exist.")
        }
        guard second <= 59 else {
            throw EventError(
                .wrongMember,
                "Second \(second) in `\(shown(text))`: a leap second cannot be stored; give 59.")
        }
        var at = 19
        var fraction: Int64 = 0
        var digits = 0
        if text[at] == 0x2E {
            at += 1
            while at < text.count, text[at] &- 0x30 < 10 {
                digits += 1
                if digits <= 9 { fraction = 10 * fraction + Int64(text[at] & 15) }
                at += 1
            }
            guard digits > 0 else { throw misspelt(text) }
            guard digits <= 9 else {
                throw EventError(
                    .wrongMember, "`\(shown(text))` is finer than a nanosecond; give nine digits.")
            }
            for _ in digits..<9 { fraction *= 10 }
        }
        guard let (bits, offset) = zone(text, at) else { throw misspelt(text) }
        let date = Calendar.day(year: 100 * century + year, month: month, day: day)
        let seconds =
            Int64(date) * 86_400 + Int64(hour * 3_600 + minute * 60 + second) - Int64(offset) * 60
        guard seconds >= 0, seconds <= Instant.latest.nanoseconds / 1_000_000_000 else {
            throw EventError(
                .timeOutOfRange, "`\(shown(text))` is out of range: 1970-01-01 to 2261-12-31, UTC.")
        }
        return Timestamp(
            Instant(nanoseconds: seconds * 1_000_000_000 + fraction),
            form: TimeForm(bits: bits | UInt8(digits), offset: offset))
    }

    /// The zone at the end: form bits without the digits, and minutes east of UTC.
    private static func zone(_ text: Span<UInt8>, _ at: Int) -> (bits: UInt8, offset: Int16)? {
        guard at < text.count else { return nil }
        let isLower = text[10] == 0x74
        switch text[at] {
        case 0x5A where at + 1 == text.count: return (isLower ? 16 | 64 : 16, 0)
        case 0x7A where at + 1 == text.count: return (isLower ? 16 | 128 : 16 | 64 | 128, 0)
        case 0x2B, 0x2D:
            guard at + 6 == text.count, text[at + 3] == 0x3A, let hours = two(text, at + 1),
                let minutes = two(text, at + 4), hours <= 23, minutes <= 59
            else { return nil }
            let offset = Int16(60 * hours + minutes)
            let lower: UInt8 = isLower ? 128 : 0
            if text[at] == 0x2B { return (lower, offset) }
            return (offset == 0 ? lower | 64 : lower, -offset)
        default: return nil
        }
    }

    private static func two(_ text: Span<UInt8>, _ at: Int) -> Int? {
        let tens = text[at] &- 0x30
        let ones = text[at + 1] &- 0x30
        return tens < 10 && ones < 10 ? Int(10 * tens + ones) : nil
    }

    /// As much of a text as a sentence shows.
    private static func shown(_ text: Span<UInt8>) -> String {
        text.extracting(0..<min(60, text.count)).string
    }

    private static func misspelt(_ text: Span<UInt8>) -> EventError {
        EventError(
            .wrongMember,
            "`\(shown(text))` is no RFC 3339 time such as 2025-10-01T16:51:02.125+02:00.")
    }
}
