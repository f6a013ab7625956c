import Events
import Gate
import Testing

@Suite struct `Sliding limits` {
    @Test func `lets as many pass as the policy says, and the next when the first leaves`() {
        var world = World { $0.rateLimits.messagesPerMinute = 2 }
        world.send(.to(chat: "g@g.us"))
        world.clock(20)
        world.send(.to(chat: "g@g.us"))
        world.clock(40)
        let decision = world.decide(.to(chat: "g@g.us"))
        #expect(decision.verdict == .wait)
        #expect(decision.retryAt == World.at(60))
        let finding = decision[.limitMinute]
        #expect(finding?.scope == .account)
        #expect(finding?.observed == 2)
        #expect(finding?.limit == 2)
        #expect(finding?.evidence == Finding.Evidence(first: 0, last: 2, count: 2))
        #expect(world.decide(.to(chat: "g@g.us"), at: World.at(60)).verdict == .send)
    }

    @Test func `an open reservation counts as if it were sent at the end of its lease`() {
        var world = World { $0.rateLimits.messagesPerMinute = 1 }
        _ = world.reserve(.to(chat: "g@g.us"))
        #expect(world.decide(.to(chat: "g@g.us")).retryAt == World.at(90))
        #expect(world.decide(.to(chat: "g@g.us"), at: World.at(89)).verdict == .wait)
        #expect(world.decide(.to(chat: "g@g.us"), at: World.at(90)).verdict == .send)
    }

    @Test func `a cancelled reservation does not count, a failed one does`() {
        var world = World { $0.rateLimits.messagesPerMinute = 1 }
        let cancelled = world.reserve(.to(chat: "g@g.us"))
        world.report(cancelled, .cancelled)
        #expect(world.decide(.to(chat: "g@g.us")).verdict == .send)
        let failed = world.reserve(.to(chat: "g@g.us"))
        world.report(failed, .failed)
        #expect(world.decide(.to(chat: "g@g.us")).verdict == .wait)
    }

    @Test func `count per account, and over the ledger where the request names none`() {
        var world = World { $0.rateLimits.messagesPerHour = 1 }
        world.send(.to(chat: "g@g.us", account: "a"))
        #expect(world.decide(.to(chat: "g@g.us", account: "b")).verdict == .send)
        let nameless = world.decide(.to(chat: "g@g.us", account: nil))
        #expect(nameless.verdict == .wait)
        #expect(nameless[.limitHour]?.scope == .ledger)
    }

    @Test func `every window of the policy is judged, and the latest moment is the answer`() {
        var world = World {
            $0.rateLimits.messagesPerSecond = 1
            $0.rateLimits.messagesPerMinute = 1
            $0.rateLimits.messagesPerHour = 1
            $0.rateLimits.messagesPerDay = 1
        }
        world.send(.to(chat: "g@g.us"))
        let decision = world.decide(.to(chat: "g@g.us"))
        let limits: [Rule] = [.limitSecond, .limitMinute, .limitHour, .limitDay]
        #expect(limits.map { decision[$0]?.retryAt } == [1, 60, 3_600, 86_400].map(World.at))
        #expect(decision.retryAt == World.at(86_400))
    }

    @Test func `an imported attempt counts at its effective time`() {
        var world = World { $0.rateLimits.messagesPerMinute = 1 }
        world.clock(100)
        world.append(.sendAttempted, at: World.at(50)) {
            $0.add(.account, text: "a")
            $0.add(.chat, text: "g@g.us")
        }
        #expect(world.decide(.to(chat: "g@g.us")).retryAt == World.at(110))
    }

    @Test func `are skipped by a critical answer, whose send still counts for others`() {
        var world = World { $0.rateLimits.messagesPerMinute = 1 }
        world.send(.to(chat: "g@g.us") { $0.critical = true })
        let critical = world.decide(.to(chat: "g@g.us") { $0.critical = true })
        #expect(critical.verdict == .send)
        #expect(critical[.limitMinute] == nil)
        #expect(world.decide(.to(chat: "g@g.us")).verdict == .wait)
    }
}

@Suite struct `Spacing` {
    private let world = World { $0.rateLimits.minimumSpacing = .milliseconds(2_500) }

    @Test func `waits until the last send of the account is long enough ago`() {
        var world = world
        world.send(.to(chat: "g@g.us"))
        world.clock(1)
        world.send(.to(chat: "g@g.us"))
        world.clock(2)
        let decision = world.decide(.to(chat: "h@g.us"))
        #expect(decision.verdict == .wait)
        #expect(decision.retryAt == World.at(1).advanced(by: .milliseconds(2_500)))
        #expect(decision[.spacing]?.observed == 1)
        #expect(decision[.spacing]?.limit == 3)
        #expect(decision[.spacing]?.evidence == Finding.Evidence(2))
        #expect(world.decide(.to(chat: "h@g.us", account: "b")).verdict == .send)
    }

    @Test func `is listed when it lets pass, and skipped by a critical answer`() {
        var world = world
        #expect(world.decide(.to(chat: "g@g.us"))[.spacing]?.verdict == .send)
        world.send(.to(chat: "g@g.us"))
        #expect(world.decide(.to(chat: "g@g.us") { $0.critical = true })[.spacing] == nil)
        world.clock(3)
        let later = world.decide(.to(chat: "g@g.us"))[.spacing]
        #expect(later?.verdict == .send)
        #expect(later?.observed == 3)
    }
    @Test func `holds between two messages to one person too`() {
        var world = World { $0.people.minimumSpacing = .seconds(3) }
        world.send(.to(person: "p", account: "a"))
        world.clock(1)
        let soon = world.decide(.to(person: "p", account: "b"))
        #expect(soon[.spacing]?.scope == .person)
        #expect(soon[.spacing]?.retryAt == World.at(3))
        #expect(world.decide(.to(person: "q"))[.spacing]?.verdict == .send)
        #expect(world.decide(.to(chat: "g@g.us"))[.spacing] == nil)
        world.clock(3)
        #expect(world.decide(.to(person: "p"))[.spacing]?.verdict == .send)
    }
}
