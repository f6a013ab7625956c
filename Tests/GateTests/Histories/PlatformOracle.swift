import Events
import Gate

/// The platform's limits by brute force: lists, tried moment by moment.
struct PlatformOracle {
    struct Send {
        let position: Position
        let account: String
        let person: String
        let isOutside: Bool
        /// When it counts; nil where it was given back.
        var counts: Instant?
        /// Until when it may still be sent; nil where that is over.
        var expires: Instant?
    }

    var sends: [Send] = []
    /// (account, person, when, how many events the log held before it).
    var inbound: [(account: String, person: String, at: Instant)] = []

    /// What nobody has reported until its lease ends counts at that end.
    mutating func expire(at now: Instant) {
        for at in sends.indices {
            guard let expires = sends[at].expires, expires <= now else { continue }
            sends[at].counts = expires
            sends[at].expires = nil
        }
    }

    func isOutside(_ person: String, _ account: String, at time: Instant) -> Bool {
        // The gate remembers the last message alone.
        let last = inbound.filter { $0.account == account && $0.person == person }.map(\.at).max()
        guard let last, last <= time else { return true }
        return last.advanced(by: .day) <= time
    }

    /// The moments at which anything can change, after now.
    private func moments(_ now: Instant, _ candidates: [Instant]) -> [Instant] {
        Array(Set(candidates.filter { $0 > now })).sorted()
    }

    // MARK: - Throughput

    private func traffic(_ account: String, _ now: Instant) -> Int {
        let all =
            sends.filter { $0.account == account }.compactMap { $0.expires ?? $0.counts }
            + inbound.filter { $0.account == account }.map(\.at)
        return all.count { $0.advanced(by: .seconds(1)) > now }
    }

    func throughput(_ account: String, limit: Int, at now: Instant) -> (Int, Instant?) {
        let count = traffic(account, now)
        guard count >= limit else { return (count, nil) }
        let ends = (sends.compactMap { $0.expires ?? $0.counts } + inbound.map(\.at))
            .map { $0.advanced(by: .seconds(1)) }
        return (count, moments(now, ends).first { traffic(account, $0) < limit })
    }

    // MARK: - Pair

    /// Walks all sends of the pair that lie within 24 hours, as the rule is worded.
    private func passesPair(
        _ account: String, _ person: String, _ spacing: Nanoseconds, _ burst: Int, _ now: Instant
    ) -> Bool {
        let pair = sends.filter { $0.account == account && $0.person == person }
        let open = pair.count { ($0.expires ?? now) > now }
        let times = pair.compactMap { $0.expires ?? $0.counts }
            .filter { $0 <= now && $0.advanced(by: .day) > now }.sorted()
        var began: Instant?
        var members = 0
        func shut() -> Instant? {
            began.map { $0.advanced(by: Nanoseconds(spacing.count * Int64(members))) }
        }
        for time in times {
            if let shut = shut(), time < shut {
                members += 1
            } else {
                began = time
                members = 1
            }
        }
        if let shut = shut(), let began, now < shut {
            return now < began.advanced(by: spacing) && members + open < burst
        }
        return open < burst
    }

    func pair(
        _ account: String, _ person: String, spacing: Nanoseconds, burst: Int, at now: Instant
    ) -> Instant? {
        if passesPair(account, person, spacing, burst, now) { return nil }
        // It can open only when a lease ends, a send leaves the day, or a debt is paid: a whole
        // number of spacings after some send.
        let times = sends.filter { $0.account == account && $0.person == person }
            .compactMap { $0.expires ?? $0.counts }
        var candidates = times + times.map { $0.advanced(by: .day) }
        for time in times {
            for count in 1...times.count + 1 {
                candidates.append(
                    time.advanced(by: Nanoseconds(spacing.count * Int64(count))))
            }
        }
        return moments(now, candidates).first { passesPair(account, person, spacing, burst, $0) }
    }

    // MARK: - Recipients

    private func reached(_ now: Instant) -> Set<String> {
        Set(
            sends.filter { send in
                guard send.isOutside, let at = send.expires ?? send.counts else { return false }
                return at.advanced(by: .day) > now
            }.map(\.person))
    }

    private func passesRecipients(
        _ account: String, _ person: String, _ limit: Int, _ now: Instant
    ) -> Bool {
        let reached = reached(now)
        return reached.count < limit || reached.contains(person)
            || !isOutside(person, account, at: now)
    }

    func recipients(
        _ account: String, _ person: String, limit: Int, at now: Instant
    ) -> (Int, Instant?) {
        let count = reached(now).count
        if passesRecipients(account, person, limit, now) { return (count, nil) }
        let ends = sends.compactMap { $0.expires ?? $0.counts }.map { $0.advanced(by: .day) }
        return (count, moments(now, ends).first { passesRecipients(account, person, limit, $0) })
    }
}
