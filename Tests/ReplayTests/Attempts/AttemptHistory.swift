import Events
import Gate
import Ledger
import TestSupport

/// A random history of three workers and two messages on a real ledger, beside the model.
///
/// A queue delivers at least once; a network loses, delays and repeats; a provider takes, rejects,
/// times out or is not reached; a stop comes and goes; statuses come late, with our reference or
/// without; an operator settles what nobody knows. Workers die between any two steps. After that
/// come deliveries without faults: what is unsent then, and had no death between sending
/// `attempted` and the outcome, is stuck.
final class AttemptHistory {
    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    /// What arrives at the ledger.
    enum Call {
        case ask(AttemptModel.Ask)
        case report(Position, SendReport.Outcome, attempt: String?, message: String?)
    }

    enum Heard {
        case asked(AttemptModel.Answer, Position?)
        case told(AttemptModel.Told)
    }

    struct Status {
        let message: String
        let reference: Position?
        let isFailed: Bool
    }

    let name: String
    /// Of all histories on a ledger.
    let number: Int
    let ledger: Ledger
    let misuse: Misuse?
    /// The ledger's clock at tick 0, in seconds.
    let start: Int64
    var model: AttemptModel
    var chance: SeededGenerator
    var now = 0
    let tasks: [AttemptTask]
    var queue: [AttemptTask]
    var workers: [AttemptWorker]
    var hasFaults = true
    /// Calls on their way, whose answer nobody hears.
    var late: [Call] = []
    var statuses: [Status] = []
    var reservations: [Position: Reservation] = [:]
    /// The provider's messages of each key that have not failed.
    var taken: [String: [String]] = [:]
    var takenOf: [Position: [String]] = [:]
    /// Names whose sender died, or heard nothing, on the way: they may stay unsent.
    var excused: Set<String> = []
    var ends: [String: AttemptWorker.End] = [:]
    var goes: [Position: Int] = [:]
    var calls: [Int] = []
    var keptLeases = true
    var attempts = 0
    var messages = 0
    var orders = 0
    /// Whether the provider took a key twice.
    var isDoubled = false
    var states: [String: Int] = [:]

    init(
        seed: UInt64, on ledger: Ledger, from start: Int64, number: Int, misuse: Misuse? = nil
    ) {
        self.number = number
        name = "\(misuse.map { "\($0.rawValue)-" } ?? "")\(seed)"
        self.ledger = ledger
        self.start = start
        self.misuse = misuse
        var chance = SeededGenerator(seed: seed)
        let limit = Int.random(in: 1...2, using: &chance)
        let gap = Int.random(in: 0..<3, using: &chance) == 0 ? 2 : 0
        model = AttemptModel(limit: limit, gap: gap)
        let isOne = Int.random(in: 0..<10, using: &chance) < 4
        let other = Bool.random(using: &chance) ? "b1" : nil
        tasks = [
            AttemptTask(id: "t0", key: "k0", business: "b0"),
            AttemptTask(id: "t1", key: "k1", business: isOne ? "b0" : other),
        ]
        queue = tasks
        workers = (0..<3).map { _ in AttemptWorker(misuse) }
        self.chance = chance
    }

    var policy: String {
        """
        rate_limits: {messages_per_minute: \(model.limit)}
        reservations: {lease: 30}
        """ + (model.gap > 0 ? "\npacing: {phases: [{delay: [12, 12]}]}" : "")
    }

    /// The reservations that replay must name: more than one message of it left, or one in silence.
    var doubles: [Position] {
        model.entries.values.filter { $0.messages.count > 1 || $0.isUnannounced }.map(\.position)
    }

    func below(_ number: Int) -> Int { Int.random(in: 0..<number, using: &chance) }
    func happens(_ percent: Int) -> Bool { below(100) < percent }
    func instant(_ tick: Int) -> Instant { second(start + 6 * Int64(tick)) }
    func tick(_ instant: Instant) -> Int {
        Int((instant.nanoseconds / 1_000_000_000 - start) / 6)
    }

    func expect(_ holds: Bool, _ what: @autoclosure () -> String) throws {
        if !holds { throw Wrong(description: "history \(name), tick \(now): \(what())") }
    }

    // MARK: - The course

    /// Runs the history to its end.
    ///
    /// - Throws: ``Wrong`` where gate and model part, or something was sent that must not be.
    func run() async throws {
        try await apply(policy, to: ledger, at: instant(0))
        for _ in 0..<140 {
            switch below(100) {
            case 0..<30: now += [1, 1, 1, 2, 3][below(5)]
            case 30..<34: die(workers[below(3)])
            case 34..<37: try await order(!model.isStopped)
            case 37..<42: try await deliverStatus()
            case 42..<47: try await arrive()
            case 47..<50: try await settleByHand()
            default: try await step(workers[below(3)])
            }
        }
        hasFaults = false
        if model.isStopped { try await order(false) }
        while !late.isEmpty { try await arrive() }
        for worker in workers { try await finish(worker, steps: 400) }
        let worker = AttemptWorker(nil)
        for task in tasks {
            for _ in 0..<3 {
                worker.die()
                worker.begin(task)
                try await finish(worker, steps: 300)
            }
        }
        guard misuse == nil else { return }
        for task in tasks where taken[task.name, default: []].isEmpty {
            try expect(excused.contains(task.name), "\(task.name) is stuck: \(ends)")
        }
    }

