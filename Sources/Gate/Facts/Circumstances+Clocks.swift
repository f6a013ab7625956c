import Events
import TimeZones

extension Circumstances {
    /// Finds the account's midnight, and the quiet time where the message goes.
    mutating func readClocks(
        of request: SendRequest, under policy: Policy, at now: Instant, zones: some ZoneSource
    ) {
        if let name = policy.zone, let rules = zones.rules(name) {
            let seconds = now.nanoseconds / 1_000_000_000
            let ahead = Int64(rules.offset(at: seconds))
            let day = (seconds + ahead) - (seconds + ahead) % 86_400
            midnight = Instant(nanoseconds: (day - ahead) * 1_000_000_000)
            holdsUntil = Instant(nanoseconds: (day - ahead + 86_400) * 1_000_000_000)
        }
    }
}
