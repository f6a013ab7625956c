public import Bytes
public import Events

/// The provider's message ids: which send or which message each is, and how far it has come.
enum Messages: Projection {
    static let name = "messages"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        guard tables.messageIDs.isActive else { return }
        let message = happened.event.message
        guard message != .none, concerns(happened.type) else { return }
        var first = tables.messageIDs.position(of: message)
        if first == nil {
            tables.messageIDs.insert(message, at: happened.position)
            first = happened.position
        }
        let key = Fingerprint(UInt128(first ?? happened.position))
        let slot = tables.messages.touch(key, at: happened.position)
        tables.messages[slot].evolve(happened)
    }
}

extension Messages {
    /// Whether events of a type say something of the message that they name.
    private static func concerns(_ type: EventType) -> Bool {
        switch type {
        case .messageReceived, .messageEdited, .messageRevoked, .messageReacted, .messageSent,
            .messageDelivered, .messageRead, .messageFailed, .sendReserved, .sendExpired,
            .sendCancelled, .sendAttempted, .sendAccepted, .sendFailed:
            true
        default: false
        }
    }
}

/// A message, inbound or outbound.
public struct MessageRow: TableRow {
    /// The account, where an event names one.
    public private(set) var account = Fingerprint.none
    /// The position of the reservation that it was sent under, plus one; 0 for none.
    public private(set) var reservation: Position = 0
    /// When it was received, if it came in.
    public private(set) var received = Instant.latest
    /// When the provider accepted or sent it.
    public private(set) var sent = Instant.latest
    /// When it was delivered.
    public private(set) var delivered = Instant.latest
    /// When it was read.
    public private(set) var read = Instant.latest
    /// When it failed.
    public private(set) var failed = Instant.latest
    /// How often it was edited.
    public private(set) var edits: UInt16 = 0
    /// Whether it was revoked.
    public private(set) var isRevoked = false

    /// An empty row.
    public init() {}

    /// The furthest that is known: `received`, `sent`, `delivered`, `read` or `failed`.
    ///
    /// Read implies delivered, and the order of arrival is not the order of time.
    public var status: String {
        if failed != .latest, delivered == .latest, read == .latest { return "failed" }
        if read != .latest { return "read" }
        if delivered != .latest { return "delivered" }
        if sent != .latest { return "sent" }
        return received != .latest ? "received" : "unknown"
    }

    mutating func evolve(_ happened: borrowing Occurrence) {
        let at = happened.effective
        if account == .none { account = happened.account }
        if reservation == 0, let named = happened.reservation {
            reservation = named.position &+ 1
        }
        switch happened.type {
        case .messageReceived: received = min(received, at)
        case .messageEdited: if edits < .max { edits += 1 }
        case .messageRevoked: isRevoked = true
        case .sendAccepted, .messageSent: sent = min(sent, at)
        case .messageDelivered: delivered = min(delivered, at)
        case .messageRead: read = min(read, at)
        case .sendFailed, .messageFailed: failed = min(failed, at)
        default: break
        }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        account = reader.fingerprint()
        reservation = reader.get()
        received = reader.instant()
        sent = reader.instant()
        delivered = reader.instant()
        read = reader.instant()
        failed = reader.instant()
        edits = reader.get()
        isRevoked = reader.flag()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(account)
        writer.put(reservation)
        writer.put(received)
        writer.put(sent)
        writer.put(delivered)
        writer.put(read)
        writer.put(failed)
        writer.put(edits)
        writer.put(isRevoked)
    }
}
