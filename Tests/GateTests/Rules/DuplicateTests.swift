import Events
import Gate
import Testing

@Suite struct `Duplicate content` {
    private let world = World { $0.duplicates.contentWindow = .seconds(600) }

    @Test func `waits until the same text to the same chat leaves the window`() {
        var world = world
        world.send(.to(chat: "g@g.us", text: "hello"))
        world.clock(10)
        let decision = world.decide(.to(chat: "g@g.us", text: "hello"))
        #expect(decision.verdict == .wait)
        #expect(decision.retryAt == World.at(600))
        #expect(decision[.duplicateContent]?.evidence == Finding.Evidence(0))
        #expect(
            world.decide(.to(chat: "g@g.us", text: "hello"), at: World.at(600)).verdict == .send)
    }

    @Test func `lets another text, another chat and a request without text pass`() {
        var world = world
        world.send(.to(chat: "g@g.us", text: "hello"))
        #expect(world.decide(.to(chat: "g@g.us", text: "hello!")).verdict == .send)
        #expect(world.decide(.to(chat: "h@g.us", text: "hello")).verdict == .send)
        #expect(world.decide(.to(chat: "g@g.us"))[.duplicateContent] == nil)
    }

    @Test func `counts an open reservation from the end of its lease`() {
        var world = world
        _ = world.reserve(.to(chat: "g@g.us", text: "hello"))
        #expect(world.decide(.to(chat: "g@g.us", text: "hello")).retryAt == World.at(630))
    }
}

@Suite struct `Duplicate business` {
    private let request = SendRequest.to(
        chat: "g@g.us", subject: "DR1", steps: ["2", "5"], submission: 1)

    @Test func `refuses a subject, steps and submission that were answered`() {
        var world = World()
        world.append(.instanceStarted)
        world.send(request)
        world.clock(1_000_000)
        let decision = world.decide(request)
        #expect(decision.verdict == .refuse)
        #expect(decision.retryAt == nil)
        #expect(decision[.duplicateBusiness]?.evidence == Finding.Evidence(1))
    }

    @Test func `takes the steps as a set`() {
        var world = World()
        world.send(request)
        var other = request
        other.steps = ["5", "2", "5"]
        #expect(world.decide(other).verdict == .refuse)
        other.steps = ["5"]
        #expect(world.decide(other).verdict == .send)
        other = request
        other.submission = 2
        #expect(world.decide(other).verdict == .send)
    }

    @Test func `says nothing of a request without steps and submission`() {
        var world = World()
        world.send(.to(chat: "g@g.us", subject: "DR1"))
        #expect(world.decide(.to(chat: "g@g.us", subject: "DR1"))[.duplicateBusiness] == nil)
    }

    @Test(arguments: [SendReport.Outcome.failed, .cancelled])
    func `is freed by a failure and by a cancellation`(_ outcome: SendReport.Outcome) {
        var world = World()
        let reservation = world.reserve(request)
        // While it is open nobody knows.
        let open = world.decide(request)
        #expect(open.verdict == .wait)
        #expect(open.code == .inProgress)
        #expect(open.retryAt == World.at(30))
        world.report(reservation, outcome)
        #expect(world.decide(request).verdict == .send)
    }

    @Test func `is held by a lease that ended without a report`() {
        var world = World()
        _ = world.reserve(request)
        world.clock(31)
        let decision = world.decide(request)
        #expect(decision.verdict == .refuse)
        #expect(decision.code == .outcomeUnknown)
    }

    @Test func `an imported attempt holds it`() {
        var world = World()
        world.append(.sendAttempted) {
            $0.add(.subject, text: "DR1")
            $0.add(.chat, text: "g@g.us")
            $0.add(.steps, texts: ["2", "5"])
            $0.add(.submission, integer: 1)
        }
        #expect(world.decide(request).verdict == .refuse)
    }
}
