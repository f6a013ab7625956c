import Bytes
import Events

// Our own messages in an imported history: those that were written on the phone, by another
// program, or under a reservation of the gate.

extension Sightings {
    /// Whether a `send.*` or `message.*` event counts.
    ///
    /// A record of our own message does not where a better one counts, or where its id is that of a
    /// send that the gate granted. Records are told apart by the provider's id first, and then as
    /// messages that came in are.
    static func admits(_ tables: inout Tables, _ happened: borrowing Occurrence) -> Bool {
        if let reservation = happened.reservation {
            report(&tables, reservation, happened)
            return true
        }
        guard happened.type == .sendAttempted, let provenance = happened.event.provenance else {
            return true
        }
        var place = Own()
        let message = happened.event.message
        if message != .none { know(&tables, message, &place, happened) }
        if place.isKnown, place.sightings == nil { return false }
        if place.sightings == nil {
            let likeness = happened.event.likeness(isOwn: true)
            if likeness != .none { place.sightings = row(&tables, likeness, happened).key }
        }
        guard let key = place.sightings else {
            if !place.isGranted { keep(&tables, happened, nil, counts: true) }
            return !place.isGranted
        }
        let slot = tables.sightings.touch(Fingerprint(UInt128(key)), at: happened.position)
        let isNew = enter(&tables, slot, key, place, happened, provenance)
        keep(&tables, happened, key, counts: isNew)
        return isNew
    }

    /// What the provider's id says of an own message.
    private struct Own {
        /// The key of its row of sightings.
        var sightings: Position?
        /// Whether another record of it was imported.
        var isKnown = false
        /// Whether the gate granted it.
        var isGranted = false
    }

    private static func know(
        _ tables: inout Tables, _ message: Fingerprint, _ place: inout Own,
        _ happened: borrowing Occurrence
    ) {
        guard let first = tables.sentIDs.position(of: message) else {
            tables.sentIDs.insert(message, at: happened.position)
            return
        }
        let found = tables.counted.find(Fingerprint(UInt128(first)))
        guard let found, tables.counted[found].isOwn else {
            place.isGranted = true
            return
        }
        place.isKnown = true
        let named = tables.counted[found].sightings
        place.sightings = named == 0 ? nil : named - 1
    }

    /// Enters a record with its like; answers whether it counts.
    private static func enter(
        _ tables: inout Tables, _ slot: Int, _ key: Position, _ own: Own,
        _ happened: borrowing Occurrence, _ provenance: Provenance
    ) -> Bool {
        switch enter(&tables, slot, happened, provenance) {
        case .repeated: return false
        case .new(let index):
            guard own.isGranted else { return true }
            if let index { tables.sightings[slot].grant(index) }
            return false
        case .joined(let index, let before):
            let message = tables.sightings[slot].messages[index]
            if message.isGranted { return false }
            let lesser = message[before].named - 1
            if own.isGranted {
                tables.sightings[slot].grant(index)
                takeBack(&tables, lesser, happened)
                return false
            }
            guard before < provenance else { return false }
            takeBack(&tables, lesser, happened)
            return true
        }
    }

    /// Keeps where an own message counts, and with which others it stands.
    private static func keep(
        _ tables: inout Tables, _ happened: borrowing Occurrence, _ key: Position?, counts: Bool
    ) {
        let keys = happened.keys
        let isOutside =
            counts && keys.person != .none
            && tables.isOutsideWindow(keys.person, of: keys.account, at: happened.effective)
        let slot = tables.counted.touch(
            Fingerprint(UInt128(happened.position)), at: happened.position)
        tables.counted[slot].isOwn = true
        tables.counted[slot].sightings = key.map { $0 + 1 } ?? 0
        guard counts else { return }
        tables.counted[slot].keys = keys
        tables.counted[slot].counted = happened.stamp
        tables.counted[slot].isOutside = isOutside
    }

    /// Takes an imported attempt out of every count.
    private static func takeBack(
        _ tables: inout Tables, _ position: Position, _ happened: borrowing Occurrence
    ) {
        let row = takeCounted(&tables, position, happened)
        guard row.counted.isSet else { return }
        var change = SendChange(keys: row.keys, by: happened)
        change.from = .settled(row.counted)
        change.isOutside = row.isOutside
        Rates.apply(change, to: &tables)
        Cooldowns.apply(change, to: &tables)
        Recipients.apply(change, to: &tables)
        Templates.apply(change, to: &tables)
        guard row.keys.business != .none else { return }
        let slot = tables.business.touch(row.keys.business, at: happened.position)
        tables.business[slot].leave(position)
    }

    /// A report names the message of its reservation: an imported record of it counts no more.
    private static func report(
        _ tables: inout Tables, _ reservation: Reservation, _ happened: borrowing Occurrence
    ) {
        let message = happened.event.message
        guard message != .none, tables.tags.include(reservation),
            reservation.position < happened.position,
            tables.reservations.find(Fingerprint(UInt128(reservation.position))) != nil
        else { return }
        guard let first = tables.sentIDs.position(of: message) else {
            tables.sentIDs.insert(message, at: happened.position)
            SentMessages.note(
                &tables, reservation.position, first: happened.position, by: happened)
            return
        }
        SentMessages.note(&tables, reservation.position, first: first, by: happened)
        guard let found = tables.counted.find(Fingerprint(UInt128(first))),
            tables.counted[found].isOwn
        else { return }
        let named = tables.counted[found].sightings
        guard named > 0 else { return takeBack(&tables, first, happened) }
        let key = Fingerprint(UInt128(named - 1))
        guard let row = tables.sightings.find(key),
            let index = tables.sightings[row].index(of: first)
        else { return takeBack(&tables, first, happened) }
        let sighting = tables.sightings[row].messages[index]
        guard !sighting.isGranted, let counted = sighting.position else { return }
        let slot = tables.sightings.touch(key, at: happened.position)
        tables.sightings[slot].grant(index)
        takeBack(&tables, counted, happened)
    }
}
