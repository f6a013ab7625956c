import Bytes
import CommandLineKit
import Events
import Gate
import Glibc
import Ledger
import Storage
import Views

/// Runs one process in a role, for as long as it holds the role.
struct Supervisor {
    /// What is to be run, and how it is looked after.
    struct Plan: Sendable {
        let role: String
        let words: [String]
        /// The rest before a process that failed is started anew; nil starts none.
        let restart: Nanoseconds?
        /// How often in a row.
        let restartsMax: Int
        /// Whether the emergency stop ends the process.
        let endsOnStop: Bool
        /// After how long without a sign of life it counts as unhealthy; nil as the policy says.
        let silence: Nanoseconds?
    }

    /// Why a process ended.
    enum Cause: Equatable {
        /// By itself, or by a signal from elsewhere.
        case itself
        /// By a signal that the supervisor handed on.
        case forwarded
        /// It was fenced: `stop`, `restart`, or what else the fence says.
        case fenced(String)
        /// Sending was stopped.
        case stopped
        /// It gave no sign of life.
        case silent

        /// The reason in `instance.stopped`.
        var reason: String {
            switch self {
            case .itself: "it ended"
            case .forwarded: "a signal was handed on to it"
            case .fenced(let kind): "it was fenced (\(kind))"
            case .stopped: "sending was stopped"
            case .silent: "it gave no sign of life"
            }
        }
    }

    let ledger: Ledger
    let plan: Plan
    let out: Output
    private let lock: FileLock
    private var lives = 0

    /// How long after SIGTERM a process is killed.
    static let grace: Int64 = 5_000_000_000
    /// How long a process has to run for its predecessors' failures to be forgotten.
    private static let proof: Int64 = 600_000_000_000
    /// How long a fenced predecessor is waited for.
    private static let patience: Int64 = 20_000_000_000

    /// Prepares; ``run()`` takes the role.
    init(_ ledger: Ledger, _ plan: Plan, _ out: Output) throws {
        self.ledger = ledger
        self.plan = plan
        self.out = out
        lock = try ledger.roles.lock(of: plan.role)
    }

    /// Takes the role, runs the process to its last end, and answers its exit code.
    ///
    /// - Throws: ``LedgerError`` with `held` where another has the role.
    mutating func run() async throws -> Int32 {
        PendingSignals.watch()
        try await takeLock()
        var restarts = 0
        while true {
            let begin = SystemClock.monotonic
            let (life, code, cause) = try await live()
            try await record(life, code, cause)
            guard let rest = rest(after: cause, code) else { return code }
            if SystemClock.monotonic - begin > Self.proof { restarts = 0 }
            if cause != .fenced("restart") {
                guard restarts < plan.restartsMax else {
                    tell("\(plan.role) failed \(restarts + 1) times in a row and is given up")
                    return code
                }
                restarts += 1
            }
            tell("\(plan.role) starts anew in \(rest.text)")
            guard await sleep(rest) else { return code }
        }
    }

    /// How long to rest before the next start; nil ends the supervision.
    private func rest(after cause: Cause, _ code: Int32) -> Nanoseconds? {
        switch cause {
        case .itself: code == 0 ? nil : plan.restart
        case .fenced("restart"): .seconds(0)
        case .silent: plan.restart ?? .seconds(30)
        case .forwarded, .stopped, .fenced: nil
        }
    }

    /// Sleeps, in steps; answers false where a signal says to end.
    private func sleep(_ length: Nanoseconds) async -> Bool {
        let end = SystemClock.monotonic + length.count
        while SystemClock.monotonic < end {
            guard PendingSignals.take().isEmpty else { return false }
            try? await Task.sleep(nanoseconds: 50_000_000)
        }
        return PendingSignals.take().isEmpty
    }

    func tell(_ text: String) { out.note(Terminal.escape("ledger run: \(text)")) }
}

extension Supervisor {
    /// The terms in force for the role.
    func terms() -> Policy.InstanceTerms {
        guard let text = try? ledger.policyInForce()?.text, let policy = try? Policy.parse(text)
        else { return Policy.InstanceTerms() }
        return Gate.instanceTerms(of: plan.role, under: policy)
    }

