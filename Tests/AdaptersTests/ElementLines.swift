import Adapters
import Bytes
import Events

/// Elements as lines of text, to compare with what is expected.
enum ElementLines {
    /// A line an element: the event's type and members, and the links before it.
    ///
    /// - Parameter hidden: members that are left out.
    static func of(_ elements: [Element], hiding hidden: Set<Field> = []) -> [String] {
        elements.flatMap { element in
            element.links.map { "+ " + line($0, [.source, .id]) } + [line(element, hidden)]
        }
    }

    private static func line(_ element: Element, _ hidden: Set<Field>) -> String {
        switch element.meaning {
        case .event(let draft): line(draft, hidden)
        case .noted(let kind): "noted \(kind)"
        case .quarantined(let code, let reason): "quarantined \(code): \(reason)"
        }
    }

    /// The type and members of an event in clear.
    static func line(_ draft: Draft, _ hidden: Set<Field> = []) -> String {
        let record = draft.sealed(at: 0, recorded: .epoch)
        guard let event = EventView(record.span) else { return "no record" }
        var line = draft.type.name
        if let time = draft.time { line += " time=\(time.nanoseconds / 1_000_000_000)" }
        for field in Field.allCases where !hidden.contains(field) {
            if field == .until || field == .reservation {
                if let until = event.instant(field) {
                    line += " \(field.name)=\(until.nanoseconds / 1_000_000_000)"
                } else if field == .reservation, let reservation = event.reservation {
                    line += " reservation=\(reservation.description)"
                }
            } else if let value = event.scalar(field) {
                line += " \(field.name)=\(value.description)"
            } else if event.kind(of: field) == .texts {
                line += " \(field.name)=\(event.texts(field))"
            }
        }
        return line
    }
}
