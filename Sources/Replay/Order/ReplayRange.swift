public import Events
import Ledger

/// The stretch of the log that is replayed, both ends included.
public struct ReplayRange: Sendable, Equatable {
    /// One end of a stretch.
    public enum Bound: Sendable, Equatable {
        /// An effective time, whatever the order of arrival.
        case time(Instant)
        /// A place in the log, whatever the times.
        case position(Position)
    }

    /// The first moment or position; nil begins with the log.
    public var from: Bound?
    /// The last moment or position; nil ends with the log.
    public var to: Bound?

    /// A stretch between two ends.
    public init(from: Bound? = nil, to: Bound? = nil) {
        self.from = from
        self.to = to
    }

    /// Where an event lies.
    enum Side {
        case before, inside, after
    }

    /// Where `event` lies; what lies before the start is history, wherever it ends.
    func side(of event: borrowing EventView) -> Side {
        switch from {
        case .time(let time) where event.effective < time: return .before
        case .position(let position) where event.position < position: return .before
        default: break
        }
        switch to {
        case .time(let time) where event.effective > time: return .after
        case .position(let position) where event.position > position: return .after
        default: return .inside
        }
    }

    /// Whether no event from here on, in log order, was recorded within the range.
    func isOver(at event: borrowing EventView) -> Bool {
        switch to {
        case .time(let time): event.recorded > time
        case .position(let position): event.position > position
        case nil: false
        }
    }
}

extension ReplayRange.Bound {
    /// The moment: of the event, where the bound is a position that the log has reached.
    func instant(in ledger: Ledger) throws -> Instant? {
        switch self {
        case .time(let time): return time
        case .position(let position):
            guard try position < ledger.count() else { return nil }
            return try ledger.withEvent(at: position) { $0.effective }
        }
    }
}
