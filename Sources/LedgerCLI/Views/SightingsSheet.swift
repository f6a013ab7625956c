import Bytes
import Events
import Ledger
import Views

/// Which records speak of one message: a chat's export, a bridge's store and webhooks are one
/// history.
///
/// A message that only a lesser record speaks of is unmatched where a better source covers its
/// minute, and alone where none does.
enum SightingsSheet: Sheet {
    static let name = "sightings"
    static let key = "a chat or a person; matched, unmatched, alone or granted; or a position"
    static let columns = [
        "time", "chat", "person", "standing", "counts", "webhook", "bridge", "export", "position",
    ]

    /// What is known of a message.
    private enum Standing: String, CaseIterable {
        /// Two records or more speak of it.
        case matched
        /// A better source covers its minute, and does not know it.
        case unmatched
        /// No better source covers its minute.
        case alone
        /// The gate granted it: its reservation counts.
        case granted
    }

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        let standing = key.flatMap { Standing(rawValue: $0) }
        // A person's number is none: a position has no plus, and stands in the log.
        let count = reading.moment.count
        let position = key.flatMap { $0.hasPrefix("+") ? nil : Position($0) }
            .flatMap { $0 < count ? $0 : nil }
        var places: [Fingerprint] = []
        if let key, standing == nil, position == nil {
            places = try [Field.chat, .person].map {
                try reading.ledger.fingerprint(of: key, as: $0)
            }
        }
        var found: [(sighting: Sighting, last: Position)] = []
        try reading.moment.forEachRow(of: \.sightings) { _, row, last in
            for sighting in row.messages {
                if let position, !sighting.speaks(of: position) { continue }
                found.append((sighting, last))
            }
        }
        var rows: [SheetRow] = []
        for (sighting, last) in found {
            guard let best = sighting.best, let counts = sighting.position,
                let event = reading.names.sighting(at: counts)
            else { continue }
            if !places.isEmpty, !places.contains(event.place) { continue }
            let own = Self.standing(of: sighting, best, event, in: &reading)
            if let standing, standing != own { continue }
            rows.append(row(sighting, own, event, last, reading.names))
        }
        return rows
    }

    private static func standing(
        of sighting: Sighting, _ best: Provenance, _ event: NameFinder.Sighted,
        in reading: inout SheetReading
    ) -> Standing {
        if sighting.isGranted { return .granted }
        if sighting.isMatched { return .matched }
        guard let slot = reading.moment.tables.coverage.find(event.place),
            reading.moment.tables.coverage[slot].isCovered(event.time, better: best)
        else { return .alone }
        return .unmatched
    }

    private static func row(
        _ sighting: Sighting, _ standing: Standing, _ event: NameFinder.Sighted, _ last: Position,
        _ names: NameFinder
    ) -> SheetRow {
        let position = sighting.position ?? 0
        return SheetRow(
            last,
            [
                .time(event.time), .text(names.text(.chat, at: position)),
                .text(names.text(.person, at: position)), .text(standing.rawValue),
                .text(sighting.isGranted ? "reservation" : sighting.best?.name),
                .named(sighting[.webhook].named), .named(sighting[.bridge].named),
                .named(sighting[.export].named), .position(position),
            ])
    }
}

extension Sighting {
    /// Whether one of its records stands at a position.
    fileprivate func speaks(of position: Position) -> Bool {
        Provenance.allCases.contains { self[$0].named == position + 1 }
    }
}

extension NameFinder {
    /// When a message was, and whose row of coverage its chat has.
    struct Sighted {
        let time: Instant
        let place: Fingerprint
    }

    /// What is asked of the event at a position.
    func sighting(at position: Position) -> Sighted? {
        event(at: position) {
            Sighted(time: $0.effective, place: $0.chat == .none ? $0.person : $0.chat)
        }
    }
}
