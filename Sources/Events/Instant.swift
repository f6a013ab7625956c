/// A moment: nanoseconds since 1970-01-01T00:00:00Z.
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public var nanoseconds: Int64

    /// Wraps nanoseconds since 1970.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// 1970-01-01T00:00:00Z, where a driven clock starts.
    @inlinable public static var epoch: Instant { Instant(nanoseconds: 0) }

    /// The last moment that a record can hold: 2261-12-31T23:59:59.999999999Z.
    @inlinable public static var latest: Instant { Instant(nanoseconds: 9_214_646_399_999_999_999) }

    /// The moment `duration` later, held inside the range of ``Instant``.
    @inlinable
    public func advanced(by duration: Nanoseconds) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.count)
        if overflow { return Instant(nanoseconds: duration.count > 0 ? .max : .min) }
        return Instant(nanoseconds: sum)
    }

    /// The time from `other` to this moment.
    @inlinable
    public func since(_ other: Instant) -> Nanoseconds {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        if overflow { return Nanoseconds(nanoseconds > other.nanoseconds ? .max : .min) }
        return Nanoseconds(difference)
    }

    /// Orders by time.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

/// A length of time in nanoseconds, as a plain integer: decisions must not round.
public struct Nanoseconds: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The number of nanoseconds; may be negative.
    public var count: Int64

    /// Wraps a number of nanoseconds.
    @inlinable public init(_ count: Int64) { self.count = count }

    /// Whole seconds; what is too long is held inside the range.
    @inlinable public static func seconds(_ count: Int64) -> Nanoseconds {
        times(count, 1_000_000_000)
    }

    /// Whole milliseconds; what is too long is held inside the range.
    @inlinable public static func milliseconds(_ count: Int64) -> Nanoseconds {
        times(count, 1_000_000)
    }

    @inlinable
    static func times(_ count: Int64, _ unit: Int64) -> Nanoseconds {
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        return Nanoseconds(overflow ? (count > 0 ? .max : .min) : product)
    }

    /// 24 hours: the longest window of a limit.
    @inlinable public static var day: Nanoseconds { .seconds(86_400) }

    /// Seconds, rounded down.
    @inlinable public var seconds: Int64 { count / 1_000_000_000 }

    /// Orders by length.
    @inlinable
    public static func < (left: Nanoseconds, right: Nanoseconds) -> Bool {
        left.count < right.count
    }
}
