import CPosix
import Glibc

/// Reads and writes of whole buffers on open files and pipes.
public enum Descriptor {
    /// Writes all bytes; answers 0 or the errno.
    public static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
        unsafe bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let start = unsafe buffer.baseAddress.unsafelyUnwrapped + done
                let count = unsafe Glibc.write(descriptor, start, buffer.count - done)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                done += count
            }
            return 0
        }
    }

    /// Waits until the disk has what was written, and tries again where a signal came between;
    /// answers 0 or the errno.
    static func flush(_ descriptor: Int32) -> Int32 {
        while fsync(descriptor) != 0 { if errno != EINTR { return errno } }
        return 0
    }

    /// As ``flush(_:)``, without what nobody needs to find the file again.
    static func flushData(_ descriptor: Int32) -> Int32 {
        while fdatasync(descriptor) != 0 { if errno != EINTR { return errno } }
        return 0
    }

    /// Reads what is there, at most `byteMax` bytes; empty at the end.
    ///
    /// - Throws: ``StorageError`` where the system refuses.
    @available(*, noasync)
    public static func read(_ descriptor: Int32, byteMax: Int) throws(StorageError) -> [UInt8] {
        while true {
            var code: Int32 = 0
            // Filled by the system: a MiB of zeros before each read is a tenth of the time.
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteMax) { buffer, filled in
                let count = unsafe Glibc.read(descriptor, buffer.baseAddress, byteMax)
                if count < 0 { code = errno }
                filled = max(0, count)
            }
            if code == EINTR { continue }
            guard code == 0 else { throw StorageError.of(code, "reading") }
            return bytes
        }
    }

    /// Whether bytes, or the end, can be read without waiting for longer than `milliseconds`.
    @available(*, noasync)
    public static func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&wanted, 1, milliseconds) > 0
    }

    /// Opens a file for reading; the caller closes the descriptor.
    public static func open(_ path: String) throws(StorageError) -> Int32 {
        let descriptor = unsafe shim_open(path, O_RDONLY, 0)
        guard descriptor >= 0 else { throw StorageError.of(errno, "opening \(path)") }
        return descriptor
    }

    /// Opens a file of a folder that somebody else made: it must be an ordinary one.
    ///
    /// A link is not followed, and what never ends or never begins, such as a pipe, is not waited
    /// for.
    public static func openPlain(_ path: String) throws(StorageError) -> Int32 {
        let descriptor = unsafe shim_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)
        guard descriptor >= 0 else {
            if errno == ELOOP { throw StorageError(.failed, "\(path) is a link") }
            throw StorageError.of(errno, "opening \(path)")
        }
        var info = stat()
        guard unsafe fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            Glibc.close(descriptor)
            throw StorageError(.failed, "\(path) is no ordinary file")
        }
        return descriptor
    }

    /// The whole content of an ordinary file of at most `byteMax` bytes: see ``openPlain(_:)``.
    public static func plainContents(
        of path: String, byteMax: Int
    ) throws(StorageError) -> [UInt8] {
        let descriptor = try openPlain(path)
        defer { Glibc.close(descriptor) }
        var info = stat()
        guard unsafe fstat(descriptor, &info) == 0, Int(info.st_size) <= byteMax else {
            throw StorageError(.failed, "\(path) has \(info.st_size) bytes, over \(byteMax)")
        }
        // One that grows meanwhile is cut: no more than may be is ever held.
        var bytes: [UInt8] = []
        while bytes.count < byteMax {
            let part = try read(descriptor, byteMax: min(1 << 20, byteMax - bytes.count))
            if part.isEmpty { break }
            bytes += part
        }
        return bytes
    }

    /// Closes a descriptor.
    public static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// The whole content of a file of at most `byteMax` bytes.
    public static func contents(
        of path: String, byteMax: Int = 1 << 30
    ) throws(StorageError) -> [UInt8] {
        let size = Folder.size(of: path)
        guard size <= byteMax else {
            throw StorageError(.failed, "\(path) has \(size) bytes, over \(byteMax)")
        }
        let descriptor = try open(path)
        defer { close(descriptor) }
        var all = try readNow(descriptor, max(size, 1 << 12))
        while true {
            // What the kernel makes up while it is read has no size.
            let part = try readNow(descriptor, 1 << 12)
            if part.isEmpty { return all }
            all += part
        }
    }

    private static func readNow(
        _ descriptor: Int32, _ byteMax: Int
    ) throws(StorageError) -> [UInt8] {
        try read(descriptor, byteMax: byteMax)
    }

    /// Writes a file anew, with mode 0600 or as `mode` says, and flushes it unless told not to.
    public static func create(
        _ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600, flushes: Bool = true
    ) throws(StorageError) {
        let descriptor = unsafe shim_open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)
        guard descriptor >= 0 else { throw StorageError.of(errno, "creating \(path)") }
        defer { close(descriptor) }
        let code = write(descriptor, bytes)
        if code != 0 { throw StorageError.of(code, "writing \(path)") }
        guard flushes else { return }
        let flushed = flush(descriptor)
        if flushed != 0, flushed != EINVAL { throw StorageError.of(flushed, "flushing \(path)") }
    }

    /// Makes a file of zeroes with mode 0600 whose blocks are there, for ``overwrite(_:_:)``.
    public static func reserve(_ path: String, byteCount: Int) throws(StorageError) {
        let descriptor = unsafe shim_open(path, O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw StorageError.of(errno, "creating \(path)") }
        defer { close(descriptor) }
        let code = posix_fallocate(descriptor, 0, off_t(byteCount))
        if code != 0 { throw StorageError.of(code, "creating \(path)") }
    }

    /// Writes over the first bytes of a file, and lets it end there: it takes no new room.
    public static func overwrite(_ path: String, _ bytes: [UInt8]) throws(StorageError) {
        let descriptor = unsafe shim_open(path, O_WRONLY, 0)
        guard descriptor >= 0 else { throw StorageError.of(errno, "opening \(path)") }
        defer { close(descriptor) }
        let code = write(descriptor, bytes)
        if code != 0 { throw StorageError.of(code, "writing \(path)") }
        guard ftruncate(descriptor, off_t(bytes.count)) == 0 else {
            throw StorageError.of(errno, "writing \(path)")
        }
        let flushed = flush(descriptor)
        if flushed != 0 { throw StorageError.of(flushed, "flushing \(path)") }
    }

    /// Writes a file beside the one at `path`, flushes it, and puts it in that one's place.
    ///
    /// Whoever reads, also after a power cut, sees the old content or the new one, whole.
    public static func replace(_ path: String, _ bytes: [UInt8]) throws(StorageError) {
        try create(path + ".new", bytes)
        try Folder.rename(path + ".new", to: path)
        try Folder.sync(Folder.parent(of: path))
    }
}
