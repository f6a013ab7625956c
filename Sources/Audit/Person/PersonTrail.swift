import Bytes
import Events
import Ledger

/// Which events are a person's: those that name them, and what became of messages to them.
///
/// Reports and statuses may name a reservation or a message and nobody; the reservations and the
/// ids of messages to the person are kept: some 50 bytes a message.
struct PersonTrail: Sendable {
    /// The person's id.
    let person: Fingerprint
    private let tags: ReservationTags
    private var reservations: Set<Reservation> = []
    private var messages: Set<Fingerprint> = []

    init(of person: Fingerprint, _ tags: ReservationTags) {
        self.person = person
        self.tags = tags
    }

    /// Notes what later events may speak of; called with each event, in log order.
    mutating func follow(_ event: borrowing EventView) {
        guard EventType.sends.contains(event.typeNumber) else { return }
        if event.type == .sendReserved {
            if names(event) { reservations.insert(tags.reservation(at: event.position)) }
        } else if names(event) || isReport(event), event.message != .none {
            messages.insert(event.message)
        }
    }

    /// Whether an event is the person's, and not sealed under the key of another, who wrote it.
    ///
    /// - Throws: ``LedgerError`` with `keys` where the vault cannot be opened.
    func owns(_ event: borrowing EventView, _ ledger: Ledger) throws -> Bool {
        if names(event) || isReport(event) { return true }
        // In a group, a message to one has a status for each reader.
        guard EventType.statuses.contains(event.typeNumber), messages.contains(event.message),
            isNobodys(event), event.chat == .none, event.person == .none
        else { return false }
        guard let recipient = try ledger.withOpened(event, { $0.text(.recipient) }) else {
            return true
        }
        return try ledger.fingerprint(of: recipient, as: .recipient) == person
    }

    private func names(_ event: borrowing EventView) -> Bool {
        event.concerns(person) && (!event.isSealed || event.holder == person)
    }

    private func isReport(_ event: borrowing EventView) -> Bool {
        guard !reservations.isEmpty, let reservation = event.reservation else { return false }
        return reservations.contains(reservation) && isNobodys(event)
    }

    /// Whether nothing is sealed, or under the key of the ledger itself.
    private func isNobodys(_ event: borrowing EventView) -> Bool {
        !event.isSealed || event.holderKind == .ledger
    }
}
