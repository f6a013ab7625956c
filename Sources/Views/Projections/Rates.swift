public import Bytes
public import Events

/// Exact sliding windows of sends per ledger, account, chat, person, pair, subject, category and
/// role.
enum Rates: Projection {
    static let name = "rates"
    static let version = 2

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
    /// Open reservations: (expires, reservation).
    public private(set) var open = Timeline()
    /// Sends that count at an instant: (instant, reservation or imported attempt).
    public private(set) var settled = Timeline()

    /// An empty row.
    public init() {}

    mutating func apply(
        _ change: SendChange, _ key: Fingerprint, _ chunks: inout RowTable<StampChunk>,
        since: Instant
    ) {
        let opens = Self.openOwner(key, change.position)
        let settles = Self.settledOwner(key, change.position)
        if let stamp = change.removeOpen { open.remove(stamp, of: opens, in: &chunks) }
        if let stamp = change.removeSettled { settled.remove(stamp, of: settles, in: &chunks) }
        if let stamp = change.addOpen { open.insert(stamp, of: opens, in: &chunks) }
        if let stamp = change.addSettled { settled.insert(stamp, of: settles, in: &chunks) }
        settled.prune(through: since, of: settles, in: &chunks)
    }

    static func openOwner(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x6F70_656E), position: position)
    }

    static func settledOwner(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x7365_7474), position: position)
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        open = Timeline(decoding: &reader)
        settled = Timeline(decoding: &reader)
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        open.encode(into: &writer)
        settled.encode(into: &writer)
    }
}

extension Tables {
    /// The sends of a scope later than a moment, in order: those that settled, and open
    /// reservations by the end of their lease.
    public mutating func stamps(
        _ scope: RateScope, _ name: Fingerprint, after start: Instant, shadow: Fingerprint = .none
    ) -> (settled: [Stamp], open: [Stamp]) {
        let own = scope.key(name)
        var sends = (settled: [Stamp](), open: [Stamp]())
        for key in shadow == .none ? [own] : [own, own.shadowed(by: shadow)] {
            guard let slot = rates.find(key) else { continue }
            let (opens, settles) = (RateRow.openOwner(key, 0), RateRow.settledOwner(key, 0))
            rates[slot].settled.forEach(after: start, of: settles, in: &chunks) {
                sends.settled.append($0)
            }
            rates[slot].open.forEach(after: start, of: opens, in: &chunks) { sends.open.append($0) }
        }
        if shadow != .none { sends.settled.sort() }
        return sends
    }

    /// The open reservations of a scope at `now`: how many, and when the last lease ends.
    public mutating func openReservations(
        _ scope: RateScope, _ name: Fingerprint = .none, at now: Instant
    ) -> (count: Int, first: Stamp?, last: Stamp?) {
        let key = scope.key(name)
        guard let slot = rates.find(key) else { return (0, nil, nil) }
        let owner = RateRow.openOwner(key, 0)
        let count = rates[slot].open.count(after: now, of: owner, in: &chunks)
        guard count > 0 else { return (0, nil, nil) }
        return (
            count, rates[slot].open.stamp(0, after: now, of: owner, in: &chunks),
            rates[slot].open.last(of: owner, in: &chunks)
        )
    }

    /// The open reservation whose lease ended first, if it has ended by `now`.
    public mutating func firstExpired(at now: Instant) -> Stamp? {
        let key = RateScope.ledger.key()
        guard let slot = rates.find(key), !rates[slot].open.isEmpty else { return nil }
        let owner = RateRow.openOwner(key, 0)
        guard let first = rates[slot].open.first(of: owner, in: &chunks), first.time <= now else {
            return nil
        }
        return first
    }
}
