public import Events

/// Who holds a business key: (subject, set of steps, submission).
public struct BusinessRow: TableRow {
    /// How many imported attempts are told apart; of more, only the number is kept.
    static let importedMax = 64

    /// The reservations that hold it, ascending.
    public private(set) var reservations: [Position] = []
    /// The imported attempts that hold it, by when they were; at most 64.
    private var attempts: [Stamp] = []
    /// How many more imported attempts hold it.
    private var more: UInt32 = 0
    /// How often it was freed: by a failure, a cancellation or a release.
    public private(set) var retries: UInt32 = 0

    /// An empty row.
    public init() {}

    /// The latest imported attempt that holds it, or nil.
    public var imported: Position? { attempts.last?.position }

    mutating func take(_ reservation: Position) {
        let at = reservations.firstIndex { $0 >= reservation } ?? reservations.count
        guard at == reservations.count || reservations[at] != reservation else { return }
        reservations.insert(reservation, at: at)
    }

    mutating func free(_ reservation: Position) {
        guard let at = reservations.firstIndex(of: reservation) else { return }
        reservations.remove(at: at)
        retries &+= 1
    }

    mutating func take(imported stamp: Stamp) {
        guard attempts.count < Self.importedMax else {
            more &+= 1
            return
        }
        attempts.insert(stamp, at: attempts.firstIndex { $0 > stamp } ?? attempts.count)
    }

    /// A failure without a reservation frees the latest attempt that was not later than it.
    mutating func free(importedBy failure: Stamp) {
        guard let at = attempts.lastIndex(where: { $0.time <= failure.time }) else { return }
        attempts.remove(at: at)
        retries &+= 1
    }

    /// The attempt at a position failed, or another record of the same attempt holds the key.
    mutating func leave(_ position: Position, isFailed: Bool = false) {
        if let at = attempts.firstIndex(where: { $0.position == position }) {
            attempts.remove(at: at)
        } else if more > 0 {
            more -= 1
        } else {
            return
        }
        if isFailed { retries &+= 1 }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        for _ in 0..<reader.get(UInt32.self) where reader.isValid {
            reservations.append(reader.get())
        }
        attempts = reader.stamps()
        more = reader.get()
        retries = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(UInt32(reservations.count))
        for reservation in reservations { writer.put(reservation) }
        writer.put(attempts)
        writer.put(more)
        writer.put(retries)
    }
}
