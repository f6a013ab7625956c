public import Bytes
public import Events

/// The persons to whom something went outside their service window, within the last 24 hours.
///
/// Whether a send is outside is decided once: when it is reserved, or by when an imported attempt
/// was. Each person counts by the newest such send.
enum Recipients: Projection {
    static let name = "recipients"
    static let version = 2

    static func apply(_ change: SendChange, to tables: inout Tables) {
        guard change.isOutside else { return }
        let since = change.recorded.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        // Old history counts no more, and leaves no trace.
        if let settled = change.settled, settled.time <= since, change.from == .nowhere { return }
        let person = change.keys.person.shadowed(by: change.shadow)
        let slot = tables.recipients.touch(person, at: change.position)
        if tables.recipients[slot].named == 0 {
            tables.recipients[slot].named = change.position + 1
        }
        let before = tables.newest(ofRecipient: person, in: slot)
        tables.recipients[slot].apply(
            change, RecipientKey.person(person), &tables.chunks, since: since)
        let after = tables.newest(ofRecipient: person, in: slot)
        guard before != after else { return }
        let key = RateScope.ledger.key().shadowed(by: change.shadow)
        let reach = tables.reach.touch(key, at: change.position)
        let owner = RecipientKey.owner(key, change.position)
        let releasing = RecipientKey.releasing(key, change.position)
        switch before {
        case .firm(let stamp):
            tables.reach[reach].stamps.remove(stamp, of: owner, in: &tables.chunks)
        case .releasable(let stamp):
            tables.reach[reach].releasable.remove(stamp, of: releasing, in: &tables.chunks)
        case nil: break
        }
        switch after {
        case .firm(let stamp):
            tables.reach[reach].stamps.insert(stamp, of: owner, in: &tables.chunks)
        case .releasable(let stamp):
            tables.reach[reach].releasable.insert(stamp, of: releasing, in: &tables.chunks)
        case nil: break
        }
        tables.reach[reach].stamps.prune(through: since, of: owner, in: &tables.chunks)
    }
}

/// Whose chunks are meant.
private enum RecipientKey {
    static func person(_ person: Fingerprint) -> Fingerprint {
        Fingerprint(person.bits ^ 0x7265_6369_7069_656E)
    }

    static func owner(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x7265_6163), position: position)
    }

    static func releasing(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x7265_6C72), position: position)
    }
}

/// What a person counts by.
private enum Reach: Equatable {
    /// The newest send; an open reservation counts at the end of its lease.
    case firm(Stamp)
    /// A reservation that would be released at the end of its lease, and is open for longer than
    /// the newest send counts, if there is one.
    case releasable(Stamp)
}

/// The newest send of each person who was written to outside the service window.
public struct ReachRow: TableRow {
    /// One stamp a person, the earliest first.
    public internal(set) var stamps = Timeline()
    /// The persons who count only until a lease ends: its end, the earliest first.
    public internal(set) var releasable = Timeline()

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        stamps = Timeline(decoding: &reader)
        releasable = Timeline(decoding: &reader)
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        stamps.encode(into: &writer)
        releasable.encode(into: &writer)
    }
}

extension Tables {
    /// How long after a person's message anything may be answered: a rule of the platform.
    public static let serviceWindow = Nanoseconds.day

    /// Whether a person's service window with an account is closed: the person has not written
    /// within the 24 hours before `time`.
    public mutating func isOutsideWindow(
        _ person: Fingerprint, of account: Fingerprint, at time: Instant
    ) -> Bool { windowEnds(person, of: account, at: time) == nil }

    /// When a person's service window with an account ends; nil where it is closed.
    public mutating func windowEnds(
        _ person: Fingerprint, of account: Fingerprint, at time: Instant
    ) -> Instant? {
        guard let last = lastInbound(from: person, to: account, at: time),
            time.since(last.time) < Self.serviceWindow
        else { return nil }
        return last.time.advanced(by: Self.serviceWindow)
    }

    /// What a person outside the service window counts by: one thing at a time, so that each
    /// person counts once.
    fileprivate mutating func newest(ofRecipient person: Fingerprint, in slot: Int) -> Reach? {
        let key = RecipientKey.person(person)
        let row = recipients[slot]
        let open = row.open.last(of: RateRow.openOwner(key, 0), in: &chunks)
        let settled = row.settled.last(of: RateRow.settledOwner(key, 0), in: &chunks)
        let held = row.releasable.last(of: RateRow.releasableOwner(key, 0), in: &chunks)
        guard let firm = [open, settled].compactMap(\.self).max() else {
            return held.map { .releasable($0) }
        }
        if let held, held.time > firm.time.advanced(by: .day) { return .releasable(held) }
        return .firm(firm)
    }

    /// Whether a person was sent something outside the service window within 24 hours, or would
    /// have been by the observation `shadow`.
    public mutating func isRecentRecipient(
        _ person: Fingerprint, at now: Instant, shadow: Fingerprint = .none
    ) -> Bool {
        let start = now.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        for key in shadow == .none ? [person] : [person, person.shadowed(by: shadow)] {
            guard let slot = recipients.find(key), let newest = newest(ofRecipient: key, in: slot)
            else { continue }
            switch newest {
            case .firm(let stamp) where stamp.time > start: return true
            case .releasable(let stamp) where stamp.time > now: return true
            default: break
            }
        }
        return false
    }

    /// Counts the persons in (now - 24 h, now] and says when one more fits under `limit`.
    ///
    /// Those whom the observation `shadow` would have written to count beside the real ones.
    public mutating func recipients(
        limit: Int, at now: Instant, shadow: Fingerprint = .none
    ) -> WindowCount {
        let key = RateScope.ledger.key()
        var stamps = StampUnion(.day, at: now)
        for key in shadow == .none ? [key] : [key, key.shadowed(by: shadow)] {
            guard let slot = reach.find(key) else { continue }
            stamps.add(reach[slot].stamps, of: RecipientKey.owner(key, 0), in: &chunks)
            stamps.add(
                releasable: reach[slot].releasable, of: RecipientKey.releasing(key, 0),
                in: &chunks)
        }
        return stamps.window(limit: limit, in: &chunks)
    }
}
