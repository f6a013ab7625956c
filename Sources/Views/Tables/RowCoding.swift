public import Bytes
public import Events

/// Writes a row's members one after the other, little-endian.
public struct RowWriter {
    /// The bytes so far.
    public var bytes: [UInt8] = []

    /// An empty row.
    public init() {}

    /// Appends an integer.
    public mutating func put<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T
    ) { bytes.append(littleEndian: value) }

    /// Appends a boolean.
    public mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// Appends a fingerprint.
    public mutating func put(_ value: Fingerprint) {
        put(value.low)
        put(value.high)
    }

    /// Appends a moment.
    public mutating func put(_ value: Instant) { put(value.nanoseconds) }

    /// Appends a stamp.
    public mutating func put(_ value: Stamp) {
        put(value.time)
        put(value.position)
    }

    /// Appends a list of stamps.
    public mutating func put(_ stamps: [Stamp]) {
        put(UInt32(stamps.count))
        for stamp in stamps { put(stamp) }
    }
}

/// Reads what ``RowWriter`` wrote; beyond the end it reads zeros and says so.
public struct RowReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var offset = 0
    /// Whether all reads so far lay inside the row.
    public private(set) var isValid = true

    /// Reads from the beginning of `bytes`.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// Whether every byte was read, and none beyond.
    public var isComplete: Bool { isValid && offset == bytes.count }

    /// Reads an integer.
    @_lifetime(self: copy self)
    public mutating func get<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) -> T {
        guard isValid, offset + MemoryLayout<T>.size <= bytes.count else {
            isValid = false
            return 0
        }
        defer { offset += MemoryLayout<T>.size }
        return bytes.load(at: offset, as: T.self)
    }

    /// Reads a boolean.
    @_lifetime(self: copy self)
    public mutating func flag() -> Bool { get(UInt8.self) != 0 }

    /// Reads a fingerprint.
    @_lifetime(self: copy self)
    public mutating func fingerprint() -> Fingerprint {
        let low = get(UInt64.self)
        return Fingerprint(UInt128(get(UInt64.self)) << 64 | UInt128(low))
    }

    /// Reads a moment.
    @_lifetime(self: copy self)
    public mutating func instant() -> Instant { Instant(nanoseconds: get()) }

    /// Reads a stamp.
    @_lifetime(self: copy self)
    public mutating func stamp() -> Stamp {
        let time = instant()
        return Stamp(time: time, position: get())
    }

    /// Reads a list of stamps.
    @_lifetime(self: copy self)
    public mutating func stamps() -> [Stamp] {
        let count = Int(get(UInt32.self))
        guard isValid, count * 16 <= bytes.count - offset else {
            isValid = false
            return []
        }
        var stamps: [Stamp] = []
        stamps.reserveCapacity(count)
        for _ in 0..<count { stamps.append(stamp()) }
        return stamps
    }
}
