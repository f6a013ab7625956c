public import Bytes
public import Events

/// Sent, delivered, read, answered, failed, complaints and blocks per account and day (UTC).
///
/// Each status event counts once on its own day: the providers' ids, not this view, tell repeated
/// ones apart. An inbound message counts as an answer if we sent to that person within 24 hours
/// before it.
enum Quality: Projection {
    static let name = "quality"
    static let version = 1

    /// Counts an event; answers whether it did.
    @discardableResult
    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) -> Bool {
        guard let counter = counter(of: happened, &tables) else { return false }
        let account = account(of: happened, &tables)
        guard account != .none else { return false }
        let day = happened.effective.nanoseconds / Nanoseconds.day.count
        let key = QualityRow.key(account, day: day)
        let slot = tables.quality.touch(key, at: happened.position)
        if tables.quality[slot].named == 0 {
            tables.quality[slot].named = happened.position + 1
            tables.quality[slot].account = account
            tables.quality[slot].day = day
        }
        tables.quality[slot].counts[counter.rawValue] += 1
        return true
    }

    /// A report names its reservation, and the reservation its account.
    private static func account(
        of happened: borrowing Occurrence, _ tables: inout Tables
    ) -> Fingerprint {
        if happened.account != .none { return happened.account }
        guard let reservation = happened.reservation,
            let slot = tables.reservations.find(Fingerprint(UInt128(reservation.position)))
        else { return .none }
        return tables.reservations[slot].keys.account
    }

    private static func counter(
        of happened: borrowing Occurrence, _ tables: inout Tables
    ) -> QualityRow.Counter? {
        switch happened.type {
        case .sendAccepted: return .sent
        case .messageDelivered: return .delivered
        case .messageRead: return .read
        case .sendFailed, .messageFailed: return .failed
        case .complaintReported:
            return happened.event.text(.kind) == "block" ? .blocks : .complaints
        case .messageReceived:
            guard happened.person != .none, let slot = tables.persons.find(happened.person) else {
                return nil
            }
            let outbound = tables.persons[slot].lastOutbound
            guard outbound.isSet, outbound.time <= happened.effective,
                happened.effective.since(outbound.time) <= .day
            else { return nil }
            return .answered
        default: return nil
        }
    }
}

/// The counts of one account on one day.
public struct QualityRow: TableRow {
    /// What is counted.
    public enum Counter: Int, CaseIterable, Sendable {
        case sent, delivered, read, answered, failed, complaints, blocks
    }

    /// One more than the position of an event that names the account.
    public var named: Position = 0
    /// The account.
    public var account = Fingerprint.none
    /// Days since 1970-01-01, UTC.
    public var day: Int64 = 0
    /// The counts, by the raw value of ``Counter``.
    public var counts: InlineCounts = InlineCounts()

    /// An empty row.
    public init() {}

    static func key(_ account: Fingerprint, day: Int64) -> Fingerprint {
        account.paired(with: Fingerprint(UInt128(UInt64(bitPattern: day)) | 1 << 100))
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        account = reader.fingerprint()
        day = reader.get()
        for counter in Counter.allCases { counts[counter.rawValue] = reader.get() }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(account)
        writer.put(day)
        for counter in Counter.allCases { writer.put(counts[counter.rawValue]) }
    }
}

extension Tables {
    /// The accepted sends of an account on a day (days since 1970, UTC) and the 6 days before it,
    /// and the failures, complaints and blocks.
    public mutating func qualityCounts(
        of account: Fingerprint, through day: Int64
    ) -> (sent: Int64, bad: Int64) {
        var counts = (sent: Int64(0), bad: Int64(0))
        for day in day - 6...day {
            guard let slot = quality.find(QualityRow.key(account, day: day)) else { continue }
            func count(_ counter: QualityRow.Counter) -> Int64 {
                Int64(quality[slot].counts[counter.rawValue])
            }
            counts.sent += count(.sent)
            counts.bad += count(.failed) + count(.complaints) + count(.blocks)
        }
        return counts
    }
}

/// Seven counters without an allocation.
public struct InlineCounts: Sendable, Equatable, BitwiseCopyable {
    private var values: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0, 0, 0, 0, 0, 0, 0
    )

    /// The counter at `index`, 0 to 6.
    public subscript(index: Int) -> UInt32 {
        get {
            switch index {
            case 0: values.0
            case 1: values.1
            case 2: values.2
            case 3: values.3
            case 4: values.4
            case 5: values.5
            default: values.6
            }
        }
        set {
            switch index {
            case 0: values.0 = newValue
            case 1: values.1 = newValue
            case 2: values.2 = newValue
            case 3: values.3 = newValue
            case 4: values.4 = newValue
            case 5: values.5 = newValue
            default: values.6 = newValue
            }
        }
    }

    /// Compares the counters.
    public static func == (left: InlineCounts, right: InlineCounts) -> Bool {
        left.values.0 == right.values.0 && left.values.1 == right.values.1
            && left.values.2 == right.values.2 && left.values.3 == right.values.3
            && left.values.4 == right.values.4 && left.values.5 == right.values.5
            && left.values.6 == right.values.6
    }
}
