import Bytes
import Events
import Ledger

/// Finds the names behind rows, which hold fingerprints only: in the events that rows point to.
final class NameFinder {
    private let ledger: Ledger

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// The text of a field of an event, or of the reservation that the event speaks of.
    func text(_ field: Field, at position: Position) -> String? {
        let found = try? ledger.withEvent(at: position) {
            (text: $0.text(field), reservation: $0.reservation?.position)
        }
        guard let found else { return nil }
        if let text = found.text { return text }
        guard let reservation = found.reservation, reservation < position else { return nil }
        return text(field, at: reservation)
    }

    /// The name in one of the events (positions with one added, 0 being none) that has that
    /// fingerprint.
    func name(of fingerprint: Fingerprint, _ field: Field, named: Position, last: Position)
        -> String?
    {
        for position in [named == 0 ? last : named - 1, last] {
            if let text = text(field, at: position), Fingerprint(of: text) == fingerprint {
                return text
            }
        }
        return nil
    }

    /// The texts of a list of an event.
    func texts(_ field: Field, at position: Position) -> [String] {
        (try? ledger.withEvent(at: position) { $0.texts(field) }) ?? []
    }

    /// A value of any kind, for people.
    func value(_ field: Field, at position: Position) -> String? {
        try? ledger.withEvent(at: position) { EventLine.value(field, $0) }
    }
}
