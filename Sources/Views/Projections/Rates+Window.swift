public import Bytes
public import Events

/// What a window holds.
public struct WindowCount: Sendable, Equatable {
    /// The sends in the window, open reservations included.
    public var count: Int
    /// The position of the earliest in the window; nil where it is empty.
    public var first: Position?
    /// The position of the latest.
    public var last: Position?
    /// When one more would fit, if nothing else happens; nil where it fits now, `Instant.latest`
    /// for never.
    public var fitsAt: Instant?
    /// The time of the latest: when it counts, or for an open reservation when its lease ends.
    public var latest: Instant?

    /// What a window holds.
    public init(count: Int, fitsAt: Instant? = nil) {
        self.count = count
        self.fitsAt = fitsAt
    }
}

extension Fingerprint {
    /// The key under which an observation counts what it would have sent.
    public func shadowed(by salt: Fingerprint) -> Fingerprint {
        salt == .none ? self : paired(with: salt)
    }
}

extension Tables {
    /// Counts the sends of a scope in (now - length, now] and says when one more fits under
    /// `limit`.
    ///
    /// An open reservation counts, whatever the length. For what comes after, it leaves when its
    /// lease ends if it would be released then, and a length later otherwise.
    /// - Parameter shadow: In a dry run: whose would-be sends count, too; see
    ///   ``ControlRow/shadow``.
    public mutating func window(
        _ scope: RateScope, _ name: Fingerprint = .none, length: Nanoseconds, limit: Int,
        at now: Instant, shadow: Fingerprint = .none
    ) -> WindowCount {
        window(
            scope, of: PersonGroup(name), length: length, limit: limit, at: now, shadow: shadow)
    }

    /// Counts the sends of several names of a scope as
    /// ``window(_:_:length:limit:at:shadow:)`` does those of one.
    public mutating func window(
        _ scope: RateScope, of names: PersonGroup, length: Nanoseconds, limit: Int,
        at now: Instant, shadow: Fingerprint = .none
    ) -> WindowCount {
        var sends = StampUnion(length, at: now)
        add(scope, names, shadow, to: &sends)
        return sends.window(limit: limit, in: &chunks)
    }

    /// The sends of several names of a scope later than a moment, which never leave; one more fits
    /// under `limit` only when reservations are released.
    public mutating func sends(
        _ scope: RateScope, of names: PersonGroup, after start: Instant, limit: Int = .max,
        at now: Instant, shadow: Fingerprint = .none
    ) -> WindowCount {
        var sends = StampUnion(.unbounded, at: now, after: start)
        add(scope, names, shadow, to: &sends)
        return sends.window(limit: limit, in: &chunks)
    }

    private mutating func add(
        _ scope: RateScope, _ names: PersonGroup, _ shadow: Fingerprint,
        to sends: inout StampUnion
    ) {
        add(scope.key(names.person), shadow, to: &sends)
        for other in names.others { add(scope.key(other), shadow, to: &sends) }
    }

    private mutating func add(
        _ key: Fingerprint, _ shadow: Fingerprint, to sends: inout StampUnion
    ) {
        if let slot = rates.find(key) { sends.add(rates[slot], key, in: &chunks) }
        guard shadow != .none else { return }
        let would = key.shadowed(by: shadow)
        if let slot = rates.find(would) { sends.add(rates[slot], would, in: &chunks) }
    }

    /// The sends of several names of a scope later than a moment, in order: by when they count,
    /// open reservations by the end of their lease.
    ///
    /// A lease that has ended by `now` is a send, or nothing, whether or not an event says so yet.
    public mutating func stamps(
        _ scope: RateScope, of names: PersonGroup, after start: Instant, at now: Instant,
        shadow: Fingerprint = .none
    ) -> (settled: [Stamp], open: [Stamp], releasable: [Stamp]) {
        var sends = (settled: [Stamp](), open: [Stamp](), releasable: [Stamp]())
        for name in names.members {
            let own = scope.key(name)
            for key in shadow == .none ? [own] : [own, own.shadowed(by: shadow)] {
                guard let slot = rates.find(key) else { continue }
                rates[slot].settled.forEach(
                    after: start, of: RateRow.settledOwner(key, 0), in: &chunks
                ) { sends.settled.append($0) }
                rates[slot].open.forEach(
                    after: start, of: RateRow.openOwner(key, 0), in: &chunks
                ) {
                    if $0.time > now { sends.open.append($0) } else { sends.settled.append($0) }
                }
                rates[slot].releasable.forEach(
                    after: now, of: RateRow.releasableOwner(key, 0), in: &chunks
                ) { sends.releasable.append($0) }
            }
        }
        sends.settled.sort()
        sends.open.sort()
        sends.releasable.sort()
        return sends
    }
}
