import CPosix
import Glibc
import Synchronization

/// One page of a file that all processes of a ledger share in memory: eight 64-bit numbers.
///
/// It carries hints (who holds the write lock, how many events there are), never truth: nothing is
/// lost when it is.
@safe
public final class SharedPage: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private let isMapped: Bool

    /// Maps the page in `path`, and creates the file with mode 0600 where it is missing.
    public init(path: String) throws(StorageError) {
        let descriptor = unsafe shim_open(path, O_RDWR | O_CREAT, 0o600)
        if descriptor < 0, errno == EROFS {
            // Nobody writes there, and so nobody has anything to tell.
            unsafe base = .allocate(byteCount: 4096, alignment: 4096)
            unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: 4096)
            isMapped = false
            return
        }
        guard descriptor >= 0 else { throw StorageError.of(errno, "opening \(path)") }
        defer { close(descriptor) }
        guard ftruncate(descriptor, 4096) == 0 else {
            throw StorageError.of(errno, "creating \(path)")
        }
        // Touching a page of a file without blocks would die of SIGBUS on a full disk.
        let reserved = posix_fallocate(descriptor, 0, 4096)
        if reserved != 0 { throw StorageError.of(reserved, "creating \(path)") }
        let mapped = unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            throw StorageError.of(errno, "mapping \(path)")
        }
        unsafe base = mapped
        isMapped = true
    }

    deinit {
        if isMapped { unsafe munmap(base, 4096) } else { unsafe base.deallocate() }
    }

    /// The number in one of the eight slots.
    public subscript(slot: Int) -> UInt64 {
        get { unsafe cell(slot).pointee.load(ordering: .acquiring) }
        set { unsafe cell(slot).pointee.store(newValue, ordering: .releasing) }
    }

    private func cell(_ slot: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        precondition(slot >= 0 && slot < 8, "eight slots")
        return unsafe (base + 8 * slot).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
}
