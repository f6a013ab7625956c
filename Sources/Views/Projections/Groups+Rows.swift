public import Bytes
public import Events

// What is known of a group: what is known of its members, taken as one person's.

extension Tables {
    /// What is known of a group; nil where nothing is known of any member.
    ///
    /// Times are the latest of any member, counts are sums. The strictest consent holds: what one
    /// member withdrew or declined is withdrawn or declined, until that member grants it again.
    public mutating func person(_ group: PersonGroup) -> PersonRow? {
        var row = persons.find(group.person).map { persons[$0] }
        for other in group.others {
            guard let slot = persons.find(other) else { continue }
            let known = persons[slot]
            row = row?.joined(with: known) ?? known
        }
        return row
    }

    /// When a group last wrote to an account (to any, where none is named), or nil.
    public mutating func lastInbound(
        from group: PersonGroup, to account: Fingerprint, at now: Instant
    ) -> Stamp? {
        var last = lastInbound(from: group.person, to: account, at: now)
        for other in group.others {
            guard let stamp = lastInbound(from: other, to: account, at: now) else { continue }
            last = max(last ?? stamp, stamp)
        }
        return last
    }

    /// When a group's service window with an account ends; nil where it is closed.
    public mutating func windowEnds(
        _ group: PersonGroup, of account: Fingerprint, at time: Instant
    ) -> Instant? {
        var ends = windowEnds(group.person, of: account, at: time)
        for other in group.others {
            guard let end = windowEnds(other, of: account, at: time) else { continue }
            ends = max(ends ?? end, end)
        }
        return ends
    }

    /// The sends to a group since any member last wrote, open reservations included; at most 30
    /// days are looked back.
    ///
    /// Under `limit` one more fits when the person writes, or when reservations are released.
    public mutating func sendsSinceInbound(
        to group: PersonGroup, limit: Int = .max, at now: Instant, shadow: Fingerprint = .none
    ) -> WindowCount {
        var since = now.advanced(by: Nanoseconds(-Rates.chainMemory.count))
        if let row = person(group), row.lastInbound.isSet {
            since = max(since, row.lastInbound.time)
        }
        return sends(.chain, of: group, after: since, limit: limit, at: now, shadow: shadow)
    }

    /// The open reservations of several names of a scope: how many, the first and the last lease
    /// to end.
    public mutating func openReservations(
        _ scope: RateScope, of names: PersonGroup, at now: Instant
    ) -> (count: Int, first: Stamp?, last: Stamp?) {
        var open = openReservations(scope, names.person, at: now)
        for other in names.others {
            let more = openReservations(scope, other, at: now)
            guard let first = more.first, let last = more.last else { continue }
            open.count += more.count
            open.first = min(open.first ?? first, first)
            open.last = max(open.last ?? last, last)
        }
        return open
    }
}

extension PersonRow {
    /// The row of two who are one.
    func joined(with other: PersonRow) -> PersonRow {
        var row = self
        row.lastInbound = max(lastInbound, other.lastInbound)
        row.lastOutbound = max(lastOutbound, other.lastOutbound)
        row.inbound &+= other.inbound
        row.outbound &+= other.outbound
        row.confirmation = max(confirmation, other.confirmation)
        row.asking = max(asking, other.asking)
        row.erased = max(erased, other.erased)
        row.support = max(support, other.support)
        row.join(consents: other.consents)
        return row
    }
}

extension Consent {
    /// The strictest of two.
    func joined(with other: Consent) -> Consent {
        var consent = self
        if other.requested.isSet, !requested.isSet || other.requested.position < requested.position
        {
            consent.requested = other.requested
        }
        consent.take(strictest: other)
        return consent
    }
}
