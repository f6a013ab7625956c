import CommandLineKit
import Events
import Ledger
import Views

/// How far a reservation has come, and whose try won it.
struct ReservationLife {
    let reservation: Reservation
    /// How far it has come by now.
    let state: ReservationRow.State
    /// How many asks share it.
    let asks: Int
    /// The attempt that it was first asked for, as its caller named it; nil for none.
    let asked: String?
    /// The position of the `send.attempted` that may call the provider; nil for none.
    let attempted: Position?
    /// The attempt that won; nil for one that named none.
    let winner: String?
    /// The position of its outcome; nil for none.
    let outcome: Position?
    /// How many messages the provider made of it.
    let messages: Int
    /// Whether evidence came of a send that was to be none.
    let isUnannounced: Bool

    /// The life of the reservation that was granted at a position, or nil if there is none.
    init?(_ ledger: Ledger, at position: Position) throws {
        let found = try ledger.withState { moment in
            moment.tables.reservation(at: position).map { ($0, $0.state(at: moment.now)) }
        }
        guard let (row, state) = found else { return nil }
        reservation = ledger.identity.tags.reservation(at: position)
        self.state = state
        asks = row.asks.count
        asked = try ledger.withOpenEvent(at: position) { $0.text(.attempt) }
        attempted = row.attempted > 0 ? row.attempted : nil
        winner = try attempted.flatMap { at in
            try ledger.withOpenEvent(at: at) { $0.text(.attempt) }
        }
        outcome = row.outcome > 0 ? row.outcome : nil
        messages = row.messages.count
        isUnannounced = row.isUnannounced
    }

    /// The state in one word: `attempted` is an open one whose sender may call the provider.
    var word: String { state.word(isAttempted: attempted != nil) }

    /// Writes the member `reservation`.
    func write(to json: inout JSONWriter) {
        json.key("reservation")
        json.beginObject()
        json.member("reservation", reservation.description)
        json.member("state", word)
        json.member("asks", asks)
        json.member(orNull: "attempt", asked)
        json.key("attempted")
        if let attempted { json.value(attempted) } else { json.null() }
        json.member(orNull: "winner", winner)
        json.key("outcome")
        if let outcome { json.value(outcome) } else { json.null() }
        json.member("messages", messages)
        json.member("unannounced", isUnannounced)
        json.endObject()
    }

    /// Its life in a few lines.
    func tell(_ out: Output) {
        var line = "\(reservation.description) is \(word)"
        if let asked { line += ", asked with attempt \(Terminal.escape(asked))" }
        if asks > 1 { line += ", shared by \(asks) asks" }
        out.line(line)
        if let attempted {
            let who = winner.map { "attempt \(Terminal.escape($0))" } ?? "a try without an attempt"
            out.line("  \(who) may call the provider (position \(attempted))")
        }
        if let outcome { out.line("  its outcome stands at position \(outcome)") }
        if messages > 1 {
            out.line("  the provider made \(messages) messages of it: a double send")
        }
        if isUnannounced {
            out.line("  it was sent after it was released, cancelled or reported as failed")
        }
        guard state == .unknown else { return }
        let attempt = winner.map { " --attempt \(Terminal.escape($0))" } ?? ""
        out.line(
            "  its outcome is unknown: 'ledger report --reservation \(reservation.description)"
                + " --outcome accepted|failed\(attempt) --by NAME --why REASON' settles it")
    }
}

extension ReservationRow.State {
    /// The word for it: `attempted` is an open one whose sender may call the provider.
    func word(isAttempted: Bool) -> String {
        self == .open && isAttempted ? "attempted" : "\(self)"
    }
}
