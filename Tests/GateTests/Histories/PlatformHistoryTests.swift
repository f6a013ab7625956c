import Bytes
import Events
import Gate
import TestSupport
import Testing
import Views

@Suite struct `The platform's limits in random histories` {
    private let seeds = Effort.seeds(50, full: 500)

    @Test(arguments: 0..<6)
    func `judge as an oracle that walks everything anew`(_ part: UInt64) {
        var waits: [Rule: Int] = [:]
        for seed in (part * seeds)..<(part * seeds + seeds) {
            var history = History(seed: seed)
            for step in 0..<120 {
                if let difference = history.step() {
                    Issue.record("seed \(seed), step \(step): \(difference)")
                    return
                }
            }
            waits.merge(history.waits) { $0 + $1 }
        }
        // A history in which nothing ever waits would prove nothing.
        for rule in [Rule.platformThroughput, .platformPair, .platformRecipients] {
            #expect(waits[rule, default: 0] > 100, "\(rule.name)")
        }
    }
}

private struct History {
    private var chance: Chance
    private var world: World
    private var oracle = PlatformOracle()
    private var reservations: [Reservation] = []
    private(set) var waits: [Rule: Int] = [:]
    private let step1: Int

    init(seed: UInt64) {
        chance = Chance(state: seed &+ 0x5EED)
        var policy = Policy()
        policy.platform.throughput = 1 + chance.upTo(4)
        policy.platform.pairSpacing = .seconds(chance.pick([1, 6, 6, 60, 7_200, 40_000]))
        policy.platform.pairBurst = chance.pick([1, 1, 2, 3, 5])
        policy.platform.recipientsPerDay = 1 + chance.upTo(4)
        policy.reservations.lease = .seconds(Int64(1 + chance.upTo(40)))
        step1 = chance.pick([1, 5, 30, 3_000])
        world = World(policy)
    }

    private mutating func name() -> (account: String, person: String) {
        (chance.pick(["a", "a", "b"]), chance.pick(["p", "p", "q", "r", "s", "t", "u"]))
    }

    mutating func step() -> String? {
        if !chance.one(in: 3) {
            world.now = world.now.advanced(
                by: chance.duration(upTo: chance.one(in: 12) ? 50_000 : step1))
        }
        if chance.one(in: 3) {
            world.now = world.now.advanced(by: .milliseconds(Int64(chance.upTo(999))))
        }
        expire()
        switch chance.upTo(99) {
        case 0..<50: return ask()
        case 50..<75: report()
        case 75..<88: attempt()
        default: receive()
        }
        return nil
    }

    private mutating func expire() {
        oracle.expire(at: world.now)
        while let expired = world.tables.firstExpired(at: world.now) {
            world.append(.sendExpired, at: expired.time) {
                $0.add(.reservation, reservation: Reservation(position: expired.position, tag: 7))
            }
        }
    }

    private mutating func ask() -> String? {
        let (account, person) = name()
        let request = SendRequest.to(person: person, account: account)
        if let difference = compare(request, account, person, at: world.now) { return difference }
        let findings = world.findings(request)
        for rule in [Rule.platformThroughput, .platformPair, .platformRecipients] {
            guard let finding = findings[rule], finding.verdict == .wait else { continue }
            waits[rule, default: 0] += 1
            guard let retryAt = finding.retryAt else { return "\(rule.name) waits for nothing" }
            if world.findings(request, at: retryAt)[rule]?.verdict != .send {
                return "\(rule.name) does not pass at its retry_at"
            }
            let before = retryAt.advanced(by: Nanoseconds(-1))
            if before >= world.now, world.findings(request, at: before)[rule]?.verdict != .wait {
                return "\(rule.name) passes before its retry_at"
            }
            if let difference = compare(request, account, person, at: before) { return difference }
        }
        // Most go whatever the gate says, so that debts and crowds come up.
        let reservation: Reservation
        if chance.one(in: 3) {
            reservation = world.reserve(request)
        } else {
            let answer = world.ask(request)
            guard answer.decision.verdict == .send else { return nil }
            reservation = answer.reservation
        }
        reservations.append(reservation)
        oracle.sends.append(
            PlatformOracle.Send(
                position: reservation.position, account: account, person: person,
                isOutside: oracle.isOutside(person, account, at: world.now), counts: nil,
                expires: world.now.advanced(by: world.policy.reservations.lease)))
        return nil
    }

