/// How a time was spelt, so that it can be given back as it came: RFC 3339's free choices.
public struct TimeForm: Hashable, Sendable {
    /// Bits 0-3 fractional digits (0 to 9), 16 = Z, 32 = absent, 64 = -00:00, 128 = lower case.
    ///
    /// With Z, where 64 has no other meaning: 64 alone is `t` and `Z`, 128 alone `t` and `z`, both
    /// together `T` and `z`.
    public var bits: UInt8
    /// Minutes east of UTC.
    public var offset: Int16

    /// A spelling from its stored bits and offset.
    @inlinable
    public init(bits: UInt8, offset: Int16) {
        self.bits = bits
        self.offset = offset
    }

    /// Milliseconds and `Z`: how the ledger writes its own times.
    public static let ledger = TimeForm(bits: 16 | 3, offset: 0)

    /// As ``ledger``, with as many fractional digits as the moment needs.
    public static func ledger(_ instant: Instant) -> TimeForm {
        TimeForm(bits: 16 | Timestamp.digitsNeeded(instant), offset: 0)
    }

    /// No time was given: the event's time is its recorded time.
    public static let absent = TimeForm(bits: 32 | 16 | 3, offset: 0)

    /// Whether the event came without a time.
    public var isAbsent: Bool { bits & 32 != 0 }
}
