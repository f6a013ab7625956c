import CPosix
import Glibc

/// Other processes, started and waited for.
public struct Subprocess: Sendable {
    /// The process id.
    public let id: Int32

    init(id: Int32) { self.id = id }

    /// Starts a program; its standard output goes to the file `output`, or to nowhere.
    ///
    /// - Throws: ``StorageError`` where the system refuses.
    public init(_ path: String, _ arguments: [String], output: String? = nil) throws(StorageError) {
        id = try unsafe Self.start(path, arguments) { actions in
            unsafe posix_spawn_file_actions_addopen(
                &actions, STDOUT_FILENO, output ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
    }

    /// Starts a program whose files are set up by `prepare`; answers its process id.
    static func start(
        _ path: String, _ arguments: [String],
        prepare: (inout posix_spawn_file_actions_t) -> Void
    ) throws(StorageError) -> Int32 {
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map {
            unsafe strdup($0)
        }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe prepare(&actions)
        var id: pid_t = 0
        let code = unsafe posix_spawn(&id, path, &actions, nil, words, environ)
        if code != 0 { throw StorageError.of(code, "starting \(path)") }
        return id
    }

    /// Waits for the end; answers the exit code, or 128 and the signal.
    @available(*, noasync)
    public func wait() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// The path of this very program.
    public static var ownPath: String { Folder.canonical("/proc/self/exe") }
}
