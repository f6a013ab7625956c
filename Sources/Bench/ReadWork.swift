import Bytes
import Events
public import Ledger
import Storage
import Synchronization
import Views

/// Reading: a scan of the whole log, and the fold of the decision views in memory.
public enum ReadWork {
    /// Fills a ledger with a mixed history of `count` events.
    public static func fill(
        _ ledger: Ledger, count: Int, persons: Int, progress: (Int) -> Void = { _ in }
    ) async throws {
        var done = Int(try ledger.count())
        let start: Int64 = 1_750_000_000_000_000_000
        var pending: Task<[Appended], any Error>?
        while done < count {
            let size = min(8000, count - done)
            var drafts: [Draft] = []
            drafts.reserveCapacity(size)
            for index in 0..<size {
                drafts.append(
                    SampleEvents.mixed(
                        done + index, persons: persons, start: start, gap: 500_000_000))
            }
            done += size
            _ = try await pending?.value
            let batch = drafts
            pending = Task { try await ledger.append(batch) }
            progress(done)
        }
        _ = try await pending?.value
    }

    /// Walks every record, checksum included, and sums a number of each.
    public static func scan(_ ledger: Ledger) throws -> Measurement {
        let start = SystemClock.monotonic
        var sum: UInt64 = 0
        var count = 0
        try ledger.forEachEvent { event in
            sum &+= UInt64(bitPattern: event.time.nanoseconds)
            count += 1
            return true
        }
        let elapsed = Double(SystemClock.monotonic - start) / 1e9
        return Measurement(
            work: "scan", perSecond: Double(count) / elapsed, count: count, hash: sum)
    }

    /// Folds all events into the decision views: all but ids and messages.
    public static func fold(_ ledger: Ledger) throws -> Measurement {
        let start = SystemClock.monotonic
        var tables = Tables(tags: ledger.identity.tags)
        tables.ids.isActive = false
        tables.messageIDs.isActive = false
        var count = 0
        try ledger.foldEvents(into: &tables) { _ in count += 1 }
        let elapsed = Double(SystemClock.monotonic - start) / 1e9
        return Measurement(
            work: "fold", perSecond: Double(count) / elapsed, count: count,
            hash: try hash(tables.freeze(at: Position(count))))
    }

    /// A hash of all rows: two folds that answer the same have made the same tables.
    private static func hash(_ frozen: FrozenTables) throws -> UInt64 {
        var hash: UInt64 = 0
        for rows in frozen.tables {
            try rows.forEach { place, row, last in
                hash = (hash ^ place.key.low ^ row.checksum) &* 0x9E37_79B9_7F4A_7C15 &+ last
            }
        }
        return hash
    }

    /// Rebuilds all views on disk, compared with the old.
    public static func rebuild(_ ledger: Ledger) throws -> Measurement {
        let count = Int(try ledger.count())
        let start = SystemClock.monotonic
        let built = Mutex<Int64>(start)
        let report = try ledger.rebuild { progress in
            if progress.done == progress.total { built.withLock { $0 = SystemClock.monotonic } }
        }
        let elapsed = Double(SystemClock.monotonic - start) / 1e9
        return Measurement(
            work: "rebuild", perSecond: Double(count) / elapsed, count: count,
            hash: UInt64(report.rows),
            extra: [
                ("fold_seconds", Double(built.withLock { $0 } - start) / 1e9),
                ("seconds", elapsed), ("differing_rows", Double(report.differing)),
            ])
    }

    /// What an event takes on disk in `log/`, as a share of its record.
    public static func disk(_ ledger: Ledger) throws -> Measurement {
        var records = 0
        var count = 0
        try ledger.forEachEvent { event in
            records += event.bytes.count
            count += 1
            return true
        }
        let file = Folder.size(of: ledger.folder + "/log/data.mdb")
        return Measurement(
            work: "disk", perSecond: 0, count: count, hash: UInt64(records),
            extra: [
                ("bytes_per_event", Double(file) / Double(max(1, count))),
                ("record_bytes", Double(records) / Double(max(1, count))),
                ("ratio", Double(file) / Double(max(1, records))),
            ])
    }
}
