import Events
import Ledger
import Testing
import TimeZones

@Suite struct `A local time` {
    private func rules(_ name: String) throws -> ZoneRules {
        let zones = SystemZones.shared
        let found = zones.rules(name)
        return try #require(found, "install tzdata")
    }

    private func seconds(_ text: String) throws -> Int64 {
        try Timestamp.parse(text).instant.nanoseconds / 1_000_000_000
    }

    @Test(arguments: [
        // Set forward from 02:00 to 03:00, back from 02:00 to 01:00, forward at midnight, back to
        // 23:00 of the day before, by half an hour, and a day that there never was.
        ("America/New_York", "2025-03-09", 150, "2025-03-09T07:00:00Z", "2025-03-09T07:00:00Z"),
        ("America/New_York", "2025-11-02", 90, "2025-11-02T05:30:00Z", "2025-11-02T06:30:00Z"),
        ("America/New_York", "2025-11-02", 120, "2025-11-02T07:00:00Z", "2025-11-02T07:00:00Z"),
        ("America/Havana", "2025-03-09", 0, "2025-03-09T05:00:00Z", "2025-03-09T05:00:00Z"),
        ("America/Havana", "2025-11-02", 0, "2025-11-02T04:00:00Z", "2025-11-02T05:00:00Z"),
        ("America/Asuncion", "2024-03-23", 1410, "2024-03-24T02:30:00Z", "2024-03-24T03:30:00Z"),
        ("Australia/Lord_Howe", "2025-04-06", 105, "2025-04-05T14:45:00Z", "2025-04-05T15:15:00Z"),
        ("Pacific/Apia", "2011-12-30", 720, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("Africa/Johannesburg", "2025-10-01", 0, "2025-09-30T22:00:00Z", "2025-09-30T22:00:00Z"),
        ("Europe/London", "2025-06-30", 1440, "2025-06-30T23:00:00Z", "2025-06-30T23:00:00Z"),
    ])
    func `is the moment at which the clocks show it`(
        _ zone: String, _ date: String, _ minute: Int, _ first: String, _ last: String
    ) throws {
        let rules = try rules(zone)
        let day = try #require(CalendarDay(date))
        let expected = (first: try seconds(first), last: try seconds(last))
        #expect(rules.seconds(of: day, minute: minute, .first) == expected.first)
        #expect(rules.seconds(of: day, minute: minute, .last) == expected.last)
    }

    @Test(arguments: [
        "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca",
        "Asia/Kathmandu", "America/St_Johns", "Africa/Johannesburg",
    ])
    func `is the inverse of what the clocks show, at every quarter of an hour of a year`(
        _ zone: String
    ) throws {
        let rules = try rules(zone)
        let start = try seconds("2026-01-01T00:00:00Z")
        var repeated = 0
        for moment in stride(from: start, to: start + 366 * 86_400, by: 900) {
            let shown = rules.local(at: moment)
            let first = rules.seconds(of: shown.day, minute: shown.minute, .first)
            let last = rules.seconds(of: shown.day, minute: shown.minute, .last)
            if first != last { repeated += 1 }
            #expect(moment == first || moment == last, "\(zone) at \(moment)")
        }
        let changes = ["Africa/Johannesburg", "Asia/Kathmandu"].contains(zone) ? 0 : 1
        #expect(repeated >= changes * 4)
    }
}