    private mutating func compare(
        _ request: SendRequest, _ account: String, _ person: String, at now: Instant
    ) -> String? {
        let findings = world.findings(request, at: now)
        let terms = world.policy.platform
        let traffic = oracle.throughput(account, limit: terms.throughput ?? 0, at: now)
        let pair = oracle.pair(
            account, person, spacing: terms.pairSpacing ?? .seconds(0), burst: terms.pairBurst,
            at: now)
        let reach = oracle.recipients(
            account, person, limit: terms.recipientsPerDay ?? 0, at: now)
        let expected: [(Rule, Int?, Instant?)] = [
            (.platformThroughput, traffic.0, traffic.1), (.platformPair, nil, pair),
            (.platformRecipients, reach.0, reach.1),
        ]
        for (rule, count, retryAt) in expected {
            guard let finding = findings[rule] else { return "\(rule.name) says nothing" }
            if finding.retryAt != retryAt || (finding.verdict == .send) != (retryAt == nil) {
                let told = finding.retryAt.map { "\($0.since(now).count)" } ?? "now"
                let wanted = retryAt.map { "\($0.since(now).count)" } ?? "now"
                return "\(rule.name) says in \(told) ns, expected in \(wanted) ns, \(terms)"
            }
            if let count, finding.observed != Int64(count) {
                return "\(rule.name) counts \(finding.observed), expected \(count)"
            }
        }
        return nil
    }

    private mutating func report() {
        guard !reservations.isEmpty else { return }
        let recent = reservations.suffix(chance.one(in: 4) ? reservations.count : 4)
        let reservation = chance.pick(Array(recent))
        let outcome: SendReport.Outcome = chance.pick([.attempted, .accepted, .failed, .cancelled])
        let verdict = world.judge(reservation, outcome)
        if outcome == .attempted, !verdict.go { return }
        guard verdict.refusal == nil, verdict.duplicateOf == nil,
            let at = oracle.sends.firstIndex(where: { $0.position == reservation.position })
        else { return }
        world.report(reservation, outcome)
        let key = Fingerprint(UInt128(reservation.position))
        guard let slot = world.tables.reservations.find(key) else { return }
        let row = world.tables.reservations[slot]
        // Until its outcome is known the provider may take it.
        guard row.state != .open else { return }
        oracle.sends[at].expires = nil
        oracle.sends[at].counts = row.counted.isSet ? row.counted.time : nil
    }

    private mutating func attempt() {
        let (account, person) = name()
        let late = chance.one(in: 3) ? chance.upTo(100_000) : chance.upTo(5)
        let time = world.now.advanced(by: .seconds(Int64(-late)))
        let position = world.append(.sendAttempted, at: time) {
            $0.add(.account, text: account)
            $0.add(.person, text: person)
        }
        oracle.sends.append(
            PlatformOracle.Send(
                position: position, account: account, person: person,
                isOutside: oracle.isOutside(person, account, at: time), counts: time, expires: nil))
    }

    private mutating func receive() {
        let (account, person) = name()
        let late = chance.one(in: 4) ? Int64(chance.upTo(3_000)) : 0
        let time = world.now.advanced(by: .milliseconds(-late))
        world.append(.messageReceived, at: time) {
            $0.add(.account, text: account)
            $0.add(.person, text: person)
        }
        oracle.inbound.append((account, person, time))
    }
}
