import Events
import TimeZones

/// A time as databases and people write it: RFC 3339 with its free parts left out.
///
/// A date, a space or `T`, hours and minutes, and perhaps seconds, a fraction, and a zone: `Z`,
/// `+02`, `+0200`, `+02:00`, a space before it or not.
enum WrittenTime {
    /// What a text says.
    enum Meaning: Equatable {
        /// A moment, as it is spelt.
        case moment(Timestamp)
        /// A time without a zone, and no zone was given for such.
        case local
        /// None.
        case none
    }

    /// Reads a text.
    ///
    /// - Parameter zone: the zone of a time that has none.
    static func read(_ text: String, in zone: ZoneRules?) -> Meaning {
        var spelt = Array(text.utf8)
        guard spelt.count >= 16, spelt[10] == 0x20 || spelt[10] | 0x20 == 0x74 else { return .none }
        spelt[10] = 0x54
        let hasSeconds = spelt.count > 16 && spelt[16] == 0x3A
        if !hasSeconds { spelt.insert(contentsOf: Array(":00".utf8), at: 16) }
        var end = 19
        while end < spelt.count, spelt[end] == 0x2E || spelt[end] &- 0x30 < 10 { end += 1 }
        guard end <= spelt.count else { return .none }
        var suffix = Array(spelt[end...].drop { $0 == 0x20 })
        let isLocal = suffix.isEmpty
        if suffix.first == 0x2B || suffix.first == 0x2D {
            if suffix.count == 3 { suffix += Array(":00".utf8) }
            if suffix.count == 5 { suffix.insert(0x3A, at: 3) }
        }
        let whole = spelt[..<end] + (isLocal ? [0x5A] : suffix)
        guard let time = try? Timestamp.parse(String(decoding: whole, as: UTF8.self)) else {
            return .none
        }
        guard isLocal else { return .moment(time) }
        guard let zone else { return .local }
        return .moment(moved(time, to: zone))
    }

    /// The moment at which the clocks of a zone show what those of UTC show at `time`.
    private static func moved(_ time: Timestamp, to zone: ZoneRules) -> Timestamp {
        let whole = time.instant.nanoseconds / 1_000_000_000
        let day = CalendarDay(number: Int(whole / 86_400))
        let second = Int(whole % 86_400)
        let seconds = zone.seconds(of: day, minute: second / 60) + Int64(second % 60)
        let offset = zone.offset(at: seconds)
        let fraction = time.instant.nanoseconds % 1_000_000_000
        let form = TimeForm(bits: time.form.bits & 15, offset: Int16(offset / 60))
        return Timestamp(
            Instant(nanoseconds: max(0, seconds) * 1_000_000_000 + fraction),
            form: offset % 60 == 0 ? form : nil)
    }
}
