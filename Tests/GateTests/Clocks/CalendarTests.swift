import Ledger
import Testing
import TimeZones

@Suite struct `The calendar` {
    @Test func `knows the days of the week and turns dates into days and back`() throws {
        let expected: [(String, CalendarDay.Weekday)] = [
            ("1970-01-01", .thursday), ("2000-02-29", .tuesday), ("2025-10-01", .wednesday),
            ("2026-08-09", .sunday), ("1969-12-31", .wednesday),
        ]
        for (text, weekday) in expected {
            let day = try #require(CalendarDay(text))
            #expect(day.weekday == weekday, "\(text)")
            let date = day.date
            #expect(CalendarDay(year: date.year, month: date.month, day: date.day) == day)
        }
        for text in ["2025-02-29", "2025-13-01", "2025-1-1", "20250101", "2025-00-10", ""] {
            #expect(CalendarDay(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        (2000, "2000-04-23"), (2008, "2008-03-23"), (2011, "2011-04-24"), (2024, "2024-03-31"),
        (2025, "2025-04-20"), (2026, "2026-04-05"), (2027, "2027-03-28"), (2038, "2038-04-25"),
    ])
    func `knows Easter`(_ year: Int, _ text: String) {
        #expect(CalendarDay.easter(in: year) == CalendarDay(text))
    }

    @Test(arguments: [
        (
            2025,
            [
                "01-01", "03-21", "04-18", "04-21", "04-27", "04-28", "05-01", "06-16", "08-09",
                "09-24", "12-16", "12-25", "12-26",
            ]
        ),
        (
            2026,
            [
                "01-01", "03-21", "04-03", "04-06", "04-27", "05-01", "06-16", "08-09", "08-10",
                "09-24", "12-16", "12-25", "12-26",
            ]
        ),
        (
            2027,
            [
                "01-01", "03-21", "03-22", "03-26", "03-29", "04-27", "05-01", "06-16", "08-09",
                "09-24", "12-16", "12-25", "12-26", "12-27",
            ]
        ),
        (
            2022,
            [
                "01-01", "03-21", "04-15", "04-18", "04-27", "05-01", "05-02", "06-16", "08-09",
                "09-24", "12-16", "12-25", "12-26", "12-27",
            ]
        ),
    ])
    func `knows the public holidays of South Africa`(_ year: Int, _ dates: [String]) {
        let holidays = PublicHolidays.holidays(of: "ZA", in: year)
        #expect(holidays.map(\.day) == dates.map { CalendarDay("\(year)-\($0)") })
        #expect(holidays.allSatisfy { PublicHolidays.isHoliday($0.day, in: "ZA") })
    }

    @Test func `knows no holidays of a country that is not listed`() throws {
        let newYear = try #require(CalendarDay("2026-01-01"))
        #expect(PublicHolidays.countries == ["ZA"])
        #expect(!PublicHolidays.isHoliday(newYear, in: "ZZ"))
        #expect(PublicHolidays.holidays(of: "ZA", in: 1994).isEmpty, "before the Act")
    }
}

@Suite struct `A calling code` {
    @Test(arguments: [
        ("27821234567", ["Africa/Johannesburg"]), ("263771234567", ["Africa/Harare"]),
        ("447700900123", ["Europe/London"]), ("12425550100", ["America/Nassau"]),
        ("996555123456", ["Asia/Bishkek"]), ("870773111632", []), ("0000000", []),
    ])
    func `leads to the zone of its country`(_ digits: String, _ zones: [String]) {
        #expect(CallingCodes.zones(of: digits.utf8) == zones)
    }

    @Test func `of a country with several zones leads to all of them`() {
        let america = CallingCodes.zones(of: "12125550100".utf8)
        for zone in [
            "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
            "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/St_Johns",
        ] { #expect(america.contains(zone), "\(zone)") }
        #expect(CallingCodes.zones(of: "74951234567".utf8).count >= 11, "Russia")
        #expect(!CallingCodes.zones(of: "77011234567".utf8).contains("Europe/Moscow"))
    }

    @Test func `names only zones that the system knows, and covers the world`() {
        let zones = SystemZones.shared
        #expect(CallingCodes.zonesByCode.count > 230)
        for (code, names) in CallingCodes.zonesByCode {
            #expect(!names.isEmpty, "\(code)")
            for name in names {
                let isThere = zones.rules(name) != nil
                #expect(isThere, "\(code): \(name)")
            }
        }
    }
}
