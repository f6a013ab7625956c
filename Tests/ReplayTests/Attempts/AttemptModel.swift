import Events
import Gate

/// Keys, attempts, leases and one window, in a second form that shares no line with the gate.
///
/// Times are whole ticks of six seconds. It is written from what the gate promises, not from how it
/// does it: `retry` is found by trying one moment after the other.
struct AttemptModel {
    /// How long a lease is: 30 seconds.
    static let lease = 5
    /// How long the window is: a minute.
    static let window = 10
    /// A slot this far ahead is still given: a minute.
    static let aheadMax = 10

    enum Status { case open, accepted, failed, cancelled, released, unknown }

    struct Entry {
        let position: Position
        let key: String
        let business: String?
        let notBefore: Int
        var expires: Int { notBefore + AttemptModel.lease }
        var asks: [String?]
        var isWon = false
        var winner: String?
        var state = Status.open
        var counted: Int?
        /// The provider's ids, and whether each has failed.
        var messages: [String: Bool] = [:]
        var isUnannounced = false

        var isReleasable: Bool { !isWon && (asks.first.map { $0 != nil } ?? false) }
        var stands: Bool { messages.values.contains(false) }

        func status(at now: Int) -> Status {
            guard state == .open, expires <= now else { return state }
            return isReleasable ? .released : .unknown
        }

        func counts(at now: Int) -> Bool {
            switch status(at: now) {
            case .open: true
            case .released, .cancelled: false
            case .unknown where state == .open: expires > now - AttemptModel.window
            default: counted.map { $0 > now - AttemptModel.window } ?? false
            }
        }

        /// A lease that has ended is an outcome by itself.
        mutating func settle(at now: Int) {
            let status = status(at: now)
            guard status != state else { return }
            if status == .unknown { counted = expires }
            state = status
        }
    }

    struct Ask: Equatable {
        let key: String
        let business: String?
        let attempt: String?
    }

    struct Answer: Equatable {
        var verdict: Verdict
        /// Rule and code, of the two rules about keys.
        var codes: Set<String> = []
        var retry: Int?
        var joined: Position?
        var notBefore: Int?
    }

    enum Told: Equatable {
        case go(Bool, because: [String])
        case taken, duplicate, conflict
    }

    let limit: Int
    /// From one slot to the next; 0 where sends are not spread.
    let gap: Int
    var isStopped = false
    private(set) var entries: [Position: Entry] = [:]
    private var next = Int.min
    private var failedEarly: Set<String> = []
    private var named: [String: Position] = [:]

    init(limit: Int, gap: Int) {
        self.limit = limit
        self.gap = gap
    }

    // MARK: - Asking

    private enum Use { case free, open(Entry), unknown, sent }

    private func use(_ now: Int, where holds: (Entry) -> Bool) -> Use {
        let found = entries.values.filter(holds)
        let states = found.map { $0.status(at: now) }
        if states.contains(.accepted) { return .sent }
        if states.contains(.unknown) { return .unknown }
        let open = found.filter { $0.status(at: now) == .open }
        func promise(_ entry: Entry) -> (Int, Int) { (entry.isReleasable ? 0 : 1, entry.expires) }
        return open.max { promise($0) < promise($1) }.map(Use.open) ?? .free
    }

    private func use(_ ask: Ask, business: Bool, _ now: Int) -> Use {
        if !business { return use(now) { $0.key == ask.key } }
        guard let name = ask.business else { return .free }
        return use(now) { $0.business == name }
    }

    private struct Judged {
        var verdict = Verdict.send
        var codes: Set<String> = []
        /// Until when nobody knows what becomes of another send.
        var undecided: Int?
    }

    private func judge(_ ask: Ask, at now: Int) -> Judged {
        var judged = Judged()
        func say(_ verdict: Verdict, _ code: String? = nil) {
            judged.verdict = max(judged.verdict, verdict)
            if let code { judged.codes.insert(code) }
        }
        if isStopped { say(.refuse) }
        for (name, business) in [("duplicate.key", false), ("duplicate.business", true)] {
            switch use(ask, business: business, now) {
            case .free: break
            case .sent: say(.refuse, "\(name) already_sent")
            case .unknown: say(.refuse, "\(name) outcome_unknown")
            case .open(let entry):
                say(.wait, "\(name) in_progress")
                if !entry.isReleasable {
                    judged.undecided = max(judged.undecided ?? 0, entry.expires)
                }
            }
        }
        if entries.values.count(where: { $0.counts(at: now) }) >= limit { say(.wait) }
        if max(now, next) - now > Self.aheadMax { say(.wait) }
        return judged
    }

