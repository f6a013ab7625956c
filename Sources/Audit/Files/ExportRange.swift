public import Events

/// Which events an export tells: a range of positions and of effective times, both ends included.
public struct ExportRange: Sendable, Equatable {
    /// The first position.
    public var first: Position = 0
    /// The last position; nil is the end of the log.
    public var last: Position?
    /// The earliest effective time.
    public var from: Instant?
    /// The latest effective time.
    public var to: Instant?

    /// All events.
    public init() {}

    /// Whether nothing is left out.
    public var isWhole: Bool { self == ExportRange() }

    /// Whether an event is told.
    public func contains(_ event: borrowing EventView) -> Bool {
        if event.position < first { return false }
        if let last, event.position > last { return false }
        if let from, event.effective < from { return false }
        if let to, event.effective > to { return false }
        return true
    }
}

/// What the events of an export are, counted while they pass.
struct Contents: Equatable {
    /// A policy that was put into force.
    struct PolicyVersion: Equatable {
        var position: Position
        var hash: String
    }

    var events: UInt64 = 0
    var firstPosition: Position?
    var lastPosition: Position?
    var earliest: Instant?
    var latest: Instant?
    var types: [UInt16: UInt64] = [:]
    var policies: [PolicyVersion] = []

    mutating func add(_ event: borrowing EventView) {
        events += 1
        firstPosition = firstPosition ?? event.position
        lastPosition = event.position
        let time = event.effective
        earliest = min(earliest ?? time, time)
        latest = max(latest ?? time, time)
        types[event.typeNumber, default: 0] += 1
        if event.typeNumber == EventType.policyChanged.rawValue {
            policies.append(
                PolicyVersion(position: event.position, hash: event.text(.hash) ?? ""))
        }
    }
}
