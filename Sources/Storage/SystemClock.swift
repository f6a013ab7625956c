import CPosix
import Glibc

/// The clocks of the machine, in nanoseconds.
public enum SystemClock {
    /// The wall clock: nanoseconds since 1970.
    public static var wall: Int64 { shim_clock_nanoseconds(CLOCK_REALTIME) }

    /// Time since the machine started, sleep included.
    public static var boot: Int64 { shim_clock_nanoseconds(CLOCK_BOOTTIME) }

    /// Time that never jumps, for measuring.
    public static var monotonic: Int64 { shim_clock_nanoseconds(CLOCK_MONOTONIC) }

    /// Nanoseconds of processor time of this thread.
    public static var threadCPU: Int64 { shim_clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

    /// Whether the kernel says that its wall clock follows a time source; nil if it will not say.
    public static var isSynchronised: Bool? {
        switch shim_clock_synchronised() {
        case 0: false
        case 1: true
        default: nil
        }
    }

    /// The kernel's random name for the time since the last start: 36 characters.
    public static let bootID: String = {
        let descriptor = unsafe shim_open("/proc/sys/kernel/random/boot_id", O_RDONLY, 0)
        guard descriptor >= 0 else { return "unknown" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 36)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe read(descriptor, $0.baseAddress, 36)
        }
        return count == 36 ? String(decoding: bytes, as: UTF8.self) : "unknown"
    }()
}
