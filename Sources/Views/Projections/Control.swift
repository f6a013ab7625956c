import Bytes
public import Events

/// Stops, pauses and the policy in force: for the whole ledger, per account, per chat.
enum Control: Projection {
    static let name = "control"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let key: Fingerprint
        if happened.type == .policyChanged {
            key = RateScope.ledger.key()
        } else if happened.chat != .none {
            key = RateScope.chat.key(happened.chat)
        } else if happened.account != .none {
            key = RateScope.account.key(happened.account)
        } else if happened.subject == .none {
            key = RateScope.ledger.key()
        } else {
            return
        }
        let slot = tables.control.touch(key, at: happened.position)
        if tables.control[slot].named == 0 { tables.control[slot].named = happened.position + 1 }
        tables.control[slot].evolve(happened)
    }
}

/// What an operator has ordered for one scope.
public struct ControlRow: TableRow {
    /// One more than the position of an event that names the scope.
    public var named: Position = 0
    /// One more than the position of the stop that holds; 0 for none.
    public private(set) var stopped: Position = 0
    /// When the pause ends; before every moment for none.
    public private(set) var pausedUntil = Instant(nanoseconds: .min)
    /// One more than the position of the pause that holds; 0 for none.
    public private(set) var paused: Position = 0
    /// One more than the position of the policy in force; 0 for none.
    public private(set) var policy: Position = 0
    /// When all cooldowns of the scope were last lifted.
    public private(set) var cooldownsReset = Stamp.never

    /// An empty row.
    public init() {}

    mutating func evolve(_ happened: borrowing Occurrence) {
        switch happened.type {
        case .sendingStopped: stopped = happened.position + 1
        case .sendingPaused:
            paused = happened.position + 1
            pausedUntil = happened.event.instant(.until) ?? .latest
        case .sendingResumed:
            stopped = 0
            paused = 0
            pausedUntil = Instant(nanoseconds: .min)
        case .policyChanged: policy = happened.position + 1
        case .cooldownReset:
            cooldownsReset = Stamp(time: happened.recorded, position: happened.position)
        default: break
        }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        stopped = reader.get()
        pausedUntil = reader.instant()
        paused = reader.get()
        policy = reader.get()
        cooldownsReset = reader.stamp()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(stopped)
        writer.put(pausedUntil)
        writer.put(paused)
        writer.put(policy)
        writer.put(cooldownsReset)
    }
}
