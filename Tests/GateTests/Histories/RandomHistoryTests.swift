import Bytes
import Events
import Gate
import TestSupport
import Testing
import Views

@Suite struct `The gate in random histories` {
    private let seeds = Effort.seeds(50, full: 500)

    @Test(arguments: 0..<8)
    func `judges as an oracle that counts everything anew`(_ part: UInt64) {
        for seed in (part * seeds)..<(part * seeds + seeds) {
            var history = History(seed: seed)
            for step in 0..<160 {
                if let difference = history.step() {
                    Issue.record("seed \(seed), step \(step): \(difference)")
                    return
                }
            }
        }
    }
}

/// One random history, told to the gate and to the oracle alike.
private struct History {
    var chance: Chance
    var world: World
    var oracle = Oracle()
    var reservations: [Reservation] = []

    init(seed: UInt64) {
        chance = Chance(state: seed)
        world = World(chance.policy())
    }

    /// Does one random thing; answers where gate and oracle differ, if they do.
    mutating func step() -> String? {
        world.now = world.now.advanced(by: chance.duration(upTo: chance.one(in: 8) ? 120 : 6))
        // Whether the log says so yet or not, a lease ends.
        if chance.one(in: 2) { expire() }
        switch chance.upTo(99) {
        case 0..<50: return ask()
        case 50..<80: report()
        case 80..<88: attempt()
        case 88..<91: start()
        case 91..<95: order()
        case 95..<97: reset()
        case 97: consent()
        case 98: write()
        default: world.now = world.now.advanced(by: chance.duration(upTo: 4_000))
        }
        return nil
    }

    /// The writer records leases that ended, sooner or later.
    private mutating func expire() {
        while let expired = world.tables.firstExpired(at: world.now) {
            let isReleased = world.tables.reservation(at: expired.position)?.isReleasable ?? false
            world.append(.sendExpired, at: expired.time) {
                $0.add(
                    .reservation, reservation: Reservation(position: expired.position, tag: 7))
                if isReleased { $0.add(.released, flag: true) }
            }
        }
    }

    private mutating func ask() -> String? {
        var request = chance.request()
        if chance.one(in: 2) { request.attempt = "attempt \(world.count)" }
        if let difference = compare(request, at: world.now) { return difference }
        let decision = world.decide(request)
        let isPromised =
            oracle.settled(request, at: world.now, under: world.policy).isPromised
        if let retryAt = decision.retryAt, isPromised {
            let before = retryAt.advanced(by: Nanoseconds(-1))
            if world.decide(request, at: retryAt).verdict != .send {
                return "\(request) does not pass at its retry_at"
            }
            if world.decide(request, at: before).verdict == .send {
                return "\(request) passes before its retry_at"
            }
            if let difference = compare(request, at: before) { return difference }
        }
        let (answer, reservation) = world.ask(request)
        guard answer.verdict == .send else { return nil }
        reservations.append(reservation)
        oracle.sends.append(
            Oracle.Send(
                position: reservation.position, request: request, expires: answer.expires,
                attempted: nil, attempt: request.attempt))
        return nil
    }

    private mutating func compare(_ request: SendRequest, at now: Instant) -> String? {
        let decision = world.decide(request, at: now)
        let (expected, verdict, retryAt, _) = oracle.settled(
            request, at: now, under: world.policy)
        var found: [Rule: Oracle.Judgement] = [:]
        for finding in decision.findings {
            var judgement = found[finding.rule] ?? Oracle.Judgement(verdict: .send)
            judgement.verdict = max(judgement.verdict, finding.verdict)
            judgement.retryAt = [judgement.retryAt, finding.retryAt].compactMap { $0 }.max()
            if expected[finding.rule]?.observed != nil { judgement.observed = finding.observed }
            if judgement.verdict == .refuse { judgement.retryAt = nil }
            found[finding.rule] = judgement
        }
        for rule in Rule.allCases where found[rule] != expected[rule] {
            let told = (found[rule].map { "\($0)" } ?? "nothing")
            let wanted = (expected[rule].map { "\($0)" } ?? "nothing")
            return "\(rule.name) says \(told), expected \(wanted), of \(request) at \(now)"
        }
        if decision.verdict != verdict || decision.retryAt != retryAt {
            return "\(request): \(decision.verdict), expected \(verdict)"
        }
        return nil
    }

