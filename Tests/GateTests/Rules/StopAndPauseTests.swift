import Events
import Gate
import Testing

@Suite struct `Stop and pause` {
    @Test func `are judged and listed when nothing was ordered`() {
        var world = World()
        let decision = world.decide(.to(chat: "g@g.us"))
        #expect(decision.verdict == .send)
        #expect(decision[.stop]?.verdict == .send)
        #expect(decision[.pause]?.verdict == .send)
    }

    @Test func `refuses while the ledger is stopped, naming the order`() {
        var world = World()
        world.append(.instanceStarted)
        let order = world.append(.sendingStopped)
        let decision = world.decide(.to(chat: "g@g.us"))
        #expect(decision.verdict == .refuse)
        #expect(decision.retryAt == nil)
        #expect(decision[.stop]?.scope == .ledger)
        #expect(decision[.stop]?.evidence == Finding.Evidence(order))
        world.append(.sendingResumed)
        #expect(world.decide(.to(chat: "g@g.us")).verdict == .send)
    }

    @Test func `a stop of one account or chat leaves the others alone`() {
        var world = World()
        world.append(.sendingStopped) { $0.add(.account, text: "a") }
        world.append(.sendingStopped) { $0.add(.chat, text: "closed") }
        #expect(world.decide(.to(chat: "g@g.us", account: "a"))[.stop]?.scope == .account)
        #expect(world.decide(.to(chat: "g@g.us", account: "b")).verdict == .send)
        let closed = world.decide(.to(chat: "closed", account: "b"))
        #expect(closed.verdict == .refuse)
        #expect(closed[.stop]?.scope == .chat)
        let both = world.decide(.to(chat: "closed", account: "a")).findings
        #expect(both.filter { $0.rule == .stop }.map(\.scope) == [.account, .chat])
    }

    @Test func `a pause waits until its end, and passes at it`() {
        var world = World()
        world.append(.sendingPaused) { $0.add(.until, instant: World.at(60)) }
        let decision = world.decide(.to(chat: "g@g.us"))
        #expect(decision.verdict == .wait)
        #expect(decision.retryAt == World.at(60))
        #expect(world.decide(.to(chat: "g@g.us"), at: World.at(60)).verdict == .send)
        let before = World.at(60).advanced(by: Nanoseconds(-1))
        #expect(world.decide(.to(chat: "g@g.us"), at: before).verdict == .wait)
    }

    @Test func `refuses while a pause without an end holds`() {
        var world = World()
        world.append(.sendingPaused)
        let decision = world.decide(.to(chat: "g@g.us"))
        #expect(decision.verdict == .refuse)
        #expect(decision.retryAt == nil)
    }

    @Test func `a critical answer is stopped and paused like any other`() {
        var world = World()
        world.append(.sendingStopped)
        #expect(world.decide(.to(chat: "g@g.us") { $0.critical = true }).verdict == .refuse)
    }
}
