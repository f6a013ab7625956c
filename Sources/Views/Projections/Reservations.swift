public import Bytes
public import Events

/// Reservations: open, reported, expired; and what each change of one means for the counts.
///
/// A lease that has ended is an outcome by itself, whether or not `send.expired` stands in the log
/// yet: see ``ReservationRow/state(at:)``.
enum Reservations: Projection {
    static let name = "reservations"
    static let version = 5

    /// Applies a `send.*` or `message.*` event; answers what it changes in the counts, if anything.
    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) -> SendChange? {
        if happened.type == .sendReserved { return open(&tables, happened) }
        guard let position = reservation(&tables, happened) else {
            return imported(&tables, happened)
        }
        guard position < happened.position,
            let slot = tables.reservations.find(Fingerprint(UInt128(position)))
        else { return nil }
        let old = tables.reservations[slot]
        let isFailed =
            happened.type == .sendAccepted && tables.isFailedEarly(happened.event.message)
        guard let new = old.after(happened, at: position, isFailed: isFailed), new != old else {
            return nil
        }
        let changed = tables.reservations.touch(
            Fingerprint(UInt128(position)), at: happened.position)
        tables.reservations[changed] = new
        hold(&tables, new, after: old, at: position, by: happened)
        var change = SendChange(keys: new.keys, by: happened)
        change.isOutside = new.isOutside
        change.from = old.place(at: position)
        change.to = new.place(at: position)
        return change
    }

    /// The reservation that an event speaks of: by its name, or by the provider's id.
    private static func reservation(
        _ tables: inout Tables, _ happened: borrowing Occurrence
    ) -> Position? {
        if let named = happened.reservation {
            return tables.tags.include(named) ? named.position : .max
        }
        guard EventType.statuses.contains(happened.type.rawValue) else { return nil }
        return tables.reservation(ofMessage: happened.event.message)
    }

    private static func open(_ tables: inout Tables, _ happened: borrowing Occurrence) -> SendChange
    {
        var row = ReservationRow()
        row.state = .open
        row.keys = happened.keys
        row.purpose = Purpose(happened.event)
        row.notBefore = happened.event.instant(.notBefore) ?? happened.recorded
        row.expires = happened.event.instant(.expires) ?? happened.recorded
        row.changed = happened.recorded
        row.asks = [happened.event.attempt]
        let queued = Queue.positions(happened.event)
        if let first = queued.first { row.queued = first &+ 1 }
        row.firsts = KeyUses.firsts(&tables, happened, queued: queued)
        row.isOutside = isOutside(&tables, row.keys, at: happened.recorded)
        let key = Fingerprint(UInt128(happened.position))
        let slot = tables.reservations.touch(key, at: happened.position)
        tables.reservations[slot] = row
        hold(&tables, row, after: ReservationRow(), at: happened.position, by: happened)
        var change = SendChange(keys: row.keys, by: happened)
        change.isOutside = row.isOutside
        change.to = row.place(at: happened.position)
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
        let stamp = Stamp(time: happened.recorded, position: happened.position)
        change.to = .settled(stamp)
        change.isOutside = isOutside(&tables, change.keys, at: happened.recorded)
        if change.keys.business != .none {
            let key = change.keys.business.shadowed(by: change.shadow)
            let slot = tables.business.touch(key, at: happened.position)
            tables.business[slot].take(imported: stamp)
        }
        return change
    }

    private static func isOutside(
        _ tables: inout Tables, _ keys: SendKeys, at time: Instant
    ) -> Bool {
        keys.person != .none && tables.isOutsideWindow(keys.person, of: keys.account, at: time)
    }

    /// History without a gate: an attempt counts when it happened; a failure frees the business key
    /// of an attempt that was not later.
    private static func imported(
        _ tables: inout Tables, _ happened: borrowing Occurrence
    ) -> SendChange? {
        if happened.type == .messageFailed { tables.noteEarlyFailure(happened) }
        guard happened.type == .sendAttempted || happened.type == .sendFailed else { return nil }
        let keys = happened.keys
        if keys.business != .none {
            let slot = tables.business.touch(keys.business, at: happened.position)
            if happened.type == .sendAttempted {
                tables.business[slot].take(imported: happened.stamp)
            } else {
                tables.business[slot].free(importedBy: happened.stamp)
            }
        }
        guard happened.type == .sendAttempted else { return nil }
        var change = SendChange(keys: keys, by: happened)
        change.to = .settled(happened.stamp)
        change.isOutside = isOutside(&tables, keys, at: happened.effective)
        return change
    }

    /// Who holds the business key and the idempotency keys after a change of a reservation, and
    /// whether a person was asked for consent or sent a confirmation.
    private static func hold(
        _ tables: inout Tables, _ row: ReservationRow, after old: ReservationRow,
        at position: Position, by happened: borrowing Occurrence
    ) {
        guard old.state.holds != row.state.holds else { return }
        KeyUses.hold(&tables, row, at: position, by: happened)
        Persons.hold(&tables, row, at: position, by: happened)
        guard row.keys.business != .none else { return }
        let slot = tables.business.touch(row.keys.business, at: happened.position)
        if row.state.holds {
            tables.business[slot].take(position)
        } else {
            tables.business[slot].free(position)
        }
    }
}

extension EventView {
    /// The fingerprint of the attempt that the event names, or none.
    public var attempt: Fingerprint { nameFingerprint(.attempt) }

    /// Whether it records that the provider may not be called.
    public var isDenied: Bool {
        guard type == .sendAttempted, let range = range(of: .go), range.count == 1 else {
            return false
        }
        return bytes[range.lowerBound] == 0
    }
}
