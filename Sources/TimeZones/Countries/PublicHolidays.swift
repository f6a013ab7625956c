/// The public holidays of countries, by rule for any year.
public enum PublicHolidays {
    /// One public holiday.
    public struct Holiday: Sendable, Equatable {
        /// The day.
        public let day: CalendarDay
        /// What it is called.
        public let name: String
    }

    /// The countries whose holidays are known, by their ISO 3166 codes.
    public static let countries = ["ZA"]

    /// Whether a day is a public holiday of a country; false for a country that is not known.
    public static func isHoliday(_ day: CalendarDay, in country: String) -> Bool {
        holidays(of: country, in: day.year).contains { $0.day == day }
    }

    /// The public holidays of a year, in their order; empty for a country that is not known.
    public static func holidays(of country: String, in year: Int) -> [Holiday] {
        country == "ZA" ? southAfrica(year) : []
    }

    /// South Africa: Public Holidays Act 36 of 1994, schedule 1, in force since 1995-01-01.
    ///
    /// Section 2(1): "whenever any public holiday falls on a Sunday, the following Monday shall be
    /// a public holiday"; the Sunday stays one. Section 2A: the President may declare others.
    private static func southAfrica(_ year: Int) -> [Holiday] {
        guard year >= 1995 else { return [] }
        let easter = CalendarDay.easter(in: year)
        var holidays = fixed.map {
            Holiday(day: CalendarDay(year: year, month: $0.month, day: $0.day), name: $0.name)
        }
        holidays.append(Holiday(day: easter.advanced(by: -2), name: "Good Friday"))
        holidays.append(Holiday(day: easter.advanced(by: 1), name: "Family Day"))
        for holiday in holidays where holiday.day.weekday == .sunday {
            let monday = holiday.day.advanced(by: 1)
            guard !holidays.contains(where: { $0.day == monday }) else { continue }
            holidays.append(Holiday(day: monday, name: "\(holiday.name) (Monday after)"))
        }
        for (date, name) in declared where date.year == year {
            holidays.append(Holiday(day: date, name: name))
        }
        return holidays.sorted { $0.day < $1.day }
    }

    private static let fixed: [(month: Int, day: Int, name: String)] = [
        (1, 1, "New Year's Day"), (3, 21, "Human Rights Day"), (4, 27, "Freedom Day"),
        (5, 1, "Workers' Day"), (6, 16, "Youth Day"), (8, 9, "National Women's Day"),
        (9, 24, "Heritage Day"), (12, 16, "Day of Reconciliation"), (12, 25, "Christmas Day"),
        (12, 26, "Day of Goodwill"),
    ]

    /// Declared under section 2A, by proclamation in the Government Gazette, since 2016.
    private static let declared: [(day: CalendarDay, name: String)] = [
        (CalendarDay(year: 2016, month: 8, day: 3), "Municipal elections"),
        (CalendarDay(year: 2016, month: 12, day: 27), "Declared holiday"),
        (CalendarDay(year: 2019, month: 5, day: 8), "National elections"),
        (CalendarDay(year: 2021, month: 11, day: 1), "Municipal elections"),
        (CalendarDay(year: 2022, month: 12, day: 27), "Declared holiday"),
        (CalendarDay(year: 2023, month: 12, day: 15), "Declared holiday"),
        (CalendarDay(year: 2024, month: 5, day: 29), "National elections"),
    ]
}
