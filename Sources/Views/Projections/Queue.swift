public import Bytes
public import Events

/// Messages that wait for their turn, per role; and which reservation each was handed out under.
enum Queue: Projection {
    static let name = "queue"
    static let version = 3

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .sendQueued: enter(&tables, happened)
        case .sendReserved: handOut(&tables, happened)
        case .sendRefused: postpone(&tables, happened)
        default: settle(&tables, happened)
        }
    }

    private static func enter(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        var row = QueuedRow()
        row.state = .waiting
        row.keys = happened.keys
        row.queued = happened.recorded
        row.due = max(happened.event.instant(.notBefore) ?? happened.recorded, happened.recorded)
        row.expires = happened.event.instant(.expires) ?? row.queued.advanced(by: .day)
        // A confirmation passes where messages do not, and must not take one along.
        let purpose = happened.event.text(.purpose) ?? "message"
        let name = happened.event.nameFingerprint(.key)
        row.first = tables.requestKeys.position(of: name) ?? happened.position
        row.isPlain =
            purpose == "message" && happened.event.range(of: .steps) == nil
            && happened.keys.template == .none
            && happened.keys.business == .none && happened.keys.subject == .none
        let key = Fingerprint(UInt128(happened.position))
        let slot = tables.queued.touch(key, at: happened.position)
        tables.queued[slot] = row
        change(&tables, row.keys.role, happened) { queue, key, chunks in
            let due = Stamp(time: row.due, position: happened.position)
            let end = Stamp(time: row.expires, position: happened.position)
            queue.waiting.insert(due, of: QueueRow.due(key, happened.position), in: &chunks)
            queue.ending.insert(end, of: QueueRow.end(key, happened.position), in: &chunks)
        }
    }

    /// One reservation may stand for several messages that go as one.
    private static func handOut(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        let positions = positions(happened.event)
        for (index, position) in positions.enumerated() {
            let next = index + 1 < positions.count ? positions[index + 1] &+ 1 : 0
            leave(&tables, position, happened) { row in
                row.state = .handedOut
                row.reservation = happened.position + 1
                row.next = next
            }
        }
    }

    /// A message that may not go yet waits on: until the gate's moment, or for a minute.
    private static func postpone(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        for position in positions(happened.event) {
            let retry = happened.event.instant(.retryAt)
            let due = retry ?? happened.recorded.advanced(by: .seconds(60))
            wait(&tables, position, until: due, happened) { $0.tries &+= 1 }
        }
    }

    /// What became of a reservation becomes of the messages that it was claimed for.
    private static func settle(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        let named = happened.reservation.map { tables.tags.include($0) ? $0.position : .max }
        guard let reservation = named ?? tables.reservation(ofMessage: happened.event.message),
            let found = tables.reservations.find(Fingerprint(UInt128(reservation)))
        else { return }
        let state = tables.reservations[found].state
        var next = tables.reservations[found].queued
        while next > 0, state != .open {
            let position = next - 1
            guard let row = tables.queued.find(Fingerprint(UInt128(position))),
                tables.queued[row].reservation == reservation + 1
            else { return }
            next = tables.queued[row].next
            if state == .cancelled || state == .released {
                wait(&tables, position, until: happened.recorded, happened) { row in
                    row.reservation = 0
                    row.next = 0
                }
            } else {
                let slot = tables.queued.touch(
                    Fingerprint(UInt128(position)), at: happened.position)
                switch state {
                case .accepted: tables.queued[slot].state = .sent
                case .failed: tables.queued[slot].state = .failed
                default: tables.queued[slot].state = .unknown
                }
            }
        }
    }

    /// Takes a message out of the line.
    private static func leave(
        _ tables: inout Tables, _ position: Position, _ happened: borrowing Occurrence,
        _ body: (inout QueuedRow) -> Void
    ) {
        let id = Fingerprint(UInt128(position))
        guard let found = tables.queued.find(id), tables.queued[found].state == .waiting else {
            return
        }
        let old = tables.queued[found]
        let slot = tables.queued.touch(id, at: happened.position)
        body(&tables.queued[slot])
        change(&tables, old.keys.role, happened) { queue, key, chunks in
            let due = Stamp(time: old.due, position: position)
            let end = Stamp(time: old.expires, position: position)
            queue.waiting.remove(due, of: QueueRow.due(key, happened.position), in: &chunks)
            queue.ending.remove(end, of: QueueRow.end(key, happened.position), in: &chunks)
        }
    }

    /// Puts a message back into the line, or to another place in it.
    private static func wait(
        _ tables: inout Tables, _ position: Position, until due: Instant,
        _ happened: borrowing Occurrence, _ body: (inout QueuedRow) -> Void
    ) {
        let id = Fingerprint(UInt128(position))
        guard let found = tables.queued.find(id) else { return }
        let old = tables.queued[found]
        let slot = tables.queued.touch(id, at: happened.position)
        body(&tables.queued[slot])
        tables.queued[slot].state = .waiting
        tables.queued[slot].due = due
        change(&tables, old.keys.role, happened) { queue, key, chunks in
            let owner = QueueRow.due(key, happened.position)
            if old.state == .waiting {
                queue.waiting.remove(
                    Stamp(time: old.due, position: position), of: owner, in: &chunks)
            } else {
                let end = Stamp(time: old.expires, position: position)
                queue.ending.insert(end, of: QueueRow.end(key, happened.position), in: &chunks)
            }
            queue.waiting.insert(Stamp(time: due, position: position), of: owner, in: &chunks)
        }
    }

    /// Changes a role's queue, and drops what has expired.
    private static func change(
        _ tables: inout Tables, _ role: Fingerprint, _ happened: borrowing Occurrence,
        _ body: (inout QueueRow, Fingerprint, inout RowTable<StampChunk>) -> Void
    ) {
        let key = QueueRow.key(role)
        let slot = tables.queues.touch(key, at: happened.position)
        if tables.queues[slot].named == 0 { tables.queues[slot].named = happened.position + 1 }
        body(&tables.queues[slot], key, &tables.chunks)
        let ends = QueueRow.end(key, happened.position)
        while let end = tables.queues[slot].ending.first(of: ends, in: &tables.chunks),
            end.time <= happened.recorded
        {
            tables.queues[slot].ending.remove(end, of: ends, in: &tables.chunks)
            let id = Fingerprint(UInt128(end.position))
            guard let row = tables.queued.find(id) else { continue }
            let due = Stamp(time: tables.queued[row].due, position: end.position)
            tables.queues[slot].waiting.remove(
                due, of: QueueRow.due(key, happened.position), in: &tables.chunks)
            let gone = tables.queued.touch(id, at: happened.position)
            tables.queued[gone].state = .expired
        }
    }

    /// The queued messages that a decision is about.
    static func positions(_ event: borrowing EventView) -> [Position] {
        if let one = event.integer(.queued), event.kind(of: .queued) == .integer {
            return [Position(bitPattern: one)]
        }
        guard let text = event.text(.queued), let json = try? JSONValue.parse(text) else {
            return []
        }
        return json.elements.compactMap(\.position)
    }
}

