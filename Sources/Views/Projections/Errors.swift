import Bytes
public import Events

/// Errors per account: the streak without a success between, the last hours, the last codes.
enum Errors: Projection {
    static let name = "errors"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let failed: Bool
        switch happened.type {
        case .errorObserved, .sendFailed, .messageFailed: failed = true
        case .sendAccepted: failed = false
        default: return
        }
        var account = happened.account
        if account == .none, let reservation = happened.reservation,
            let slot = tables.reservations.find(Fingerprint(UInt128(reservation.position)))
        {
            account = tables.reservations[slot].keys.account
        }
        let key = RateScope.account.key(account)
        if !failed {
            // A success ends a streak; where there is none it changes nothing.
            guard let found = tables.errors.find(key), tables.errors[found].streak > 0 else {
                return
            }
            let slot = tables.errors.touch(key, at: happened.position)
            tables.errors[slot].streak = 0
            return
        }
        let slot = tables.errors.touch(key, at: happened.position)
        if tables.errors[slot].named == 0 { tables.errors[slot].named = happened.position + 1 }
        tables.errors[slot].fail(happened)
    }
}

/// The errors of one account; the row of no account holds the errors that name none.
public struct ErrorRow: TableRow {
    /// One more than the position of an event that names the account.
    public var named: Position = 0
    /// Errors since the last accepted send.
    public var streak: UInt32 = 0
    /// All errors.
    public private(set) var total: UInt64 = 0
    /// The newest errors, at most 32 and no older than 24 hours, the latest last.
    public private(set) var recent: [Stamp] = []

    /// An empty row.
    public init() {}

    mutating func fail(_ happened: borrowing Occurrence) {
        streak += 1
        total += 1
        let oldest = happened.recorded.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        recent.removeAll { $0.time <= oldest }
        recent.insert(happened.stamp, at: Timeline.lowerBound(recent, happened.stamp))
        if recent.count > 32 { recent.removeFirst() }
    }

    /// Errors in (now - length, now]; exact up to 32.
    public func count(in length: Nanoseconds, at now: Instant) -> Int {
        let start = now.advanced(by: Nanoseconds(-length.count))
        return recent.count { $0.time > start && $0.time <= now }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        streak = reader.get()
        total = reader.get()
        recent = reader.stamps()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(streak)
        writer.put(total)
        writer.put(recent)
    }
}
