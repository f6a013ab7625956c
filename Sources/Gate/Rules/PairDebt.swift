import Events

/// What a pair of account and person owes for the sends of the last 24 hours.
///
/// Each send costs the spacing. A send when nothing is owed begins a burst; all later ones until
/// what the burst owes is paid are its members, allowed or not. So a burst of n that began at t is
/// paid at t + n x spacing, and the burst that a send belongs to began at that send k for which
/// `time(k) - k x spacing` is greatest: whoever begins a burst comes later than what all before
/// owed.
struct PairDebt {
    private let spacing: Nanoseconds
    private let burst: Int
    private var times: [Instant] = []
    /// The sends that begin the last burst of a window which they still lie in, the earliest first.
    private var starts: [Int] = []

    /// Nothing was sent.
    init(spacing: Nanoseconds, burst: Int) {
        self.spacing = spacing
        self.burst = burst
    }

    /// Enters a send, not earlier than the last.
    mutating func add(_ time: Instant) {
        times.append(time)
        let index = times.count - 1
        while let last = starts.last, level(last) <= level(index) { starts.removeLast() }
        starts.append(index)
    }

    private func level(_ index: Int) -> Int128 {
        Int128(times[index].nanoseconds) - Int128(index) * Int128(spacing.count)
    }

    /// When what the burst that began with a send owes is paid.
    private func paid(_ start: Int) -> Instant {
        let (cost, overflow) = spacing.count.multipliedReportingOverflow(
            by: Int64(times.count - start))
        return times[start].advanced(by: Nanoseconds(overflow ? .max : cost))
    }

    /// How many sends of the last burst are not paid at `now`.
    func owed(at now: Instant) -> Int {
        guard let start = starts.first(where: { times[$0].advanced(by: .day) > now }),
            paid(start) > now
        else { return 0 }
        return times.count - start
    }

    /// The first moment from `from` on and before `until` at which one more may go, while `open`
    /// more may go at any time.
    func fits(from: Instant, until: Instant, open: Int) -> Instant? {
        var at = from
        for start in starts {
            let leaves = times[start].advanced(by: .day)
            guard leaves > at else { continue }
            if at >= paid(start) { return open < burst ? at : nil }
            let isJoined = at < times[start].advanced(by: spacing)
            if isJoined, times.count - start + open < burst { return at }
            if paid(start) < leaves {
                return open < burst && paid(start) < until ? paid(start) : nil
            }
            at = leaves
            guard at < until else { return nil }
        }
        return open < burst ? at : nil
    }
}