    private func finish(_ worker: AttemptWorker, steps: Int) async throws {
        for _ in 0..<steps where worker.task != nil {
            try await step(worker)
            now = max(now + 1, worker.task == nil ? 0 : worker.until)
        }
    }

    private func die(_ worker: AttemptWorker) {
        guard let task = worker.task else { return }
        if let grant = worker.grant, let entry = model.entries[grant.position],
            entry.isWon, entry.winner == worker.attempt,
            [.open, .unknown].contains(entry.status(at: now))
        {
            excused.insert(task.name)
        }
        worker.die()
        queue.append(task)
    }

    private func order(_ stops: Bool) async throws {
        orders += 1
        var builder = DraftBuilder(
            stops ? .sendingStopped : .sendingResumed, source: "test", id: "\(name)-\(orders)")
        builder.add(.by, text: "ann")
        builder.add(.why, text: "a test")
        guard let draft = builder.finish() else { return }
        _ = try await ledger.append([draft], now: instant(now), as: .verb)
        model.isStopped = stops
    }

    func deliverStatus() async throws {
        guard !statuses.isEmpty else { return }
        let status = statuses.remove(at: below(statuses.count))
        orders += 1
        var builder = DraftBuilder(
            status.isFailed ? .messageFailed : .messageDelivered, source: "hook",
            id: "\(name)-\(orders)")
        builder.happened(at: instant(now))
        builder.add(.account, text: account)
        builder.add(.message, text: status.message)
        if let reference = status.reference, let reservation = reservations[reference] {
            builder.add(.reservation, reservation: reservation)
        }
        guard let draft = builder.finish() else { return }
        _ = try await ledger.append([draft], now: instant(now))
        model.status(
            status.message, of: status.reference, isFailed: status.isFailed, at: now)
        if status.isFailed { forget(status.message) }
    }

    /// A call arrives that nobody waits for any more.
    private func arrive() async throws {
        guard !late.isEmpty else { return }
        let call = late.remove(at: below(late.count))
        let heard = try await perform(call)
        guard case .report(let position, .attempted, let attempt, _) = call,
            case .told(.go(true, _)) = heard
        else { return }
        let lives = workers.contains {
            $0.task != nil && $0.attempt == attempt && $0.grant?.position == position
        }
        if !lives, let entry = model.entries[position] {
            excused.insert(entry.business ?? entry.key)
        }
    }

    /// Who looks at the provider's list says what became of an unknown send.
    private func settleByHand() async throws {
        let unknown = model.entries.values.filter { $0.status(at: now) == .unknown }
            .sorted { $0.position < $1.position }
        guard let entry = unknown.first else { return }
        let message = takenOf[entry.position]?.last
        let outcome: SendReport.Outcome =
            message != nil ? .accepted : entry.winner == nil ? .failed : .cancelled
        _ = try await perform(
            .report(entry.position, outcome, attempt: entry.winner, message: message))
    }

    // MARK: - The provider

    func forget(_ message: String) {
        for name in taken.keys { taken[name]?.removeAll { $0 == message } }
        for position in takenOf.keys { takenOf[position]?.removeAll { $0 == message } }
    }

    func callProvider(_ task: AttemptTask, _ grant: AttemptWorker.Grant) throws
        -> AttemptWorker.Provided
    {
        let fate = hasFaults ? below(9) : 0
        if fate == 8 { return .notReached }
        if now >= grant.expires { keptLeases = false }
        if misuse == nil {
            try expect(now >= grant.notBefore, "called before not_before")
            calls.append(now)
            let window = calls.count { $0 > now - AttemptModel.window }
            try expect(!keptLeases || window <= model.limit, "\(window) calls in a window")
        }
        if fate == 6 { return .rejected }
        messages += 1
        let message = "\(name)-m\(messages)"
        for name in Set([task.key, task.name]) {
            if !taken[name, default: []].isEmpty { isDoubled = true }
            taken[name, default: []].append(message)
        }
        takenOf[grant.position, default: []].append(message)
        try expect(misuse?.isNamed == true || !isDoubled, "\(task.name) was sent twice")
        if happens(50) {
            statuses.append(
                Status(
                    message: message, reference: happens(50) ? grant.position : nil,
                    isFailed: hasFaults && happens(20)))
        }
        guard fate == 7 else { return .taken(message) }
        if !happens(70) {
            // It did not take it after all.
            forget(message)
            statuses.removeAll { $0.message == message }
        }
        return .timeout
    }
}
