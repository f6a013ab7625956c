import Bytes
import Events
import Gate
import Testing

@Suite struct `A decision` {
    private let request = SendRequest.to(chat: "g@g.us", subject: "DR1854951", text: "Done")

    private func full() -> World {
        World {
            $0.rateLimits.messagesPerSecond = 5
            $0.rateLimits.messagesPerMinute = 1
            $0.rateLimits.messagesPerHour = 20
            $0.rateLimits.messagesPerDay = 100
            $0.rateLimits.cooldownBetweenSameDrop = .seconds(3_600)
            $0.rateLimits.startupGracePeriod = .seconds(300)
            $0.rateLimits.minimumSpacing = .seconds(5)
            $0.duplicates.contentWindow = .seconds(600)
        }
    }

    @Test func `lists every active rule in the order of their numbers`() {
        var world = full()
        world.append(.instanceStarted, at: World.at(-400)) { $0.add(.instance, text: "i") }
        let decision = world.decide(
            .to(person: "p", subject: "s", submission: 1, text: "x") { $0.instance = "i" })
        #expect(
            decision.findings.map(\.rule) == [
                .stop, .pause, .mode, .grace, .duplicateContent, .duplicateBusiness, .limitSecond,
                .limitMinute, .limitHour, .limitDay, .spacing, .cooldownSubject, .consent,
                .inflight,
            ])
        #expect(decision.findings.allSatisfy { $0.verdict == .send })
        #expect(decision.verdict == .send)
    }

    @Test func `a critical answer skips grace, limits and spacing, and nothing else`() {
        var world = full()
        world.append(.instanceStarted) { $0.add(.instance, text: "i") }
        let decision = world.decide(
            .to(person: "p", subject: "s", submission: 1, text: "x") {
                $0.instance = "i"
                $0.critical = true
            })
        #expect(
            decision.findings.map(\.rule) == [
                .stop, .pause, .mode, .duplicateContent, .duplicateBusiness, .cooldownSubject,
                .consent,
                .inflight,
            ])
    }

    @Test func `lets go now, until the lease ends`() {
        var world = World { $0.reservations.lease = .seconds(7) }
        let decision = world.decide(request)
        #expect(decision.notBefore == World.at(0))
        #expect(decision.expires == World.at(7))
        #expect(decision.retryAt == nil)
    }

    @Test func `refuses rather than waits, and then names no moment`() {
        var world = full()
        world.send(request)
        world.append(.sendingStopped)
        let decision = world.decide(request)
        #expect(decision.verdict == .refuse)
        #expect(decision.retryAt == nil)
        #expect(decision[.limitMinute]?.verdict == .wait)
        #expect(decision.notBefore == nil)
    }

    @Test func `comes back equal from its record, and again from the same facts`() throws {
        var world = full()
        let before = world.tables
        let sent = world.ask(request)
        let waited = world.ask(request)
        for (index, decision) in [sent.decision, waited.decision].enumerated() {
            #expect(world.read(index) { $0.type } == (index == 0 ? .sendReserved : .sendRefused))
            #expect(world.records[index].count < 1_000)
            #expect(world.read(index) { Gate.decision(recorded: $0) } == decision)
            #expect(world.read(index) { Facts(recorded: $0) } == world.facts)
            let version = world.read(index) { Gate.engineVersion(recorded: $0) }
            #expect(version == Gate.engineVersion)
            #expect(world.read(index) { $0.integer(.count) } == (index == 0 ? nil : 1))
        }
        world.tables = before
        let facts = try #require(world.read(0) { Facts(recorded: $0) })
        let request = world.read(0) { PreparedRequest(recorded: $0) }
        let again = Gate.decide(request, recorded: facts, under: world.policy, in: &world.tables)
        #expect(again == sent.decision)
        #expect(waited.decision.verdict == .wait)
    }

    @Test func `no other event holds one`() {
        var world = World()
        world.append(.instanceStarted)
        #expect(world.read(0) { Gate.decision(recorded: $0) } == nil)
        #expect(world.read(0) { Facts(recorded: $0) } == nil)
    }

    @Test func `is recorded when the request is as large as may be`() throws {
        var world = full()
        world.isSealed = false
        var large = request
        large.steps = Array(repeating: "1", count: 1_000)
        let used = 3 * 1_000 + "ag@g.us".utf8.count + "DR1854951".utf8.count
        large.text = String(repeating: "x", count: SendRequest.textBytesMax - used)
        try large.check()
        _ = world.ask(large)
        #expect(world.read(0) { PreparedRequest(recorded: $0).request } == large)
    }
}

@Suite struct `An answer` {
    @Test func `of send names the reservation`() {
        var world = World()
        let request = PreparedRequest(
            .to(chat: "g@g.us") {
                $0.key = "k"
                $0.attempt = "a1"
                $0.explains = true
            })
        let decision = world.decide(request.request)
        let line = Gate.answer(
            request, decision,
            AnswerContext(
                now: world.now, reservation: Reservation(position: 4, tag: 0xABC), policy: "12",
                position: 4))
        #expect(
            line.span.string == """
                {"verdict":"send","because":[],"reservation":"r4.00000abc","ref":"r4.00000abc",\
                "key":"k","attempt":"a1",\
                "not_before":"2023-11-14T22:13:20.000Z","expires":"2023-11-14T22:13:50.000Z",\
                "dry_run":false,"now":"2023-11-14T22:13:20.000Z","route":{"chat":"g@g.us"},"rules":[\
                {"rule":"stop","scope":"ledger","verdict":"send","observed":0,"limit":0,\
                "retry_at":null,"reason":"Nothing stands against it.","evidence":null},\
                {"rule":"pause","scope":"ledger","verdict":"send","observed":0,"limit":0,\
                "retry_at":null,"reason":"Nothing stands against it.","evidence":null},\
                {"rule":"mode","scope":"ledger","verdict":"send","observed":0,"limit":0,\
                "retry_at":null,"reason":"Nothing stands against it.","evidence":null},\
                {"rule":"duplicate.key","scope":"ledger","verdict":"send","observed":0,"limit":0,\
                "retry_at":null,"reason":"Nothing stands against it.","evidence":null}],\
                "judged":4,"policy":"12","position":4}
                """)
    }

    @Test func `of wait says when, and routes to the person`() throws {
        var world = World { $0.rateLimits.messagesPerMinute = 1 }
        world.send(.to(person: "p"))
        let request = PreparedRequest(.to(person: "p"))
        let line = Gate.answer(
            request, world.decide(request.request),
            AnswerContext(now: world.now, reservation: nil, policy: "12", position: nil))
        let json = try JSONValue.parse(line.span)
        #expect(json["retry_at"]?.text == "2023-11-14T22:14:20.000Z")
        #expect(json["wait_ms"]?.integer == 60_000)
        #expect(json["because"]?.texts == ["limit.minute"])
        // What did not stand against it is left out.
        #expect(json["rules"]?.elements.compactMap { $0["rule"]?.text } == ["limit.minute"])
        #expect(json["reservation"] == nil)
        #expect(json["expires"] == nil)
        #expect(json["route"]?["chat"]?.text == "p")
        #expect(json["position"]?.isNull == true)
    }
}
