import Glibc

/// Reads a file from its beginning to its end, a MiB at a time.
public struct FileReader: ~Copyable {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var at = 0

    private static let bufferBytes = 1 << 20

    /// Opens a file.
    public init(path: String) throws(StorageError) { descriptor = try Descriptor.open(path) }

    deinit { close(descriptor) }

    /// The next bytes, `count` of them or as many as there are.
    public mutating func read(_ count: Int) throws(StorageError) -> [UInt8] {
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
                defer { at = buffer.count }
                return Array(buffer[at...])
            }
            from = at + known
        }
    }

    /// Reads on; answers whether there was more.
    private mutating func fill() throws(StorageError) -> Bool {
        buffer.removeFirst(at)
        at = 0
        let more = try Descriptor.read(descriptor, byteMax: Self.bufferBytes)
        buffer += more
        return !more.isEmpty
    }
}
