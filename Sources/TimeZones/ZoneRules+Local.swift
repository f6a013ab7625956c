/// What the clocks of a zone show at a moment.
public struct LocalClock: Sendable, Equatable {
    /// The day.
    public let day: CalendarDay
    /// Seconds since the clocks showed, or would have shown, 00:00.
    public let second: Int

    /// Minutes of the day, 0 to 1,439.
    public var minute: Int { second / 60 }
}

extension ZoneRules {
    /// Which moment is meant where clocks are set back and show the same time twice.
    public enum Occurrence: Sendable {
        /// The first time that they show it.
        case first
        /// The last time.
        case last
    }

    /// What the clocks show at a moment, in seconds since 1970.
    public func local(at seconds: Int64) -> LocalClock {
        let shown = seconds + Int64(offset(at: seconds))
        let day = shown.flooredDays
        return LocalClock(
            day: CalendarDay(number: Int(day)), second: Int(shown - day * 86_400))
    }

    /// When the clocks show a time of a day, in seconds since 1970.
    ///
    /// Where they are set forward past that time, it is the moment at which they are.
    /// - Parameters:
    ///   - day: the day.
    ///   - minute: minutes of the day; 1,440 is the beginning of the next.
    ///   - occurrence: which of two moments, where clocks are set back.
    public func seconds(
        of day: CalendarDay, minute: Int, _ occurrence: Occurrence = .first
    ) -> Int64 {
        let shown = Int64(day.number) * 86_400 + Int64(minute) * 60
        // No clock is a whole day off: these two lie before and behind any change nearby.
        let before = Int64(offset(at: shown - 86_400))
        let behind = Int64(offset(at: shown + 86_400))
        let (early, late) = (shown - before, shown - behind)
        if before == behind { return early }
        let isEarly = Int64(offset(at: early)) == before
        let isLate = Int64(offset(at: late)) == behind
        switch (isEarly, isLate) {
        case (true, true): return occurrence == .first ? min(early, late) : max(early, late)
        case (true, false): return early
        case (false, true): return late
        case (false, false): return change(after: late, through: early)
        }
    }

    /// The moment of the one change of the clocks in (start, end].
    private func change(after start: Int64, through end: Int64) -> Int64 {
        let old = offset(at: start)
        var (low, high) = (start, end)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == old { low = middle } else { high = middle }
        }
        return high
    }
}
