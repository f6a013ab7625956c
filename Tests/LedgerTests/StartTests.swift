import Bytes
import Events
import Gate
import Ledger
import TestSupport
import Testing
import Views

@Suite(.tags(.threads)) struct `A start in a role` {
    private func start(_ instance: String, gone: [String] = []) -> InstanceStart {
        var start = InstanceStart(role: "monitor", instance: instance)
        start.host = "host-1"
        start.process = 4242
        start.gone = gone
        return start
    }

    private func live(_ ledger: Ledger) throws -> [Fingerprint] {
        try ledger.withState { $0.tables.live(in: Fingerprint(of: "monitor")).map(\.instance) }
    }

    private func told(_ instance: String, at seconds: Int64? = nil) -> Draft {
        var builder = DraftBuilder(.instanceStarted, source: "test", id: "start \(instance)")
        if let seconds { builder.happened(at: at(seconds)) }
        builder.add(.role, text: "monitor")
        builder.add(.instance, text: instance)
        return builder.finish()!
    }

    @Test func `answers the fencing token`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([sampleMessage(1, seconds: 1)])
            let token = try await ledger.start(start("one"))
            #expect(token == 1)
            let event = try ledger.withEvent(at: token) { try InstanceStarted($0) }
            #expect(event.names.role == "monitor" && event.names.instance == "one")
            #expect(event.host == "host-1" && event.process == 4242)
            #expect(try live(ledger) == [Fingerprint(of: "one")])
        }
    }

    @Test func `refuses a held role, and names its holder`() async throws {
        try await withLedger { ledger in
            let token = try await ledger.start(start("one"))
            let error = await #expect(throws: LedgerError.self) {
                _ = try await ledger.start(start("two"))
            }
            #expect(error?.code == .held && error?.position == token)
            for word in ["one", "host-1", "4242", "since", "instances stop monitor"] {
                #expect(error?.message.contains(word) == true, "\(word)")
            }
            // The same name is no other process by itself: it may be a second one, too.
            #expect(await code { _ = try await ledger.start(start("one")) } == .held)
            #expect(try ledger.count() == 1)
        }
    }

    @Test func `refuses a start without a name`() async throws {
        try await withLedger { ledger in
            let nameless = InstanceStart(role: "monitor", instance: "")
            #expect(await code { _ = try await ledger.start(nameless) } == .invalid)
        }
    }

    @Test func `is won by exactly one of many that try at once, over two ledger objects`()
        async throws
    {
        try await withLedger { ledger in
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            let won = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<16 {
                    let own = number % 2 == 0 ? ledger : other
                    let start = start("i\(number)")
                    group.addTask { (try? await own.start(start)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
            #expect(try ledger.count() == 1)
            #expect(try live(ledger).count == 1)
        }
    }

    @Test func `records the end of who is known to be gone, in the same commit`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.start(start("one"))
            let token = try await ledger.start(start("two", gone: ["one", "never seen"]))
            #expect(try ledger.types() == [.instanceStarted, .instanceStopped, .instanceStarted])
            #expect(token == 2)
            let end = try ledger.withEvent(at: 1) { try InstanceStopped($0) }
            #expect(end.names.instance == "one" && end.token == 0 && end.code == .text("gone"))
            #expect(try live(ledger) == [Fingerprint(of: "two")])
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `fences the holder where the policy says so`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("instances:\n  second: fence\n")
            let first = try await ledger.start(start("one"))
            let token = try await ledger.start(start("two"))
            #expect(token == first + 2)
            let fence = try ledger.withEvent(at: token - 1) { try InstanceFenced($0) }
            #expect(fence.names.instance == "one" && fence.names.role == "monitor")
            #expect(fence.token == Int64(first) && fence.kind == "succeeded")
            #expect(try live(ledger) == [Fingerprint(of: "two")])
        }
    }

    @Test func `fences a holder that has been silent for too long`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("instances:\n  silent_after: 120\n", now: at(1_000))
            _ = try await ledger.start(start("one"), now: at(2_000))
            #expect(
                await code { _ = try await ledger.start(start("two"), now: at(2_120)) } == .held)
            let token = try await ledger.start(start("two"), now: at(2_121))
            #expect(try ledger.withEvent(at: token - 1) { $0.type } == .instanceFenced)
        }
    }

    @Test func `fences nobody who beats, and the beat is recorded with the decision`()
        async throws
    {
        // A beat carries the machine's time: it lies in the test clock's future, so it is fresh.
        let clock = TestClock()
        try await withLedger(isDevelopment: false, clock: clock) { ledger in
            try await ledger.apply("instances:\n  silent_after: 4\n")
            _ = try await ledger.start(start("one"))
            clock.pass(seconds: 5)
            try ledger.roles.beat("one")
            #expect(await code { _ = try await ledger.start(start("two")) } == .held)
            var asked = request("DR1").request
            asked.role = "monitor"
            asked.instance = "two"
            try ledger.roles.beat("one")
            let answer = try await ledger.ask(PreparedRequest(asked))
            #expect(answer.decision.verdict == .refuse)
            let facts = try ledger.withEvent(at: answer.position) { $0.text(.facts) }
            #expect(facts?.contains("\"beat\":") == true, "\(facts ?? "")")
            ledger.roles.forget("one")
            _ = try await ledger.start(start("two"))
        }
    }

    @Test func `that is told by append fences too, if it has just been made`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("instances:\n  second: fence\n", now: at(10_000))
            _ = try await ledger.start(start("one"))
            _ = try await ledger.append([told("old", at: 5_000)])
            #expect(try live(ledger).count == 2, "history takes the role from nobody")
            let batch = [sampleMessage(1, seconds: 10_001), told("two", at: 10_001)]
            let places = try await ledger.append(batch)
            #expect(try live(ledger) == [Fingerprint(of: "two")])
            #expect(try ledger.count() == places[1].position + 3, "two fences in the same commit")
            let repeated = try await ledger.append(batch)
            #expect(repeated.allSatisfy { $0.isDuplicate })
            #expect(try ledger.count() == places[1].position + 3)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `that is told by append is taken beside the holder, where a second is refused`()
        async throws
    {
        try await withLedger { ledger in
            try await ledger.apply("reservations:\n  lease: 30\n")
            _ = try await ledger.start(start("one"))
            _ = try await ledger.append([told("two")])
            #expect(try live(ledger).count == 2)
            func ask(_ instance: String) async throws -> AskOutcome {
                var request = request(instance, chat: "\(instance)@g.us").request
                request.role = "monitor"
                request.instance = instance
                return try await ledger.ask(PreparedRequest(request))
            }
            #expect(try await ask("one").decision.verdict == .send)
            #expect(try await ask("two").decision.verdict == .refuse)
        }
    }

    @Test func `is ended by an operator, with the order's words`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.start(start("one"))
            var order = InstanceFenced()
            order.kind = "stop"
            order.by = "ann"
            order.why = "a test"
            #expect(try await ledger.fence(role: "monitor", order) == [1])
            let fence = try ledger.withEvent(at: 1) { try InstanceFenced($0) }
            #expect(fence.by == "ann" && fence.kind == "stop" && fence.names.instance == "one")
            #expect(try await ledger.fence(role: "monitor", order).isEmpty)
            #expect(try ledger.count() == 2)
        }
    }
}
