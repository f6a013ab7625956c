import Events
import Storage

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

/// The rules of time zones by their IANA names, read from the system's tzdata once each.
struct Zones {
    private static let folder = "/usr/share/zoneinfo"
    /// Names come from events: what is not in the map costs a file, and the map must not grow.
    private static let namesMax = 1_024
    private var known: [String: ZoneRules?] = [:]

    /// The rules of a zone; nil where there is none of that name.
    mutating func rules(_ name: String) -> ZoneRules? {
        if let rules = known[name] { return rules }
        if known.count >= Self.namesMax { known.removeAll() }
        let rules = Self.read(name)
        known[name] = .some(rules)
        return rules
    }

    private static func read(_ name: String) -> ZoneRules? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        // An event must not choose a file elsewhere.
        let isName = parts.allSatisfy { part in
            part.utf8.first.map { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A } ?? false
                && part.utf8.allSatisfy { byte in
                    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
                        || byte == 0x2B || byte == 0x2D || byte == 0x5F
                }
        }
        guard isName, parts.count <= 4, name.utf8.count <= 64,
            let bytes = try? Descriptor.contents(of: "\(folder)/\(name)", byteMax: 1 << 20)
        else { return nil }
        return ZoneRules(parsing: bytes.span)
    }
}
