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
    public mutating func sendsSinceInbound(
        to group: PersonGroup, at now: Instant, shadow: Fingerprint = .none
    ) -> (count: Int, first: Position?, last: Position?) {
        guard !group.others.isEmpty else {
            return sendsSinceInbound(to: group.person, at: now, shadow: shadow)
        }
        var since = now.advanced(by: Nanoseconds(-Rates.chainMemory.count))
        if let row = person(group), row.lastInbound.isSet {
            since = max(since, row.lastInbound.time)
        }
        let window = stampUnion(.chain, group, after: since, shadow: shadow)
            .window(.day, limit: .max, in: &chunks)
        return (window.count, window.first, window.last)
    }

    /// Counts the sends of several names of a scope as ``window(_:_:length:limit:at:shadow:)`` does
    /// those of one.
    public mutating func window(
        _ scope: RateScope, of names: PersonGroup, length: Nanoseconds, limit: Int,
        at now: Instant, shadow: Fingerprint = .none
    ) -> WindowCount {
        guard !names.others.isEmpty else {
            return window(
                scope, names.person, length: length, limit: limit, at: now, shadow: shadow)
        }
        let start = now.advanced(by: Nanoseconds(-length.count))
        return stampUnion(scope, names, after: start, shadow: shadow)
            .window(length, limit: limit, in: &chunks)
    }

    /// The sends of several names of a scope later than a moment, in order.
    public mutating func stamps(
        _ scope: RateScope, of names: PersonGroup, after start: Instant,
        shadow: Fingerprint = .none
    ) -> (settled: [Stamp], open: [Stamp]) {
        var sends = stamps(scope, names.person, after: start, shadow: shadow)
        guard !names.others.isEmpty else { return sends }
        for other in names.others {
            let more = stamps(scope, other, after: start, shadow: shadow)
            sends.settled += more.settled
            sends.open += more.open
        }
        sends.settled.sort()
        sends.open.sort()
        return sends
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

    private mutating func stampUnion(
        _ scope: RateScope, _ names: PersonGroup, after start: Instant, shadow: Fingerprint
    ) -> StampUnion {
        var union = StampUnion(after: start)
        for name in names.members {
            let own = scope.key(name)
            for key in shadow == .none ? [own] : [own, own.shadowed(by: shadow)] {
                guard let slot = rates.find(key) else { continue }
                union.add(rates[slot].settled, of: RateRow.settledOwner(key, 0), in: &chunks)
                union.add(rates[slot].open, of: RateRow.openOwner(key, 0), in: &chunks)
            }
        }
        return union
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
