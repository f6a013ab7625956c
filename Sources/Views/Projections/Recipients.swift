public import Bytes
public import Events

/// The persons to whom something went outside their service window, within the last 24 hours.
///
/// Whether a send is outside is decided once: when it is reserved, or by when an imported attempt
/// was. Each person counts by the newest such send.
enum Recipients: Projection {
    static let name = "recipients"
    static let version = 1

    static func apply(_ change: SendChange, to tables: inout Tables) {
        guard change.isOutside else { return }
        let since = change.recorded.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        // Old history counts no more, and leaves no trace.
        if let settled = change.addSettled, settled.time <= since, change.removeOpen == nil,
            change.removeSettled == nil
        {
            return
        }
        let person = change.keys.person
        let slot = tables.recipients.touch(person, at: change.position)
        if tables.recipients[slot].named == 0 {
            tables.recipients[slot].named = change.position + 1
        }
        let before = tables.newest(ofRecipient: person, in: slot)
        tables.recipients[slot].apply(
            change, RecipientKey.person(person), &tables.chunks, since: since)
        let after = tables.newest(ofRecipient: person, in: slot)
        guard before != after else { return }
        let key = RateScope.ledger.key()
        let reach = tables.reach.touch(key, at: change.position)
        let owner = RecipientKey.owner(change.position)
        if let before { tables.reach[reach].stamps.remove(before, of: owner, in: &tables.chunks) }
        if let after { tables.reach[reach].stamps.insert(after, of: owner, in: &tables.chunks) }
        tables.reach[reach].stamps.prune(through: since, of: owner, in: &tables.chunks)
    }
}

/// Whose chunks are meant.
private enum RecipientKey {
    static func person(_ person: Fingerprint) -> Fingerprint {
        Fingerprint(person.bits ^ 0x7265_6369_7069_656E)
    }

    static func owner(_ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(RateScope.ledger.key().bits ^ 0x7265_6163), position: position)
    }
}

/// The newest send of each person who was written to outside the service window.
public struct ReachRow: TableRow {
    /// One stamp a person, the earliest first.
    public internal(set) var stamps = Timeline()

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) { stamps = Timeline(decoding: &reader) }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) { stamps.encode(into: &writer) }
}

extension Tables {
    /// How long after a person's message anything may be answered: a rule of the platform.
    public static let serviceWindow = Nanoseconds.day

    /// Whether a person's service window with an account is closed: the person has not written
    /// within the 24 hours before `time`.
    public mutating func isOutsideWindow(
        _ person: Fingerprint, of account: Fingerprint, at time: Instant
    ) -> Bool {
        guard let last = lastInbound(from: person, to: account, at: time) else { return true }
        return time.since(last.time) >= Self.serviceWindow
    }

    /// The newest send to a person outside the service window; an open one counts at the end of its
    /// lease.
    fileprivate mutating func newest(ofRecipient person: Fingerprint, in slot: Int) -> Stamp? {
        let key = RecipientKey.person(person)
        let row = recipients[slot]
        let open = row.open.last(of: RateRow.openOwner(key, 0), in: &chunks)
        let settled = row.settled.last(of: RateRow.settledOwner(key, 0), in: &chunks)
        return [open, settled].compactMap(\.self).max()
    }

    /// The newest send to a person outside the service window in (now - 24 h, …), or nil.
    public mutating func recentRecipient(_ person: Fingerprint, at now: Instant) -> Stamp? {
        guard let slot = recipients.find(person),
            let newest = newest(ofRecipient: person, in: slot),
            newest.time > now.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        else { return nil }
        return newest
    }

    /// Counts the persons in (now - 24 h, now] and says when one more fits under `limit`.
    public mutating func recipients(limit: Int, at now: Instant) -> WindowCount {
        let start = now.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        let owner = RecipientKey.owner(0)
        guard let slot = reach.find(RateScope.ledger.key()) else {
            return WindowCount(count: 0, fitsAt: limit > 0 ? nil : .latest)
        }
        let stamps = reach[slot].stamps
        var result = WindowCount(count: stamps.count(after: start, of: owner, in: &chunks))
        if result.count > 0 {
            result.first = stamps.stamp(0, after: start, of: owner, in: &chunks)?.position
            result.last = stamps.last(of: owner, in: &chunks)?.position
        }
        guard result.count >= limit else { return result }
        guard limit > 0 else {
            result.fitsAt = .latest
            return result
        }
        let leaves = stamps.stamp(result.count - limit, after: start, of: owner, in: &chunks)
        result.fitsAt = (leaves?.time ?? now).advanced(by: .day)
        return result
    }
}
