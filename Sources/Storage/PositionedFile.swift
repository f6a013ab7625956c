import CPosix
import Glibc

/// An open file that is read and written at offsets, without a place of its own to keep.
public final class PositionedFile: Sendable {
    private let descriptor: Int32
    /// Where the file was when it was opened.
    public let path: String

    /// Opens a file for reading and writing; `isNew` creates it with mode 0600, or refuses.
    ///
    /// - Throws: ``StorageError``; `failed` where a new file is there already.
    public init(path: String, isNew: Bool = false) throws(StorageError) {
        let flags = isNew ? O_RDWR | O_CREAT | O_EXCL : O_RDWR
        var opened = unsafe shim_open(path, flags, 0o600)
        // What cannot be written can be read all the same.
        if opened < 0, errno == EROFS, !isNew { opened = unsafe shim_open(path, O_RDONLY, 0) }
        descriptor = opened
        self.path = path
        if descriptor < 0 { throw StorageError.of(errno, "opening \(path)") }
    }

    deinit { close(descriptor) }

    /// How many bytes the file has.
    public var byteCount: Int {
        get throws(StorageError) {
            let end = lseek(descriptor, 0, SEEK_END)
            if end < 0 { throw StorageError.of(errno, "reading \(path)") }
            return Int(end)
        }
    }

    /// The bytes from `offset` on, at most `byteCount`; fewer at the file's end.
    public func read(_ byteCount: Int, at offset: Int) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let done = try read(byteCount, at: offset, into: &bytes)
        bytes.removeLast(byteCount - done)
        return bytes
    }

    /// Reads at most `byteCount` bytes from `offset` on over the first of `bytes`, which has as
    /// many; answers how many there were before the file's end.
    public func read(
        _ byteCount: Int, at offset: Int, into bytes: inout [UInt8]
    ) throws(StorageError) -> Int {
        precondition(byteCount <= bytes.count, "out of bounds")
        var done = 0
        while done < byteCount {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress.unsafelyUnwrapped + done, byteCount - done,
                    off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw StorageError.of(errno, "reading \(path)") }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Writes all bytes at `offset`; the file grows where it has to.
    public func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.unsafelyUnwrapped + done, buffer.count - done,
                    off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw StorageError.of(errno, "writing \(path)") }
            done += count
        }
    }

    /// Waits until the disk has what was written, and the file's size.
    public func flush() throws(StorageError) {
        let code = Descriptor.flushData(descriptor)
        if code != 0 { throw StorageError.of(code, "flushing \(path)") }
    }

    /// The permission bits and the owner of a file; nil where there is no ordinary file.
    public static func access(of path: String) -> (mode: UInt32, owner: UInt32)? {
        var info = stat()
        guard unsafe stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return (UInt32(info.st_mode & 0o7777), UInt32(info.st_uid))
    }
}
