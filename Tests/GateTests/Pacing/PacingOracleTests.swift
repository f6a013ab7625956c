import Events
import Gate
import Testing
import Views

/// Pacing by brute force: the whole history is read anew for each question.
private struct PaceOracle {
    struct Send {
        let account: String?
        let slot: Instant
        let expires: Instant
        /// When it counts, once something was said of it; nil while it is open.
        var counted: Instant?
        var isCancelled = false
        /// What a paced send left: the next slot, and how many in a row it made.
        let next: (slot: Instant, count: Int)?
    }

    let pacing: Policy.Pacing
    var sends: [Send] = []

    /// The slot of a message, or when to ask again.
    func slot(_ account: String?, length: Int, at now: Instant) -> (slot: Instant, wait: Instant?) {
        let last = sends.last { $0.account == account && $0.next != nil }
        let earliest = max(now, last?.next?.slot ?? .epoch)
        let extra = min(Int64(length / 500), 5)
        let slot = earliest.advanced(by: .seconds(extra))
        let limit = now.advanced(by: .seconds(60))
        return (slot, slot > limit ? slot.advanced(by: .seconds(-60)) : nil)
    }

    /// The next slot behind one that is given, by the draws in their order.
    func next(
        _ account: String?, after slot: Instant, random: UInt64, now: Instant
    ) -> (slot: Instant, count: Int) {
        let day: Int64 = 86_400_000_000_000
        let midnight = Instant(nanoseconds: now.nanoseconds / day * day)
        let today = sends.count { send in
            guard account == nil || send.account == account, !send.isCancelled else { return false }
            return (send.counted ?? send.expires) >= midnight
        }
        let last = sends.last { $0.account == account && $0.next != nil }
        var row = 1
        if let last, let next = last.next, slot.since(last.slot) < .seconds(3_600) {
            row = next.count + 1
        }
        var chance = Chance(state: random)
        func draw(_ least: Int64, _ most: Int64) -> Int64 {
            let wide = UInt128(chance.next()) * UInt128(most - least + 1)
            return least + Int64(wide >> 64)
        }
        let phase = [(30, 25, 35), (80, 20, 28), (200, 15, 22), (500, 18, 25), (.max, 22, 30)]
            .first { today + 1 < $0.0 }!
        let second: Int64 = 1_000_000_000
        var gap = draw(Int64(phase.1) * second, Int64(phase.2) * second)
        gap = max(10 * second, gap + draw(-5 * second, 5 * second))
        gap += draw(second, 3 * second)
        let tiers = [20: (180, 300), 40: (300, 480), 60: (600, 900), 100: (1_200, 1_800)]
        if let tier = tiers[row] {
            gap += draw(Int64(tier.0) * second, Int64(tier.1) * second)
        } else if draw(0, 9_999) < 1_000 {
            gap += draw(30 * second, 120 * second)
        }
        return (slot.advanced(by: Nanoseconds(gap)), row >= 100 ? 0 : row)
    }
}

@Suite struct `Pacing in random histories` {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `gives the slots of an oracle that reads everything anew`(_ seed: UInt64) {
        var chance = Chance(state: seed)
        var world = World { $0.pacing = .warmUp }
        var oracle = PaceOracle(pacing: .warmUp)
        var reservations: [(position: Position, index: Int)] = []
        for step in 0..<400 {
            world.now = world.now.advanced(
                by: chance.duration(upTo: chance.one(in: 60) ? 40_000 : 40))
            expire(&world, &oracle, reservations)
            if chance.one(in: 3), !reservations.isEmpty {
                report(&world, &oracle, chance.pick(Array(reservations.suffix(3))), &chance)
                continue
            }
            let account = chance.pick(["a", "a", "a", "b"])
            let length = chance.pick([0, 100, 600, 1_700, 5_000])
            let request = SendRequest.to(
                person: "p\(step)", account: account,
                text: length == 0 ? nil : String(repeating: "x", count: length)
            ) { $0.critical = chance.one(in: 9) }
            let random = chance.next()
            let now = world.now
            let (decision, reservation) = world.take(request, random: random)
            let expected = oracle.slot(account, length: length, at: now)
            if !request.critical, let wait = expected.wait {
                #expect(decision.verdict == .wait && decision.retryAt == wait, "\(seed), \(step)")
                continue
            }
            let slot = request.critical ? now : expected.slot
            #expect(decision.notBefore == slot, "seed \(seed), step \(step)")
            let next =
                request.critical
                ? nil : oracle.next(account, after: slot, random: random, now: now)
            #expect(decision.pace?.slot == next?.slot, "seed \(seed), step \(step)")
            #expect(decision.pace?.count == next.map { Int64($0.count) })
            guard decision.notBefore == slot else { return }
            reservations.append((reservation.position, oracle.sends.count))
            oracle.sends.append(
                .init(
                    account: account, slot: slot, expires: slot.advanced(by: .seconds(30)),
                    next: next))
        }
    }

    private func expire(
        _ world: inout World, _ oracle: inout PaceOracle,
        _ reservations: [(position: Position, index: Int)]
    ) {
        while let expired = world.tables.firstExpired(at: world.now) {
            world.append(.sendExpired, at: expired.time) {
                $0.add(.reservation, reservation: Reservation(position: expired.position, tag: 7))
            }
            if let known = reservations.first(where: { $0.position == expired.position }) {
                oracle.sends[known.index].counted = expired.time
            }
        }
    }

    /// Only open ones: what later words change is told in other tests.
    private func report(
        _ world: inout World, _ oracle: inout PaceOracle,
        _ known: (position: Position, index: Int), _ chance: inout Chance
    ) {
        guard oracle.sends[known.index].counted == nil else { return }
        let isCancelled = chance.one(in: 4)
        world.report(
            Reservation(position: known.position, tag: 7), isCancelled ? .cancelled : .accepted)
        oracle.sends[known.index].counted = world.now
        oracle.sends[known.index].isCancelled = isCancelled
    }
}
