public import Bytes
public import Events

/// Which reservations hold each idempotency key.
///
/// A key is found by the first position that names it, be it of a message that was queued, of a
/// refusal or of a reservation. That first reservation holds the key for itself; what else holds it
/// stands in a row of its own. A queued message without a key is found by its own position, so that
/// it is handed out once.
enum KeyUses: Projection {
    static let name = "keys"
    static let version = 1

    /// Enters the key of a message that was queued, or of a request that was not granted.
    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let key = happened.event.nameFingerprint(.key)
        guard key != .none else { return }
        let first = enter(&tables, key, happened)
        guard happened.type == .sendQueued, first != happened.position else { return }
        let slot = tables.keyUses.touch(Fingerprint(UInt128(first)), at: happened.position)
        tables.keyUses[slot].queued = happened.position + 1
    }

    /// The first positions that name the keys of a reservation that is granted.
    static func firsts(
        _ tables: inout Tables, _ happened: borrowing Occurrence, queued: [Position]
    ) -> [Position] {
        var firsts = queued.map { position in
            guard let slot = tables.queued.find(Fingerprint(UInt128(position))) else {
                return position
            }
            return tables.queued[slot].first
        }
        let key = happened.event.nameFingerprint(.key)
        if key != .none { firsts.append(enter(&tables, key, happened)) }
        return firsts
    }

    /// The first position that names a key, which is this event's where none was before.
    static func enter(
        _ tables: inout Tables, _ key: Fingerprint, _ happened: borrowing Occurrence
    ) -> Position {
        if let first = tables.requestKeys.position(of: key) { return first }
        tables.requestKeys.insert(key, at: happened.position)
        return happened.position
    }

    /// Notes that a reservation holds its keys from now on, or holds them no more.
    static func hold(
        _ tables: inout Tables, _ row: ReservationRow, at position: Position,
        by happened: borrowing Occurrence
    ) {
        for first in row.firsts where first != position {
            let slot = tables.keyUses.touch(Fingerprint(UInt128(first)), at: happened.position)
            tables.keyUses[slot].hold(position, row.state.holds)
        }
    }
}

/// What holds an idempotency key, beside the reservation that first named it.
public struct KeyUseRow: TableRow {
    /// The reservations that hold it, ascending.
    public private(set) var reservations: [Position] = []
    /// One more than the position of a message that was queued under it later; 0 for none.
    var queued: Position = 0

    /// An empty row.
    public init() {}

    mutating func hold(_ position: Position, _ holds: Bool) {
        let at = reservations.firstIndex { $0 >= position } ?? reservations.count
        let isThere = at < reservations.count && reservations[at] == position
        if holds, !isThere { reservations.insert(position, at: at) }
        if !holds, isThere { reservations.remove(at: at) }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        for _ in 0..<reader.get(UInt32.self) where reader.isValid {
            reservations.append(reader.get())
        }
        queued = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(UInt32(reservations.count))
        for reservation in reservations { writer.put(reservation) }
        writer.put(queued)
    }
}

/// What stands against another send under a key.
public enum KeyUse: Sendable, Equatable {
    /// Nothing.
    case free
    /// A message that waits in the queue.
    case queued(Position)
    /// A reservation that is open.
    case open(Position, ReservationRow)
    /// A send whose outcome is unknown.
    case unknown(Position)
    /// A send that the provider took, or an attempt that was imported.
    case sent(Position)

    /// How strict it is: what was sent is sent, whatever else is open.
    private var rank: Int {
        switch self {
        case .free: 0
        case .queued: 1
        case .open: 2
        case .unknown: 3
        case .sent: 4
        }
    }

    /// Takes what is stricter; of two that are open the one that promises less, then the later.
    public mutating func add(_ other: KeyUse) {
        if case .open(_, let own) = self, case .open(_, let row) = other {
            let isLess = own.isReleasable && !row.isReleasable
            let isLater = own.isReleasable == row.isReleasable && row.expires > own.expires
            if isLess || isLater { self = other }
        } else if other.rank > rank {
            self = other
        }
    }
}

extension Tables {
    /// What stands against another send under an idempotency key at `now`.
    public mutating func use(ofKey key: Fingerprint, at now: Instant) -> KeyUse {
        guard key != .none, let first = requestKeys.position(of: key) else { return .free }
        return use(from: first, at: now)
    }

    /// What stands against another send of a message that was queued, beside its place in the
    /// queue.
    public mutating func use(ofQueued position: Position, at now: Instant) -> KeyUse {
        guard let slot = queued.find(Fingerprint(UInt128(position))) else { return .free }
        let use = self.use(from: queued[slot].first, at: now)
        if case .queued = use { return .free }
        return use
    }

    /// What stands against another send under a business key at `now`.
    public mutating func use(ofBusiness key: Fingerprint, at now: Instant) -> KeyUse {
        guard key != .none, let slot = business.find(key) else { return .free }
        let row = business[slot]
        var use = KeyUse.free
        if let imported = row.imported { use = .sent(imported) }
        for position in row.reservations { use.add(self.use(of: position, at: now)) }
        return use
    }

    /// Whether something was sent, beside one reservation, under the key that a position first
    /// named.
    public mutating func isSent(
        from first: Position, besides position: Position, at now: Instant
    ) -> Bool {
        if first != position, reservation(at: first)?.state(at: now) == .accepted { return true }
        guard let slot = keyUses.find(Fingerprint(UInt128(first))) else { return false }
        let row = keyUses[slot]
        return row.reservations.contains { other in
            other != position && reservation(at: other)?.state(at: now) == .accepted
        }
    }

    /// Whether something was sent under a business key, beside one reservation.
    public mutating func isSent(
        business key: Fingerprint, besides position: Position, at now: Instant
    ) -> Bool {
        guard let slot = business.find(key) else { return false }
        let row = business[slot]
        if row.imported != nil { return true }
        return row.reservations.contains { other in
            other != position && reservation(at: other)?.state(at: now) == .accepted
        }
    }

    private mutating func use(from first: Position, at now: Instant) -> KeyUse {
        var use = self.use(of: first, at: now)
        if isQueued(first, at: now) { use.add(.queued(first)) }
        guard let slot = keyUses.find(Fingerprint(UInt128(first))) else { return use }
        let row = keyUses[slot]
        if row.queued > 0, isQueued(row.queued - 1, at: now) { use.add(.queued(row.queued - 1)) }
        for position in row.reservations { use.add(self.use(of: position, at: now)) }
        return use
    }

    private mutating func use(of position: Position, at now: Instant) -> KeyUse {
        guard let row = reservation(at: position) else { return .free }
        return switch row.state(at: now) {
        case .open: .open(position, row)
        case .accepted: .sent(position)
        case .unknown: .unknown(position)
        case .none, .failed, .cancelled, .released: .free
        }
    }

    private mutating func isQueued(_ position: Position, at now: Instant) -> Bool {
        guard let slot = queued.find(Fingerprint(UInt128(position))) else { return false }
        return queued[slot].state == .waiting && queued[slot].expires > now
    }

    /// The reservation that was granted at a position, or nil.
    public mutating func reservation(at position: Position) -> ReservationRow? {
        guard let slot = reservations.find(Fingerprint(UInt128(position))),
            reservations[slot].state != .none
        else { return nil }
        return reservations[slot]
    }
}
