public import Bytes
public import Events

/// When sends of each account failed, and with whom: what halts of an account rest on.
enum Faults: Projection {
    static let name = "faults"
    static let version = 1

    /// Enters what ``Codes`` found to be another error, and not the same told again.
    static func fail(
        _ tables: inout Tables, _ entry: CodeEntry, _ keys: SendKeys,
        by happened: borrowing Occurrence
    ) {
        let key = RateScope.account.key(keys.account)
        let isCold =
            FaultRow.ambiguous.contains(entry.code) && keys.person != .none
            && tables.lastInbound(from: keys.person, to: keys.account, at: happened.recorded) == nil
        let slot = tables.faults.touch(key, at: happened.position)
        if tables.faults[slot].named == 0 { tables.faults[slot].named = happened.position + 1 }
        tables.faults[slot].fail(entry)
        if isCold { tables.faults[slot].failCold(keys.person, at: entry.newest) }
        let day = happened.recorded.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        let owner = FaultRow.owner(key, happened.position)
        tables.faults[slot].all.insert(entry.newest, of: owner, in: &tables.chunks)
        tables.faults[slot].all.prune(through: day, of: owner, in: &tables.chunks)
    }

    /// Only while cold contacts fail does it matter who is reached.
    static func succeed(
        _ tables: inout Tables, _ keys: SendKeys, isAccepted: Bool,
        by happened: borrowing Occurrence
    ) {
        let key = RateScope.account.key(keys.account)
        guard keys.person != .none, let found = tables.faults.find(key),
            let newest = tables.faults[found].cold.last?.stamp
        else { return }
        let isCold =
            tables.lastInbound(from: keys.person, to: keys.account, at: happened.recorded) == nil
        if isCold {
            // What is only accepted may fail later.
            guard !isAccepted else { return }
            let slot = tables.faults.touch(key, at: happened.position)
            tables.faults[slot].cold = []
        } else if tables.faults[found].warm.position <= newest.position {
            let slot = tables.faults.touch(key, at: happened.position)
            tables.faults[slot].warm = happened.stamp
        }
    }
}

/// The failures of one account; the row of no account holds those that name none.
public struct FaultRow: TableRow {
    /// A failure with a person who never wrote to the account.
    public struct Cold: Sendable, Equatable, BitwiseCopyable {
        /// The person.
        public var person: Fingerprint
        /// The newest failure.
        public var stamp: Stamp
    }

    /// A failure.
    public struct Fault: Sendable, Equatable, BitwiseCopyable {
        /// The code: see ``ErrorCode/number(of:)``.
        public var code: UInt64
        /// When it was.
        public var stamp: Stamp
    }

    static let faultsMax = 32
    static let coldMax = 8
    /// The codes that mean a refusing recipient as well as a restricted account.
    static let ambiguous = [ErrorCode.number(of: "463"), ErrorCode.number(of: "131026")]

    /// One more than the position of an event that names the account.
    public var named: Position = 0
    /// The newest failures, the latest last; at most 32.
    public private(set) var recent: [Fault] = []
    /// When there was one within the last 24 hours.
    public internal(set) var all = Timeline()
    /// The newest failures with 463 and 131026 of persons who never wrote to the account, one a
    /// person, the latest last, since such a person was reached; at most 8.
    public internal(set) var cold: [Cold] = []
    /// When a person who had written was reached, after such a failure.
    public internal(set) var warm = Stamp.never

    /// An empty row.
    public init() {}

    mutating func fail(_ entry: CodeEntry) {
        let fault = Fault(code: entry.code, stamp: entry.newest)
        let at = recent.firstIndex { $0.stamp > fault.stamp } ?? recent.count
        recent.insert(fault, at: at)
        if recent.count > Self.faultsMax { recent.removeFirst() }
    }

    mutating func failCold(_ person: Fingerprint, at stamp: Stamp) {
        let newest = max(cold.first { $0.person == person }?.stamp ?? stamp, stamp)
        cold.removeAll { $0.person == person }
        let at = cold.firstIndex { $0.stamp > newest } ?? cold.count
        cold.insert(Cold(person: person, stamp: newest), at: at)
        if cold.count > Self.coldMax { cold.removeFirst() }
    }

    static func owner(_ key: Fingerprint, _ position: Position) -> ChunkOwner {
        ChunkOwner(key: Fingerprint(key.bits ^ 0x6661_756C), position: position)
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        for _ in 0..<reader.get(UInt8.self) where reader.isValid {
            recent.append(Fault(code: reader.get(), stamp: reader.stamp()))
        }
        all = Timeline(decoding: &reader)
        for _ in 0..<reader.get(UInt8.self) where reader.isValid {
            cold.append(Cold(person: reader.fingerprint(), stamp: reader.stamp()))
        }
        warm = reader.stamp()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(UInt8(recent.count))
        for fault in recent {
            writer.put(fault.code)
            writer.put(fault.stamp)
        }
        all.encode(into: &writer)
        writer.put(UInt8(cold.count))
        for failure in cold {
            writer.put(failure.person)
            writer.put(failure.stamp)
        }
        writer.put(warm)
    }
}

extension Tables {
    /// The failures of an account, or an empty row.
    public mutating func faults(of account: Fingerprint) -> FaultRow {
        faults.find(RateScope.account.key(account)).map { faults[$0] } ?? FaultRow()
    }

    /// How many sends of an account failed in (now - 24 h, now].
    public mutating func failures(of account: Fingerprint, at now: Instant) -> Int {
        let key = RateScope.account.key(account)
        guard let slot = faults.find(key) else { return 0 }
        let start = now.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        return faults[slot].all.count(after: start, of: FaultRow.owner(key, 0), in: &chunks)
    }
}
