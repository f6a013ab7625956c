public import Bytes
public import Events

/// What a send is for.
public enum Purpose: UInt8, Sendable {
    case message, consentRequest, confirmation, supportReply

    /// The purpose of that name; a message, where there is none.
    public init(_ name: String?) {
        switch name {
        case "consent_request": self = .consentRequest
        case "confirmation": self = .confirmation
        case "support_reply": self = .supportReply
        default: self = .message
        }
    }

    init(_ event: borrowing EventView) {
        self = event.range(of: .purpose) == nil ? .message : Purpose(event.text(.purpose))
    }
}

/// A reservation.
public struct ReservationRow: TableRow {
    /// How far a reservation has come.
    public enum State: UInt8, Sendable {
        /// There is none.
        case none
        /// No outcome is known, and the lease runs.
        case open
        /// The provider took it.
        case accepted
        /// The provider refused it, or the call failed.
        case failed
        /// It was given back.
        case cancelled
        /// The lease ended, and nothing was attempted.
        case released
        /// The lease ended, and it may have been sent.
        case unknown

        /// Whether the keys are taken: by open, accepted and unknown ones.
        var holds: Bool { self == .open || self == .accepted || self == .unknown }
    }

    /// A message that the provider made of it.
    public struct Message: Sendable, Equatable {
        /// The fingerprint of the provider's id.
        public var id: Fingerprint
        /// Whether it failed, which is final.
        public var isFailed: Bool
    }

    /// How many asks may share one reservation.
    public static let asksMax = 64
    /// How many of the provider's ids are told apart.
    static let messagesMax = 64

    /// How far it had come at its last event; ``state(at:)`` says how far it is.
    public internal(set) var state = State.none
    /// Where it counts.
    public internal(set) var keys = SendKeys()
    /// What it is for.
    public internal(set) var purpose = Purpose.message
    /// The first positions that name its idempotency keys: see ``KeyUses``.
    public internal(set) var firsts: [Position] = []
    /// One more than the position of the first queued message that it was claimed for; 0 for none.
    public internal(set) var queued: Position = 0
    /// Not to be sent earlier.
    public internal(set) var notBefore = Instant.epoch
    /// When the lease ends.
    public internal(set) var expires = Instant.epoch
    /// The instant at which it counts, once it is no longer open.
    public internal(set) var counted = Stamp.never
    /// When it last changed.
    public internal(set) var changed = Instant.epoch
    /// The attempt of each ask that it answered, none for one without; the granted one is first.
    public internal(set) var asks: [Fingerprint] = []
    /// The attempt that won, none for one without an attempt.
    public internal(set) var winner = Fingerprint.none
    /// The position of the `send.attempted` that won; 0 for none.
    public internal(set) var attempted: Position = 0
    /// When that was.
    public internal(set) var attemptedAt = Instant.epoch
    /// The position of the last outcome; 0 for none.
    public internal(set) var outcome: Position = 0
    /// The position of the first event that said that it failed, whatever else is known of it; 0
    /// for none.
    public internal(set) var failed: Position = 0
    /// What the provider made of it: more than one is a double send.
    public internal(set) var messages: [Message] = []
    /// Whether evidence of a send came after it was released, cancelled or failed.
    public internal(set) var isUnannounced = false
    /// Whether the person had not written to the account within the 24 hours before it was granted.
    public internal(set) var isOutside = false

    /// An empty row.
    public init() {}

    /// Whether somebody promised to report `attempted`, and nobody has: when the lease ends,
    /// nothing was sent.
    public var isReleasable: Bool { attempted == 0 && asks.first.map { $0 != .none } ?? false }

    /// How far it has come by `now`: a lease that ended is an outcome by itself.
    public func state(at now: Instant) -> State {
        guard state == .open, expires <= now else { return state }
        return isReleasable ? .released : .unknown
    }

    /// Where it counts.
    func place(at position: Position) -> SendPlace {
        if state == .open {
            let stamp = Stamp(time: expires, position: position)
            return isReleasable ? .releasable(stamp) : .open(stamp)
        }
        return counted.isSet ? .settled(counted) : .nowhere
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        state = State(rawValue: reader.get()) ?? .none
        keys = SendKeys(decoding: &reader)
        purpose = Purpose(rawValue: reader.get()) ?? .message
        for _ in 0..<reader.get(UInt16.self) where reader.isValid { firsts.append(reader.get()) }
        queued = reader.get()
        notBefore = reader.instant()
        expires = reader.instant()
        counted = reader.stamp()
        changed = reader.instant()
        for _ in 0..<reader.get(UInt8.self) where reader.isValid {
            asks.append(reader.fingerprint())
        }
        winner = reader.fingerprint()
        attempted = reader.get()
        attemptedAt = reader.instant()
        outcome = reader.get()
        failed = reader.get()
        for _ in 0..<reader.get(UInt8.self) where reader.isValid {
            messages.append(Message(id: reader.fingerprint(), isFailed: reader.flag()))
        }
        isUnannounced = reader.flag()
        isOutside = reader.flag()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(state.rawValue)
        keys.encode(into: &writer)
        writer.put(purpose.rawValue)
        writer.put(UInt16(clamping: firsts.count))
        for first in firsts { writer.put(first) }
        writer.put(queued)
        writer.put(notBefore)
        writer.put(expires)
        writer.put(counted)
        writer.put(changed)
        writer.put(UInt8(asks.count))
        for ask in asks { writer.put(ask) }
        writer.put(winner)
        writer.put(attempted)
        writer.put(attemptedAt)
        writer.put(outcome)
        writer.put(failed)
        writer.put(UInt8(messages.count))
        for message in messages {
            writer.put(message.id)
            writer.put(message.isFailed)
        }
        writer.put(isUnannounced)
        writer.put(isOutside)
    }
}

