import Events
import Gate
import Testing

@Suite struct `Cooldown of a subject` {
    private let world = World { $0.rateLimits.cooldownBetweenSameDrop = .seconds(3_600) }

    @Test func `waits, over all accounts and chats`() {
        var world = world
        world.send(.to(chat: "g@g.us", account: "a", subject: "DR1"))
        world.clock(600)
        let decision = world.decide(.to(chat: "h@g.us", account: "b", subject: "DR1"))
        #expect(decision.verdict == .wait)
        #expect(decision.retryAt == World.at(3_600))
        #expect(decision[.cooldownSubject]?.observed == 600)
        #expect(decision[.cooldownSubject]?.limit == 3_600)
        #expect(decision[.cooldownSubject]?.evidence == Finding.Evidence(0))
    }

    @Test func `lets other subjects pass, and says nothing of a request without one`() {
        var world = world
        world.send(.to(chat: "g@g.us", subject: "DR1"))
        #expect(world.decide(.to(chat: "g@g.us", subject: "DR2")).verdict == .send)
        #expect(world.decide(.to(chat: "g@g.us"))[.cooldownSubject] == nil)
    }

    @Test func `a critical answer keeps it`() {
        var world = world
        world.send(.to(chat: "g@g.us", subject: "DR1"))
        let critical = SendRequest.to(chat: "g@g.us", subject: "DR1") { $0.critical = true }
        #expect(world.decide(critical).verdict == .wait)
    }

    @Test(arguments: ["DR1", nil])
    func `is lifted by a reset of the subject or of all`(_ subject: String?) {
        var world = world
        world.send(.to(chat: "g@g.us", subject: "DR1"))
        world.append(.cooldownReset) { $0.add(.subject, text: subject) }
        #expect(world.decide(.to(chat: "g@g.us", subject: "DR1")).verdict == .send)
        world.send(.to(chat: "g@g.us", subject: "DR1"))
        #expect(world.decide(.to(chat: "g@g.us", subject: "DR1")).verdict == .wait)
    }

    @Test func `a reset of another subject lifts nothing`() {
        var world = world
        world.send(.to(chat: "g@g.us", subject: "DR1"))
        world.append(.cooldownReset) { $0.add(.subject, text: "DR2") }
        #expect(world.decide(.to(chat: "g@g.us", subject: "DR1")).verdict == .wait)
    }

    @Test func `a send recorded after the reset counts even if one before it was later`() {
        var world = world
        world.clock(100)
        world.send(.to(chat: "g@g.us", subject: "DR1"))
        world.append(.cooldownReset) { $0.add(.subject, text: "DR1") }
        world.append(.sendAttempted, at: World.at(40)) {
            $0.add(.subject, text: "DR1")
            $0.add(.chat, text: "g@g.us")
        }
        #expect(world.decide(.to(chat: "g@g.us", subject: "DR1")).retryAt == World.at(3_640))
    }
}
