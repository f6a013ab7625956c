import Bytes
public import Events

/// Every (source, id), so that the same event is never stored twice.
enum IDs: Projection {
    static let name = "ids"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        tables.ids.insert(happened.event.identity, at: happened.position)
    }
}

/// Earliest and latest effective time per 1,024 positions: what a range of times can skip.
enum Zones: Projection {
    static let name = "zones"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let key = Fingerprint(UInt128(happened.position / ZoneRow.positions))
        let slot = tables.zones.touch(key, at: happened.position)
        tables.zones[slot].earliest = min(tables.zones[slot].earliest, happened.effective)
        tables.zones[slot].latest = max(tables.zones[slot].latest, happened.effective)
    }
}

/// The effective times of 1,024 positions.
public struct ZoneRow: TableRow {
    /// How many positions a row covers.
    public static let positions: Position = 1024
    /// The earliest effective time.
    public var earliest = Instant(nanoseconds: .max)
    /// The latest effective time.
    public var latest = Instant(nanoseconds: .min)

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        earliest = reader.instant()
        latest = reader.instant()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(earliest)
        writer.put(latest)
    }
}

/// How often each label was given.
enum Reviews: Projection {
    static let name = "reviews"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let label = happened.event.nameFingerprint(.label)
        guard label != .none else { return }
        let slot = tables.reviews.touch(label, at: happened.position)
        if tables.reviews[slot].named == 0 { tables.reviews[slot].named = happened.position + 1 }
        tables.reviews[slot].count += 1
        tables.reviews[slot].latest = max(tables.reviews[slot].latest, happened.stamp)
    }
}

/// One label.
public struct ReviewRow: TableRow {
    /// One more than the position of an event that names the label.
    public var named: Position = 0
    /// How often it was given.
    public var count: UInt64 = 0
    /// When it was last given.
    public var latest = Stamp.never

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        count = reader.get()
        latest = reader.stamp()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(count)
        writer.put(latest)
    }
}
