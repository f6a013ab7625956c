public import Bytes
public import Events

/// Which reservation each of the provider's message ids belongs to, so that a status that names
/// only the id counts for its send.
enum SentMessages: Projection {
    static let name = "sent"
    static let version = 1

    /// A report or a status names a message of a reservation; `first` is the first event that did.
    static func note(
        _ tables: inout Tables, _ reservation: Position, first: Position,
        by happened: borrowing Occurrence
    ) {
        let slot = tables.sent.touch(Fingerprint(UInt128(first)), at: happened.position)
        if tables.sent[slot].reservation == 0 { tables.sent[slot].reservation = reservation + 1 }
    }
}

/// The reservation of a message id, by the position of the event that first named the id.
public struct SentRow: TableRow {
    /// One more than the position of the reservation; 0 for none.
    public internal(set) var reservation: Position = 0

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) { reservation = reader.get() }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) { writer.put(reservation) }
}

extension Tables {
    /// The reservation that a message of the provider was sent under, or nil.
    public mutating func reservation(ofMessage message: Fingerprint) -> Position? {
        guard message != .none, let first = sentIDs.position(of: message),
            let slot = sent.find(Fingerprint(UInt128(first))), sent[slot].reservation > 0
        else { return nil }
        return sent[slot].reservation - 1
    }

    /// Whether the provider said that a message failed before anybody had named it.
    func isFailedEarly(_ message: Fingerprint) -> Bool {
        message != .none && failedIDs.position(of: message) != nil
    }

    /// Keeps that a message failed which nobody has named yet.
    mutating func noteEarlyFailure(_ happened: borrowing Occurrence) {
        let message = happened.event.message
        guard message != .none, sentIDs.position(of: message) == nil,
            failedIDs.position(of: message) == nil
        else { return }
        failedIDs.insert(message, at: happened.position)
    }
}
