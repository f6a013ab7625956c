import CPosix
import Glibc
import Synchronization

/// Times in the zone of the machine.
public enum LocalTime {
    /// Seconds since 1970 of a local date and time, or nil where the calendar has no such day.
    ///
    /// A time that a change of clocks skips is taken as the system takes it: an hour aside.
    public static func seconds(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
    ) -> Int64? {
        guard (1970...2261).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        var time = unsafe tm()
        unsafe time.tm_year = Int32(year - 1900)
        unsafe time.tm_mon = Int32(month - 1)
        unsafe time.tm_mday = Int32(day)
        unsafe time.tm_hour = Int32(hour)
        unsafe time.tm_min = Int32(minute)
        unsafe time.tm_sec = Int32(second)
        unsafe time.tm_isdst = -1
        let seconds = unsafe mktime(&time)
        // The 30th of February comes back as a day in March.
        guard unsafe time.tm_mday == Int32(day), unsafe time.tm_mon == Int32(month - 1) else {
            return nil
        }
        return seconds < 0 ? nil : Int64(seconds)
    }

    /// Minutes east of UTC of the machine's zone at a moment, in seconds since 1970.
    public static func offsetMinutes(at seconds: Int64) -> Int {
        var moment = time_t(seconds)
        var time = unsafe tm()
        guard unsafe localtime_r(&moment, &time) != nil else { return 0 }
        return unsafe Int(time.tm_gmtoff) / 60
    }
}

/// What a process asks of the machine beside files and clocks.
public enum LocalHost {
    /// The processor's name and how many cores there are, as the kernel tells.
    public static var hardware: String {
        let text = (try? Descriptor.contents(of: "/proc/cpuinfo")) ?? []
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        let cores = lines.count { $0.hasPrefix("processor") }
        return "\(name?.drop { $0 == " " } ?? "unknown processor"), \(cores) cores"
    }

    /// The environment variables of these names that are set.
    public static func environment(_ names: [String]) -> [String: String] {
        var found: [String: String] = [:]
        for name in names {
            if let value = unsafe getenv(name) { found[name] = unsafe String(cString: value) }
        }
        return found
    }

    /// The machine's name, or `localhost`.
    public static var name: String {
        let bytes = (try? Descriptor.contents(of: "/proc/sys/kernel/hostname")) ?? []
        let text = String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
        return text.isEmpty ? "localhost" : text
    }

    /// The name of the user that the process acts as.
    public static var user: String { name(ofUser: geteuid()) }

    /// The number of the user that the process acts as.
    public static var userNumber: UInt32 { geteuid() }

    /// The name of the user who logged in, whatever they became since; nil where nobody did.
    public static var login: String? {
        guard let bytes = try? Descriptor.contents(of: "/proc/self/loginuid"),
            let number = UInt32(String(decoding: bytes, as: UTF8.self)), number != .max
        else { return nil }
        return name(ofUser: number)
    }

    /// The name of a file's owner; nil where there is no file.
    public static func owner(of path: String) -> String? {
        var info = stat()
        return unsafe stat(path, &info) == 0 ? name(ofUser: info.st_uid) : nil
    }

    private static func name(ofUser number: uid_t) -> String {
        guard let entry = unsafe getpwuid(number), let name = unsafe entry.pointee.pw_name else {
            return "uid \(number)"
        }
        return unsafe String(cString: name)
    }

    /// The bytes that an ordinary user can still write where `path` lies; nil if nobody knows.
    public static func freeBytes(at path: String) -> Int? {
        var info = statvfs()
        guard unsafe statvfs(path, &info) == 0 else { return nil }
        return Int(info.f_bavail) * Int(info.f_frsize)
    }

    /// The permission bits of a file or folder; nil where it is missing.
    public static func mode(of path: String) -> UInt32? {
        var info = stat()
        return unsafe stat(path, &info) == 0 ? info.st_mode & 0o777 : nil
    }

    /// Whether the process may create files in a folder.
    public static func canWrite(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    /// Whether the other end of a pipe or terminal has gone.
    public static func isClosed(_ descriptor: Int32) -> Bool {
        var asked = pollfd(fd: descriptor, events: 0, revents: 0)
        guard unsafe poll(&asked, 1, 0) > 0 else { return false }
        return Int32(asked.revents) & Int32(POLLERR | POLLHUP | POLLNVAL) != 0
    }

    /// Lets writes to a closed pipe, and to a file that has reached its limit, fail instead of
    /// ending the process.
    public static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
        _ = signal(SIGXFSZ, SIG_IGN)
    }

    /// From now on SIGINT and SIGTERM only set ``isInterrupted``; a second one ends the process.
    public static func watchInterrupts() {
        interrupts.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { number in
                interrupts.store(number, ordering: .relaxed)
                _ = signal(number, SIG_DFL)
            }
        }
    }

    /// Whether SIGINT or SIGTERM came since ``watchInterrupts()``.
    public static var isInterrupted: Bool { interrupts.load(ordering: .relaxed) != 0 }
}

private let interrupts = Atomic<Int32>(0)