    func decide(_ ask: Ask, at now: Int) -> Answer {
        if let shared = shared(ask, at: now) {
            return Answer(verdict: .send, joined: shared.position, notBefore: shared.notBefore)
        }
        let judged = judge(ask, at: now)
        var answer = Answer(verdict: judged.verdict, codes: judged.codes)
        switch judged.verdict {
        case .send: answer.notBefore = max(now, next)
        case .refuse: break
        case .wait:
            if let undecided = judged.undecided {
                answer.retry = undecided
                break
            }
            let first = (now + 1...now + 200).first { judge(ask, at: $0).verdict != .wait }
            // To wait for a refusal would not help.
            if let first, judge(ask, at: first).verdict == .refuse { answer.verdict = .refuse }
            if answer.verdict == .wait { answer.retry = first }
        }
        return answer
    }

    /// The reservation that the ask shares: open, not attempted, of another attempt.
    private func shared(_ ask: Ask, at now: Int) -> Entry? {
        guard let attempt = ask.attempt,
            case .open(let entry) = use(ask, business: false, now),
            entry.isReleasable, !entry.asks.contains(attempt),
            obstacles(entry, now).allSatisfy({ $0 == "not_before" })
        else { return nil }
        return entry
    }

    mutating func reserve(_ position: Position, _ ask: Ask, notBefore: Int) {
        entries[position] = Entry(
            position: position, key: ask.key, business: ask.business, notBefore: notBefore,
            asks: [ask.attempt])
        if gap > 0 { next = notBefore + gap }
    }

    mutating func join(_ position: Position, _ ask: Ask) {
        entries[position]?.asks.append(ask.attempt)
    }

    // MARK: - Reporting

    private func obstacles(_ entry: Entry, _ now: Int) -> [String] {
        if entry.isWon { return ["duplicate.key"] }
        switch entry.status(at: now) {
        case .open: break
        case .released, .unknown: return ["lease"]
        default: return ["duplicate.key"]
        }
        let others = entries.values.filter {
            $0.position != entry.position && $0.status(at: now) == .accepted
        }
        let isKeySent = others.contains { $0.key == entry.key }
        let isBusinessSent = others.contains { $0.business != nil && $0.business == entry.business }
        return [
            (now < entry.notBefore, "not_before"), (isStopped, "stop"),
            (isKeySent, "duplicate.key"), (isBusinessSent, "duplicate.business"),
        ].filter(\.0).map(\.1)
    }

    mutating func report(
        _ position: Position, _ outcome: SendReport.Outcome, attempt: String?, message: String?,
        at now: Int
    ) -> Told {
        guard var entry = entries[position] else { return .conflict }
        let status = entry.status(at: now)
        switch outcome {
        case .attempted:
            let because = obstacles(entry, now)
            if because.isEmpty {
                entry.isWon = true
                entry.winner = attempt
            } else {
                entry.settle(at: now)
            }
            entries[position] = entry
            return .go(because.isEmpty, because: because)
        case .accepted:
            let isKnown = message.map { entry.messages[$0] != nil } ?? (status == .accepted)
            if isKnown { return .duplicate }
            accept(position, message, isFailed: message.map(failedEarly.contains) ?? false, now)
        case .failed:
            if status == .failed { return .duplicate }
            if status == .cancelled || entry.isWon && attempt != entry.winner { return .conflict }
            fail(position, message, now)
        case .cancelled:
            if status == .cancelled { return .duplicate }
            if status == .accepted || status == .failed { return .conflict }
            let isOwn =
                entry.winner != nil && attempt == entry.winner
                && entry.asks.count { $0 == attempt } == 1
            if entry.isWon, !isOwn { return .conflict }
            entry.settle(at: now)
            entry.state = .cancelled
            entry.counted = nil
            entries[position] = entry
        }
        return .taken
    }

    /// What the provider says by itself, with our reference or without.
    mutating func status(_ message: String, of reference: Position?, isFailed: Bool, at now: Int) {
        guard let position = reference ?? named[message] else {
            if isFailed { failedEarly.insert(message) }
            return
        }
        if isFailed {
            fail(position, message, now)
        } else {
            accept(position, message, isFailed: false, now)
        }
    }

    private mutating func accept(
        _ position: Position, _ message: String?, isFailed: Bool, _ now: Int
    ) {
        guard var entry = entries[position] else { return }
        defer { entries[position] = entry }
        entry.settle(at: now)
        if let message {
            named[message] = named[message] ?? position
            if let hasFailed = entry.messages[message], hasFailed || entry.state == .accepted {
                return
            }
            entry.messages[message] = entry.messages[message] ?? isFailed
        }
        guard entry.state != .accepted else { return }
        if [.released, .cancelled, .failed].contains(entry.state) { entry.isUnannounced = true }
        entry.counted = max(entry.counted ?? now, now)
        entry.state = isFailed && !entry.stands ? .failed : .accepted
    }

    private mutating func fail(_ position: Position, _ message: String?, _ now: Int) {
        guard var entry = entries[position] else { return }
        defer { entries[position] = entry }
        entry.settle(at: now)
        if let message {
            named[message] = named[message] ?? position
            entry.messages[message] = true
        }
        guard !entry.stands, entry.state != .failed else { return }
        if entry.state == .open { entry.counted = now }
        entry.state = entry.state == .released ? .cancelled : .failed
    }
}
