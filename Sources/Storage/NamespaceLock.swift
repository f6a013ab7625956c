import CPosix
import Glibc

/// Lets the processes of one pid namespace into a folder, and keeps those of others out.
///
/// LMDB tells readers apart by process ids, which two namespaces give twice. The lock is shared by
/// all who are inside, and ends with them.
public final class NamespaceLock: Sendable {
    private let descriptor: Int32

    /// Enters; the file is made with mode 0600 where it is missing, and names the namespace of
    /// those inside.
    ///
    /// - Throws: ``StorageError`` with `failed` while processes of another namespace are inside.
    public init(path: String) throws(StorageError) {
        descriptor = unsafe shim_open(path, O_RDWR | O_CREAT, 0o600)
        // Where the disk is mounted read-only nobody writes, and LMDB keeps no list of readers.
        if descriptor < 0, errno == EROFS { return }
        if descriptor < 0 { throw StorageError.of(errno, "opening \(path)") }
        // Where nobody can say which namespace this is, nobody is kept out.
        guard let own = Folder.birth(of: "/proc/self/ns/pid")?.number else { return }
        try enter(own, path)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private func enter(_ own: UInt64, _ path: String) throws(StorageError) {
        for _ in 0..<1_000 {
            if shim_ofd_lock(descriptor, 0) == 0 {
                var name = own
                let written = unsafe withUnsafeBytes(of: &name) {
                    unsafe pwrite(descriptor, $0.baseAddress, 8, 0)
                }
                let code = written == 8 ? 0 : errno
                _ = shim_ofd_share(descriptor)
                if code != 0 { throw StorageError.of(code, "writing \(path)") }
                return
            }
            if shim_ofd_share(descriptor) == 0 {
                var name: UInt64 = 0
                let count = unsafe withUnsafeMutableBytes(of: &name) {
                    unsafe pread(descriptor, $0.baseAddress, 8, 0)
                }
                if count == 8, name == own { return }
                _ = shim_ofd_unlock(descriptor)
                throw Self.elsewhere(path)
            }
            // Somebody is about to enter as the first.
            usleep(1_000)
        }
        throw StorageError(.busy, "\(path) is held by a process that does not go on")
    }

    private static func elsewhere(_ path: String) -> StorageError {
        StorageError(
            .failed,
            "\(Folder.parent(of: path)) is in use by processes of another pid namespace, such as a "
                + "container, whose process ids may be the same as those here; let all who use the "
                + "ledger share one namespace (docker run --pid=container:NAME, or "
                + "shareProcessNamespace: true in Kubernetes)")
    }
}
