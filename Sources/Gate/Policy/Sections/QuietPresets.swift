extension Policy.QuietTime {
    /// Nobody is disturbed from 23:00 to before 06:00, whatever the message.
    public static let night = Policy.QuietTime(from: 23 * 60, to: 6 * 60)

    /// The hours of direct marketing in South Africa, for messages of the category `marketing`.
    ///
    /// Allowed are Mondays to Fridays from 08:00 to before 20:00 and Saturdays from 09:00 to before
    /// 13:00; never Sundays and public holidays. Source: the regulations R.293 of 2011-04-01
    /// (Government Gazette 34180) under section 12 of the Consumer Protection Act 68 of 2008.
    public static let southAfricaDirectMarketing: [Policy.QuietTime] = {
        let weekdays: UInt8 = 0b0001_1111
        let saturday: UInt8 = 0b0010_0000
        let sundaysAndHolidays: UInt8 = 0b1100_0000
        return [
            marketing(on: weekdays, from: 0, to: 8 * 60),
            marketing(on: weekdays, from: 20 * 60, to: 0),
            marketing(on: saturday, from: 0, to: 9 * 60),
            marketing(on: saturday, from: 13 * 60, to: 0),
            marketing(on: sundaysAndHolidays, from: 0, to: 0),
        ]
    }()

    private static func marketing(on days: UInt8, from: Int, to: Int) -> Policy.QuietTime {
        var time = Policy.QuietTime(from: from, to: to)
        time.days = days
        time.categories = ["marketing"]
        time.holidays = days & 0x80 != 0 ? "ZA" : nil
        return time
    }
}
