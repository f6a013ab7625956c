import Bytes

extension Timestamp {
    /// Appends a moment as RFC 3339 in the spelling `form`.
    ///
    /// Digits beyond those of the form are cut off.
    public static func write(_ instant: Instant, form: TimeForm, into bytes: inout [UInt8]) {
        let isLocal = form.bits & 16 == 0
        let offset = isLocal ? Int64(form.offset) : 0
        let (seconds, fraction) = instant.nanoseconds.flooredQuotient(by: 1_000_000_000)
        let (day, second) = (seconds + offset * 60).flooredQuotient(by: 86_400)
        let date = Calendar.date(ofDay: Int(day))
        let isBareT = isLocal && form.bits & 128 != 0
        let isZuluT = !isLocal && (form.bits & 192 == 64 || form.bits & 192 == 128)
        bytes.append(decimal: UInt64(date.year), digits: 4)
        bytes.append(0x2D)
        bytes.append(decimal: UInt64(date.month), digits: 2)
        bytes.append(0x2D)
        bytes.append(decimal: UInt64(date.day), digits: 2)
        bytes.append(isBareT || isZuluT ? 0x74 : 0x54)
        bytes.append(decimal: UInt64(second / 3_600), digits: 2)
        bytes.append(0x3A)
        bytes.append(decimal: UInt64(second / 60 % 60), digits: 2)
        bytes.append(0x3A)
        bytes.append(decimal: UInt64(second % 60), digits: 2)
        let digits = min(9, Int(form.bits & 15))
        if digits > 0 {
            var value = fraction
            for _ in digits..<9 { value /= 10 }
            bytes.append(0x2E)
            bytes.append(decimal: UInt64(value), digits: digits)
        }
        guard isLocal else { return bytes.append(form.bits & 128 != 0 ? 0x7A : 0x5A) }
        bytes.append(offset < 0 || form.bits & 64 != 0 ? 0x2D : 0x2B)
        bytes.append(decimal: UInt64(abs(offset) / 60), digits: 2)
        bytes.append(0x3A)
        bytes.append(decimal: UInt64(abs(offset) % 60), digits: 2)
    }

    /// Appends a moment in UTC: three fractional digits, or as many as it needs.
    public static func write(_ instant: Instant, into bytes: inout [UInt8]) {
        write(instant, form: TimeForm(bits: 16 | digitsNeeded(instant), offset: 0), into: &bytes)
    }

    /// A moment as RFC 3339 at that offset from UTC; by default in UTC, spelt with `Z`.
    ///
    /// - Parameters:
    ///   - offset: minutes east of UTC.
    ///   - digits: fractional digits, 0 to 9; nil for three or as many as it needs.
    public static func text(_ instant: Instant, offset: Int = 0, digits: Int? = nil) -> String {
        let count = digits.map { UInt8(clamping: min($0, 9)) } ?? digitsNeeded(instant)
        var bytes: [UInt8] = []
        write(
            instant, form: TimeForm(bits: count | (offset == 0 ? 16 : 0), offset: Int16(offset)),
            into: &bytes)
        return bytes.span.string
    }

    /// The fewest fractional digits, but at least three, that say the moment exactly.
    static func digitsNeeded(_ instant: Instant) -> UInt8 {
        var digits: UInt8 = 9
        var rest = instant.nanoseconds
        while digits > 3, rest % 10 == 0 {
            digits -= 1
            rest /= 10
        }
        return digits
    }
}

extension Int64 {
    /// The quotient rounded down, and the remainder, which is never negative.
    func flooredQuotient(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// The proleptic Gregorian calendar, days counted from 1970-01-01.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2021: years begin in
/// March, so that the leap day comes last, and eras of 400 years have 146,097 days.
enum Calendar {
    /// The number of days in a month.
    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// The day's number.
    static func day(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    /// The date of a day's number.
    static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * marchMonth + 2) / 5 + 1
        )
    }
}