    /// Takes the lock of the role; where the policy says so, its holder is fenced first.
    private func takeLock() async throws {
        if lock.tryLock() { return }
        guard terms().second == .fence else { throw held("") }
        var fence = InstanceFenced()
        fence.kind = "succeeded"
        fence.why = "another 'ledger run' takes the role"
        _ = try await ledger.fence(role: plan.role, fence)
        let end = SystemClock.monotonic + Self.patience
        while !lock.tryLock() {
            guard SystemClock.monotonic < end else {
                throw held(" It was fenced and may not send, but it does not end: end it by hand.")
            }
            guard await sleep(.milliseconds(100)) else { throw held(" The wait was interrupted.") }
        }
    }

    private func held(_ more: String) -> LedgerError {
        let entry = ledger.roles.entries(of: plan.role).last
        var text = "the role \(plan.role) is held on this machine"
        if let entry {
            text += " by \(entry.instance)"
            if entry.process > 0 { text += ", process \(entry.process) on \(LocalHost.name)" }
            let since = try? ledger.withState { moment in
                moment.tables.instance(Fingerprint(of: entry.instance))?.started
            }
            if let since, since.isSet { text += ", since \(since.time.local)" }
        }
        return LedgerError(
            .held,
            "\(text); 'ledger instances stop \(plan.role) --by NAME --why REASON' ends it.\(more)")
    }

    /// One life of the process: starts it, watches it, and tells how it ended.
    private mutating func live() async throws -> (life: Life, code: Int32, cause: Cause) {
        lives += 1
        let instance =
            "\(LocalHost.name)/\(getpid())/\(SystemClock.wall / 1_000_000_000).\(lives)"
        // The names of those before stay until the new start is recorded: it records their ends.
        let before = ledger.roles.entries(of: plan.role)
        try ledger.roles.name(
            before + [RoleFolder.Entry(process: 0, instance: instance)], of: plan.role)
        var start = InstanceStart(role: plan.role, instance: instance)
        start.host = LocalHost.name
        start.process = Int64(getpid())
        start.gone = before.map(\.instance)
        let token = try await ledger.start(start)
        for entry in before { ledger.roles.forget(entry.instance) }
        var life = Life(instance: instance, token: token)
        do throws(StorageError) {
            life.child = try Child(
                plan.words,
                environment: [
                    "LEDGER_DIR": Folder.canonical(ledger.folder), "LEDGER_ROLE": plan.role,
                    "LEDGER_INSTANCE": instance,
                ], holding: lock)
        } catch {
            tell(error.message)
            let code: Int32 = error.code == .notFound ? 127 : 126
            return (life, code, .itself)
        }
        let child = life.child?.id ?? 0
        try ledger.roles.name(
            [RoleFolder.Entry(process: child, instance: instance)], of: plan.role)
        tell("\(plan.role) runs as \(instance), process \(child), token \(token)")
        var watch = Watch(self, life)
        let (code, cause) = await watch.untilEnd()
        return (life, code, cause)
    }

    /// Records the end.
    private func record(_ life: Life, _ code: Int32, _ cause: Cause) async throws {
        var event = InstanceStopped()
        event.names.role = plan.role
        event.names.instance = life.instance
        event.host = LocalHost.name
        event.process = life.child.map { Int64($0.id) }
        event.token = Int64(life.token)
        event.code = .integer(Int64(code))
        event.reason = cause.reason
        let draft = try event.draft(source: Ledger.ownSource, id: "stopped-\(life.instance)")
        _ = try await ledger.append([draft], as: .house)
        ledger.roles.forget(life.instance)
        try ledger.roles.name([], of: plan.role)
        tell("\(life.instance) ended with code \(code): \(cause.reason)")
    }
}

/// One life of a process in a role.
struct Life {
    let instance: String
    let token: Position
    /// The process; nil where it could not be started.
    var child: Child?
}
