import Events
import TimeZones

/// A date of the Gregorian calendar that exists.
struct LocalDay: Equatable, Sendable {
    let year: Int
    let month: Int
    let day: Int

    /// A date, or nil where there is none; years from 1970 to 2261.
    init?(year: Int, month: Int, day: Int) {
        guard (1970...2261).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.lengths[month - 1] + (month == 2 && Self.isLeap(year) ? 1 : 0)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    private static let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// A number that grows with the date.
    var order: Int { (year * 16 + month) * 32 + day }

    /// The moment at which the clocks of a zone show a time of this day.
    ///
    /// Where they show it twice it is the first time; where they are set forward past it, the
    /// moment at which they are, and the seconds on top. It is spelt with the zone's offset.
    /// - Parameters:
    ///   - minute: minutes of the day.
    ///   - second: seconds of the minute.
    func time(minute: Int, second: Int, in zone: ZoneRules) -> Timestamp {
        let calendar = CalendarDay(year: year, month: month, day: day)
        let seconds = zone.seconds(of: calendar, minute: minute) + Int64(second)
        let offset = zone.offset(at: seconds)
        // RFC 3339 has no seconds in an offset; no zone has had any since 1972.
        let form = offset % 60 == 0 ? TimeForm(bits: 0, offset: Int16(offset / 60)) : nil
        return Timestamp(Instant(nanoseconds: seconds * 1_000_000_000), form: form)
    }
}