    private mutating func report() {
        guard !reservations.isEmpty else { return }
        let recent = reservations.suffix(chance.one(in: 4) ? reservations.count : 4)
        let reservation = chance.pick(Array(recent))
        let outcome: SendReport.Outcome = chance.pick([
            .attempted, .accepted, .accepted, .failed, .cancelled,
        ])
        guard let at = oracle.sends.firstIndex(where: { $0.position == reservation.position })
        else { return }
        let attempt = oracle.sends[at].attempt
        let verdict = world.judge(reservation, outcome) { $0.attempt = attempt }
        guard verdict.refusal == nil, verdict.duplicateOf == nil else { return }
        if outcome == .attempted, !verdict.go { return }
        world.report(reservation, outcome) { $0.attempt = attempt }
        oracle.sends[at].reports.append((outcome, world.now))
    }

    /// An attempt without the gate, often reported late.
    private mutating func attempt() {
        let request = chance.request()
        let late = Nanoseconds(-chance.duration(upTo: chance.one(in: 3) ? 200 : 0).count)
        let time = world.now.advanced(by: late)
        let position = world.append(.sendAttempted, at: time) {
            $0.add(.account, text: request.account)
            $0.add(.chat, text: request.chat)
            $0.add(.person, text: request.person)
            $0.add(.subject, text: request.subject)
            if !request.steps.isEmpty { $0.add(.steps, texts: request.steps) }
            if let submission = request.submission { $0.add(.submission, integer: submission) }
            $0.add(.text, text: request.text)
            $0.add(.category, text: request.category)
        }
        oracle.sends.append(
            Oracle.Send(position: position, request: request, expires: nil, attempted: time))
    }

    private mutating func start() {
        let instance = chance.pick(["i", "j"])
        world.append(.instanceStarted) { $0.add(.instance, text: instance) }
        oracle.starts.append((instance, world.now))
    }

    /// A stop or a pause; most of those without an end are lifted at once, or nothing would go.
    private mutating func order() {
        let (scope, name): (Scope, String?) = chance.pick([
            (.ledger, nil), (.account, "a"), (.chat, "g@g.us"),
        ])
        let isStop = chance.one(in: 3)
        let end = world.now.advanced(by: chance.duration(upTo: 60))
        let until: Instant? = isStop ? nil : chance.one(in: 4) ? .latest : end
        give(isStop ? .sendingStopped : .sendingPaused, scope, name, until)
        oracle.orders.removeAll {
            $0.scope == scope && $0.name == name && ($0.until == nil) == isStop
        }
        oracle.orders.append(Oracle.Order(scope: scope, name: name, until: until))
        guard until != end, !chance.one(in: 4) else { return }
        give(.sendingResumed, scope, name, nil)
        oracle.orders.removeAll { $0.scope == scope && $0.name == name }
    }

    private mutating func give(
        _ type: EventType, _ scope: Scope, _ name: String?, _ until: Instant?
    ) {
        world.append(type) {
            if scope == .account { $0.add(.account, text: name) }
            if scope == .chat { $0.add(.chat, text: name) }
            if let until, until != .latest { $0.add(.until, instant: until) }
        }
    }

    private mutating func reset() {
        let subject = chance.pick(["s", "t", nil])
        let position = world.append(.cooldownReset) { $0.add(.subject, text: subject) }
        oracle.resets.append((position, subject))
    }

    private mutating func consent() {
        let person = chance.pick(["p", "q"])
        let category = chance.pick(["marketing", "marketing", nil])
        let isGrant = chance.one(in: 2)
        world.now = world.now.advanced(by: .seconds(1))
        world.append(isGrant ? .consentGranted : .consentWithdrawn) {
            $0.add(.person, text: person)
            $0.add(.category, text: category)
        }
        oracle.withdrawals.removeAll { $0.person == person && $0.category == category }
        if isGrant {
            oracle.grants.append((person, category))
        } else {
            oracle.withdrawals.append((person, category))
        }
    }

    /// A message from a person, now and then one that arrives late.
    private mutating func write() {
        let person = chance.pick(["p", "q"])
        let account = chance.pick(["a", "b", nil])
        let late = Nanoseconds(-chance.duration(upTo: chance.one(in: 3) ? 5_000 : 0).count)
        let time = world.now.advanced(by: late)
        world.append(.messageReceived, at: time) {
            $0.add(.person, text: person)
            $0.add(.account, text: account)
        }
        oracle.inbound.append((person, account, time))
    }
}
