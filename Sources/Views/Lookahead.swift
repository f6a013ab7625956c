import Bytes
public import Events

/// The names of events that will be folded soon, read before their turn.
///
/// A fold waits for memory more than it computes: a dozen rows an event, each somewhere else. What
/// the next events will touch is fetched while it works on this one: first the index lines, some
/// events later the rows that they lead to. It changes no row; a wrong guess only costs time.
public struct Lookahead: Sendable {
    /// How many events at most lie between one that is expected and one that is folded.
    public static let events = 16
    /// How many events before its turn an event's rows are fetched.
    static let rows: Position = 6

    private var ring = [EventNames](repeating: EventNames(), count: 32)

    /// Nothing is expected yet.
    public init() {}

    @inline(__always)
    mutating func enter(_ event: borrowing EventView) -> Int {
        let place = Int(event.position & 31)
        ring[place] = EventNames(event)
        return place
    }

    subscript(place: Int) -> EventNames { _read { yield ring[place] } }

    /// Where the names of the event at `position` stand, if it was expected.
    @inline(__always)
    func place(of position: Position) -> Int? {
        let place = Int(position & 31)
        return ring[place].position == position ? place : nil
    }

    /// What happened, by the names of an event that was expected, or else by its record.
    @inline(__always)
    @_lifetime(copy event)
    func occurrence(of event: borrowing EventView) -> Occurrence? {
        if let place = place(of: event.position) { return Occurrence(event, ring[place]) }
        return Occurrence(event, EventNames(event))
    }
}

extension Fold {
    /// Says that an event will soon be folded into `tables`; its checksum need not hold yet.
    ///
    /// The tables stay as they are. Here and below they are `inout` because to lend them otherwise
    /// would copy some thousand bytes.
    public static func expect(
        _ event: borrowing EventView, in tables: inout Tables, _ ahead: inout Lookahead
    ) {
        let place = ahead.enter(event)
        prefetchIndex(&tables, for: ahead[place])
    }

    /// Applies one event, as ``evolve(_:by:learntAt:)`` does, whether or not it was expected.
    ///
    /// A record that was expected must be the one that is folded.
    public static func evolve(
        _ tables: inout Tables, by event: borrowing EventView, _ ahead: inout Lookahead
    ) {
        if let place = ahead.place(of: event.position + Lookahead.rows) {
            prefetchRows(&tables, for: ahead[place])
        }
        guard let happened = ahead.occurrence(of: event) else { return }
        evolve(&tables, by: happened, .decisions)
        evolve(&tables, by: happened, .names)
    }

    /// Fetches the index lines of the rows that an event will touch.
    static func prefetchIndex(_ tables: inout Tables, for names: EventNames) {
        forEachRow(&tables, of: names, FetchIndex())
    }

    /// Fetches the rows that an event will touch, once their index lines are there.
    static func prefetchRows(_ tables: inout Tables, for names: EventNames) {
        forEachRow(&tables, of: names, FetchRow())
    }

    @inline(__always)
    private static func forEachRow(
        _ tables: inout Tables, of names: EventNames, _ fetch: some RowFetch
    ) {
        let keys = names.keys
        if let reservation = names.reservation {
            fetch(&tables.reservations, Fingerprint(UInt128(reservation.position)))
        } else if names.type == EventType.sendReserved.rawValue
            || names.type == EventType.sendAttempted.rawValue
        {
            fetch(&tables.rates, RateScope.chat.key(keys.chat))
            fetch(&tables.rates, RateScope.person.key(keys.person))
            fetch(&tables.rates, RateScope.pair.key(names.pair))
            fetch(&tables.rates, RateScope.subject.key(keys.subject))
            fetch(&tables.cooldowns, keys.subject)
            fetch(&tables.contents, keys.content)
            fetch(&tables.business, keys.business)
            if keys.person != .none {
                fetch(&tables.contacts, ContactRow.key(keys.person, keys.account))
                fetch(&tables.recipients, keys.person)
            }
        } else if EventType.statuses.contains(names.type) {
            return
        }
        if keys.person != .none { fetch(&tables.persons, keys.person) }
        if keys.subject != .none { fetch(&tables.subjects, keys.subject) }
    }
}

/// What is fetched of a row.
private protocol RowFetch {
    func callAsFunction<Row>(_ table: inout RowTable<Row>, _ key: Fingerprint)
}

private struct FetchIndex: RowFetch {
    @inline(__always)
    func callAsFunction<Row>(_ table: inout RowTable<Row>, _ key: Fingerprint) {
        table.prefetchIndex(key)
    }
}

private struct FetchRow: RowFetch {
    @inline(__always)
    func callAsFunction<Row>(_ table: inout RowTable<Row>, _ key: Fingerprint) {
        table.prefetchRow(key)
    }
}
