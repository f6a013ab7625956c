public import Bytes
public import Events

/// Exact sliding windows of sends per ledger, account, chat, person, pair, subject, category and
/// role.
enum Rates: Projection {
    static let name = "rates"
    static let version = 2

    /// Enters a change of a send in every scope that it counts for.
    static func apply(_ change: SendChange, to tables: inout Tables) {
        enter(change, RateScope.ledger.key(), &tables)
        let keys = change.keys
        if keys.account != .none { enter(change, RateScope.account.key(keys.account), &tables) }
        if keys.chat != .none { enter(change, RateScope.chat.key(keys.chat), &tables) }
        if keys.person != .none { enter(change, RateScope.person.key(keys.person), &tables) }
        if keys.pair != .none { enter(change, RateScope.pair.key(keys.pair), &tables) }
        if keys.subject != .none { enter(change, RateScope.subject.key(keys.subject), &tables) }
        if keys.accountCategory != .none {
            enter(change, RateScope.category.key(keys.accountCategory), &tables)
        }
        if keys.role != .none { enter(change, RateScope.role.key(keys.role), &tables) }
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
        enter(change, RateScope.chain.key(change.keys.person), &tables, since: since)
    }

    private static func enter(
        _ change: SendChange, _ key: Fingerprint, _ tables: inout Tables, since: Instant? = nil
    ) {
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

extension Tables {
    /// Counts the sends of a scope in (now - length, now] and says when one more fits under
    /// `limit`.
    ///
    /// An open reservation counts, as if it were sent at the very end of its lease.
    public mutating func window(
        _ scope: RateScope, _ name: Fingerprint = .none, length: Nanoseconds, limit: Int,
        at now: Instant, shadow: Fingerprint = .none
    ) -> WindowCount {
        let key = scope.key(name)
        guard let slot = rates.find(key) else {
            return WindowCount(count: 0, fitsAt: limit > 0 ? nil : .latest)
        }
        let start = now.advanced(by: Nanoseconds(-length.count))
        let opens = RateRow.openOwner(key, 0)
        let settles = RateRow.settledOwner(key, 0)
        let settled = rates[slot].settled.count(after: start, of: settles, in: &chunks)
        let open = rates[slot].open.count(after: start, of: opens, in: &chunks)
        var result = WindowCount(count: settled + open)
        guard result.count > 0 else {
            result.fitsAt = limit > 0 ? nil : .latest
            return result
        }
        // Open reservations end after now, settled sends lie before: the two never interleave.
        result.first =
            settled > 0
            ? rates[slot].settled.stamp(0, after: start, of: settles, in: &chunks)?.position
            : rates[slot].open.stamp(0, after: start, of: opens, in: &chunks)?.position
        result.last =
            open > 0
            ? rates[slot].open.last(of: opens, in: &chunks)?.position
            : rates[slot].settled.last(of: settles, in: &chunks)?.position
        guard result.count >= limit else { return result }
        guard limit > 0 else {
            result.fitsAt = .latest
            return result
        }
        let rank = result.count - limit
        let leaves =
            rank < settled
            ? rates[slot].settled.stamp(rank, after: start, of: settles, in: &chunks)
            : rates[slot].open.stamp(rank - settled, after: start, of: opens, in: &chunks)
        result.fitsAt = (leaves?.time ?? now).advanced(by: length)
        return result
    }

    /// The sends of a scope later than a moment: how many, the earliest and the latest.
    public mutating func sends(
        _ scope: RateScope, _ name: Fingerprint, after start: Instant
    ) -> (count: Int, first: Position?, last: Position?) {
        let key = scope.key(name)
        guard let slot = rates.find(key) else { return (0, nil, nil) }
        let (opens, settles) = (RateRow.openOwner(key, 0), RateRow.settledOwner(key, 0))
        let settled = rates[slot].settled.count(after: start, of: settles, in: &chunks)
        let open = rates[slot].open.count(after: start, of: opens, in: &chunks)
        guard settled + open > 0 else { return (0, nil, nil) }
        let first =
            settled > 0
            ? rates[slot].settled.stamp(0, after: start, of: settles, in: &chunks)
            : rates[slot].open.stamp(0, after: start, of: opens, in: &chunks)
        let last =
            open > 0
            ? rates[slot].open.last(of: opens, in: &chunks)
            : rates[slot].settled.last(of: settles, in: &chunks)
        return (settled + open, first?.position, last?.position)
    }

    /// The sends of a scope later than a moment, in order: those that settled, and open
    /// reservations by the end of their lease.
    public mutating func stamps(
        _ scope: RateScope, _ name: Fingerprint, after start: Instant
    ) -> (settled: [Stamp], open: [Stamp]) {
        let key = scope.key(name)
        var sends = (settled: [Stamp](), open: [Stamp]())
        guard let slot = rates.find(key) else { return sends }
        let (opens, settles) = (RateRow.openOwner(key, 0), RateRow.settledOwner(key, 0))
        rates[slot].settled.forEach(after: start, of: settles, in: &chunks) {
            sends.settled.append($0)
        }
        rates[slot].open.forEach(after: start, of: opens, in: &chunks) { sends.open.append($0) }
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
