public import Bytes
public import Events

/// Which work items are open, and since which reading.
///
/// An item is the same while its subject, steps and submission are the same and it was not
/// resolved: another flag of it changes nothing.
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
            tables.items[slot].evolve(happened)
        case .cooldownReset:
            guard happened.isBacklogReset, let found = tables.items.find(happened.subject),
                tables.items[found].isOpen
            else { return }
            let slot = tables.items.touch(happened.subject, at: happened.position)
            tables.items[slot].released = happened.position + 1
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

/// The work item of a subject.
public struct ItemRow: TableRow {
    /// One more than the position of an event that names the subject.
    public var named: Position = 0
    /// Whether it was flagged and not resolved since.
    public private(set) var isOpen = false
    /// The set of its steps.
    public private(set) var steps = Fingerprint.none
    /// Which submission it is about; -1 where that was not said.
    public private(set) var submission: Int64 = -1
    /// When it was first flagged.
    public private(set) var first = Stamp.never
    /// The reading that first flagged it; none where the flag named none.
    public private(set) var snapshot = Fingerprint.none
    /// One more than the position of its release from the backlog; 0 for none.
    public internal(set) var released: Position = 0

    /// An empty row.
    public init() {}

    mutating func evolve(_ happened: borrowing Occurrence) {
        guard happened.type == .itemFlagged else {
            let named = named
            self = ItemRow()
            self.named = named
            return
        }
        let steps = SendKeys.steps(happened.event)
        let submission = happened.event.integer(.submission) ?? -1
        if isOpen, steps == self.steps, submission == self.submission { return }
        isOpen = true
        self.steps = steps
        self.submission = submission
        first = happened.stamp
        snapshot = happened.event.nameFingerprint(.snapshot)
        released = 0
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        isOpen = reader.flag()
        steps = reader.fingerprint()
        submission = reader.get()
        first = reader.stamp()
        snapshot = reader.fingerprint()
        released = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(isOpen)
        writer.put(steps)
        writer.put(submission)
        writer.put(first)
        writer.put(snapshot)
        writer.put(released)
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
