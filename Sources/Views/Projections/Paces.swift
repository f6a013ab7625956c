public import Bytes
public import Events

/// How far the bulk sends of each account have been spread over time.
///
/// Nothing is drawn here: the decision recorded when the next slot begins.
enum Paces: Projection {
    static let name = "paces"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        guard happened.type == .sendReserved, let next = happened.event.instant(.slot),
            let count = happened.event.integer(.pace)
        else { return }
        let slot = tables.paces.touch(PaceRow.key(happened.account), at: happened.position)
        tables.paces[slot] = PaceRow(
            last: Stamp(
                time: happened.event.instant(.notBefore) ?? happened.recorded,
                position: happened.position),
            next: next, count: count)
    }
}

extension Tables {
    /// Enters what a paced send leaves behind, where the record does not say it.
    public mutating func setPace(
        of account: Fingerprint, last: Stamp, next: Instant, count: Int64
    ) {
        let slot = paces.touch(PaceRow.key(account), at: last.position)
        paces[slot] = PaceRow(last: last, next: next, count: count)
    }
}

/// The pace of one account.
public struct PaceRow: TableRow {
    /// The slot of the last paced send, and its reservation.
    public private(set) var last = Stamp.never
    /// When the next slot begins.
    public private(set) var next = Instant.epoch
    /// How many sends in a row the last one made; 0 where the row begins anew.
    public private(set) var count: Int64 = 0

    /// An empty row.
    public init() {}

    init(last: Stamp, next: Instant, count: Int64) {
        self.last = last
        self.next = next
        self.count = count
    }

    /// The key of the row: of the account, or of the ledger for sends that name none.
    public static func key(_ account: Fingerprint) -> Fingerprint {
        account == .none ? RateScope.ledger.key() : RateScope.account.key(account)
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        last = reader.stamp()
        next = reader.instant()
        count = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(last)
        writer.put(next)
        writer.put(count)
    }
}
