import Events
import TimeZones

/// A moment as the clocks of its reader show it.
struct LocalMoment: Equatable {
    /// When a message may reach a person, by their clocks.
    ///
    /// Weekdays from 08:00 until before 20:00, Saturdays from 09:00 until before 13:00, Sundays
    /// not at all: the hours of direct marketing in South Africa, without its public holidays.
    enum Window: String {
        case weekday, saturday, outside, unknown
    }

    /// Minutes east of UTC.
    let offset: Int
    /// 0 is Monday.
    let weekday: Int
    /// 0 to 23.
    let hour: Int

    init(_ instant: Instant, _ rules: ZoneRules) {
        let seconds = instant.nanoseconds / 1_000_000_000
        let ahead = rules.offset(at: seconds)
        let local = seconds + Int64(ahead)
        let day = local.flooredDays
        offset = ahead / 60
        // Day 0 of 1970 was a Thursday.
        weekday = Int(((day + 3) % 7 + 7) % 7)
        hour = Int((local - day * 86_400) / 3_600)
    }

    static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    var window: Window {
        switch weekday {
        case 0...4 where (8..<20).contains(hour): .weekday
        case 5 where (9..<13).contains(hour): .saturday
        default: .outside
        }
    }
}
