import Events
import Gate
import Testing
import Views

@Suite struct `The mode` {
    let request = SendRequest.to(person: "p", subject: "DR1", submission: 1, text: "hello")

    @discardableResult
    func order(
        _ world: inout World, _ mode: String, limit: Int64? = nil, live: Instant? = nil
    ) -> Position {
        world.append(.modeChanged) {
            $0.add(.mode, text: mode)
            $0.add(.by, text: "ann")
            if let limit { $0.add(.limit, integer: limit) }
            if let live { $0.add(.notBefore, instant: live) }
        }
    }

    @Test func `of a dry run refuses, and says what would have gone`() {
        var world = World()
        order(&world, "dry-run")
        let decision = world.decide(request)
        #expect(decision.verdict == .refuse)
        #expect(decision.would == .send)
        #expect(decision.retryAt == nil)
        #expect(decision.expires == nil)
        #expect(decision[.mode]?.verdict == .refuse)
        #expect(decision[.mode]?.evidence?.last == 0)
    }

    @Test func `counts what would have gone in a budget of its own`() {
        var world = World { $0.rateLimits.messagesPerMinute = 2 }
        world.send(.to(person: "q"))
        order(&world, "dry-run")
        #expect(world.ask(.to(person: "r")).decision.would == .send)
        let third = world.ask(.to(person: "s")).decision
        #expect(third.would == .wait)
        #expect(third[.limitMinute]?.observed == 2)
        // Live again, only what was really sent counts.
        order(&world, "live")
        let live = world.decide(.to(person: "s"))
        #expect(live.verdict == .send)
        #expect(live[.limitMinute]?.observed == 1)
    }

    @Test func `remembers business keys, cooldowns and contents of the dry run alone`() {
        var world = World {
            $0.rateLimits.cooldownBetweenSameDrop = .seconds(60)
            $0.duplicates.contentWindow = .seconds(60)
        }
        order(&world, "dry-run")
        #expect(world.ask(request).decision.would == .send)
        let again = world.decide(request)
        #expect(again.would == .refuse)
        #expect(again[.duplicateBusiness]?.verdict == .refuse)
        #expect(again[.cooldownSubject]?.verdict == .wait)
        #expect(again[.duplicateContent]?.verdict == .wait)
        order(&world, "live")
        #expect(world.decide(request).verdict == .send)
        // A second observation begins with an empty budget.
        order(&world, "dry-run")
        #expect(world.decide(request).would == .send)
    }

    @Test func `goes live by itself after an observation without fault`() {
        var world = World()
        order(&world, "dry-run")
        order(&world, "live", live: World.at(600))
        world.clock(599)
        #expect(world.ask(request).decision.verdict == .refuse)
        world.clock(600)
        #expect(world.decide(request).verdict == .send)
    }

    @Test func `stays a dry run where a limit was hit`() {
        var world = World { $0.rateLimits.messagesPerMinute = 1 }
        order(&world, "dry-run")
        order(&world, "live", live: World.at(600))
        #expect(world.ask(.to(person: "p")).decision.would == .send)
        #expect(world.ask(.to(person: "q")).decision.would == .wait)
        world.clock(700)
        #expect(world.decide(request).verdict == .refuse)
        #expect(world.decide(request).would == .send)
    }

    @Test(arguments: [EventType.sendingStopped, .sendingPaused])
    func `stays a dry run where an operator stopped or paused`(type: EventType) {
        for chat in [nil, "g@g.us"] {
            var world = World()
            order(&world, "dry-run")
            order(&world, "live", live: World.at(600))
            world.clock(10)
            world.append(type) {
                $0.add(.chat, text: chat)
                $0.add(.until, instant: World.at(20))
            }
            world.append(.sendingResumed) { $0.add(.chat, text: chat) }
            world.clock(700)
            #expect(world.decide(request).would == .send)
        }
    }

    @Test func `once live, a stop is a stop and no dry run`() {
        var world = World()
        order(&world, "dry-run")
        order(&world, "live", live: World.at(600))
        world.clock(700)
        world.append(.sendingStopped)
        world.append(.sendingResumed)
        #expect(world.decide(request).verdict == .send)
    }

    @Test func `that ended by itself is over`() {
        var world = World { $0.rateLimits.messagesPerMinute = 1 }
        order(&world, "dry-run")
        #expect(world.ask(request).decision.would == .send)
        order(&world, "live", live: World.at(10))
        world.clock(20)
        // To go live again later is no dry run until then.
        order(&world, "live", live: World.at(50))
        #expect(world.decide(request).verdict == .send)
        // And the next observation begins with an empty budget.
        order(&world, "dry-run")
        #expect(world.decide(request).would == .send)
    }

    @Test func `of a dry run says refuse where live would refuse, and not wait`() {
        var world = World {
            $0.rateLimits.messagesPerMinute = 1
            $0.backlog.isRefused = true
            $0.backlog.newFor = .seconds(30)
        }
        world.append(.instanceStarted) { $0.add(.instance, text: "i") }
        world.append(.itemFlagged) { $0.add(.subject, text: "DR1") }
        world.send(.to(person: "q"))
        var asked = request
        asked.instance = "i"
        #expect(world.decide(asked)[.backlog]?.verdict == .refuse)
        order(&world, "dry-run")
        #expect(world.decide(asked).would == .refuse)
    }

    @Test func `limits an account from above, until lifted`() {
        var world = World { $0.rateLimits.messagesPerMinute = 5 }
        order(&world, "live", limit: 1)
        world.send(.to(person: "q"))
        let decision = world.decide(request)
        #expect(decision[.limitMinute]?.limit == 1)
        #expect(decision.verdict == .wait)
        order(&world, "live")
        #expect(world.decide(request).verdict == .send)
        // It holds where the policy has no limit at all, and never loosens a stricter one.
        world.policy.rateLimits.messagesPerMinute = nil
        order(&world, "live", limit: 1)
        #expect(world.decide(request).verdict == .wait)
        world.policy.rateLimits.messagesPerMinute = 1
        order(&world, "live", limit: 9)
        #expect(world.decide(request)[.limitMinute]?.limit == 1)
    }

    @Test func `of a dry run holds back what was granted before it`() {
        var world = World()
        let reservation = world.reserve(request)
        #expect(world.judge(reservation, .attempted).go)
        order(&world, "dry-run")
        #expect(!world.judge(reservation, .attempted).go)
    }

    @Test func `is the same after the record was read again`() throws {
        var world = World()
        order(&world, "dry-run")
        let asked = world.ask(request).decision
        let read = try #require(world.read(1) { Gate.decision(recorded: $0) })
        #expect(read == asked)
        #expect(read.would == .send)
    }
}
