import Bytes
public import Events

/// Reservations: open, reported, expired; and what each change of one means for the counts.
enum Reservations: Projection {
    static let name = "reservations"
    static let version = 3

    /// Applies a `send.*` or `message.*` event; answers what it changes in the counts, if anything.
    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) -> SendChange? {
        if happened.type == .sendReserved { return open(&tables, happened) }
        guard let reservation = happened.reservation else {
            return imported(&tables, happened)
        }
        guard tables.tags.include(reservation), reservation.position < happened.position,
            let slot = tables.reservations.find(Fingerprint(UInt128(reservation.position)))
        else { return nil }
        let old = tables.reservations[slot]
        guard let new = old.after(happened), new != old else { return nil }
        let key = Fingerprint(UInt128(reservation.position))
        let changed = tables.reservations.touch(key, at: happened.position)
        tables.reservations[changed] = new
        hold(&tables, new, after: old, at: reservation.position, by: happened.position)
        var change = SendChange(keys: new.keys, by: happened)
        change.isOutside = new.isOutside
        change.removeOpen = old.state == .open ? stamp(old.expires, reservation.position) : nil
        change.removeSettled = old.counted.isSet ? old.counted : nil
        change.addSettled = new.counted.isSet ? new.counted : nil
        return change
    }

    private static func stamp(_ time: Instant, _ position: Position) -> Stamp {
        Stamp(time: time, position: position)
    }

    private static func open(_ tables: inout Tables, _ happened: borrowing Occurrence) -> SendChange
    {
        var row = ReservationRow()
        row.state = .open
        row.keys = happened.keys
        row.notBefore = happened.event.instant(.notBefore) ?? happened.recorded
        row.expires = happened.event.instant(.expires) ?? happened.recorded
        row.changed = happened.recorded
        if let first = Queue.positions(happened.event).first { row.queued = first + 1 }
        row.isOutside = isOutside(&tables, row.keys, at: happened.recorded)
        let key = Fingerprint(UInt128(happened.position))
        let slot = tables.reservations.touch(key, at: happened.position)
        tables.reservations[slot] = row
        hold(
            &tables, row, after: ReservationRow(), at: happened.position, by: happened.position)
        let request = happened.event.nameFingerprint(.key)
        if request != .none { tables.requestKeys.insert(request, at: happened.position) }
        var change = SendChange(keys: row.keys, by: happened)
        change.isOutside = row.isOutside
        change.addOpen = stamp(row.expires, happened.position)
        return change
    }

    /// What a dry run would have sent counts at once, for that observation alone.
    static func observe(
        _ tables: inout Tables, by happened: borrowing Occurrence
    ) -> SendChange? {
        guard happened.event.text(.would) == "send",
            let order = tables.control.find(
                RateScope.ledger.key())
        else { return nil }
        var change = SendChange(keys: happened.keys, by: happened)
        change.shadow = tables.control[order].shadow
        guard change.shadow != .none else { return nil }
        change.addSettled = Stamp(time: happened.recorded, position: happened.position)
        change.isOutside = isOutside(&tables, change.keys, at: happened.recorded)
        if change.keys.business != .none {
            let key = change.keys.business.shadowed(by: change.shadow)
            let slot = tables.business.touch(key, at: happened.position)
            tables.business[slot].take(happened.position)
        }
        return change
    }

    private static func isOutside(
        _ tables: inout Tables, _ keys: SendKeys, at time: Instant
    ) -> Bool {
        keys.person != .none && tables.isOutsideWindow(keys.person, of: keys.account, at: time)
    }

    /// History without a gate: an attempt counts when it happened; a failure frees its business
    /// key.
    private static func imported(
        _ tables: inout Tables, _ happened: borrowing Occurrence
    ) -> SendChange? {
        guard happened.type == .sendAttempted || happened.type == .sendFailed else { return nil }
        let keys = happened.keys
        if keys.business != .none {
            let slot = tables.business.touch(keys.business, at: happened.position)
            if happened.type == .sendAttempted {
                tables.business[slot].take(happened.position)
            } else {
                tables.business[slot].free()
            }
        }
        guard happened.type == .sendAttempted else { return nil }
        var change = SendChange(keys: keys, by: happened)
        change.addSettled = happened.stamp
        change.isOutside = isOutside(&tables, keys, at: happened.effective)
        return change
    }

    private static func hold(
        _ tables: inout Tables, _ row: ReservationRow, after old: ReservationRow,
        at position: Position, by event: Position
    ) {
        guard row.keys.business != .none else { return }
        let slot = tables.business.touch(row.keys.business, at: event)
        switch (old.state.holdsBusinessKey, row.state.holdsBusinessKey) {
        case (false, true): tables.business[slot].take(position)
        case (true, false): tables.business[slot].free()
        default: break
        }
    }
}

