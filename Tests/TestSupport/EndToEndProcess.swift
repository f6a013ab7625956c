public import Events
public import Glibc
import Synchronization

/// The built command line, as a user runs it: found by `LEDGER_BINARY`, else in `.build/debug`.
public enum EndToEnd {
    /// The binary's path, or nil where none is built.
    public static let binary: String? = {
        let path = getenv("LEDGER_BINARY").map { String(cString: $0) } ?? ".build/debug/ledger"
        return access(path, X_OK) == 0 ? path : nil
    }()

    /// Whether there is a binary to test; otherwise such tests are skipped.
    public static var isBuilt: Bool { binary != nil }

    /// Why tests are skipped.
    public static let hint: String =
        "build the product first (swift build), or name it in LEDGER_BINARY"

    /// Runs the binary, or another program, to its end.
    public static func run(
        _ words: [String], input: String = "", environment: [String: String] = [:],
        seconds: Int = 20, program: String? = nil
    ) throws -> Finished {
        let process = try RunningProcess(words, environment: environment, program: program)
        process.write(input)
        process.closeInput()
        return process.finish(seconds: seconds)
    }
}

/// What a process left behind.
public struct Finished: Sendable {
    /// Its exit code, or minus the signal that ended it.
    public let code: Int32
    /// What it wrote to standard output.
    public let out: String
    /// What it wrote to standard error.
    public let err: String

    /// The lines of standard output.
    public var lines: [String] { out.split(separator: "\n").map(String.init) }

    /// The lines of standard output as JSON; what is none is null.
    public var json: [JSONValue] { lines.map { (try? JSONValue.parse($0)) ?? .null } }
}

/// A process of the binary that runs, with pipes to it.
public final class RunningProcess: Sendable {
    /// Its process id.
    public let pid: pid_t
    private let input: Mutex<Int32>
    private let pipes: [Int32]
    private let state = Mutex((out: [UInt8](), err: [UInt8](), ended: 0))

    /// Starts the binary, or another program, with these words; `environment` is added to that of
    /// the tests.
    public init(
        _ words: [String], environment: [String: String] = [:], program: String? = nil
    ) throws {
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        guard let binary = program ?? EndToEnd.binary else { throw MissingBinary() }
        (pid, pipes) = try Self.spawning.withLock { _ in
            try Self.spawn(binary, words, environment)
        }
        input = Mutex(pipes[1])
        collect(pipes[2]) { process, bytes in process.state.withLock { $0.out += bytes } }
        collect(pipes[4]) { process, bytes in process.state.withLock { $0.err += bytes } }
    }

    /// One at a time, or another child would inherit a pipe's end and keep it open.
    private static let spawning = Mutex(())

    private static func spawn(
        _ binary: String, _ words: [String], _ environment: [String: String]
    ) throws -> (pid_t, [Int32]) {
        var pipes = [Int32](repeating: -1, count: 6)
        for index in 0..<3 {
            _ = pipes.withUnsafeMutableBufferPointer { pipe($0.baseAddress! + 2 * index) }
        }
        for descriptor in pipes { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, pipes[0], 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[3], 1)
        posix_spawn_file_actions_adddup2(&actions, pipes[5], 2)
        // The threads of tests block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        posix_spawnattr_init(&attributes)
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = ([binary] + words).map { strdup($0) }
        arguments.append(nil)
        var all = environment
        for name in ["PATH", "HOME", "TZ", "LD_LIBRARY_PATH"] where all[name] == nil {
            all[name] = getenv(name).map { String(cString: $0) }
        }
        var variables: [UnsafeMutablePointer<CChar>?] = all.map { strdup("\($0)=\($1)") }
        variables.append(nil)
        var pid = pid_t()
        let code = posix_spawn(&pid, binary, &actions, &attributes, arguments, variables)
        posix_spawnattr_destroy(&attributes)
        posix_spawn_file_actions_destroy(&actions)
        for pointer in arguments + variables { free(pointer) }
        for index in [0, 3, 5] { close(pipes[index]) }
        guard code == 0 else { throw MissingBinary() }
        return (pid, pipes)
    }

    /// Reads a descriptor to its end on a thread of its own.
    private func collect(_ descriptor: Int32, _ take: @escaping (RunningProcess, [UInt8]) -> Void) {
        let box = Unmanaged.passRetained(Collector(self, descriptor, take))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Collector>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Collector {
        let process: RunningProcess
        let descriptor: Int32
        let take: (RunningProcess, [UInt8]) -> Void

        init(
            _ process: RunningProcess, _ descriptor: Int32,
            _ take: @escaping (RunningProcess, [UInt8]) -> Void
        ) {
            self.process = process
            self.descriptor = descriptor
            self.take = take
        }

        func run() {
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &bytes, bytes.count)
                if count <= 0 { break }
                take(process, Array(bytes[..<count]))
            }
            close(descriptor)
            process.state.withLock { $0.ended += 1 }
        }
    }

    /// Writes to its standard input; what nobody reads is lost.
    public func write(_ text: String) {
        input.withLock { input in
            guard input >= 0 else { return }
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
                if count <= 0 { return }
                bytes = bytes.dropFirst(count)
            }
        }
    }

    /// Writes on a thread of its own: the process may be slower than its pipe is long.
    public func writeAside(_ text: String) {
        let box = Unmanaged.passRetained(Writer(self, text))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                let writer = Unmanaged<Writer>.fromOpaque(argument!).takeRetainedValue()
                writer.process.write(writer.text)
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Writer {
        let process: RunningProcess
        let text: String

        init(_ process: RunningProcess, _ text: String) {
            self.process = process
            self.text = text
        }
    }

    /// Ends its standard input.
    public func closeInput() {
        input.withLock { input in
            if input >= 0 { close(input) }
            input = -1
        }
    }

    /// What it has written to standard output so far, in whole lines.
    public var lines: [String] {
        let text = state.withLock { String(decoding: $0.out, as: UTF8.self) }
        guard let end = text.lastIndex(of: "\n") else { return [] }
        return text[..<end].split(separator: "\n").map(String.init)
    }

    /// Waits until it has written so many lines; answers them, or what there is by then.
    public func waitForLines(_ count: Int, milliseconds: Int = 10_000) -> [String] {
        let end = now() + milliseconds
        while lines.count < count, now() < end { usleep(500) }
        return lines
    }

    /// What it has written to standard error so far.
    public var err: String { state.withLock { String(decoding: $0.err, as: UTF8.self) } }

    /// Whether it has ended, or is about to: `finish` says how.
    public var hasEnded: Bool {
        var info = siginfo_t()
        waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
        return info.si_signo == SIGCHLD
    }

    /// Sends a signal.
    public func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for its end; what takes longer is killed.
    public func finish(seconds: Int = 20) -> Finished {
        let end = now() + seconds * 1_000
        var status: Int32 = 0
        while waitpid(pid, &status, WNOHANG) == 0 {
            if now() > end {
                kill(pid, SIGCONT)
                kill(pid, SIGKILL)
            }
            usleep(1_000)
        }
        closeInput()
        // The pipes' threads end once the process has.
        let late = now() + 2_000
        while state.withLock({ $0.ended < 2 }), now() < late { usleep(500) }
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
        return state.withLock {
            Finished(
                code: code, out: String(decoding: $0.out, as: UTF8.self),
                err: String(decoding: $0.err, as: UTF8.self))
        }
    }

    private func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }

    struct MissingBinary: Error {}
}
