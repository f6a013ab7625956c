public import Bytes
public import Events

/// What came in for each account within the last seconds: a platform counts it with what goes out.
enum Inbound: Projection {
    static let name = "inbound"
    static let version = 1

    /// How far back messages are remembered; imported history is older and leaves no trace.
    static let memory: Nanoseconds = .seconds(10)

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        guard happened.account != .none else { return }
        let since = happened.recorded.advanced(by: Nanoseconds(-memory.count))
        guard happened.effective > since else { return }
        let slot = tables.inbound.touch(happened.account, at: happened.position)
        if tables.inbound[slot].named == 0 { tables.inbound[slot].named = happened.position + 1 }
        let owner = InboundRow.owner(happened.account, happened.position)
        tables.inbound[slot].stamps.insert(happened.stamp, of: owner, in: &tables.chunks)
        tables.inbound[slot].stamps.prune(through: since, of: owner, in: &tables.chunks)
    }
}

/// The messages that came in for one account within the last seconds.
public struct InboundRow: TableRow {
    /// One more than the position of an event that names the account.
    public var named: Position = 0
    /// When they count.
    public internal(set) var stamps = Timeline()

    /// An empty row.
    public init() {}

    static func owner(_ account: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(account.bits ^ 0x696E_626F), position: position)
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        stamps = Timeline(decoding: &reader)
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        stamps.encode(into: &writer)
    }
}

extension Tables {
    /// Counts what an account sent and received in (now - length, now], and says when one more fits
    /// under `limit`.
    ///
    /// An open reservation counts, as if it were sent at the very end of its lease. `length` is at
    /// most 10 seconds.
    public mutating func traffic(
        of account: Fingerprint, length: Nanoseconds, limit: Int, at now: Instant
    ) -> WindowCount {
        let key = RateScope.account.key(account)
        let start = now.advanced(by: Nanoseconds(-length.count))
        var sent = StampRange(start: start, key: RateRow.settledOwner(key, 0))
        var open = StampRange(start: start, key: RateRow.openOwner(key, 0))
        var came = StampRange(start: start, key: InboundRow.owner(account, 0))
        if let slot = rates.find(key) {
            sent.fill(rates[slot].settled, &chunks)
            open.fill(rates[slot].open, &chunks)
        }
        if let slot = inbound.find(account) { came.fill(inbound[slot].stamps, &chunks) }
        var result = WindowCount(count: sent.count + open.count + came.count)
        let past = sent.count + came.count
        if result.count > 0 {
            let firsts = [sent, came, open].compactMap { $0.stamp(0, &chunks) }
            let lasts = [sent, came, open].compactMap { $0.stamp($0.count - 1, &chunks) }
            result.first = firsts.min()?.position
            result.last = lasts.max()?.position
        }
        guard result.count >= limit else { return result }
        guard limit > 0 else {
            result.fitsAt = .latest
            return result
        }
        // What is past lies before what is open.
        let rank = result.count - limit
        let leaves =
            rank < past
            ? sent.stamp(rank, with: came, &chunks) : open.stamp(rank - past, &chunks)
        result.fitsAt = (leaves?.time ?? now).advanced(by: length)
        return result
    }
}

/// The stamps of a timeline later than a moment.
private struct StampRange {
    let start: Instant
    let key: ChunkOwner
    private(set) var count = 0
    private var timeline = Timeline()

    init(start: Instant, key: ChunkOwner) {
        self.start = start
        self.key = key
    }

    mutating func fill(_ timeline: Timeline, _ chunks: inout RowTable<StampChunk>) {
        self.timeline = timeline
        count = timeline.count(after: start, of: key, in: &chunks)
    }

    /// The stamp of that rank, or nil.
    func stamp(_ rank: Int, _ chunks: inout RowTable<StampChunk>) -> Stamp? {
        guard rank >= 0, rank < count else { return nil }
        return timeline.stamp(rank, after: start, of: key, in: &chunks)
    }

    /// The stamp of that rank among those of two ranges, by halving.
    func stamp(
        _ rank: Int, with other: StampRange, _ chunks: inout RowTable<StampChunk>
    ) -> Stamp? {
        // How many of the `rank` earlier stamps are our own: as few as will do.
        var low = max(0, rank - other.count)
        var high = min(rank, count)
        while low < high {
            let own = (low + high) / 2
            let mine = stamp(own, &chunks)
            let theirs = other.stamp(rank - own - 1, &chunks)
            if let mine, let theirs, mine < theirs { low = own + 1 } else { high = own }
        }
        let next = [stamp(low, &chunks), other.stamp(rank - low, &chunks)]
        return next.compactMap(\.self).min()
    }
}