/// What an event changes in the counts of sends.
struct SendChange {
    let keys: SendKeys
    let position: Position
    let recorded: Instant
    var addOpen: Stamp?
    var removeOpen: Stamp?
    var addSettled: Stamp?
    var removeSettled: Stamp?
    /// In a dry run: the observation that counts it; else none.
    var shadow = Fingerprint.none
    /// Whether it goes to a person outside the service window.
    var isOutside = false

    init(keys: SendKeys, by happened: borrowing Occurrence) {
        self.keys = keys
        position = happened.position
        recorded = happened.recorded
    }
}

/// A reservation.
public struct ReservationRow: TableRow {
    /// How far a reservation has come.
    public enum State: UInt8, Sendable {
        case none, open, attempted, accepted, failed, cancelled, expired

        /// Whether the business key is taken: by open, attempted, accepted and expired ones.
        var holdsBusinessKey: Bool { self != .failed && self != .cancelled && self != .none }
    }

    /// How far it has come.
    public var state = State.none
    /// Where it counts.
    public var keys = SendKeys()
    /// One more than the position of the first queued message that it was claimed for; 0 for none.
    public var queued: Position = 0
    /// Not to be sent earlier.
    public var notBefore = Instant.epoch
    /// When the lease ends.
    public var expires = Instant.epoch
    /// The instant at which it counts, once it is no longer open.
    public var counted = Stamp.never
    /// When it last changed.
    public var changed = Instant.epoch
    /// The position of `send.attempted`; 0 for none.
    public var attempted: Position = 0
    /// The position of the last outcome; 0 for none.
    public var outcome: Position = 0
    /// Whether the person had not written to the account within the 24 hours before it was granted.
    public var isOutside = false

    /// An empty row.
    public init() {}

    /// The row after an event that names this reservation, or nil for one without meaning for it.
    func after(_ happened: borrowing Occurrence) -> ReservationRow? {
        var row = self
        let now = Stamp(
            time: happened.recorded, position: happened.reservation?.position ?? 0)
        switch happened.type {
        case .sendAttempted:
            guard state != .accepted, state != .failed, state != .attempted else { return nil }
            row.state = .attempted
            row.attempted = happened.position
            row.counted = max(counted, now)
        case .sendAccepted, .messageSent, .messageDelivered, .messageRead:
            // Only the first evidence, or the report itself, says when the send was.
            guard state != .accepted else { return nil }
            row.state = .accepted
            row.outcome = happened.position
            row.counted = max(counted, now)
        case .sendFailed, .messageFailed:
            guard state != .failed else { return nil }
            row.state = .failed
            row.outcome = happened.position
            if state == .open { row.counted = now }
        case .sendCancelled:
            guard state != .cancelled else { return nil }
            row.state = .cancelled
            row.outcome = happened.position
            row.counted = .never
        case .sendExpired:
            guard state == .open else { return nil }
            row.state = .expired
            row.counted = Stamp(time: expires, position: now.position)
        default: return nil
        }
        row.changed = happened.recorded
        return row
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        state = State(rawValue: reader.get()) ?? .none
        keys = SendKeys(decoding: &reader)
        queued = reader.get()
        notBefore = reader.instant()
        expires = reader.instant()
        counted = reader.stamp()
        changed = reader.instant()
        attempted = reader.get()
        outcome = reader.get()
        isOutside = reader.flag()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(state.rawValue)
        keys.encode(into: &writer)
        writer.put(queued)
        writer.put(notBefore)
        writer.put(expires)
        writer.put(counted)
        writer.put(changed)
        writer.put(attempted)
        writer.put(outcome)
        writer.put(isOutside)
    }
}

/// Who holds a business key.
public struct BusinessRow: TableRow {
    /// The reservation, or the imported attempt, that last took the key.
    public private(set) var holder: Position = 0
    /// How many hold it: late evidence can bring a failed send back beside its retry.
    public private(set) var holders: UInt32 = 0
    /// How often it was freed by a failure or a cancellation.
    public private(set) var retries: UInt32 = 0

    /// An empty row.
    public init() {}

    /// Whether the key is taken.
    public var isHeld: Bool { holders > 0 }

    mutating func take(_ position: Position) {
        holder = position
        holders += 1
    }

    mutating func free() {
        guard holders > 0 else { return }
        holders -= 1
        retries += 1
    }

    /// Another record of the same attempt holds the key.
    mutating func leave() {
        if holders > 0 { holders -= 1 }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        holder = reader.get()
        holders = reader.get()
        retries = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(holder)
        writer.put(holders)
        writer.put(retries)
    }
}
