import CommandLineKit
import Events
import Ledger

/// `run`: runs a sender as the one process of its role.
enum Run {
    static let words = Operand<[String]>.trailing("CMD", "The program and its arguments")
    static let role = Option<String?>.text(
        "role", "ROLE", environment: "LEDGER_ROLE", "What the process does")
    static let restart = length(
        "restart", "Start it anew so long after it failed; without it, never")
    static let restartsMax = Option<Int>.integer(
        "max-restarts", "N", in: 0...1_000_000, default: 10,
        "Give up after so many failures in a row; ten minutes without one begin anew")
    static let killOnStop = Option<Bool>.flag(
        "kill-on-stop", "End it where sending is stopped for the whole ledger")
    static let silent = length(
        "silent", "Report it as unhealthy after so long without ask, report and beat")

    static func length(_ name: String, _ summary: String) -> Option<Nanoseconds?> {
        Option<Nanoseconds?>.value(
            name, "LENGTH", expects: "a length such as 30s", summary,
            parse: { TimeWord.duration($0) })
    }

    static let command = Command.verb(
        "run", "Run a sender as the one process of its role",
        details: """
            The process finds LEDGER_DIR, LEDGER_ROLE and LEDGER_INSTANCE in its environment, which
            'ask' reads. The role is held by a lock that the process inherits as descriptor 3: while
            it lives, nobody else takes the role, even if this command is killed. Signals are handed
            on to the process and its group. Where the instance is fenced, the process is ended:
            SIGTERM, and SIGKILL five seconds later. The exit code is that of the process, 128 and
            the signal, or 126 and 127 where it cannot be started.
            """,
        operands: [words],
        options: [role, restart, restartsMax, killOnStop, silent],
        examples: [
            .init("ledger run --role qa-monitor --restart 30s -- python3 monitor.py", "supervise")
        ]
    ) { arguments, out in
        guard let role = arguments(role), !role.isEmpty else {
            throw UsageError("run needs --role ROLE", command: "run")
        }
        let plan = Supervisor.Plan(
            role: role, words: arguments(words), restart: arguments(restart),
            restartsMax: arguments(restartsMax), endsOnStop: arguments(killOnStop),
            silence: arguments(silent))
        return try await Ledger.writing(arguments, out) { ledger, _ in
            var supervisor = try Supervisor(ledger, plan, out)
            return try await supervisor.run()
        }
    }
}
