public import Bytes
public import Events

/// Which work items are open, and since which reading.
///
/// An item is the same while its subject, steps and submission are the same and it was not
/// resolved: another flag of it changes nothing. One reading may flag several items of a subject;
/// what the next one flags takes the place of those that it does not.
enum Items: Projection {
    static let name = "items"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .itemFlagged, .itemResolved:
            Baselines.evolve(&tables, by: happened)
            guard happened.subject != .none else { return }
            let slot = tables.items.touch(happened.subject, at: happened.position)
            if tables.items[slot].named == 0 { tables.items[slot].named = happened.position + 1 }
            if happened.type == .itemFlagged {
                tables.items[slot].flag(happened)
            } else {
                tables.items[slot].resolve()
            }
        case .cooldownReset:
            guard happened.isBacklogReset, let found = tables.items.find(happened.subject),
                tables.items[found].isOpen
            else { return }
            let slot = tables.items.touch(happened.subject, at: happened.position)
            tables.items[slot].release(happened.position)
        default: return
        }
    }
}

extension Occurrence {
    /// Whether it releases a work item from the backlog, and lifts no cooldown.
    var isBacklogReset: Bool {
        type == .cooldownReset && subject != .none
            && event.nameFingerprint(.scope) == Self.backlogScope
    }

    private static let backlogScope = Fingerprint(of: "backlog")
}

/// One open work item.
public struct Item: Sendable, Equatable {
    /// The set of its steps.
    public var steps: Fingerprint
    /// Which submission it is about; -1 where that was not said.
    public var submission: Int64
    /// When it was first flagged.
    public var first: Stamp
    /// The reading that first flagged it; none where the flag named none.
    public var snapshot: Fingerprint
    /// The reading that flagged it last.
    var reading: Fingerprint
    /// One more than the position of its release from the backlog; 0 for none.
    public var released: Position = 0
}

/// The open work items of a subject.
public struct ItemRow: TableRow {
    /// The most items of a subject that are kept; of more, the oldest is dropped.
    static let itemsMax = 8

    /// One more than the position of an event that names the subject.
    public var named: Position = 0
    /// Those of the last reading that flagged the subject, and of the one before.
    private var items: [Item] = []
    /// The last reading that flagged the subject.
    private var reading = Fingerprint.none

    /// An empty row.
    public init() {}

    /// Whether an item was flagged and not resolved since.
    public var isOpen: Bool { !items.isEmpty }

    /// The items that the last reading flagged.
    public var open: [Item] { items.filter { $0.reading == reading } }

    mutating func flag(_ happened: borrowing Occurrence) {
        let steps = SendKeys.steps(happened.event)
        let submission = happened.event.integer(.submission) ?? -1
        let snapshot = happened.event.nameFingerprint(.snapshot)
        // A flag without a reading is one of its own.
        let reading = snapshot == .none ? Fingerprint(UInt128(happened.position)) : snapshot
        if reading != self.reading {
            let last = self.reading
            items.removeAll { $0.reading != last }
            self.reading = reading
        }
        let at = items.firstIndex { $0.steps == steps && $0.submission == submission }
        if let at {
            items[at].reading = reading
            return
        }
        if items.count == Self.itemsMax { items.removeFirst() }
        items.append(
            Item(
                steps: steps, submission: submission, first: happened.stamp, snapshot: snapshot,
                reading: reading))
    }

    mutating func resolve() {
        items = []
        reading = .none
    }

    mutating func release(_ position: Position) {
        for index in items.indices { items[index].released = position + 1 }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        reading = reader.fingerprint()
        let count = min(Self.itemsMax, Int(reader.get(UInt8.self)))
        for _ in 0..<count {
            items.append(
                Item(
                    steps: reader.fingerprint(), submission: reader.get(), first: reader.stamp(),
                    snapshot: reader.fingerprint(), reading: reader.fingerprint(),
                    released: reader.get()))
        }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(reading)
        writer.put(UInt8(items.count))
        for item in items {
            writer.put(item.steps)
            writer.put(item.submission)
            writer.put(item.first)
            writer.put(item.snapshot)
            writer.put(item.reading)
            writer.put(item.released)
        }
    }
}

/// Which live instances have not read the work items yet.
///
/// One row, because a reading that names neither instance nor role is everybody's. The oldest of
/// more than 64 is dropped: where an instance has no baseline, all that was read is backlog to it.
enum Baselines: Projection {
    static let name = "baselines"
    static let version = 1

    private static let waitingMax = 64
    private static var key: Fingerprint { RateScope.ledger.key() }

    /// The first event of a reading sets the baseline of those that it is for.
    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let snapshot = happened.event.nameFingerprint(.snapshot)
        guard snapshot != .none else { return }
        let instance = happened.event.nameFingerprint(.instance)
        let role = happened.event.nameFingerprint(.role)
        var readers = [instance]
        if instance == .none {
            guard let slot = tables.baselines.find(key) else { return }
            readers = tables.baselines[slot].waiting
        }
        for reader in readers {
            guard let found = tables.instances.find(reader) else { continue }
            let row = tables.instances[found]
            guard row.isLive, row.baselineAt == 0,
                instance != .none || role == .none || row.role == role
            else { continue }
            let slot = tables.instances.touch(reader, at: happened.position)
            tables.instances[slot].read(snapshot, at: happened.position)
            leave(&tables, reader, at: happened.position)
        }
    }

    static func wait(_ tables: inout Tables, _ instance: Fingerprint, at position: Position) {
        let slot = tables.baselines.touch(key, at: position)
        tables.baselines[slot].waiting.append(instance)
        if tables.baselines[slot].waiting.count > waitingMax {
            tables.baselines[slot].waiting.removeFirst()
        }
    }

    static func leave(_ tables: inout Tables, _ instance: Fingerprint, at position: Position) {
        guard let found = tables.baselines.find(key),
            tables.baselines[found].waiting.contains(instance)
        else { return }
        let slot = tables.baselines.touch(key, at: position)
        tables.baselines[slot].waiting.removeAll { $0 == instance }
    }
}

/// The live instances that wait for their first reading of work items.
public struct BaselineRow: TableRow {
    /// The instances, in the order of their starts.
    public internal(set) var waiting: [Fingerprint] = []

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        let count = Int(reader.get(UInt16.self))
        for _ in 0..<count where reader.isValid { waiting.append(reader.fingerprint()) }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(UInt16(waiting.count))
        for instance in waiting { writer.put(instance) }
    }
}
