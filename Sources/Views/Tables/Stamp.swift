public import Events

/// When something counts, and which event says so.
///
/// Ordered by time, then by position.
public struct Stamp: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// When it counts.
    public var time: Instant
    /// The event's position.
    public var position: Position

    /// A stamp of an event.
    @inlinable
    public init(time: Instant, position: Position) {
        self.time = time
        self.position = position
    }

    /// Nothing yet: before every moment.
    @inlinable public static var never: Stamp {
        Stamp(time: Instant(nanoseconds: .min), position: 0)
    }

    /// Whether there is a stamp at all.
    @inlinable public var isSet: Bool { time.nanoseconds != .min }

    /// Orders by time, then by position.
    @inlinable
    public static func < (left: Stamp, right: Stamp) -> Bool {
        left.time == right.time ? left.position < right.position : left.time < right.time
    }
}
