import Events
import TimeZones

extension Circumstances {
    /// Finds the account's midnight, and the quiet time where the message goes.
    mutating func readClocks(
        of request: SendRequest, under policy: Policy, at now: Instant, zones: some ZoneSource
    ) {
        midnight = nil
        quiet = []
        isZoneUnknown = false
        holdsUntil = .latest
        if let name = policy.zone, let rules = zones.rules(name) {
            let today = rules.local(at: now.nanoseconds.flooredSeconds).day
            midnight = Instant(seconds: rules.seconds(of: today, minute: 0))
            holdsUntil = Instant(seconds: rules.seconds(of: today.advanced(by: 1), minute: 0))
        }
        guard let found = Self.quiet(of: request, under: policy, at: now, zones: zones) else {
            return
        }
        isZoneUnknown = found.isZoneUnknown
        quiet = found.span.map { [$0] } ?? []
        holdsUntil = min(holdsUntil, found.holdsUntil)
    }

    /// The quiet time that holds for a request at a moment, or the next one, and until when that is
    /// the answer; nil under a policy without quiet times for it.
    static func quiet(
        of request: SendRequest, under policy: Policy, at moment: Instant, zones: some ZoneSource
    ) -> (span: Span?, isZoneUnknown: Bool, holdsUntil: Instant)? {
        let times = policy.quiet.times.filter { $0.concerns(request.category) }
        guard !times.isEmpty else { return nil }
        let zones = RecipientZones(of: request, under: policy, zones: zones).rules
        guard !zones.isEmpty else { return (nil, true, .latest) }
        let next = next(times, zones, moment.nanoseconds.flooredSeconds)
        return (next.span, false, next.holdsUntil)
    }

    /// For how many days quiet times are laid out at first: the next one is sought so far ahead.
    private static let daysAhead = 2
    /// For how many days at most: quiet for so long is quiet for ever.
    private static let daysMax = 14

    /// The quiet time that holds, or the next one, and until when that is the answer.
    private static func next(
        _ times: [Policy.QuietTime], _ zones: [ZoneRules], _ now: Int64
    ) -> (span: Span?, holdsUntil: Instant) {
        var calendar = QuietCalendar(times, in: zones, from: now, days: daysAhead)
        guard let first = calendar.spans.first else {
            return (nil, Instant(seconds: calendar.end))
        }
        var range = first
        // Its end counts only where the calendar reaches beyond it: more may follow at once.
        if range.upperBound >= calendar.end {
            calendar = QuietCalendar(times, in: zones, from: now, days: daysMax)
            range = calendar.spans.first ?? range
        }
        let from = Instant(seconds: range.lowerBound)
        guard range.upperBound < calendar.end else {
            return (Span(from: from, to: .latest), Instant(seconds: calendar.end))
        }
        let to = Instant(seconds: range.upperBound)
        return (Span(from: from, to: to), to)
    }
}

extension Policy.QuietTime {
    /// Whether it holds for a category; a message that names none may be of any.
    fileprivate func concerns(_ category: String?) -> Bool {
        guard let category, !categories.isEmpty else { return true }
        return categories.contains(category)
    }
}

extension Int64 {
    /// Whole seconds of nanoseconds, rounded down.
    fileprivate var flooredSeconds: Int64 {
        self / 1_000_000_000 - (self % 1_000_000_000 < 0 ? 1 : 0)
    }
}

extension Instant {
    /// Whole seconds since 1970.
    fileprivate init(seconds: Int64) { self.init(nanoseconds: seconds * 1_000_000_000) }
}