// MARK: - What an event makes of it

extension ReservationRow {
    /// The row after an event that names this reservation, or nil for one without meaning for it.
    ///
    /// - Parameters:
    ///   - position: where it was granted.
    ///   - isFailed: whether the provider said of the message that the event names that it failed,
    ///     before anybody named it.
    func after(
        _ happened: borrowing Occurrence, at position: Position, isFailed: Bool
    ) -> ReservationRow? {
        var row = self
        switch happened.type {
        case .sendExpired:
            guard state == .open, expires <= happened.recorded else { return nil }
            row.end(at: position)
        case .sendJoined:
            guard state == .open, attempted == 0, asks.count < Self.asksMax else { return nil }
            row.asks.append(happened.event.attempt)
        default:
            // A lease that ended before the event ended first, whatever the log says of it.
            if state == .open, expires <= happened.recorded { row.end(at: position) }
            guard row.take(happened, at: position, isFailed) else { return nil }
        }
        row.changed = happened.recorded
        return row
    }

    /// The lease has ended.
    private mutating func end(at position: Position) {
        if isReleasable {
            state = .released
            counted = .never
        } else {
            state = .unknown
            counted = Stamp(time: expires, position: position)
        }
    }

    /// Takes a report or a status; answers whether it means anything.
    private mutating func take(
        _ happened: borrowing Occurrence, at position: Position, _ isFailed: Bool
    ) -> Bool {
        let recorded = Stamp(time: happened.recorded, position: position)
        return switch happened.type {
        case .sendAttempted: win(happened)
        case .sendAccepted: accept(happened, recorded, late: recorded, isFailed)
        case .messageSent, .messageDelivered, .messageRead:
            accept(
                happened, recorded, late: Stamp(time: happened.effective, position: position),
                false)
        case .sendFailed, .messageFailed: fail(happened, recorded)
        case .sendCancelled: cancel(happened)
        default: false
        }
    }

    private mutating func win(_ happened: borrowing Occurrence) -> Bool {
        guard attempted == 0, state == .open, !happened.event.isDenied else { return false }
        attempted = happened.position
        attemptedAt = happened.recorded
        winner = happened.event.attempt
        return true
    }

    /// - Parameters:
    ///   - recorded: when it counts, if no outcome was known.
    ///   - late: when it counts, if the lease had ended before.
    private mutating func accept(
        _ happened: borrowing Occurrence, _ recorded: Stamp, late: Stamp, _ isFailed: Bool
    ) -> Bool {
        let id = happened.event.message
        if id != .none, let known = messages.first(where: { $0.id == id }) {
            // What failed stays failed, and what is known already is nothing new.
            if known.isFailed || state == .accepted { return false }
        }
        note(id, isFailed: isFailed)
        let was = state
        guard was != .accepted else { return id != .none }
        counted = max(counted, was == .unknown ? late : recorded)
        outcome = happened.position
        if was == .released || was == .cancelled || was == .failed { isUnannounced = true }
        state = isFailed && !stands ? .failed : .accepted
        return true
    }

    private mutating func fail(_ happened: borrowing Occurrence, _ recorded: Stamp) -> Bool {
        let id = happened.event.message
        if id != .none, let at = messages.firstIndex(where: { $0.id == id }) {
            if messages[at].isFailed, state == .failed { return false }
            messages[at].isFailed = true
        } else {
            note(id, isFailed: true)
        }
        let isFirst = failed == 0
        if isFirst { failed = happened.position }
        // Another message of it still stands.
        if stands { return isFirst || id != .none }
        guard state != .failed else { return isFirst || id != .none }
        if state == .open { counted = recorded }
        // Nothing was sent: to say that it failed says no more.
        state = state == .released ? .cancelled : .failed
        outcome = happened.position
        return true
    }

    private mutating func cancel(_ happened: borrowing Occurrence) -> Bool {
        guard state != .cancelled, state != .accepted, state != .failed else { return false }
        state = .cancelled
        outcome = happened.position
        counted = .never
        return true
    }

    /// Whether a message of it has not failed.
    private var stands: Bool { messages.contains { !$0.isFailed } }

    private mutating func note(_ id: Fingerprint, isFailed: Bool) {
        guard id != .none, !messages.contains(where: { $0.id == id }),
            messages.count < Self.messagesMax
        else { return }
        messages.append(Message(id: id, isFailed: isFailed))
    }
}
