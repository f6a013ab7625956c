import Bytes
import Glibc

/// Reads a file from its beginning to its end, a MiB at a time.
public struct FileReader: ~Copyable {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var at = 0

    /// Whether the last line that was read was the end of the file, without a newline.
    public private(set) var endedWithoutNewline = false

    private static let bufferBytes = 1 << 20

    /// Opens a file.
    public init(path: String) throws(StorageError) { descriptor = try Descriptor.open(path) }

    /// Opens an ordinary file of a folder that somebody else made: see
    /// ``Descriptor/openPlain(_:)``.
    public init(plain path: String) throws(StorageError) {
        descriptor = try Descriptor.openPlain(path)
    }

    deinit { close(descriptor) }

    /// The next bytes, `count` of them or as many as there are.
    public mutating func read(_ count: Int) throws(StorageError) -> [UInt8] {
        if at == buffer.count, count == Self.bufferBytes {
            return try Descriptor.read(descriptor, byteMax: count)
        }
        while buffer.count - at < count, try fill() {}
        let end = min(buffer.count, at + count)
        defer { at = end }
        return Array(buffer[at..<end])
    }

    /// The next line without its end; nil at the end of the file.
    public mutating func line() throws(StorageError) -> [UInt8]? {
        var from = at
        while true {
            if let end = buffer[from...].firstIndex(of: 0x0A) {
                defer { at = end + 1 }
                return Array(buffer[at..<end])
            }
            let known = buffer.count - at
            guard try fill() else {
                guard at < buffer.count else { return nil }
                endedWithoutNewline = true
                defer { at = buffer.count }
                return Array(buffer[at...])
            }
            from = at + known
        }
    }

    /// Compares the next bytes with these, in place, up to the first that differs.
    ///
    /// - Returns: How many are equal: all of them, or those before the difference or the end.
    public mutating func matchingCount(_ bytes: Span<UInt8>) throws(StorageError) -> Int {
        var done = 0
        while done < bytes.count {
            if at == buffer.count, try !fill() { return done }
            let part = min(bytes.count - done, buffer.count - at)
            let equal = Self.equalCount(
                buffer.span.extracting(at..<at + part), bytes.extracting(done..<done + part))
            at += equal
            done += equal
            if equal < part { return done }
        }
        return done
    }

    private static func equalCount(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
        let isEqual = unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe left.isEmpty
                    || memcmp(
                        left.baseAddress.unsafelyUnwrapped, right.baseAddress.unsafelyUnwrapped,
                        left.count) == 0
            }
        }
        if isEqual { return left.count }
        var count = 0
        while left[count] == right[count] { count += 1 }
        return count
    }

    /// Reads on; answers whether there was more.
    private mutating func fill() throws(StorageError) -> Bool {
        let more = try Descriptor.read(descriptor, byteMax: Self.bufferBytes)
        if at == buffer.count {
            buffer = more
        } else {
            buffer.removeFirst(at)
            buffer += more
        }
        at = 0
        return !more.isEmpty
    }
}
