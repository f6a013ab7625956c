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
    /// When one more would fit, if nothing else happens; nil where it fits now.
    public var fitsAt: Instant?

    /// What a window holds.
    public init(count: Int, fitsAt: Instant? = nil) {
        self.count = count
        self.fitsAt = fitsAt
    }

    /// So many sends, from the earliest to the latest.
    public init(_ sends: (count: Int, first: Position?, last: Position?)) {
        count = sends.count
        first = sends.first
        last = sends.last
    }
}

/// The sends of a scope later than a moment: what settled, what is open, and what an observation
/// would have sent.
private struct WindowStamps {
    private let key: Fingerprint
    private let shadow: Fingerprint
    private let start: Instant
    private let slot: Int?
    private let shadowSlot: Int?
    let settled: Int
    let open: Int
    let shadowed: Int

    init(
        _ scope: RateScope, _ name: Fingerprint, after start: Instant, shadow salt: Fingerprint,
        in tables: inout Tables
    ) {
        key = scope.key(name)
        shadow = key.shadowed(by: salt)
        self.start = start
        slot = tables.rates.find(key)
        shadowSlot = salt == .none ? nil : tables.rates.find(shadow)
        let (opens, settles) = (RateRow.openOwner(key, 0), RateRow.settledOwner(key, 0))
        if let slot {
            settled = tables.rates[slot].settled.count(
                after: start, of: settles, in: &tables.chunks)
            open = tables.rates[slot].open.count(after: start, of: opens, in: &tables.chunks)
        } else {
            settled = 0
            open = 0
        }
        if let shadowSlot {
            shadowed = tables.rates[shadowSlot].settled.count(
                after: start, of: RateRow.settledOwner(shadow, 0), in: &tables.chunks)
        } else {
            shadowed = 0
        }
    }

    var count: Int { settled + shadowed + open }

    /// The `rank`-th stamp of all, from 0; open reservations end after now, all others lie before.
    func stamp(_ rank: Int, in tables: inout Tables) -> Stamp? {
        let past = settled + shadowed
        if rank >= past {
            guard let slot else { return nil }
            return tables.rates[slot].open.stamp(
                rank - past, after: start, of: RateRow.openOwner(key, 0), in: &tables.chunks)
        }
        if shadowed == 0 { return settledStamp(rank, in: &tables) }
        // How many of the first `rank` come from what settled: found by halving.
        var low = max(0, rank - shadowed)
        var high = min(settled, rank)
        while low < high {
            let middle = (low + high) / 2
            guard let mine = settledStamp(middle, in: &tables),
                let other = shadowStamp(rank - middle - 1, in: &tables)
            else { break }
            if mine < other { low = middle + 1 } else { high = middle }
        }
        let mine = low < settled ? settledStamp(low, in: &tables) : nil
        let other = rank - low < shadowed ? shadowStamp(rank - low, in: &tables) : nil
        guard let mine else { return other }
        guard let other else { return mine }
        return min(mine, other)
    }

    private func settledStamp(_ rank: Int, in tables: inout Tables) -> Stamp? {
        guard let slot else { return nil }
        return tables.rates[slot].settled.stamp(
            rank, after: start, of: RateRow.settledOwner(key, 0), in: &tables.chunks)
    }

    private func shadowStamp(_ rank: Int, in tables: inout Tables) -> Stamp? {
        guard let shadowSlot else { return nil }
        return tables.rates[shadowSlot].settled.stamp(
            rank, after: start, of: RateRow.settledOwner(shadow, 0), in: &tables.chunks)
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
    /// An open reservation counts, as if it were sent at the very end of its lease.
    /// - Parameter shadow: In a dry run: whose would-be sends count, too; see
    ///   ``ControlRow/shadow``.
    public mutating func window(
        _ scope: RateScope, _ name: Fingerprint = .none, length: Nanoseconds, limit: Int,
        at now: Instant, shadow: Fingerprint = .none
    ) -> WindowCount {
        let start = now.advanced(by: Nanoseconds(-length.count))
        let stamps = WindowStamps(scope, name, after: start, shadow: shadow, in: &self)
        var result = WindowCount(count: stamps.count)
        if stamps.count > 0 {
            result.first = stamps.stamp(0, in: &self)?.position
            result.last = stamps.stamp(stamps.count - 1, in: &self)?.position
        }
        guard stamps.count >= limit else { return result }
        guard limit > 0 else {
            result.fitsAt = .latest
            return result
        }
        let leaves = stamps.stamp(stamps.count - limit, in: &self)
        result.fitsAt = (leaves?.time ?? now).advanced(by: length)
        return result
    }

    /// The sends of a scope later than a moment: how many, the earliest and the latest.
    public mutating func sends(
        _ scope: RateScope, _ name: Fingerprint, after start: Instant, shadow: Fingerprint = .none
    ) -> (count: Int, first: Position?, last: Position?) {
        let stamps = WindowStamps(scope, name, after: start, shadow: shadow, in: &self)
        guard stamps.count > 0 else { return (0, nil, nil) }
        return (
            stamps.count, stamps.stamp(0, in: &self)?.position,
            stamps.stamp(stamps.count - 1, in: &self)?.position
        )
    }
}
