import Bytes
import Events

/// The names in an event, read in one walk through its directory: what rows it is about to touch.
struct EventNames: Sendable {
    var position = Position.max
    var type: UInt16 = 0
    var keys = SendKeys()
    var pair = Fingerprint.none
    var reservation: Reservation?

    init() {}

    init(_ event: borrowing EventView) {
        position = event.position
        type = event.typeNumber
        keys.chat = event.chat
        keys.person = event.person
        let isSend = EventType.sends.contains(type)
        // Sealed or not: of a sealed text the fingerprint stands at the head of the record.
        var text = isSend ? event.name(.text) : .none
        var submission: Int64?
        for index in 0..<event.fieldCount {
            let entry = event.entry(index)
            if entry.number > Field.reservation.rawValue { break }
            if entry.number == Field.chat.rawValue, keys.person == .none,
                event.isDirect(chat: entry)
            {
                keys.person = keys.chat
            }
            if entry.isSealed { continue }
            switch entry.number {
            case Field.subject.rawValue: keys.subject = Self.name(event, entry)
            case Field.account.rawValue:
                keys.account = Alias.account(event.bytes.extracting(entry.range))
            case Field.text.rawValue where isSend && text == .none: text = Self.name(event, entry)
            case Field.category.rawValue where isSend:
                keys.category = ConsentCategory(event.bytes.extracting(entry.range))
            case Field.role.rawValue where isSend: keys.role = Self.name(event, entry)
            case Field.instance.rawValue where isSend: keys.instance = Self.name(event, entry)
            case Field.submission.rawValue where isSend && entry.range.count == 8:
                submission = event.bytes.load(at: entry.range.lowerBound, as: Int64.self)
            case Field.reservation.rawValue: reservation = event.reservation
            default: break
            }
        }
        guard isSend else { return }
        pair = keys.pair
        keys.template = event.template
        keys.content = SendKeys.content(text, chat: keys.chat, person: keys.person)
        guard keys.subject != .none else { return }
        keys.business = SendKeys.business(
            subject: keys.subject, steps: SendKeys.steps(event), submission: submission)
    }

    private static func name(_ event: borrowing EventView, _ entry: FieldEntry) -> Fingerprint {
        event.bytes.extracting(entry.range).fingerprint()
    }
}
