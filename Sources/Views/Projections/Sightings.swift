import Bytes
import Events

/// Which records speak of one message: an export, a bridge's store and webhooks of the same chat
/// are one history.
///
/// Records are compared by ``EventView/likeness``. Of equal texts in one chat and minute, the n-th
/// of one provenance is the n-th of another, unless the provider's ids say otherwise. The first
/// record of a message counts; a better identified one that comes later takes its place in every
/// count; one that is no better counts nothing. So what is counted does not hang on the order in
/// which histories are imported. The log keeps all of them.
///
/// What cannot be moved, because rows keep no more than the newest: the last inbound of the person
/// under whose name a lesser record counted, and the throughput of the last 10 seconds.
///
/// An event that does not say where it was read is never compared.
enum Sightings: Projection {
    static let name = "sightings"
    static let version = 1

    /// What an event is to the counts.
    enum Verdict {
        /// It counts; `from` is where it was read, if it is compared.
        case counts(from: Provenance?)
        /// Its message counts already.
        case again
        /// It takes the place of the record at a position.
        case replaces(Position, from: Provenance)
    }

    /// Enters a message that came in.
    static func enter(_ tables: inout Tables, _ happened: borrowing Occurrence) -> Verdict {
        guard let provenance = happened.event.provenance else { return .counts(from: nil) }
        let likeness = happened.event.likeness(isOwn: false)
        guard likeness != .none else { return .counts(from: nil) }
        let (slot, _) = row(&tables, likeness, happened)
        switch enter(&tables, slot, happened, provenance) {
        case .repeated: return .again
        case .new(let index): return .counts(from: index == nil ? nil : provenance)
        case .joined(let index, let before):
            let lesser = tables.sightings[slot].messages[index][before].named - 1
            return before < provenance ? .replaces(lesser, from: provenance) : .again
        }
    }

    /// The row of a likeness, and its key.
    static func row(
        _ tables: inout Tables, _ likeness: Fingerprint, _ happened: borrowing Occurrence
    ) -> (slot: Int, key: Position) {
        var key = tables.likenesses.position(of: likeness)
        if key == nil { tables.likenesses.insert(likeness, at: happened.position) }
        key = key ?? happened.position
        let first = key ?? happened.position
        return (
            tables.sightings.touch(Fingerprint(UInt128(first)), at: happened.position), first
        )
    }

    static func enter(
        _ tables: inout Tables, _ slot: Int, _ happened: borrowing Occurrence,
        _ provenance: Provenance
    ) -> SightingsRow.Place {
        let place = happened.chat == .none ? happened.person : happened.chat
        let covered = tables.coverage.touch(place, at: happened.position)
        if tables.coverage[covered].named == 0 {
            tables.coverage[covered].named = happened.position + 1
        }
        tables.coverage[covered].cover(provenance, at: happened.effective)
        return tables.sightings[slot].enter(Sighting.Record(happened), provenance)
    }

    /// Keeps where a message counts, so that a better identified record can take its place.
    static func keep(
        _ tables: inout Tables, _ happened: borrowing Occurrence, isAnswer: Bool,
        isSubmission: Bool
    ) {
        let slot = tables.counted.touch(
            Fingerprint(UInt128(happened.position)), at: happened.position)
        tables.counted[slot].keys.account = happened.account
        tables.counted[slot].keys.person = happened.person
        tables.counted[slot].message = happened.event.message
        tables.counted[slot].isAnswer = isAnswer
        tables.counted[slot].isSubmission = isSubmission
    }

    /// Where the record at a position counts; afterwards it does not.
    static func takeCounted(
        _ tables: inout Tables, _ position: Position, _ happened: borrowing Occurrence
    ) -> CountedRow {
        let key = Fingerprint(UInt128(position))
        guard let found = tables.counted.find(key) else { return CountedRow() }
        let row = tables.counted[found]
        let slot = tables.counted.touch(key, at: happened.position)
        tables.counted[slot].keys = SendKeys()
        tables.counted[slot].counted = .never
        if !row.isOwn { tables.counted[slot] = CountedRow() }
        return row
    }
}

extension Fold {
    /// Counts a message that came in, unless another record of it counts already.
    static func evolveMessage(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch Sightings.enter(&tables, happened) {
        case .again: return
        case .replaces(let position, let provenance):
            let old = Sightings.takeCounted(&tables, position, happened)
            replace(old, at: position, &tables, by: happened, provenance)
        case .counts(let provenance):
            Persons.evolve(&tables, by: happened)
            Contacts.evolve(&tables, by: happened)
            Inbound.evolve(&tables, by: happened)
            Subjects.evolve(&tables, by: happened)
            let isAnswer = Quality.evolve(&tables, by: happened)
            Templates.evolve(&tables, by: happened)
            guard let provenance, provenance != .webhook else { return }
            Sightings.keep(
                &tables, happened, isAnswer: isAnswer, isSubmission: happened.subject != .none)
        }
    }

    /// Counts a message where the lesser record of it counted so far.
    private static func replace(
        _ old: CountedRow, at position: Position, _ tables: inout Tables,
        by happened: borrowing Occurrence, _ provenance: Provenance
    ) {
        Persons.uncount(&tables, old.keys.person, by: happened)
        Contacts.uncount(&tables, old.keys, by: happened)
        Persons.evolve(&tables, by: happened)
        Contacts.evolve(&tables, by: happened)
        if old.keys.account != happened.account { Inbound.evolve(&tables, by: happened) }
        if old.isSubmission {
            Postings.replace(&tables, position, old.message, by: happened)
        } else {
            Subjects.evolve(&tables, by: happened)
        }
        let isAnswer = old.isAnswer || Quality.evolve(&tables, by: happened)
        if old.keys.person != happened.person { Templates.evolve(&tables, by: happened) }
        guard provenance != .webhook else { return }
        Sightings.keep(
            &tables, happened, isAnswer: isAnswer,
            isSubmission: old.isSubmission || happened.subject != .none)
    }
}

extension Persons {
    /// Takes back that a person wrote a message; when the person last wrote stays.
    static func uncount(
        _ tables: inout Tables, _ person: Fingerprint, by happened: borrowing Occurrence
    ) {
        guard person != .none, let found = tables.persons.find(person),
            tables.persons[found].inbound > 0
        else { return }
        let slot = tables.persons.touch(person, at: happened.position)
        tables.persons[slot].inbound -= 1
    }
}

extension Contacts {
    /// Takes back that a person wrote to an account; when that last was stays.
    static func uncount(
        _ tables: inout Tables, _ keys: SendKeys, by happened: borrowing Occurrence
    ) {
        guard keys.person != .none else { return }
        let key = ContactRow.key(keys.person, keys.account)
        guard let found = tables.contacts.find(key), tables.contacts[found].inbound > 0 else {
            return
        }
        let slot = tables.contacts.touch(key, at: happened.position)
        tables.contacts[slot].inbound -= 1
    }
}
