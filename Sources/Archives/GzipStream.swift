import CZ

/// What a gzip stream holds; several members behind each other are one text.
@safe
public final class GzipStream: ByteStream {
    private let source: any ByteStream
    private var state: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var at = 0
    /// Whether a member has ended and the next may begin, or the stream ends.
    private var isBetween = false
    private var hasEnded = false
    private var packed = 0
    private var unpacked = 0

    private static let inputBytes = 1 << 16

    /// Reads a stream that begins with a gzip member.
    public init(_ source: any ByteStream) throws(ArchiveError) {
        self.source = source
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: z_stream())
        guard unsafe shim_inflate_gzip(state) == Z_OK else {
            throw ArchiveError("there is no memory to decompress the input")
        }
    }

    deinit {
        unsafe inflateEnd(state)
        unsafe state.deallocate()
    }

    /// The next bytes of what was compressed.
    ///
    /// - Throws: ``ArchiveError`` where the stream is cut or damaged, or unpacks to far more than
    ///   any input does.
    public func read(byteMax: Int) throws -> [UInt8] {
        while !hasEnded {
            if at == input.count {
                input = try source.read(byteMax: Self.inputBytes)
                at = 0
                packed += input.count
                if input.isEmpty {
                    guard isBetween else {
                        throw ArchiveError("the gzip stream is cut short")
                    }
                    hasEnded = true
                    break
                }
            }
            if isBetween {
                // Zeros may pad the end of the file.
                guard input[at] != 0 else {
                    at += 1
                    continue
                }
                guard unsafe inflateReset(state) == Z_OK else {
                    throw ArchiveError("the gzip stream cannot be read on")
                }
                isBetween = false
            }
            let output = try inflateSome(byteMax)
            unpacked += output.count
            try Archives.check(unpacked: unpacked, packed: packed)
            if !output.isEmpty { return output }
        }
        return []
    }

    private func inflateSome(_ byteMax: Int) throws(ArchiveError) -> [UInt8] {
        var code = Z_OK
        var left = 0
        let available = input.count - at
        let output = unsafe [UInt8](unsafeUninitializedCapacity: byteMax) { buffer, count in
            unsafe input.withUnsafeMutableBufferPointer { bytes in
                unsafe state.pointee.next_in = bytes.baseAddress.map { unsafe $0 + at }
                unsafe state.pointee.avail_in = UInt32(available)
                unsafe state.pointee.next_out = buffer.baseAddress
                unsafe state.pointee.avail_out = UInt32(byteMax)
                unsafe code = inflate(state, Z_NO_FLUSH)
                unsafe left = Int(state.pointee.avail_in)
                unsafe count = byteMax - Int(state.pointee.avail_out)
            }
        }
        at = input.count - left
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isBetween = true
        default: throw ArchiveError("the gzip stream is damaged")
        }
        return output
    }
}
