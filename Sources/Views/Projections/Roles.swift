public import Bytes
public import Events

/// Which instances of each role run, and which of all wait for their first reading of work items.
///
/// History knows roles with several live instances: anyone may tell of a start. At most eight are
/// kept; of more, the one that was silent for the longest is dropped.
enum Roles: Projection {
    static let name = "roles"
    static let version = 1

    /// The most live instances of a role that are kept.
    static let liveMax = 8

    /// Enters or removes an instance that may have started or ended; call it once its row changed.
    static func follow(
        _ tables: inout Tables, _ instance: Fingerprint, after old: InstanceRow,
        at position: Position
    ) {
        guard let slot = tables.instances.find(instance) else { return }
        let row = tables.instances[slot]
        if old.isLive, !row.isLive || old.started != row.started {
            leave(&tables, instance, old.role, at: position)
            Baselines.leave(&tables, instance, at: position)
        }
        guard row.isLive, !old.isLive || old.started != row.started else { return }
        Baselines.wait(&tables, instance, at: position)
        guard row.role != .none else { return }
        let place = tables.roles.touch(row.role, at: position)
        if tables.roles[place].named == 0 { tables.roles[place].named = position + 1 }
        tables.roles[place].live.append(RoleRow.Live(instance: instance, started: row.started))
        guard tables.roles[place].live.count > liveMax else { return }
        let live = tables.roles[place].live.dropLast()
        let quietest = live.min {
            (active($0, &tables), $0.started) < (active($1, &tables), $1.started)
        }
        if let quietest { leave(&tables, quietest.instance, row.role, at: position) }
    }

    private static func active(_ live: RoleRow.Live, _ tables: inout Tables) -> Instant {
        guard let slot = tables.instances.find(live.instance) else { return live.started.time }
        return tables.instances[slot].active
    }

    private static func leave(
        _ tables: inout Tables, _ instance: Fingerprint, _ role: Fingerprint, at position: Position
    ) {
        guard role != .none, let found = tables.roles.find(role),
            tables.roles[found].live.contains(where: { $0.instance == instance })
        else { return }
        let slot = tables.roles.touch(role, at: position)
        tables.roles[slot].live.removeAll { $0.instance == instance }
    }
}

/// One role.
public struct RoleRow: TableRow {
    /// An instance that started, and has neither stopped nor been fenced since.
    public struct Live: Sendable, Equatable {
        /// The instance.
        public var instance: Fingerprint
        /// When it started; the position is the fencing token.
        public var started: Stamp

        /// A live instance.
        public init(instance: Fingerprint, started: Stamp) {
            self.instance = instance
            self.started = started
        }
    }

    /// One more than the position of an event that names the role.
    public var named: Position = 0
    /// Its live instances, at most eight, in the order in which the ledger learnt of their starts.
    public internal(set) var live: [Live] = []

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        let count = min(Roles.liveMax, Int(reader.get(UInt8.self)))
        for _ in 0..<count {
            live.append(Live(instance: reader.fingerprint(), started: reader.stamp()))
        }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(UInt8(live.count))
        for entry in live {
            writer.put(entry.instance)
            writer.put(entry.started)
        }
    }
}

extension Tables {
    /// What is known of an instance, or nil.
    public mutating func instance(_ instance: Fingerprint) -> InstanceRow? {
        guard instance != .none, let slot = instances.find(instance) else { return nil }
        return instances[slot]
    }

    /// The live instances of a role, in the order in which the ledger learnt of their starts.
    public mutating func live(in role: Fingerprint) -> [RoleRow.Live] {
        guard role != .none, let slot = roles.find(role) else { return [] }
        return roles[slot].live
    }
}
