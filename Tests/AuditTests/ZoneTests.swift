import Events
import Foundation
import Ledger
import Testing
import TimeZones

@testable import Audit

@Suite struct `The clocks of a time zone` {
    /// Zones with summer time on either half of the globe, by half an hour, the other way round, by
    /// the moon, without, abolished, and with a date line that moved.
    static let names = [
        "Africa/Johannesburg", "Europe/Berlin", "Europe/Dublin", "America/New_York",
        "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu",
        "America/Nuuk", "America/Sao_Paulo", "Asia/Gaza", "America/St_Johns", "UTC",
    ]

    @Test(.enabled(if: Date.isThere, "needs GNU date"), arguments: names)
    func `are those that date shows`(name: String) throws {
        let zones = SystemZones.shared
        let found = zones.rules(name)
        let rules = try #require(found, "install Debian's tzdata")
        var chance = SystemRandomNumberGenerator()
        var moments = (0..<400).map { _ in Int64.random(in: 0..<7_258_118_400, using: &chance) }
        // The hours around the changes of 2030, which most files list, and of 2100, which none do.
        for start: Int64 in [1_893_456_000, 4_102_444_800] {
            moments += stride(from: start, to: start + 366 * 86_400, by: 10_800)
        }
        let told = try Date.offsets(name, moments)
        try #require(told.count == moments.count, "\(told.prefix(3))")
        for (moment, offset) in zip(moments, told) {
            #expect(rules.offset(at: moment) == offset, "\(name) at \(moment)")
        }
    }

    @Test func `know the windows of a week`() throws {
        let zones = SystemZones.shared
        let found = zones.rules("Africa/Johannesburg")
        let rules = try #require(found)
        func window(_ text: String) throws -> String {
            LocalMoment(try Timestamp.parse(text).instant, rules).window.rawValue
        }
        // 2025-10-01 was a Wednesday; Johannesburg is two hours ahead.
        #expect(try window("2025-10-01T05:59:59.999Z") == "outside")
        #expect(try window("2025-10-01T06:00:00Z") == "weekday")
        #expect(try window("2025-10-01T17:59:59.999Z") == "weekday")
        #expect(try window("2025-10-01T18:00:00Z") == "outside")
        #expect(try window("2025-10-04T06:59:59Z") == "outside")
        #expect(try window("2025-10-04T07:00:00Z") == "saturday")
        #expect(try window("2025-10-04T11:00:00Z") == "outside")
        #expect(try window("2025-10-05T10:00:00Z") == "outside")
        #expect(try window("2025-10-05T22:00:00Z") == "outside", "Monday at midnight")
        #expect(try window("2025-10-06T06:00:00Z") == "weekday")
    }

    @Test(arguments: [
        "../../../etc/passwd", "/etc/passwd", "Africa/../../etc", "", "Africa//Cairo", "Mars",
        "posixrules\0", "tzdata.zi", ".", "Africa",
    ])
    func `refuse a name that is no zone`(name: String) {
        let zones = SystemZones.shared
        let found = zones.rules(name)
        #expect(found == nil)
    }

    @Test func `refuse a file that is cut short`() throws {
        let url = URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")
        let bytes = [UInt8](try Data(contentsOf: url))
        let whole = ZoneRules(parsing: bytes.span)
        #expect(whole != nil)
        for count in stride(from: 0, to: bytes.count - 40, by: 7) {
            let part = Array(bytes[..<count])
            #expect(ZoneRules(parsing: part.span) == nil, "\(count) bytes")
        }
    }
}

/// GNU date, which asks the C library.
private enum Date {
    static let path = "/usr/bin/date"
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Seconds east of UTC at moments.
    static func offsets(_ zone: String, _ moments: [Int64]) throws -> [Int] {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-zone-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(moments.map { "@\($0)\n" }.joined().utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-f", file.path, "+%::z"]
        process.environment = ["TZ": zone]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map { line in
            let parts = line.dropFirst().split(separator: ":").compactMap { Int($0) }
            let seconds = parts[0] * 3_600 + parts[1] * 60 + parts[2]
            return line.hasPrefix("-") ? -seconds : seconds
        }
    }
}
