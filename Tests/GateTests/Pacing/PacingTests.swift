import Events
import Gate
import Testing
import Views

@Suite struct `Pacing` {
    private let paced = World { $0.pacing = .warmUp }
    private let person = SendRequest.to(person: "p")

    @Test func `gives the first message its slot at once, and the next one after the gap`() throws {
        var world = paced
        let (first, reservation) = world.take(person)
        #expect(first.notBefore == world.now)
        #expect(first.expires == world.now.advanced(by: .seconds(30)))
        world.report(reservation, .accepted)
        let pace = try #require(first.pace)
        #expect(pace.count == 1)
        let second = world.look(.to(person: "q"))
        #expect(second.verdict == .send)
        #expect(second.notBefore == pace.slot)
        #expect(second.expires == pace.slot.advanced(by: .seconds(30)))
        #expect(second[.pacing]?.evidence == Finding.Evidence(reservation.position))
    }

    @Test func `lets a message wait whose slot is over a minute ahead, until it is a minute`() {
        var world = paced
        var chance = Chance(state: 1)
        for number in 0..<19 { _ = world.pace(.to(person: "p\(number)"), &chance) }
        let (twentieth, reservation) = world.take(person)
        world.now = twentieth.notBefore ?? world.now
        world.report(reservation, .accepted)
        let next = twentieth.pace?.slot ?? .latest
        let decision = world.look(.to(person: "q"))
        #expect(decision.verdict == .wait)
        #expect(decision.retryAt == next.advanced(by: .seconds(-60)))
        #expect(decision.pace == nil)
        let retryAt = decision.retryAt ?? .latest
        let before = retryAt.advanced(by: Nanoseconds(-1))
        #expect(world.look(.to(person: "q"), at: before).verdict == .wait)
        let passed = world.look(.to(person: "q"), at: retryAt, random: 99)
        #expect(passed.verdict == .send, "whatever is drawn then")
        #expect(passed.notBefore == next)
    }

    @Test(arguments: [(0, 0), (499, 0), (500, 1), (999, 1), (1_500, 3), (2_500, 5), (9_000, 5)])
    func `adds a second for each 500 characters, up to five`(_ length: Int, _ extra: Int64) {
        var world = paced
        let text = String(repeating: "a", count: length)
        let decision = world.look(.to(person: "p", text: text))
        #expect(decision.notBefore == world.now.advanced(by: .seconds(extra)))
    }

    @Test func `never gives two senders of an account one slot`() {
        var world = paced
        var chance = Chance(state: 5)
        var slots: [Instant] = []
        for number in 0..<400 {
            let role = number % 2 == 0 ? "one" : "two"
            let request = SendRequest.to(person: "p\(number)") { $0.role = role }
            // Neither waits for its slot before the other asks.
            var decision = world.take(request, random: chance.next()).decision
            while let retryAt = decision.retryAt {
                world.now = retryAt
                decision = world.take(request, random: chance.next()).decision
            }
            slots.append(decision.notBefore ?? .latest)
        }
        #expect(Set(slots).count == slots.count)
        let gaps = zip(slots, slots.dropFirst()).map { $1.since($0) }
        #expect(gaps.allSatisfy { $0 >= .seconds(11) }, "the floor and the typing")
    }

    @Test func `is one per account`() {
        var world = paced
        _ = world.take(person)
        #expect(world.look(.to(person: "q", account: "b")).notBefore == world.now)
        #expect(world.look(.to(person: "q", account: nil)).notBefore == world.now)
    }

    @Test func `is silent where the policy has none, and passed by critical answers`() {
        var open = World()
        #expect(open.look(person)[.pacing] == nil)
        var world = paced
        _ = world.take(person)
        let critical = world.look(.to(person: "q") { $0.critical = true })
        #expect(critical[.pacing] == nil)
        #expect(critical.notBefore == world.now)
        #expect(critical.pace == nil)
    }

    @Test func `reaches every tier in a row, and begins anew after the last`() {
        var world = paced
        var chance = Chance(state: 3)
        let sends = (0..<230).map { world.pace(.to(person: "p\($0)"), &chance) }
        var pauses: [Int] = []
        for (index, send) in sends.enumerated() {
            guard let pace = send.pace else { continue }
            let gap = pace.slot.since(send.slot)
            if gap >= .seconds(180) { pauses.append(index + 1) }
            #expect(pace.count == Int64((index + 1) % 100))
        }
        #expect(pauses == [20, 40, 60, 100, 120, 140, 160, 200, 220])
    }

    @Test func `begins the row anew after an hour of idling, not before`() {
        for (idle, count) in [(3_599, 11), (3_600, 1)] as [(Int64, Int64)] {
            var world = paced
            var chance = Chance(state: 4)
            for number in 0..<9 { _ = world.pace(.to(person: "p\(number)"), &chance) }
            let last = world.pace(person, &chance)
            world.now = last.slot.advanced(by: .seconds(idle))
            #expect(world.look(.to(person: "q")).pace?.count == count)
        }
    }

    @Test func `counts the messages of the day since midnight in the account's zone`() {
        var world = paced
        world.policy.zone = "Africa/Johannesburg"
        world.policy.pacing?.jitter = Nanoseconds(0)
        world.policy.pacing?.pauses = []
        world.policy.pacing?.chancePer10000 = 0
        world.now = moment("2025-10-01T23:30:00+02:00")
        var chance = Chance(state: 6)
        for number in 0..<40 { _ = world.pace(.to(person: "p\(number)"), &chance) }
        func gap(_ time: String) -> Nanoseconds {
            world.now = max(world.now, moment(time))
            let decision = world.look(.to(person: "q"))
            return decision.pace!.slot.since(decision.notBefore!)
        }
        #expect(gap("2025-10-01T23:59:00+02:00") < .seconds(31), "the second phase")
        #expect(gap("2025-10-02T00:00:00+02:00") >= .seconds(26), "the first phase")
    }

    @Test func `puts no slot into the quiet time`() {
        var world = paced
        world.policy.quiet.times = [.night]
        world.now = moment("2025-10-01T22:59:50+02:00")
        let request = SendRequest.to(person: "+27821234567")
        _ = world.take(request)
        let decision = world.look(.to(person: "+27821234568"))
        #expect(decision[.quiet]?.verdict == .send)
        #expect(decision[.pacing]?.verdict == .wait)
        let morning = moment("2025-10-02T06:00:00+02:00")
        #expect(decision.retryAt == morning)
        #expect(world.look(.to(person: "+27821234568"), at: morning).notBefore == morning)
        #expect(decision[.pacing]?.reason == "The next slot lies in the quiet time.")
    }

    @Test func `draws again in a replay what was drawn`() throws {
        var world = paced
        var chance = Chance(state: 8)
        for number in 0..<130 { _ = world.pace(.to(person: "p\(number)"), &chance) }
        var replay = World(world.policy)
        for index in world.records.indices {
            world.read(index) { event in
                if event.type == .sendReserved || event.type == .sendRefused,
                    let facts = Facts(recorded: event)
                {
                    let again = Gate.decide(
                        PreparedRequest(recorded: event), recorded: facts, under: world.policy,
                        in: &replay.tables)
                    #expect(again == Gate.decision(recorded: event), "at \(index)")
                }
                Fold.evolve(&replay.tables, by: event)
            }
        }
    }
}
