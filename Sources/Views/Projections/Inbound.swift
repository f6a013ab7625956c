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
    /// An open reservation counts as in ``window(_:_:length:limit:at:shadow:)``. `length` is at
    /// most 10 seconds. What the observation `shadow` would have sent counts too.
    public mutating func traffic(
        of account: Fingerprint, length: Nanoseconds, limit: Int, at now: Instant,
        shadow: Fingerprint = .none
    ) -> WindowCount {
        let key = RateScope.account.key(account)
        var stamps = StampUnion(length, at: now)
        for key in shadow == .none ? [key] : [key, key.shadowed(by: shadow)] {
            guard let slot = rates.find(key) else { continue }
            stamps.add(rates[slot], key, in: &chunks)
        }
        if let slot = inbound.find(account) {
            stamps.add(inbound[slot].stamps, of: InboundRow.owner(account, 0), in: &chunks)
        }
        return stamps.window(limit: limit, in: &chunks)
    }
}
