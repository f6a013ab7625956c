import Events
import Gate
import Testing

@Suite struct `Startup grace` {
    private var world = World { $0.rateLimits.startupGracePeriod = .seconds(300) }
    private let request = SendRequest.to(chat: "g@g.us") { $0.instance = "host/1" }

    @Test func `waits until the instance has run for the period`() {
        var world = world
        let start = world.append(.instanceStarted) { $0.add(.instance, text: "host/1") }
        world.clock(100)
        let decision = world.decide(request)
        #expect(decision.verdict == .wait)
        #expect(decision.retryAt == World.at(300))
        #expect(decision[.grace]?.observed == 100)
        #expect(decision[.grace]?.limit == 300)
        #expect(decision[.grace]?.evidence == Finding.Evidence(start))
        #expect(world.decide(request, at: World.at(300)).verdict == .send)
    }

    @Test func `a restart begins it anew`() {
        var world = world
        world.append(.instanceStarted) { $0.add(.instance, text: "host/1") }
        world.clock(400)
        world.append(.instanceStarted) { $0.add(.instance, text: "host/1") }
        #expect(world.decide(request).retryAt == World.at(700))
    }

    @Test func `says nothing of an instance whose start is not recorded`() {
        var world = world
        world.append(.instanceStarted) { $0.add(.instance, text: "host/2") }
        #expect(world.decide(request)[.grace] == nil)
        #expect(world.decide(.to(chat: "g@g.us"))[.grace] == nil)
    }

    @Test func `is skipped by a critical answer`() {
        var world = world
        world.append(.instanceStarted) { $0.add(.instance, text: "host/1") }
        var critical = request
        critical.critical = true
        #expect(world.decide(critical)[.grace] == nil)
        #expect(world.decide(critical).verdict == .send)
    }

    @Test func `is off without its key`() {
        var world = World()
        world.append(.instanceStarted) { $0.add(.instance, text: "host/1") }
        #expect(world.decide(request)[.grace] == nil)
    }
}
