import Events
import TimeZones

/// When it is quiet: the times of a policy, laid out along the calendar of some zones.
struct QuietCalendar {
    /// Spans in seconds since 1970, none touching another, in their order.
    private(set) var spans: [Range<Int64>] = []
    /// Through which moment they are laid out.
    let end: Int64

    /// Lays out the times on each day from the one before `now` on.
    ///
    /// - Parameters:
    ///   - times: the times that concern the message.
    ///   - zones: the zones that its recipient may be in: quiet in one is quiet.
    ///   - now: in seconds since 1970.
    ///   - days: for how many days from now on.
    init(_ times: [Policy.QuietTime], in zones: [ZoneRules], from now: Int64, days: Int) {
        end = now + Int64(days) * 86_400
        var found: [Range<Int64>] = []
        for rules in zones {
            let today = rules.local(at: now).day
            for step in -2...days {
                let day = today.advanced(by: step)
                for time in times where time.concerns(day) {
                    let range = time.range(on: day, rules)
                    if range.upperBound > now { found.append(range) }
                }
            }
        }
        // Behind the horizon some zones are laid out further than others: it is left out.
        found.removeAll { $0.lowerBound >= end || $0.isEmpty }
        found.sort { $0.lowerBound < $1.lowerBound }
        for range in found {
            if let last = spans.last, range.lowerBound <= last.upperBound {
                let upper = max(last.upperBound, range.upperBound)
                spans[spans.count - 1] = last.lowerBound..<upper
            } else {
                spans.append(range)
            }
        }
    }
}

extension Policy.QuietTime {
    /// Whether it holds on a day.
    fileprivate func concerns(_ day: CalendarDay) -> Bool {
        if days & 1 << UInt8(day.weekday.rawValue) != 0 { return true }
        guard days & 0x80 != 0, let country = holidays else { return false }
        return PublicHolidays.isHoliday(day, in: country)
    }

    /// From when to when it holds if it begins on a day: from the first moment that the clocks show
    /// its beginning to the last that they show its end.
    fileprivate func range(on day: CalendarDay, _ rules: ZoneRules) -> Range<Int64> {
        let start = rules.seconds(of: day, minute: from, .first)
        let last = to > from ? day : day.advanced(by: 1)
        let end = rules.seconds(of: last, minute: to, .last)
        return start..<max(start, end)
    }
}
