import Bytes
import Events
import Views

/// Sends that did not happen in a simulation, so that their outcomes do not happen either.
struct Absentees {
    /// Reservations that were not granted.
    private var reservations: Set<Position> = []
    /// Messages that were never sent.
    private var messages: Set<Fingerprint> = []
    /// Whether the latest attempt of a sender, about one thing, happened.
    private var latest: [Fingerprint: Bool] = [:]

    /// Notes whether an attempt or a recorded request happened.
    mutating func note(_ event: borrowing EventView, happened: Bool) {
        if event.type != .sendAttempted {
            if !happened { reservations.insert(event.position) }
            return
        }
        let message = event.message
        if !happened, message != .none { messages.insert(message) }
        let names = Self.names(event)
        if names.business != .none { latest[names.business] = happened }
        if names.subject != .none { latest[names.subject] = happened }
        latest[names.recipient] = happened
    }

    /// Whether the event is the outcome of a send that did not happen.
    ///
    /// Its send is the one of its reservation, else of its message, else the latest attempt of its
    /// source with its business key, else about its subject, else to its recipient.
    mutating func owns(_ event: borrowing EventView, tags: ReservationTags) -> Bool {
        switch event.type {
        case .sendJoined, .sendAttempted, .sendAccepted, .sendFailed, .sendCancelled, .sendExpired,
            .messageSent, .messageDelivered, .messageRead, .messageFailed:
            break
        default: return false
        }
        guard !reservations.isEmpty || !latest.isEmpty else { return false }
        let isAbsent: Bool
        if let reservation = event.reservation {
            isAbsent = tags.include(reservation) && reservations.contains(reservation.position)
        } else if event.message != .none, messages.contains(event.message) {
            isAbsent = true
        } else if event.type == .sendAccepted || event.type == .sendFailed {
            isAbsent = !attemptHappened(event)
        } else {
            isAbsent = false
        }
        if isAbsent, event.message != .none { messages.insert(event.message) }
        return isAbsent
    }

    /// An outcome of an attempt that nobody noted is taken as it is.
    private func attemptHappened(_ event: borrowing EventView) -> Bool {
        let names = Self.names(event)
        if names.business != .none, let happened = latest[names.business] { return happened }
        if names.subject != .none { return latest[names.subject] ?? true }
        return latest[names.recipient] ?? true
    }

    private static func names(
        _ event: borrowing EventView
    ) -> (business: Fingerprint, subject: Fingerprint, recipient: Fingerprint) {
        let source = event.nameFingerprint(.source)
        let keys = SendKeys(event)
        return (
            keys.business == .none ? .none : source.paired(with: keys.business),
            keys.subject == .none ? .none : source.paired(with: keys.subject),
            source.paired(with: keys.chat == .none ? keys.person : keys.chat)
        )
    }
}
