import Bytes
import Events
import Ledger

/// Finds the names behind rows, which hold fingerprints only: in the events that rows point to.
final class NameFinder {
    private let ledger: Ledger

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// The text of a field of an event, or of the reservation that the event speaks of.
    func text(_ field: Field, at position: Position) -> String? {
        find(at: position, else: nil) { $0.text(field) }
    }

    /// The fingerprint of a field of an event, or of the reservation that the event speaks of.
    func fingerprint(_ field: Field, at position: Position) -> Fingerprint {
        find(at: position, else: Fingerprint.none) {
            let name = $0.nameFingerprint(field)
            return name == .none ? nil : name
        }
    }

    private func find<V>(
        at position: Position, else missing: V, _ read: (borrowing EventView) -> V?
    ) -> V {
        let found = try? ledger.withOpenEvent(at: position) {
            (value: read($0), reservation: $0.reservation?.position)
        }
        guard let found else { return missing }
        if let value = found.value { return value }
        guard let reservation = found.reservation, reservation < position else { return missing }
        return find(at: reservation, else: missing, read)
    }

    /// The name in one of the events (positions with one added, 0 being none) that has that
    /// fingerprint.
    func name(of fingerprint: Fingerprint, _ field: Field, named: Position, last: Position)
        -> String?
    {
        for position in [named == 0 ? last : named - 1, last] {
            if self.fingerprint(field, at: position) == fingerprint {
                return text(field, at: position)
            }
            guard field == .subject else { continue }
            let further = texts(.subjects, at: position)
            if let name = further.first(where: { Fingerprint(of: $0) == fingerprint }) {
                return name
            }
        }
        return nil
    }

    /// The template that an event names, or the reservation that it speaks of.
    func template(at position: Position) -> (name: String, language: String)? {
        find(at: position, else: nil) { event in
            guard let range = event.range(of: .template) else { return nil }
            let template = event.bytes.extracting(range)
            guard let language = event.range(of: .language) else {
                return TemplateName.parts(template, language: nil)
            }
            return TemplateName.parts(template, language: event.bytes.extracting(language))
        }
    }

    /// The texts of a list of an event.
    func texts(_ field: Field, at position: Position) -> [String] {
        (try? ledger.withOpenEvent(at: position) { $0.texts(field) }) ?? []
    }

    /// What a closure reads of an event, or nil where there is none.
    func event<V>(at position: Position, _ read: (borrowing EventView) -> V) -> V? {
        try? ledger.withOpenEvent(at: position, read)
    }

    /// A value of any kind, for people.
    func value(_ field: Field, at position: Position) -> String? {
        try? ledger.withOpenEvent(at: position) { EventLine.value(field, $0) }
    }
}
