import CPosix
import Glibc

extension Subprocess {
    /// What a program writes to its standard output, through a pipe: it never lies in a file.
    ///
    /// - Throws: ``StorageError`` `failed` where it cannot be started, answers more than `byteMax`
    ///   bytes, ends with another code than 0, or takes longer than `seconds`; it is killed then.
    @available(*, noasync)
    public static func answer(
        of path: String, _ arguments: [String], byteMax: Int, seconds: Int
    ) throws(StorageError) -> [UInt8] {
        var ends: [Int32] = [0, 0]
        guard unsafe shim_pipe(&ends) == 0 else { throw StorageError.of(errno, "opening a pipe") }
        defer { close(ends[0]) }
        let id: Int32
        do throws(StorageError) {
            let output = ends[1]
            id = try unsafe start(path, arguments) { actions in
                unsafe posix_spawn_file_actions_addopen(
                    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
                unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
            }
        } catch {
            close(ends[1])
            throw error
        }
        close(ends[1])
        let process = Subprocess(id: id)
        let end = SystemClock.monotonic + Int64(seconds) * 1_000_000_000
        var answer: [UInt8] = []
        while true {
            let left = end - SystemClock.monotonic
            let milliseconds = Int32(left / 1_000_000 + 1)
            guard left > 0, Descriptor.isReadable(ends[0], milliseconds: milliseconds)
            else { throw process.ended(path, "took longer than \(seconds) seconds") }
            let part = try Descriptor.read(ends[0], byteMax: byteMax + 1)
            if part.isEmpty { break }
            answer += part
            if answer.count > byteMax {
                throw process.ended(path, "answered more than \(byteMax) bytes")
            }
        }
        // It may have closed its output and gone on: the wait is bounded too.
        while !process.hasEnded {
            guard SystemClock.monotonic < end else {
                throw process.ended(path, "took longer than \(seconds) seconds")
            }
            SystemThread.sleep(nanoseconds: 1_000_000)
        }
        let code = process.wait()
        guard code == 0 else { throw StorageError(.failed, "\(path) ended with code \(code)") }
        return answer
    }

    /// Whether the program has ended and waits for ``wait()``.
    private var hasEnded: Bool {
        var info = unsafe siginfo_t()
        let code = unsafe waitid(P_PID, id_t(id), &info, WEXITED | WNOHANG | WNOWAIT)
        let ended = unsafe info._sifields._kill.si_pid
        return code != 0 || ended != 0
    }

    /// Kills the program, takes its end, and says why.
    private func ended(_ path: String, _ reason: String) -> StorageError {
        kill(id, SIGKILL)
        _ = wait()
        return StorageError(.failed, "\(path) \(reason)")
    }
}
