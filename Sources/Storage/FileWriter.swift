import CPosix
import Glibc

/// Writes a file from its beginning to its end, a MiB at a time.
public struct FileWriter: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private let isOwned: Bool
    private var buffer: [UInt8] = []

    private static let bufferBytes = 1 << 20

    /// Begins a file anew, with mode 0600.
    public init(path: String) throws(StorageError) {
        self.path = path
        isOwned = true
        descriptor = unsafe shim_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        if descriptor < 0 { throw StorageError.of(errno, "creating \(path)") }
    }

    /// Goes on with a file whose first `count` bytes stay; what lies behind them is dropped.
    ///
    /// - Throws: ``StorageError`` where the file has fewer bytes.
    public init(path: String, continuingAt count: Int) throws(StorageError) {
        self.path = path
        isOwned = true
        descriptor = unsafe shim_open(path, O_WRONLY | O_CREAT, 0o600)
        if descriptor < 0 { throw StorageError.of(errno, "opening \(path)") }
        guard Folder.size(of: path) >= count else {
            throw StorageError(.failed, "\(path) has fewer than \(count) bytes")
        }
        guard ftruncate(descriptor, count) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw StorageError.of(errno, "going on with \(path)")
        }
    }

    /// Writes to standard output, which is left open.
    public init() {
        path = "standard output"
        descriptor = 1
        isOwned = false
    }

    deinit { if isOwned { close(descriptor) } }

    /// Writes more bytes.
    public mutating func write(_ bytes: Span<UInt8>) throws(StorageError) {
        unsafe bytes.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Writes what is still held, and flushes a file to the disk.
    public mutating func finish() throws(StorageError) {
        try flush()
        guard isOwned else { return }
        let code = Descriptor.flush(descriptor)
        if code != 0, code != EINVAL { throw StorageError.of(code, "flushing \(path)") }
    }

    /// Hands what is still held to the system, which keeps it unless the machine stops.
    public mutating func flush() throws(StorageError) {
        let code = Descriptor.write(descriptor, buffer)
        if code != 0 { throw StorageError.of(code, "writing \(path)") }
        buffer.removeAll(keepingCapacity: true)
    }
}
