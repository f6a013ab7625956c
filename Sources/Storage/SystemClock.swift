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

    /// The kernel's random name for the time since the last start: 36 characters; nil where it
    /// cannot be read.
    public static var bootID: String? { named.id }

    /// Why ``bootID`` cannot be read; nil where it can.
    public static var bootIDTrouble: String? { named.trouble }

    private static let named: (id: String?, trouble: String?) = {
        let path = "/proc/sys/kernel/random/boot_id"
        do throws(StorageError) {
            let text = try Descriptor.contents(of: path, byteMax: 4_096).prefix(36)
            guard text.count == 36 else { return (nil, "\(path) has \(text.count) bytes of 36") }
            return (String(decoding: text, as: UTF8.self), nil)
        } catch { return (nil, error.message) }
    }()
}
