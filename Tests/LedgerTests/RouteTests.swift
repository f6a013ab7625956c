import Bytes
import Events
import Gate
import Ledger
import TestSupport
import Testing
import Views

@Suite struct `Routes to who posted a subject` {
    @discardableResult
    func post(
        _ ledger: Ledger, _ person: String, _ message: String, at time: Int64, name: String? = nil
    ) async throws -> Position {
        var builder = DraftBuilder(.messageReceived, source: "bridge", id: message)
        builder.happened(at: at(time))
        builder.add(.subject, text: "DR1")
        builder.add(.account, text: "+27000000001")
        builder.add(.chat, text: "1@g.us")
        builder.add(.person, text: person)
        builder.add(.message, text: message)
        builder.add(.name, text: name)
        return try await ledger.append([try #require(builder.finish())], now: at(time))[0].position
    }

    func asking(
        _ reply: String, chat: String? = nil, key: String? = nil, attempt: String? = nil
    ) -> PreparedRequest {
        var request = SendRequest()
        request.account = "+27000000001"
        request.chat = chat
        request.subject = "DR1"
        request.reply = reply
        request.key = key
        request.attempt = attempt
        return PreparedRequest(request)
    }

    @Test func `are found while the subject is posted again and again`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100000}", now: at(1000))
            try await post(ledger, "+27820000001", "m0", at: 1001)
            let people = (1...4).map { "+2782000000\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 1...150 {
                        try await self.post(ledger, people[number % 4], "m\(number)", at: 1002)
                    }
                }
                for worker in 0..<4 {
                    group.addTask {
                        for number in 0..<25 {
                            let asked = self.asking(
                                "direct", key: "\(worker)-\(number)", attempt: "a")
                            let outcome = try await ledger.ask(asked, now: at(1002))
                            let chat = try self.route(outcome)?["chat"]?.text
                            #expect(chat.map(people.contains) == true)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try ledger.stateDifference() == nil)
        }
    }

    func route(_ outcome: AskOutcome) throws -> JSONValue? {
        try JSONValue.parse(outcome.json.span)["route"]
    }

    @Test func `reach the person, or mention them, with the message to quote`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            try await post(ledger, "+27820000001", "m1", at: 1001)
            try await post(ledger, "+27820000002", "m2", at: 1002, name: "Thandi")
            let direct = try route(await ledger.ask(asking("direct"), now: at(1003)))
            #expect(direct?["chat"]?.text == "+27820000002")
            #expect(direct?["quote"]?.text == "m2")
            #expect(direct?["mention"] == nil)
            let mention = try route(await ledger.ask(asking("mention"), now: at(1004)))
            #expect(mention?["chat"]?.text == "1@g.us")
            #expect(mention?["quote"]?.text == "m2")
            #expect(mention?["mention"]?["alias"]?.text == "+27820000002")
            #expect(mention?["mention"]?["name"]?.text == "Thandi")
            let chat = try route(await ledger.ask(asking("chat"), now: at(1005)))
            #expect(chat?["chat"]?.text == "1@g.us")
            #expect(chat?["quote"]?.text == "m2")
            #expect(chat?["mention"] == nil)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `are judged as they go: whoever withdrew is not reached`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            try await post(ledger, "+27820000001", "m1", at: 1001)
            var withdrawn = DraftBuilder(.consentWithdrawn, source: "test", id: "w")
            withdrawn.add(.person, text: "+27820000001")
            _ = try await ledger.append([try #require(withdrawn.finish())], now: at(1002))
            let answer = try await ledger.ask(asking("direct", chat: "1@g.us"), now: at(1003))
            #expect(answer.decision.verdict == .refuse)
            #expect(
                answer.decision.findings.contains { $0.rule == .consent && $0.verdict == .refuse })
        }
    }

    @Test func `never lead to our own messages`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            try await post(ledger, "+27820000001", "m1", at: 1001)
            let sent = try await ledger.ask(asking("mention"), now: at(1002))
            _ = try await ledger.report(
                SendReport(try #require(sent.reservation), .accepted), now: at(1003))
            let again = try route(await ledger.ask(asking("mention"), now: at(1004)))
            #expect(again?["quote"]?.text == "m1")
        }
    }

