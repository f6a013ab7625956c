import Bytes
import Events
import Gate
import TestSupport
import Testing
import Views

/// The limits hold for what the provider really sees: it stalls, answers late or never, and senders
/// die between its call and their report.
@Suite struct `A provider that stalls` {
    private let seeds = Effort.seeds(100, full: 1000)

    @Test(arguments: 0..<4)
    func `is never called more often than any window allows`(_ part: UInt64) {
        var calls = 0
        for seed in (part * seeds)..<(part * seeds + seeds) {
            var senders = Senders(seed: seed)
            senders.run(asks: 150)
            calls += senders.calls.count
            for (limit, length) in senders.limits {
                let most = senders.mostCalls(in: length)
                #expect(most <= limit, "seed \(seed): \(most) calls in \(length), at most \(limit)")
            }
            for (subject, times) in senders.answered {
                #expect(times <= 1, "seed \(seed): \(subject) went out \(times) times")
            }
        }
        #expect(calls > Int(seeds) * 3, "the senders did send")
    }
}

/// Some senders of one account in virtual time, and the provider that they call.
private struct Senders {
    /// What somebody does later.
    private enum Step {
        case ask
        case call(Reservation, SendRequest, Instant)
        case report(Reservation, SendReport.Outcome)
    }

    let limits: [(limit: Int, length: Nanoseconds)]
    private(set) var calls: [Instant] = []
    /// How often each business key went out and was not said to have failed.
    private(set) var answered: [String: Int] = [:]
    private var world: World
    private var chance: Chance
    private var steps: [(at: Instant, order: Int, step: Step)] = []
    private var order = 0

    init(seed: UInt64) {
        chance = Chance(state: seed)
        let (second, minute, hour) = (1 + chance.upTo(2), 2 + chance.upTo(8), 5 + chance.upTo(40))
        let lease = Nanoseconds.seconds(Int64(1 + chance.upTo(60)))
        world = World {
            $0.rateLimits.messagesPerSecond = second
            $0.rateLimits.messagesPerMinute = minute
            $0.rateLimits.messagesPerHour = hour
            $0.reservations.lease = lease
        }
        limits = [(second, .seconds(1)), (minute, .seconds(60)), (hour, .seconds(3_600))]
    }

    mutating func run(asks: Int) {
        var time = world.now
        for _ in 0..<asks {
            time = time.advanced(by: chance.duration(upTo: chance.one(in: 20) ? 900 : 8))
            later(time, .ask)
        }
        while let next = steps.indices.min(by: {
            (steps[$0].at, steps[$0].order)
                < (steps[$1].at, steps[$1].order)
        }) {
            let (at, _, step) = steps.remove(at: next)
            world.now = max(world.now, at)
            expire()
            perform(step)
        }
    }

    private mutating func later(_ at: Instant, _ step: Step) {
        order += 1
        steps.append((at, order, step))
    }

    private mutating func expire() {
        while let expired = world.tables.firstExpired(at: world.now) {
            world.append(.sendExpired, at: expired.time) {
                $0.add(
                    .reservation, reservation: Reservation(position: expired.position, tag: 7))
            }
        }
    }

    private mutating func perform(_ step: Step) {
        switch step {
        case .ask: ask()
        case .call(let reservation, let request, let expires):
            call(reservation, request, expires)
        case .report(let reservation, let outcome):
            let verdict = world.judge(reservation, outcome)
            guard verdict.refusal == nil, verdict.duplicateOf == nil else { return }
            world.report(reservation, outcome)
        }
    }

    private mutating func ask() {
        let request = SendRequest.to(
            chat: "g@g.us", subject: "DR\(chance.upTo(60))", submission: 1)
        let (decision, reservation) = world.ask(request)
        guard decision.verdict == .send, let expires = decision.expires else { return }
        switch chance.upTo(9) {
        case 0: return  // It dies before the call.
        case 1: later(world.now.advanced(by: pause(5)), .report(reservation, .cancelled))
        default:
            // As late as the lease allows, but no later: that much is the sender's part.
            let left = max(0, expires.since(world.now).count - 1)
            let wait = min(pause(70).count, left)
            later(
                world.now.advanced(by: Nanoseconds(wait)), .call(reservation, request, expires))
        }
    }

    private mutating func call(
        _ reservation: Reservation, _ request: SendRequest, _ expires: Instant
    ) {
        if chance.one(in: 2) {
            let verdict = world.judge(reservation, .attempted)
            guard verdict.go else { return }
            world.report(reservation, .attempted)
        }
        guard world.now < expires else { return }
        calls.append(world.now)
        let isFailure = chance.one(in: 6)
        if !isFailure { answered[request.subject ?? "", default: 0] += 1 }
        // It answers at once, late, long after the lease, or never.
        guard !chance.one(in: 4) else { return }
        let delay = pause(chance.one(in: 3) ? 300 : 3)
        later(world.now.advanced(by: delay), .report(reservation, isFailure ? .failed : .accepted))
    }

    private mutating func pause(_ seconds: Int) -> Nanoseconds {
        Nanoseconds(Int64.random(in: 0...Int64(seconds) * 1_000_000_000, using: &chance))
    }

    /// The most calls in any window (t - length, t].
    func mostCalls(in length: Nanoseconds) -> Int {
        let times = calls.sorted()
        var first = 0
        var most = 0
        for (index, time) in times.enumerated() {
            while times[first] <= time.advanced(by: Nanoseconds(-length.count)) { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}