extension EventView {
    /// The positions of the queued messages that a decision is about; empty for none.
    public var queuedPositions: [Position] { Queue.positions(self) }
}

/// A message that was queued.
public struct QueuedRow: TableRow {
    /// How far it has come.
    public enum State: UInt8, Sendable {
        case none, waiting, handedOut, sent, failed, unknown, expired
    }

    /// How far it has come.
    public var state = State.none
    /// What it will count under.
    public var keys = SendKeys()
    /// When it was queued.
    public var queued = Instant.epoch
    /// When it may be tried.
    public var due = Instant.epoch
    /// When it is given up.
    public var expires = Instant.epoch
    /// One more than the position of its reservation; 0 for none.
    public var reservation: Position = 0
    /// One more than the position of the message that goes with it as one; 0 for none.
    public var next: Position = 0
    /// The first position that names its key; its own where it has none.
    var first: Position = 0
    /// How often the gate made it wait.
    public var tries: UInt32 = 0
    /// Whether it names no subject, steps or template, so that it may go with others as one.
    public var isPlain = false

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        state = State(rawValue: reader.get()) ?? .none
        keys = SendKeys(decoding: &reader)
        queued = reader.instant()
        due = reader.instant()
        expires = reader.instant()
        reservation = reader.get()
        next = reader.get()
        first = reader.get()
        tries = reader.get()
        isPlain = reader.flag()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(state.rawValue)
        keys.encode(into: &writer)
        writer.put(queued)
        writer.put(due)
        writer.put(expires)
        writer.put(reservation)
        writer.put(next)
        writer.put(first)
        writer.put(tries)
        writer.put(isPlain)
    }
}

/// The messages that wait for one role; those of no role have a row of their own.
public struct QueueRow: TableRow {
    /// One more than the position of an event that names the role.
    public var named: Position = 0
    /// What waits, by when it may be tried.
    public internal(set) var waiting = Timeline()
    /// The same, by when it is given up.
    var ending = Timeline()

    /// An empty row.
    public init() {}

    /// The key of a role's row.
    public static func key(_ role: Fingerprint) -> Fingerprint {
        role.paired(with: Fingerprint(0x7175_6575_6573))
    }

    static func due(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x6475_6573), position: position)
    }

    static func end(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x656E_6473), position: position)
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        waiting = Timeline(decoding: &reader)
        ending = Timeline(decoding: &reader)
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        waiting.encode(into: &writer)
        ending.encode(into: &writer)
    }
}

extension Tables {
    /// What waits for a role: positions in the order in which they may be tried, at most `limit`.
    ///
    /// - Parameter now: Only what may be tried by then, and is not given up.
    public mutating func waiting(
        for role: Fingerprint, at now: Instant, limit: Int
    ) -> [Position] {
        let key = QueueRow.key(role)
        guard let slot = queues.find(key) else { return [] }
        let owner = QueueRow.due(key, 0)
        var found: [Position] = []
        var rank = 0
        let start = Instant(nanoseconds: .min + 1)
        while found.count < limit,
            let stamp = queues[slot].waiting.stamp(rank, after: start, of: owner, in: &chunks),
            stamp.time <= now
        {
            rank += 1
            guard let row = queued.find(Fingerprint(UInt128(stamp.position))),
                queued[row].expires > now
            else { continue }
            found.append(stamp.position)
        }
        return found
    }

    /// When the next message of a role may be tried, if that is later than now.
    public mutating func nextDue(for role: Fingerprint, after now: Instant) -> Instant? {
        let key = QueueRow.key(role)
        guard let slot = queues.find(key) else { return nil }
        return queues[slot].waiting.stamp(0, after: now, of: QueueRow.due(key, 0), in: &chunks)?
            .time
    }
}
