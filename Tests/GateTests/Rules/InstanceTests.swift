import Bytes
import Events
import Gate
import Testing
import Views

@Suite struct `A role` {
    private let first = SendRequest.to(chat: "g@g.us") {
        $0.role = "monitor"
        $0.instance = "host/1"
    }
    private let second = SendRequest.to(chat: "g@g.us") {
        $0.role = "monitor"
        $0.instance = "host/2"
    }

    private func start(_ instance: String, in world: inout World, at time: Instant? = nil)
        -> Position
    {
        world.append(.instanceStarted, at: time) {
            $0.add(.role, text: "monitor")
            $0.add(.instance, text: instance)
        }
    }

    @Test func `is free as long as nobody has started in it`() {
        var world = World()
        #expect(world.decide(first)[.instance]?.verdict == .send)
        #expect(world.decide(.to(chat: "g@g.us"))[.instance] == nil)
    }

    @Test func `is the first one's, where a second is refused`() {
        var world = World()
        let position = start("host/1", in: &world)
        #expect(world.decide(first)[.instance]?.observed == 1)
        _ = start("host/2", in: &world)
        #expect(world.decide(first).verdict == .send)
        let refusal = world.decide(second)
        #expect(refusal.verdict == .refuse)
        #expect(refusal.retryAt == nil)
        let finding = refusal[.instance]
        #expect(finding?.scope == .role)
        #expect(finding?.observed == 2 && finding?.limit == 1)
        #expect(finding?.evidence == Finding.Evidence(position))
        #expect(finding?.reason.contains("ledger instances stop") == true)
    }

    @Test func `is refused to who names no instance, or one that nobody knows`() {
        var world = World()
        _ = start("host/1", in: &world)
        var nameless = first
        nameless.instance = nil
        #expect(world.decide(nameless).verdict == .refuse)
        var stranger = first
        stranger.instance = "host/9"
        #expect(world.decide(stranger).verdict == .refuse)
        var roleless = second
        _ = start("host/2", in: &world)
        roleless.role = nil
        #expect(world.decide(roleless).verdict == .refuse, "the role is that of its start")
    }

    @Test func `is the last one's, where a second fences the first`() {
        var world = World { $0.instances.second = .fence }
        _ = start("host/1", in: &world)
        _ = start("host/2", in: &world)
        #expect(world.decide(first).verdict == .refuse)
        #expect(world.decide(second).verdict == .send)
        // History that is told afterwards takes the role from nobody.
        _ = start("host/0", in: &world, at: World.at(-86_400))
        #expect(world.decide(second).verdict == .send)
    }

    @Test func `keeps its holder, whatever an earlier time is told of another`() {
        var world = World()
        _ = start("host/1", in: &world)
        _ = start("host/2", in: &world, at: World.at(-3_600))
        #expect(world.decide(first).verdict == .send)
        #expect(world.decide(second).verdict == .refuse)
    }

    @Test(arguments: [EventType.instanceFenced, .instanceStopped])
    func `passes to the next once its holder has ended`(type: EventType) {
        var world = World()
        _ = start("host/1", in: &world)
        _ = start("host/2", in: &world)
        world.clock(10)
        let end = world.append(type) { $0.add(.instance, text: "host/1") }
        let finding = world.decide(first)[.instance]
        #expect(finding?.verdict == .refuse)
        #expect(finding?.scope == .instance)
        #expect(finding?.evidence == Finding.Evidence(end))
        var critical = first
        critical.critical = true
        #expect(world.decide(critical).verdict == .refuse, "no lane leads around it")
        #expect(world.decide(second).verdict == .send)
        world.clock(20)
        _ = start("host/1", in: &world)
        #expect(world.decide(first)[.instance]?.scope == .role, "it lives again, as the second")
    }

    @Test func `is ended whole by a fence that names no instance`() {
        var world = World()
        _ = start("host/1", in: &world)
        _ = start("host/2", in: &world)
        world.append(.instanceFenced) { $0.add(.role, text: "monitor") }
        #expect(world.decide(first).verdict == .refuse)
        #expect(world.decide(second).verdict == .refuse)
        #expect(world.tables.live(in: Fingerprint(of: "monitor")).isEmpty)
    }

    @Test func `is no longer held by one that has fallen silent`() {
        var world = World { $0.instances.silentAfter = .seconds(120) }
        _ = start("host/1", in: &world)
        _ = start("host/2", in: &world)
        world.clock(120)
        #expect(world.decide(second).verdict == .refuse)
        #expect(world.decide(second, at: World.at(121)).verdict == .send)
        // Asking is a sign of life; a report is, too.
        let reservation = world.ask(first).reservation
        #expect(world.decide(second, at: World.at(240)).verdict == .refuse)
        world.clock(200)
        world.report(reservation, .accepted)
        #expect(world.decide(second, at: World.at(320)).verdict == .refuse)
        #expect(world.decide(second, at: World.at(321)).verdict == .send)
    }

    @Test func `is held by one that asks nothing, as long as it beats`() {
        var world = World { $0.instances.silentAfter = .seconds(120) }
        _ = start("host/1", in: &world)
        _ = start("host/2", in: &world)
        world.clock(500)
        var facts = world.facts
        func verdict(_ world: inout World) -> Verdict {
            Gate.decide(
                world.prepare(second), recorded: facts, under: world.policy,
                in: &world.tables
            )
            .verdict
        }
        #expect(verdict(&world) == .send)
        facts.circumstances.beat = World.at(380)
        #expect(verdict(&world) == .refuse)
        facts.circumstances.beat = World.at(379)
        #expect(verdict(&world) == .send)
    }

    @Test func `is asked for, with a recorded start, where the policy requires it`() {
        var world = World { $0.instances.isRequired = true }
        let request = SendRequest.to(chat: "g@g.us")
        #expect(world.decide(request).verdict == .refuse)
        #expect(world.decide(first).verdict == .refuse)
        #expect(world.decide(first)[.instance]?.reason.contains("ledger run") == true)
        _ = start("host/1", in: &world)
        #expect(world.decide(first).verdict == .send)
    }

    @Test func `copes with more live instances than it keeps`() {
        var world = World()
        for number in 1...20 {
            world.clock(Int64(number))
            _ = start("host/\(number)", in: &world)
            world.send(first)
        }
        #expect(world.tables.live(in: Fingerprint(of: "monitor")).count == 8)
        #expect(world.decide(first).verdict == .send, "who asks is kept")
        let others = (2...20).filter { number in
            var request = first
            request.instance = "host/\(number)"
            return world.decide(request).verdict == .send
        }
        #expect(others.isEmpty, "at most one instance may send")
    }

    @Test(arguments: [EventType.instanceFenced, .instanceStopped, .instanceStarted])
    func `takes back what an instance reserved before its end`(type: EventType) {
        var world = World()
        _ = start("host/1", in: &world)
        let reservation = world.reserve(first)
        #expect(world.judge(reservation, .attempted).go)
        world.clock(1)
        world.append(type) {
            $0.add(.role, text: "monitor")
            $0.add(.instance, text: "host/1")
        }
        let verdict = world.judge(reservation, .attempted)
        #expect(!verdict.go)
        #expect(verdict.refusal == nil && verdict.duplicateOf == nil, "the attempt is recorded")
        #expect(world.judge(reservation, .accepted) == ReportVerdict())
        #expect(world.judge(reservation, .failed) == ReportVerdict())
    }
}
