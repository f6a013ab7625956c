/// The clocks of a zone behind the last change that its file lists: the same every year.
///
/// Source: POSIX.1-2017, "Environment Variables", TZ, as RFC 9636 section 3.3.1 extends it.
struct YearlyRule: Sendable {
    private let standard: Int
    private var summer: (offset: Int, start: Day, end: Day)?

    /// Reads `CET-1CEST,M3.5.0,M10.5.0/3`; nil where it is none.
    init?(_ text: String) {
        var reader = Reader(Array(text.utf8))
        guard reader.name(), let standard = reader.time() else { return nil }
        self.standard = -standard
        if reader.isAtEnd { return }
        guard reader.name() else { return nil }
        var offset = self.standard + 3_600
        if !reader.isNext(",") {
            guard let own = reader.time() else { return nil }
            offset = -own
        }
        guard reader.take(","), let start = reader.day(), reader.take(","),
            let end = reader.day(), reader.isAtEnd
        else { return nil }
        summer = (offset, start, end)
    }

    /// Seconds east of UTC at a moment, in seconds since 1970.
    func offset(at seconds: Int64) -> Int {
        guard let summer else { return standard }
        let year = Self.year(ofDay: Int((seconds + Int64(standard)).flooredDays))
        let start = summer.start.seconds(in: year) - Int64(standard)
        let end = summer.end.seconds(in: year) - Int64(summer.offset)
        let isSummer =
            start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end
        return isSummer ? summer.offset : standard
    }

    /// A day of the year and a time of that day.
    struct Day: Sendable {
        enum Kind: Sendable {
            /// The day 1 to 365; the 29th of February is never counted.
            case julian(Int)
            /// The day 0 to 365.
            case day(Int)
            /// Month 1 to 12, week 1 to 5 (5 is the last), weekday from Sunday, which is 0.
            case month(Int, week: Int, weekday: Int)
        }
        let kind: Kind
        let time: Int

        /// Seconds since 1970, as the clocks show them before the change.
        func seconds(in year: Int) -> Int64 {
            let first = YearlyRule.firstDay(of: year)
            let isLeap = YearlyRule.isLeap(year)
            let day: Int
            switch kind {
            case .julian(let number): day = first + number - 1 + (isLeap && number >= 60 ? 1 : 0)
            case .day(let number): day = first + number
            case .month(let month, let week, let weekday):
                let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
                let start = first + lengths[..<(month - 1)].reduce(0, +)
                // Day 0 of 1970 was a Thursday.
                let one = start + (weekday - (start + 4) % 7 + 7) % 7
                let wanted = one + 7 * (week - 1)
                day = wanted < start + lengths[month - 1] ? wanted : wanted - 7
            }
            return Int64(day) * 86_400 + Int64(time)
        }
    }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// The first of January as days since 1970; for years of the Common Era.
    static func firstDay(of year: Int) -> Int {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400 - 719_162
    }

    static func year(ofDay day: Int) -> Int {
        var year = 1970 + day / 366
        while firstDay(of: year + 1) <= day { year += 1 }
        while firstDay(of: year) > day { year -= 1 }
        return year
    }
}

extension Int64 {
    /// Whole days, rounded down.
    public var flooredDays: Int64 { self >= 0 ? self / 86_400 : (self - 86_399) / 86_400 }
}

/// Reads the parts of a POSIX time zone.
private struct Reader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    func isNext(_ letter: Unicode.Scalar) -> Bool { at < bytes.count && bytes[at] == letter.value }

    mutating func take(_ letter: Unicode.Scalar) -> Bool {
        guard isNext(letter) else { return false }
        at += 1
        return true
    }

    /// Passes over `CET` or `<+07>`.
    mutating func name() -> Bool {
        let start = at
        if take("<") {
            while at < bytes.count, bytes[at] != UInt8(ascii: ">") { at += 1 }
            return take(">")
        }
        while at < bytes.count, bytes[at] | 0x20 >= 0x61, bytes[at] | 0x20 <= 0x7A { at += 1 }
        return at > start
    }

    mutating func number() -> Int? {
        let start = at
        var value = 0
        while at < bytes.count, at - start < 4, bytes[at] >= 0x30, bytes[at] <= 0x39 {
            value = value * 10 + Int(bytes[at] - 0x30)
            at += 1
        }
        return at > start ? value : nil
    }

    /// `-1`, `+5:30`, `167:59:59`, in seconds.
    mutating func time() -> Int? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard let hours = number() else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] {
            guard take(":") else { break }
            guard let part = number() else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    mutating func day() -> YearlyRule.Day? {
        let kind: YearlyRule.Day.Kind
        if take("J") {
            guard let number = number(), (1...365).contains(number) else { return nil }
            kind = .julian(number)
        } else if take("M") {
            guard let month = number(), take("."), let week = number(), take("."),
                let weekday = number(), (1...12).contains(month), (1...5).contains(week),
                (0...6).contains(weekday)
            else { return nil }
            kind = .month(month, week: week, weekday: weekday)
        } else {
            guard let number = number(), (0...365).contains(number) else { return nil }
            kind = .day(number)
        }
        guard take("/") else { return YearlyRule.Day(kind: kind, time: 7_200) }
        guard let time = time() else { return nil }
        return YearlyRule.Day(kind: kind, time: time)
    }
}
