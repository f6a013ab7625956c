/// Bytes in place: little-endian loads and stores over spans, checksums, fingerprints, base64, hex.
///
/// # Basics
/// Records, rows and sorted runs are read where they lie, in mapped pages. This room is the only
/// one that turns a span into integers; every access checks its bounds.
///
/// # Caveats
/// XXH3 is no cryptographic hash. It finds flipped bits and spreads keys; it proves nothing. What
/// has to prove something takes SHA-256, from `Crypto`.
import CXXHash

extension Span where Element == UInt8 {
    /// Reads a little-endian integer at `offset`, which need not be aligned.
    @inlinable
    public func load<T: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: T.Type
    ) -> T {
        precondition(offset >= 0 && offset &+ MemoryLayout<T>.size <= count, "out of bounds")
        return unsafe withUnsafeBytes { bytes in
            unsafe T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
    }

    /// Reads a UTF-8 string, with replacement characters where the bytes are not UTF-8.
    public var string: String {
        unsafe withUnsafeBufferPointer { buffer in unsafe String(decoding: buffer, as: UTF8.self) }
    }

    /// Copies the bytes.
    @inlinable
    public var array: [UInt8] {
        unsafe withUnsafeBufferPointer { buffer in unsafe [UInt8](buffer) }
    }

    /// XXH3 with 64 bits over all bytes: the checksum of records and rows.
    public var checksum: UInt64 {
        unsafe withUnsafeBytes { bytes in
            unsafe shim_xxh3_64(bytes.baseAddress, bytes.count)
        }
    }

    /// XXH3 with 128 bits over all bytes: the fingerprint of a name.
    public func fingerprint(seed: UInt64 = 0) -> Fingerprint {
        var low: UInt64 = 0
        var high: UInt64 = 0
        unsafe withUnsafeBytes { bytes in
            unsafe shim_xxh3_128(bytes.baseAddress, bytes.count, seed, &low, &high)
        }
        return Fingerprint(UInt128(high) << 64 | UInt128(low))
    }

    /// Whether both spans hold the same bytes.
    @inlinable
    public func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var index = 0
        while index &+ 8 <= count {
            if load(at: index, as: UInt64.self) != other.load(at: index, as: UInt64.self) {
                return false
            }
            index &+= 8
        }
        while index < count {
            if self[index] != other[index] { return false }
            index &+= 1
        }
        return true
    }
}

extension MutableSpan where Element == UInt8 {
    /// Writes a little-endian integer at `offset`.
    @inlinable
    public mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        precondition(offset >= 0 && offset &+ MemoryLayout<T>.size <= count, "out of bounds")
        unsafe withUnsafeMutableBytes { bytes in
            unsafe bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
        }
    }
}

extension MutableSpan where Element == UInt8 {
    /// Copies all bytes of `source` to the beginning, or to `offset`.
    @inlinable
    public mutating func copy(_ source: Span<UInt8>, at offset: Int = 0) {
        precondition(offset >= 0 && offset <= count && source.count <= count - offset, "bounds")
        unsafe withUnsafeMutableBytes { target in
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...])
            unsafe source.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
        }
    }
}

extension Array where Element == UInt8 {
    /// Appends a little-endian integer.
    @inlinable
    public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(littleEndian value: T) {
        var value = value.littleEndian
        unsafe Swift.withUnsafeBytes(of: &value) { unsafe append(contentsOf: $0) }
    }

    /// Appends the bytes of a span.
    @inlinable
    public mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in unsafe append(contentsOf: buffer) }
    }

    /// Overwrites a little-endian integer at `offset`.
    @inlinable
    public mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        var span = mutableSpan
        span.store(value, at: offset)
    }

    /// Appends an unsigned LEB128 number: seven bits a byte, the lowest first.
    public mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}
