import Bytes
import Events
import TestSupport
import Views

/// Given events, then a state: events drafted in words, sealed in order, and folded.
struct History {
    /// The tag of the ledger.
    static let tag: UInt32 = 7

    var tables = Tables(tag: History.tag)
    /// When the ledger learns of the next event.
    var now = at(0)
    private(set) var count: Position = 0

    /// Appends an event that is learnt of at `now`, in seconds, and happened at `time`.
    @discardableResult
    mutating func given(
        _ type: EventType, now: Int64? = nil, time: Int64? = nil,
        _ build: (inout DraftBuilder) -> Void = { _ in }
    ) -> Position {
        if let now { self.now = at(now) }
        var builder = DraftBuilder(type, source: "test", id: "\(count)")
        if let time { builder.happened(at: at(time)) }
        build(&builder)
        let record = builder.finish()!.sealed(at: count, recorded: self.now)
        if let event = EventView(record.span) { Fold.evolve(&tables, by: event) }
        count += 1
        return count - 1
    }

    /// Appends a reservation; it counts for the account "a", the chat "c", the drop "DR1".
    mutating func reserve(
        now: Int64, expires: Int64, subject: String = "DR1", submission: Int64 = 1,
        text: String? = nil
    ) -> Reservation {
        let position = given(.sendReserved, now: now) {
            $0.add(.account, text: "a")
            $0.add(.chat, text: "c")
            $0.add(.person, text: "p")
            $0.add(.subject, text: subject)
            $0.add(.submission, integer: submission)
            $0.add(.text, text: text)
            $0.add(.expires, instant: at(expires))
        }
        return Reservation(position: position, tag: Self.tag)
    }

    /// Appends what became of a reservation.
    @discardableResult
    mutating func report(
        _ reservation: Reservation, _ type: EventType, now: Int64, time: Int64? = nil
    ) -> Position {
        given(type, now: now, time: time) { $0.add(.reservation, reservation: reservation) }
    }

    /// The row of a name, or an empty one.
    mutating func row<Row: TableRow>(
        _ path: WritableKeyPath<Tables, RowTable<Row>>, _ key: Fingerprint
    ) -> Row {
        guard let slot = tables[keyPath: path].find(key) else { return Row() }
        return tables[keyPath: path][slot]
    }

    /// The row of a subject.
    mutating func subject(_ name: String = "DR1") -> SubjectRow {
        row(\.subjects, Fingerprint(of: name))
    }

    /// The row of a person.
    mutating func person(_ name: String = "p") -> PersonRow {
        row(\.persons, Fingerprint(of: name))
    }

    /// The row of a reservation.
    mutating func row(of reservation: Reservation) -> ReservationRow {
        row(\.reservations, Fingerprint(UInt128(reservation.position)))
    }

    /// The number of sends in a window of the account "a" that ends at `now`.
    mutating func sends(in length: Int64, now: Int64) -> Int {
        tables.window(
            .account, Fingerprint(of: "a"), length: .seconds(length), limit: 1, at: at(now)
        ).count
    }
}

/// So many seconds after 1970.
func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }
