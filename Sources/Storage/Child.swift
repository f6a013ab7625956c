import CPosix
import Glibc
import Synchronization

/// A process that is watched by the one that started it, and holds a lock together with it.
public struct Child: Sendable {
    /// The process id, which is that of its group too.
    public let id: Int32

    /// Starts a program in a process group of its own; it inherits standard input and outputs.
    ///
    /// - Parameters:
    ///   - words: The program, sought in PATH where it holds no slash, and its arguments.
    ///   - environment: Variables that are set beside those of this process.
    ///   - lock: A lock that the child holds too, as descriptor 3: it is free once both have ended,
    ///     and whatever the child started and let inherit it.
    /// - Throws: ``StorageError`` with `notFound` for a program that is not there, `notPermitted`
    ///   for one that may not be run.
    public init(
        _ words: [String], environment: [String: String], holding lock: FileLock
    ) throws(StorageError) {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var usual = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&usual)
        // What this process ignores or catches is no business of the child's.
        for number in [SIGPIPE, SIGHUP, SIGINT, SIGTERM] { unsafe sigaddset(&usual, number) }
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, lock.descriptor, 3)
        let arguments = unsafe Self.list(words)
        let variables = unsafe Self.list(Self.variables(environment))
        defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe posix_spawnp(
            &id, words[0], &actions, &attributes, arguments, variables)
        if code != 0 { throw StorageError.of(code, "starting \(words[0])") }
        self.id = id
    }

    /// The exit code, or 128 and the signal, once it has ended; nil while it runs.
    ///
    /// Once it has answered a code, it is to be asked no more.
    public func end() -> Int32? {
        var status: Int32 = 0
        let ended = unsafe waitpid(id, &status, WNOHANG)
        if ended == 0 || ended < 0 && errno == EINTR { return nil }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Sends a signal to it and to whatever it started in its group.
    public func send(_ signal: Int32) { kill(-id, signal) }

    private static func list(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var list: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe list.append(nil)
        return unsafe list
    }

    /// `NAME=value` of this process, with those given in the place of their namesakes.
    private static func variables(_ own: [String: String]) -> [String] {
        var all = own.map { "\($0)=\($1)" }
        var at = unsafe environ
        while let entry = unsafe at.pointee {
            let text = unsafe String(cString: entry)
            if own[String(text.prefix { $0 != "=" })] == nil { all.append(text) }
            unsafe at += 1
        }
        return all
    }
}

/// Signals that came and are to be handed on: SIGHUP, SIGINT and SIGTERM.
public enum PendingSignals {
    /// From now on these signals are only noted.
    public static func watch() {
        for number in [SIGHUP, SIGINT, SIGTERM] {
            _ = signal(number) { number in
                pending.bitwiseOr(1 << UInt64(number), ordering: .relaxed)
            }
        }
    }

    /// Those that came since the last call, each once.
    public static func take() -> [Int32] {
        let bits = pending.exchange(0, ordering: .relaxed)
        return [SIGHUP, SIGINT, SIGTERM].filter { bits & 1 << UInt64($0) != 0 }
    }
}

private let pending = Atomic<UInt64>(0)
