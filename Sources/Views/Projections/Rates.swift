public import Bytes
public import Events

/// Exact sliding windows of sends per ledger, account, chat, person, pair, subject, category and
/// role.
enum Rates: Projection {
    static let name = "rates"
    static let version = 3

    /// Enters a change of a send in every scope that it counts for.
    static func apply(_ change: SendChange, to tables: inout Tables) {
        enter(change, .ledger, .none, &tables)
        let keys = change.keys
        if keys.account != .none { enter(change, .account, keys.account, &tables) }
        if keys.chat != .none { enter(change, .chat, keys.chat, &tables) }
        if keys.person != .none { enter(change, .person, keys.person, &tables) }
        if keys.pair != .none { enter(change, .pair, keys.pair, &tables) }
        if keys.subject != .none { enter(change, .subject, keys.subject, &tables) }
        if keys.accountCategory != .none {
            enter(change, .category, keys.accountCategory, &tables)
        }
        if keys.role != .none { enter(change, .role, keys.role, &tables) }
        if keys.person != .none { chain(change, &tables) }
    }

    /// How far back the sends to a person who never writes are remembered.
    static let chainMemory = Nanoseconds(30 * Nanoseconds.day.count)

    /// What lies before the person's last message never counts again.
    private static func chain(_ change: SendChange, _ tables: inout Tables) {
        var since = change.recorded.advanced(by: Nanoseconds(-chainMemory.count))
        if let slot = tables.persons.find(change.keys.person) {
            since = max(since, tables.persons[slot].lastInbound.time)
        }
        enter(change, .chain, change.keys.person, &tables, since: since)
    }

    private static func enter(
        _ change: SendChange, _ scope: RateScope, _ name: Fingerprint, _ tables: inout Tables,
        since: Instant? = nil
    ) {
        let key = scope.key(name).shadowed(by: change.shadow)
        let slot = tables.rates.touch(key, at: change.position)
        if tables.rates[slot].named == 0 { tables.rates[slot].named = change.position + 1 }
        let day = Nanoseconds(-Nanoseconds.day.count)
        tables.rates[slot].apply(
            change, key, &tables.chunks, since: since ?? change.recorded.advanced(by: day))
    }
}

/// The sends of one scope: open reservations by the end of their lease, others by when they count.
///
/// Stamps older than 24 hours are forgotten, but for the newest few.
public struct RateRow: TableRow {
    /// One more than the position of an event that names the scope.
    public var named: Position = 0
    /// Open reservations that count at the end of their lease: (expires, reservation).
    public private(set) var open = Timeline()
    /// Open reservations that count no more once their lease ends: (expires, reservation).
    public private(set) var releasable = Timeline()
    /// Sends that count at an instant: (instant, reservation or imported attempt).
    public private(set) var settled = Timeline()

    /// An empty row.
    public init() {}

    mutating func apply(
        _ change: SendChange, _ key: Fingerprint, _ chunks: inout RowTable<StampChunk>,
        since: Instant
    ) {
        let at = change.position
        switch change.from {
        case .nowhere: break
        case .open(let stamp): open.remove(stamp, of: Self.openOwner(key, at), in: &chunks)
        case .releasable(let stamp):
            releasable.remove(stamp, of: Self.releasableOwner(key, at), in: &chunks)
        case .settled(let stamp):
            settled.remove(stamp, of: Self.settledOwner(key, at), in: &chunks)
        }
        switch change.to {
        case .nowhere: break
        case .open(let stamp): open.insert(stamp, of: Self.openOwner(key, at), in: &chunks)
        case .releasable(let stamp):
            releasable.insert(stamp, of: Self.releasableOwner(key, at), in: &chunks)
        case .settled(let stamp):
            settled.insert(stamp, of: Self.settledOwner(key, at), in: &chunks)
        }
        settled.prune(through: since, of: Self.settledOwner(key, at), in: &chunks)
    }

    static func openOwner(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x6F70_656E), position: position)
    }

    static func releasableOwner(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x7265_6C65), position: position)
    }

    static func settledOwner(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x7365_7474), position: position)
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        open = Timeline(decoding: &reader)
        releasable = Timeline(decoding: &reader)
        settled = Timeline(decoding: &reader)
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        open.encode(into: &writer)
        releasable.encode(into: &writer)
        settled.encode(into: &writer)
    }
}

extension Tables {
    /// The open reservations of a scope at `now`: how many, and the first and the last lease to
    /// end.
    public mutating func openReservations(
        _ scope: RateScope, _ name: Fingerprint = .none, at now: Instant
    ) -> (count: Int, first: Stamp?, last: Stamp?) {
        let key = scope.key(name)
        guard let slot = rates.find(key) else { return (0, nil, nil) }
        var open = (count: 0, first: Stamp?.none, last: Stamp?.none)
        for (timeline, owner) in [
            (rates[slot].open, RateRow.openOwner(key, 0)),
            (rates[slot].releasable, RateRow.releasableOwner(key, 0)),
        ] {
            let count = timeline.count(after: now, of: owner, in: &chunks)
            guard count > 0,
                let first = timeline.stamp(0, after: now, of: owner, in: &chunks),
                let last = timeline.last(of: owner, in: &chunks)
            else { continue }
            open.count += count
            open.first = min(open.first ?? first, first)
            open.last = max(open.last ?? last, last)
        }
        return open
    }

    /// Calls `body` with the (expires, reservation) of each reservation of a scope that is open at
    /// `now`; `isReleasable` where nothing counts once its lease ends.
    public mutating func forEachOpen(
        _ scope: RateScope, _ name: Fingerprint, at now: Instant,
        _ body: (_ stamp: Stamp, _ isReleasable: Bool) -> Void
    ) {
        let key = scope.key(name)
        guard let slot = rates.find(key) else { return }
        rates[slot].open.forEach(after: now, of: RateRow.openOwner(key, 0), in: &chunks) {
            body($0, false)
        }
        rates[slot].releasable.forEach(
            after: now, of: RateRow.releasableOwner(key, 0), in: &chunks
        ) { body($0, true) }
    }

    /// Calls `body` with each reservation of a scope that is released by `now`, and of which no
    /// event says so yet.
    public mutating func forEachReleased(
        _ scope: RateScope, _ name: Fingerprint, at now: Instant, _ body: (Position) -> Void
    ) {
        let key = scope.key(name)
        guard let slot = rates.find(key) else { return }
        let owner = RateRow.releasableOwner(key, 0)
        let start = Instant(nanoseconds: .min + 1)
        rates[slot].releasable.forEach(after: start, of: owner, in: &chunks) {
            if $0.time <= now { body($0.position) }
        }
    }

    /// The reservation whose lease ended first and which no event says of yet, if there is one by
    /// `now`.
    public mutating func firstExpired(at now: Instant) -> Stamp? {
        let key = RateScope.ledger.key()
        guard let slot = rates.find(key) else { return nil }
        let open = rates[slot].open.first(of: RateRow.openOwner(key, 0), in: &chunks)
        let releasable = rates[slot].releasable.first(
            of: RateRow.releasableOwner(key, 0), in: &chunks)
        guard let first = [open, releasable].compactMap(\.self).min(), first.time <= now else {
            return nil
        }
        return first
    }
}
