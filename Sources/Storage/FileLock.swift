import CPosix
import Glibc

/// An exclusive lock on a file, held by an open file description: it ends with the process.
public final class FileLock: Sendable {
    let descriptor: Int32
    private let path: String
    /// Whether nobody can write there, so that there is nothing to keep others from.
    private let isReadOnly: Bool

    /// Opens the lock's file, and creates it with mode 0600 where it is missing.
    public init(path: String) throws(StorageError) {
        descriptor = unsafe shim_open(path, O_RDWR | O_CREAT, 0o600)
        self.path = path
        isReadOnly = descriptor < 0 && errno == EROFS
        if descriptor < 0, !isReadOnly { throw StorageError.of(errno, "opening \(path)") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Waits for the lock.
    @available(*, noasync)
    public func lock() throws(StorageError) {
        if isReadOnly { return }
        let code = shim_ofd_lock(descriptor, 1)
        if code != 0 { throw StorageError.of(code, "locking \(path)") }
    }

    /// Takes the lock if it is free; answers whether it was.
    public func tryLock() -> Bool { shim_ofd_lock(descriptor, 0) == 0 }

    /// Gives the lock back.
    public func unlock() { _ = shim_ofd_unlock(descriptor) }
}
