import Bytes
import Events
import Gate
import Glibc
import Ledger
import Storage
import Views

/// Looks after a process until it has ended.
struct Watch {
    private let supervisor: Supervisor
    private let life: Life
    private let silence: Nanoseconds?
    private let restartsSilent: Bool
    private var cause: Supervisor.Cause?
    /// When the process is killed, once it was told to end.
    private var deadline: Int64?
    private var looked: Int64 = 0
    /// How many events the log held at the last look.
    private var count: Position?
    private var active: Instant?
    private var beat: Int64?
    /// When the last sign of life was seen.
    private var lastSign = SystemClock.monotonic
    private var isSilent = false

    init(_ supervisor: Supervisor, _ life: Life) {
        self.supervisor = supervisor
        self.life = life
        let terms = supervisor.terms()
        silence = supervisor.plan.silence ?? terms.silentAfter
        restartsSilent = terms.restartsSilent
    }

    /// Watches, hands signals on, ends the process where it must end; answers its exit code and why
    /// it ended.
    mutating func untilEnd() async -> (code: Int32, cause: Supervisor.Cause) {
        guard let child = life.child else { return (127, .itself) }
        while true {
            for signal in PendingSignals.take() {
                child.send(signal)
                if signal != SIGHUP { cause = cause ?? .forwarded }
            }
            if let code = child.end() {
                // Who does not catch the signal of a closed terminal ends by it.
                return (code, cause ?? (code == 128 + SIGHUP ? .forwarded : .itself))
            }
            let now = SystemClock.monotonic
            if now - looked >= 1_000_000_000 {
                looked = now
                await look(child)
            }
            if let deadline, now >= deadline {
                child.send(SIGKILL)
                self.deadline = nil
            }
            try? await Task.sleep(nanoseconds: 50_000_000)
        }
    }

    /// Tells the process to end, and why it is ended.
    private mutating func end(_ child: Child, _ cause: Supervisor.Cause) {
        guard deadline == nil, self.cause == nil else { return }
        self.cause = cause
        child.send(SIGTERM)
        deadline = SystemClock.monotonic + Supervisor.grace
    }

    /// About once a second: what the ledger and the signs of life say.
    private mutating func look(_ child: Child) async {
        let events = try? supervisor.ledger.count()
        if events != count, let seen = try? read() {
            count = events
            if let fenced = seen.fenced { end(child, .fenced(fenced)) }
            if seen.isStopped, supervisor.plan.endsOnStop { end(child, .stopped) }
            if seen.active != active { await speak() }
            active = seen.active
        }
        let last = supervisor.ledger.roles.lastBeat(life.instance)
        if last != beat { await speak() }
        beat = last
        guard let silence, !isSilent, cause == nil,
            SystemClock.monotonic - lastSign > silence.count
        else { return }
        isSilent = true
        await report(.alertRaised, silence)
        if restartsSilent { end(child, .silent) }
    }

    private func read() throws -> (active: Instant, fenced: String?, isStopped: Bool) {
        let instance = Fingerprint(of: life.instance)
        let ledger = supervisor.ledger
        let isMarked = try ledger.marks().contains {
            $0.kind == .stop && $0.account == nil && $0.chat == nil
        }
        let (row, isStopped) = try ledger.withState { moment in
            let control = moment.tables.control.find(RateScope.ledger.key())
            return (
                moment.tables.instance(instance) ?? InstanceRow(),
                control.map { moment.tables.control[$0].stopped > 0 } ?? false
            )
        }
        guard row.isFenced else { return (row.active, nil, isStopped || isMarked) }
        let kind = try ledger.withEvent(at: row.fenced - 1) { $0.text(.kind) }
        return (row.active, kind ?? "stop", isStopped || isMarked)
    }

    private mutating func speak() async {
        lastSign = SystemClock.monotonic
        guard isSilent else { return }
        isSilent = false
        await report(.alertCleared, nil)
    }

    /// Tells that the process has fallen silent, or speaks again, and records it.
    private func report(_ type: EventType, _ silence: Nanoseconds?) async {
        let what = silence.map { "gave no sign of life for \($0.text)" } ?? "gives signs of life"
        supervisor.tell("\(life.instance) \(what)")
        let id = "silent-\(life.instance)-\(SystemClock.wall)"
        var alert = DraftBuilder(type, source: Ledger.ownSource, id: id)
        alert.add(.role, text: supervisor.plan.role)
        alert.add(.instance, text: life.instance)
        alert.add(.code, text: "instance.silent")
        guard let draft = alert.finish() else { return }
        // What cannot be recorded now was told all the same.
        _ = try? await supervisor.ledger.append([draft], as: .house)
    }
}
