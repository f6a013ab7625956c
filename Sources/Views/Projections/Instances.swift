public import Bytes
public import Events

/// Which instance runs, since when, what it sent and when it last gave a sign of life.
enum Instances: Projection {
    static let name = "instances"
    static let version = 2

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .instanceStarted, .instanceStopped:
            let instance = happened.event.nameFingerprint(.instance)
            guard instance != .none else { return }
            let slot = touch(&tables, instance, happened)
            let role = happened.event.nameFingerprint(.role)
            let old = tables.instances[slot]
            tables.instances[slot].evolve(happened, role: role)
            Roles.follow(&tables, instance, after: old, at: happened.position)
        case .instanceFenced: fence(&tables, happened)
        case .sendReserved, .sendRefused: act(&tables, happened.keys.instance, happened)
        case .sendAttempted, .sendAccepted, .sendFailed, .sendCancelled:
            act(&tables, sender(of: happened, &tables), happened)
        default: return
        }
    }

    private static func touch(
        _ tables: inout Tables, _ instance: Fingerprint, _ happened: borrowing Occurrence
    ) -> Int {
        let slot = tables.instances.touch(instance, at: happened.position)
        if tables.instances[slot].named == 0 {
            tables.instances[slot].named = happened.position + 1
        }
        return slot
    }

    /// A report names its reservation, and the reservation its instance.
    private static func sender(
        of happened: borrowing Occurrence, _ tables: inout Tables
    ) -> Fingerprint {
        guard let reservation = happened.reservation else { return happened.keys.instance }
        guard tables.tags.include(reservation),
            let slot = tables.reservations.find(Fingerprint(UInt128(reservation.position)))
        else { return .none }
        return tables.reservations[slot].keys.instance
    }

    /// A report cannot name an instance for the first time: its reservation did.
    private static func act(
        _ tables: inout Tables, _ instance: Fingerprint, _ happened: borrowing Occurrence
    ) {
        guard instance != .none else { return }
        let slot =
            happened.reservation == nil
            ? touch(&tables, instance, happened)
            : tables.instances.touch(instance, at: happened.position)
        tables.instances[slot].act(happened)
    }

    /// A fence ends the instance that it names, or else all of its role.
    private static func fence(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        let instance = happened.event.nameFingerprint(.instance)
        var ended = [instance]
        if instance == .none {
            ended = tables.live(in: happened.event.nameFingerprint(.role)).map(\.instance)
        }
        for instance in ended {
            let slot = touch(&tables, instance, happened)
            let old = tables.instances[slot]
            tables.instances[slot].fenced = happened.position + 1
            Roles.follow(&tables, instance, after: old, at: happened.position)
        }
    }
}

/// One instance of a sender.
public struct InstanceRow: TableRow {
    /// One more than the position of an event that names the instance.
    public var named: Position = 0
    /// The role that it started in; none for an instance without one.
    public private(set) var role = Fingerprint.none
    /// The last start; its position is the fencing token.
    public private(set) var started = Stamp.never
    /// The last stop.
    public private(set) var stopped = Stamp.never
    /// One more than the position of the last fence; 0 for none.
    public internal(set) var fenced: Position = 0
    /// How often it started.
    public private(set) var starts: UInt32 = 0
    /// What it sent: reservations, and attempts without one.
    public private(set) var sends: UInt32 = 0
    /// When it last started, asked or reported.
    public private(set) var active = Instant(nanoseconds: .min)
    /// The first reading of the work items after its start; none before there is one.
    public private(set) var baseline = Fingerprint.none
    /// One more than the position of that reading's first event; 0 for none.
    public private(set) var baselineAt: Position = 0

    /// An empty row.
    public init() {}

    /// Whether it runs: it started, and has not stopped since.
    public var isRunning: Bool { started.isSet && (!stopped.isSet || stopped < started) }

    /// Whether it was fenced after its last start.
    public var isFenced: Bool { fenced > 0 && (!started.isSet || fenced > started.position + 1) }

    /// Whether it may send for its role: it runs and is not fenced.
    public var isLive: Bool { isRunning && !isFenced }

    mutating func evolve(_ happened: borrowing Occurrence, role: Fingerprint) {
        guard happened.type == .instanceStarted else {
            stopped = max(stopped, happened.stamp)
            return
        }
        starts += 1
        active = max(active, happened.effective)
        // A start that is told late is not the one that runs.
        guard started < happened.stamp else { return }
        started = happened.stamp
        self.role = role
        baseline = .none
        baselineAt = 0
    }

    mutating func act(_ happened: borrowing Occurrence) {
        active = max(active, happened.effective)
        switch happened.type {
        case .sendReserved: sends += 1
        case .sendAttempted: if happened.reservation == nil { sends += 1 }
        default: break
        }
    }

    mutating func read(_ snapshot: Fingerprint, at position: Position) {
        baseline = snapshot
        baselineAt = position + 1
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        role = reader.fingerprint()
        started = reader.stamp()
        stopped = reader.stamp()
        fenced = reader.get()
        starts = reader.get()
        sends = reader.get()
        active = reader.instant()
        baseline = reader.fingerprint()
        baselineAt = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(role)
        writer.put(started)
        writer.put(stopped)
        writer.put(fenced)
        writer.put(starts)
        writer.put(sends)
        writer.put(active)
        writer.put(baseline)
        writer.put(baselineAt)
    }
}
