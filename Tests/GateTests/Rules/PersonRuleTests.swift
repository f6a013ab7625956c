import Events
import Gate
import Testing

@Suite struct `Withdrawn consent` {
    private func withdraw(_ world: inout World, _ category: String?) -> Position {
        world.append(.consentWithdrawn) {
            $0.add(.person, text: "p")
            $0.add(.category, text: category)
        }
    }

    @Test func `refuses whoever withdrew it for all`() {
        var world = World()
        world.append(.instanceStarted)
        let position = withdraw(&world, nil)
        let decision = world.decide(.to(person: "p") { $0.category = "utility" })
        #expect(decision.verdict == .refuse)
        #expect(decision[.consent]?.evidence == Finding.Evidence(position))
        #expect(decision[.consent]?.scope == .person)
        #expect(world.decide(.to(person: "q")).verdict == .send)
    }

    @Test func `refuses only the category that was withdrawn`() {
        var world = World()
        _ = withdraw(&world, "marketing")
        let marketing = world.decide(.to(person: "p") { $0.category = "marketing" })
        #expect(marketing.verdict == .refuse)
        #expect(marketing[.consent]?.scope == .category)
        #expect(world.decide(.to(person: "p") { $0.category = "utility" }).verdict == .send)
    }

    @Test func `passes after a later grant`() {
        var world = World()
        _ = withdraw(&world, nil)
        world.clock(1)
        world.append(.consentGranted) { $0.add(.person, text: "p") }
        #expect(world.decide(.to(person: "p"))[.consent]?.verdict == .send)
    }

    @Test func `says nothing of a request without a person, and is not skipped when critical`() {
        var world = World()
        _ = withdraw(&world, nil)
        #expect(world.decide(.to(chat: "g@g.us"))[.consent] == nil)
        #expect(world.decide(.to(person: "p") { $0.critical = true }).verdict == .refuse)
    }
}

@Suite struct `In flight` {
    @Test func `waits until the last lease of the pair ends`() {
        var world = World()
        _ = world.reserve(.to(person: "p"))
        world.clock(10)
        _ = world.reserve(.to(person: "p"))
        world.clock(20)
        let decision = world.decide(.to(person: "p"))
        #expect(decision.verdict == .wait)
        #expect(decision.retryAt == World.at(40))
        #expect(decision[.inflight]?.scope == .pair)
        #expect(decision[.inflight]?.observed == 2)
        #expect(
            decision[.inflight]?.evidence == Finding.Evidence(first: 0, last: 1, count: 2))
        #expect(world.decide(.to(person: "p"), at: World.at(40)).verdict == .send)
    }

    @Test func `ends with the first outcome, not with the attempt`() {
        var world = World()
        let reservation = world.reserve(.to(person: "p"))
        world.report(reservation, .attempted)
        #expect(world.decide(.to(person: "p")).retryAt == World.at(30))
        world.report(reservation, .accepted)
        #expect(world.decide(.to(person: "p")).verdict == .send)
    }

    @Test func `lets a critical answer go 2.5 s after the other was attempted`() {
        var world = World()
        let reservation = world.reserve(.to(person: "p"))
        let critical = SendRequest.to(person: "p") { $0.critical = true }
        #expect(world.decide(critical).retryAt == World.at(30))
        world.clock(5)
        world.report(reservation, .attempted)
        let passes = World.at(5).advanced(by: .milliseconds(2_500))
        #expect(world.decide(critical).retryAt == passes)
        #expect(world.decide(critical, at: passes).verdict == .send)
        #expect(world.decide(.to(person: "p")).retryAt == World.at(30))
    }

    @Test func `is of the pair, or of the person where no account is named`() {
        var world = World()
        _ = world.reserve(.to(person: "p", account: "a"))
        #expect(world.decide(.to(person: "p", account: "b")).verdict == .send)
        let nameless = world.decide(.to(person: "p", account: nil))
        #expect(nameless.verdict == .wait)
        #expect(nameless[.inflight]?.scope == .person)
    }

    @Test func `judges a direct chat, not a group`() {
        var world = World()
        _ = world.reserve(.to(person: "p"))
        #expect(world.decide(.to(chat: "p", person: "p")).verdict == .wait)
        #expect(world.decide(.to(chat: "g@g.us", person: "p"))[.inflight] == nil)
        #expect(world.decide(.to(chat: "g@g.us"))[.inflight] == nil)
    }
}
