import Events
import Gate
import Testing

@Suite struct `Backlog` {
    private let request = SendRequest.to(
        chat: "g@g.us", subject: "DR1", steps: ["3"], submission: 1
    ) {
        $0.instance = "host/1"
    }

    private func world() -> World { World { $0.backlog.isRefused = true } }

    private func start(in world: inout World, _ instance: String = "host/1") {
        world.append(.instanceStarted) {
            $0.add(.role, text: "monitor")
            $0.add(.instance, text: instance)
        }
    }

    @discardableResult
    private func flag(
        _ subject: String, _ snapshot: String?, in world: inout World, submission: Int64 = 1,
        _ build: (inout DraftBuilder) -> Void = { _ in }
    ) -> Position {
        world.append(.itemFlagged) {
            $0.add(.subject, text: subject)
            $0.add(.steps, texts: ["3"])
            $0.add(.submission, integer: submission)
            $0.add(.snapshot, text: snapshot)
            build(&$0)
        }
    }

    @Test func `is what the first reading after the start holds, and all before it`() {
        var world = world()
        let before = flag("DR0", "s0", in: &world)
        start(in: &world)
        let first = flag("DR1", "s1", in: &world)
        flag("DR2", "s1", in: &world)
        flag("DR3", "s2", in: &world)
        flag("DR1", "s2", in: &world)
        func finding(_ subject: String) -> Finding? {
            var request = request
            request.subject = subject
            return world.decide(request)[.backlog]
        }
        #expect(finding("DR0")?.verdict == .refuse)
        #expect(finding("DR0")?.evidence == Finding.Evidence(before))
        #expect(finding("DR1")?.verdict == .refuse, "a second flag does not make it new")
        #expect(finding("DR1")?.evidence == Finding.Evidence(first))
        #expect(finding("DR1")?.scope == .subject)
        #expect(finding("DR1")?.reason.contains("reset --backlog") == true)
        #expect(finding("DR2")?.verdict == .refuse)
        #expect(finding("DR3")?.verdict == .send)
        #expect(finding("DR4") == nil, "what was never flagged is no work item")
    }

    @Test func `is a new item only for so long`() {
        var world = world()
        world.policy.backlog.newFor = .seconds(3_600)
        start(in: &world)
        flag("DR9", "s1", in: &world)
        flag("DR1", "s2", in: &world)
        #expect(world.decide(request, at: World.at(3_599)).verdict == .send)
        #expect(world.decide(request, at: World.at(3_600)).verdict == .refuse)
    }

    @Test func `ends with another submission, or once the item was resolved`() {
        var world = world()
        start(in: &world)
        flag("DR1", "s1", in: &world)
        #expect(world.decide(request).verdict == .refuse)
        flag("DR1", "s2", in: &world, submission: 2)
        #expect(world.decide(request).verdict == .send)
        var resolved = self.world()
        start(in: &resolved)
        flag("DR1", "s1", in: &resolved)
        resolved.append(.itemResolved) { $0.add(.subject, text: "DR1") }
        #expect(resolved.decide(request)[.backlog] == nil)
        flag("DR1", "s2", in: &resolved)
        #expect(resolved.decide(request).verdict == .send)
    }

    @Test func `begins anew with each start`() {
        var world = world()
        start(in: &world)
        flag("DR9", "s1", in: &world)
        flag("DR1", "s2", in: &world)
        #expect(world.decide(request).verdict == .send)
        world.clock(10)
        start(in: &world)
        #expect(world.decide(request).verdict == .refuse, "it was flagged before the start")
        flag("DR1", "s3", in: &world)
        #expect(world.decide(request).verdict == .refuse)
    }

    @Test func `is read for one instance, for those of a role, or for all`() {
        for (name, expected) in [
            ("instance", [true, false]), ("role", [true, false]), ("", [true, true]),
        ] {
            var world = world()
            start(in: &world)
            world.append(.instanceStarted) {
                $0.add(.role, text: "other")
                $0.add(.instance, text: "host/2")
            }
            flag("DR9", "s1", in: &world) {
                if name == "instance" { $0.add(.instance, text: "host/1") }
                if name == "role" { $0.add(.role, text: "monitor") }
            }
            // The first reading of whom it was not for is this one.
            flag("DR1", "s2", in: &world)
            let verdicts = ["host/1", "host/2"].map { instance in
                var request = request
                request.instance = instance
                return world.decide(request).verdict == .send
            }
            #expect(verdicts == expected, "a reading for \(name)")
        }
    }

    @Test func `is all that was read, as long as the instance has read nothing itself`() {
        var world = world()
        start(in: &world)
        flag("DR1", "s1", in: &world) { $0.add(.instance, text: "host/7") }
        #expect(world.decide(request).verdict == .refuse)
        var unread = self.world()
        start(in: &unread)
        flag("DR1", nil, in: &unread)
        #expect(unread.decide(request).verdict == .send, "a flag without a reading is news")
    }

    @Test func `is released by hand, without lifting the cooldown`() {
        var world = world()
        world.policy.rateLimits.cooldownBetweenSameDrop = .seconds(3_600)
        start(in: &world)
        flag("DR1", "s1", in: &world)
        world.send(.to(chat: "g@g.us", subject: "DR1", steps: ["2"], submission: 1))
        world.append(.cooldownReset) {
            $0.add(.subject, text: "DR1")
            $0.add(.scope, text: "backlog")
        }
        #expect(world.decide(request)[.backlog]?.verdict == .send)
        #expect(world.decide(request)[.cooldownSubject]?.verdict == .wait)
        world.append(.cooldownReset) { $0.add(.subject, text: "DR1") }
        #expect(world.decide(request).verdict == .send)
        flag("DR1", "s2", in: &world, submission: 2)
        world.clock(90_000)
        #expect(world.decide(request)[.backlog]?.verdict == .refuse, "of that item only")
    }

    @Test func `keeps the items of one drop apart that one reading flags`() {
        var world = world()
        start(in: &world)
        for snapshot in ["s1", "s2", "s3"] {
            flag("DR1", snapshot, in: &world)
            flag("DR1", snapshot, in: &world, submission: 2)
        }
        #expect(world.decide(request).verdict == .refuse, "each was there at the first reading")
        var other = request
        other.submission = 2
        #expect(world.decide(other).verdict == .refuse)
        flag("DR1", "s4", in: &world)
        flag("DR1", "s4", in: &world, submission: 3)
        #expect(world.decide(request).verdict == .refuse)
        other.submission = 3
        #expect(world.decide(other).verdict == .send)
        other.submission = nil
        #expect(world.decide(other).verdict == .refuse, "all of the drop's are meant")
    }

    @Test func `is skipped by a critical answer, and off without its key`() {
        var world = world()
        start(in: &world)
        flag("DR1", "s1", in: &world)
        var critical = request
        critical.critical = true
        #expect(world.decide(critical).verdict == .send)
        world.policy.backlog.isRefused = false
        #expect(world.decide(request)[.backlog] == nil)
    }
}
