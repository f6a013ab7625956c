/// A day of the Gregorian calendar, wherever it is.
public struct CalendarDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int

    /// The day so many days after 1970-01-01.
    public init(number: Int) { self.number = number }

    /// A day by its date; months from 1 to 12, days from 1.
    public init(year: Int, month: Int, day: Int) {
        let start = YearlyRule.firstDay(of: year)
        number = start + Self.lengths(of: year)[..<(month - 1)].reduce(0, +) + day - 1
    }

    /// The day of the date as `2026-08-10`, or nil where there is none.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(part) : nil
        }
        guard parts.map(\.utf8.count) == [4, 2, 2], numbers.count == 3, numbers[0] > 0,
            (1...12).contains(numbers[1]), numbers[2] > 0,
            numbers[2] <= Self.lengths(of: numbers[0])[numbers[1] - 1]
        else { return nil }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// A day of the week, Monday first.
    public enum Weekday: Int, CaseIterable, Sendable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday
    }

    /// The day of the week; 1970-01-01 was a Thursday.
    public var weekday: Weekday {
        Weekday.allCases[((number + 3) % 7 + 7) % 7]
    }

    /// The year.
    public var year: Int { YearlyRule.year(ofDay: number) }

    /// The year, the month from 1 to 12, and the day of the month from 1.
    public var date: (year: Int, month: Int, day: Int) {
        let year = year
        var rest = number - YearlyRule.firstDay(of: year)
        for (index, length) in Self.lengths(of: year).enumerated() {
            if rest < length { return (year, index + 1, rest + 1) }
            rest -= length
        }
        preconditionFailure("a year has twelve months")
    }

    /// The day so many days later.
    public func advanced(by days: Int) -> CalendarDay { CalendarDay(number: number + days) }

    /// Orders by time.
    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        left.number < right.number
    }

    /// Easter Sunday of the Gregorian calendar.
    ///
    /// Source: the anonymous algorithm in Nature, volume 13, 1876-04-20, page 487, as Jean Meeus
    /// gives it in Astronomical Algorithms (1991), chapter 8.
    public static func easter(in year: Int) -> CalendarDay {
        let (a, b, c) = (year % 19, year / 100, year % 100)
        let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
        let m = (a + 11 * h + 22 * l) / 451
        let sum = h + l - 7 * m + 114
        return CalendarDay(year: year, month: sum / 31, day: sum % 31 + 1)
    }

    /// The days of each month.
    static func lengths(of year: Int) -> [Int] {
        [31, YearlyRule.isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }
}
