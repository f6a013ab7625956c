import Bytes
import Events

/// Two events under one id: whether they tell of the same thing.
struct Twin {
    /// Whether all that the thing itself says is equal: type, time, text and the rest, but not how
    /// its people are named, nor which subjects were found in it.
    let isSame: Bool
    /// Whether both are of one type and have one text.
    let hasSameText: Bool
    private let persons: (first: String, second: String)?

    /// Compares an event of the log, opened, with one that was to be appended.
    init(of stored: borrowing EventView, _ draft: Draft) {
        let record = draft.sealed(at: stored.position, recorded: stored.recorded)
        guard let other = EventView(record.span), stored.type == other.type else {
            isSame = false
            hasSameText = false
            persons = nil
            return
        }
        let ignored: Set<Field> = [
            .person, .chat, .name, .recipient, .subject, .subjects, .extras, .account,
        ]
        var isSame = stored.time == other.time
        for field in Field.allCases where !ignored.contains(field) {
            isSame = isSame && Self.value(field, stored) == Self.value(field, other)
        }
        self.isSame = isSame
        hasSameText = Self.value(.text, stored) == Self.value(.text, other)
        if let first = stored.text(.person), let second = other.text(.person), first != second {
            persons = (first, second)
        } else {
            persons = nil
        }
    }

    private static func value(_ field: Field, _ event: borrowing EventView) -> [UInt8]? {
        event.range(of: field).map { event.bytes.extracting($0).array }
    }

    /// That the two names of its person are one person's; nil where they are one name.
    func link(_ format: String) -> Draft? {
        guard let persons else { return nil }
        var event = IdentityLinked()
        event.names.person = persons.first
        event.alias = persons.second
        event.evidence = "same message"
        return try? event.draft(
            source: format, id: "link/\(persons.first)/\(persons.second)")
    }
}