    @Test func `fall back to what was asked where nobody posted it`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            let fallen = try route(
                await ledger.ask(asking("direct", chat: "2@g.us"), now: at(1001)))
            #expect(fallen?["chat"]?.text == "2@g.us")
            #expect(fallen?["quote"] == nil)
            let nobody = await code { _ = try await ledger.ask(asking("direct"), now: at(1002)) }
            #expect(nobody == .invalid)
        }
    }

    @Test func `share a reservation with its route, whoever posted since`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            try await post(ledger, "+27820000001", "m1", at: 1001)
            let first = try await ledger.ask(
                asking("mention", key: "k", attempt: "a"), now: at(1002))
            let same = try await ledger.ask(
                asking("mention", key: "k", attempt: "b"), now: at(1002))
            #expect(same.isReplayed)
            #expect(same.reservation == first.reservation)
            try await post(ledger, "+27820000002", "m2", at: 1003)
            let other = try await ledger.ask(
                asking("mention", key: "k", attempt: "c"), now: at(1004))
            #expect(other.isReplayed)
            #expect(other.reservation == first.reservation)
            let routes = (try route(first), try route(other))
            #expect(routes.0 == routes.1)
            // Once it is released, it goes to whoever posted last.
            let anew = try await ledger.ask(
                asking("mention", key: "k", attempt: "d"), now: at(1100))
            #expect(!anew.isReplayed)
            let mention = try route(anew)?["mention"]
            #expect(mention?["alias"]?.text == "+27820000002")
        }
    }
}

@Suite(.tags(.threads)) struct `Refusals in a loop` {
    @Test func `are answered without a record, and counted with the next commit`() async throws {
        let clock = TestClock(wall: 1_700_000_000_000_000_000)
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            try await ledger.apply("rate_limits: {messages_per_minute: 1}")
            let sent = try await ledger.ask(request("DR1"))
            #expect(sent.decision.verdict == .send)
            let first = try await ledger.ask(request("DR2"))
            #expect(first.decision.verdict == .wait)
            #expect(!first.isCounted)
            for _ in 0..<5 {
                let again = try await ledger.ask(request("DR2"))
                #expect(again.isCounted)
                #expect(again.decision == first.decision)
                #expect(try JSONValue.parse(again.json.span)["position"]?.isNull == true)
            }
            #expect(try ledger.count() == 3)
            // Another request is decided; what was counted goes with its commit.
            let other = try await ledger.ask(request("DR3"))
            #expect(!other.isCounted)
            #expect(try ledger.count() == 5)
            let counted = try ledger.withEvent(at: 4) { ($0.integer(.count), $0.integer(.first)) }
            #expect(counted == (5, 2))
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `end with the second, with a retry time, and with a report`() async throws {
        let clock = TestClock(wall: 1_700_000_000_000_000_000)
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            try await ledger.apply("rate_limits: {messages_per_minute: 1}")
            let sent = try await ledger.ask(request("DR1"))
            _ = try await ledger.ask(request("DR2"))
            #expect(try await ledger.ask(request("DR2")).isCounted)
            clock.pass(seconds: 2)
            #expect(try await !ledger.ask(request("DR2")).isCounted)
            #expect(try await ledger.ask(request("DR2")).isCounted)
            let reservation = try #require(sent.reservation)
            _ = try await ledger.report(SendReport(reservation, .cancelled))
            let free = try await ledger.ask(request("DR2"))
            #expect(free.decision.verdict == .send)
        }
    }
}

@Suite struct `Shadow policies` {
    func shadow(_ ledger: Ledger, _ name: String, _ policy: String, off: Bool = false) async throws
    {
        var order = PolicyChanged()
        order.names.text = policy
        order.hash = "x"
        order.kind = name
        order.scope = "shadow"
        order.status = off ? "off" : nil
        let id = "shadow \(UInt64.random(in: 0 ... .max))"
        _ = try await ledger.append([try order.draft(source: "test", id: id)], as: .verb)
    }

    @Test func `judge without effect, and are counted`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_minute: 2}", now: at(1000))
            try await shadow(ledger, "tight", "rate_limits: {messages_per_minute: 1}")
            try await shadow(ledger, "loose", "rate_limits: {messages_per_minute: 9}")
            let verdicts = try await [
                ledger.ask(request("DR1"), now: at(1001)).decision.verdict,
                ledger.ask(request("DR2"), now: at(1002)).decision.verdict,
                ledger.ask(request("DR3"), now: at(1003)).decision.verdict,
            ]
            #expect(verdicts == [.send, .send, .wait])
            let counts = try ledger.withState { moment in
                ["tight", "loose"].map { name in
                    let slot = moment.tables.shadows.find(Fingerprint(of: name))
                    let row = slot.map { moment.tables.shadows[$0] } ?? ShadowRow()
                    return [
                        row.count(.send, .send), row.count(.send, .wait), row.count(.wait, .send),
                        row.count(.wait, .wait),
                    ]
                }
            }
            #expect(counts == [[1, 1, 0, 1], [2, 0, 1, 0]])
            #expect(try ledger.policyInForce()?.0 == 0)
            try await shadow(ledger, "tight", "off", off: true)
            _ = try await ledger.ask(request("DR4"), now: at(1004))
            let judged = try ledger.withEvent(at: 7) { $0.text(.shadows) }
            #expect(judged == "{\"loose\":\"send\"}")
            #expect(try ledger.stateDifference() == nil)
        }
    }
}
