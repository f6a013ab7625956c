public import Events
import Ledger
import TimeZones

extension Campaign.Plan {
    /// The next moment at which the clocks of a zone show a time of the day.
    ///
    /// - Parameters:
    ///   - minute: minutes of the day, 0 to 1,439.
    ///   - zone: an IANA name.
    ///   - now: the moment itself counts.
    /// - Returns: nil where there is no such zone.
    public static func next(minute: Int, in zone: String, from now: Instant) -> Instant? {
        guard let rules = SystemZones.shared.rules(zone) else { return nil }
        let seconds = (now.nanoseconds + 999_999_999) / 1_000_000_000
        let today = rules.local(at: seconds).day
        for day in [today, today.advanced(by: 1)] {
            let moment = rules.seconds(of: day, minute: minute)
            if moment >= seconds { return Instant(nanoseconds: moment * 1_000_000_000) }
        }
        return nil
    }

    /// How far the recipients' clocks are ahead at a moment, in minutes; 0 without a zone.
    public func offset(at instant: Instant) -> Int {
        guard let zone, let rules = SystemZones.shared.rules(zone) else { return 0 }
        return rules.offset(at: instant.nanoseconds / 1_000_000_000) / 60
    }
}
