import Bytes
import Events
import Gate
import Ledger
import TestSupport
import Testing
import Views

/// Input of any size and any number, through the front door of a sealed ledger: it is refused with
/// a sentence or taken, and never ends the process.
@Suite struct `A ledger, whatever it is given` {
    private func message(_ person: String, _ text: String, role: String? = "r") -> SendRequest {
        var request = SendRequest()
        request.account = "+27000000001"
        request.person = person
        request.role = role
        request.text = text
        return request
    }

    private static let merging = "rate_limits: {messages_per_hour: 100}\nqueue: {merge: true}"

    // MARK: - Merged messages

    /// What a role is handed out until nothing waits: one text after the other, each accepted at
    /// once, because a person is sent one at a time.
    private func handOut(_ ledger: Ledger, from second: Int64) async throws -> [ClaimedMessage] {
        var messages: [ClaimedMessage] = []
        for round in 0..<40 {
            let time = at(second + 10 * Int64(round))
            let claimed = try await ledger.claim(Claim(role: "r", most: 20), now: time).messages
            if claimed.isEmpty { break }
            for message in claimed {
                guard let reservation = message.answer.reservation else { continue }
                _ = try await ledger.report(SendReport(reservation, .accepted), now: time)
            }
            messages += claimed
        }
        return messages
    }

    @Test func `merges what goes into one text, and hands the rest out after it`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(Self.merging, now: at(1000))
            // 20 of 500 characters: eight of them, and what stands between them, are 4,014.
            for number in 0..<20 {
                let text = "\(number) " + String(repeating: "x", count: 498 - "\(number)".count)
                _ = try await ledger.queue(message("+27820000001", text), now: at(1001))
            }
            let claimed = try await handOut(ledger, from: 1002)
            #expect(claimed.map(\.queued.count) == [8, 8, 4])
            #expect(claimed.flatMap(\.queued) == Array(1...20))
            for message in claimed {
                #expect((message.answer.request.request.text?.count ?? 0) <= 4_096)
            }
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `hands out two large messages one by one`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(Self.merging, now: at(1000))
            let large = String(repeating: "x", count: 40_000)
            for _ in 0..<2 {
                _ = try await ledger.queue(message("+27820000001", large), now: at(1001))
            }
            _ = try await ledger.queue(message("+27820000002", "small"), now: at(1001))
            let claimed = try await handOut(ledger, from: 1002)
            #expect(Set(claimed.map(\.queued)) == [[1], [2], [3]] && claimed.count == 3)
        }
    }

    @Test func `bounds a merged text in bytes, too`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(
                Self.merging.replacing(
                    "merge: true", with: "merge: true, merged_text: '{texts}{texts}'"),
                now: at(1000))
            // One character as people count them, 4,001 bytes.
            let stack = "e" + String(repeating: "\u{301}", count: 2_000)
            for _ in 0..<12 {
                _ = try await ledger.queue(message("+27820000001", stack), now: at(1001))
            }
            let claimed = try await handOut(ledger, from: 1002)
            #expect(claimed.flatMap(\.queued).count == 12)
            for message in claimed {
                #expect((message.answer.request.request.text?.utf8.count ?? 0) <= 16_384)
            }
        }
    }

    // MARK: - Names

    @Test func `refuses a request with a long name, and goes on`() async throws {
        let long = String(repeating: "n", count: 1_025)
        let changes: [(inout SendRequest) -> Void] = [
            { $0.key = long }, { $0.account = long }, { $0.person = long }, { $0.chat = long },
            { $0.subject = long }, { $0.steps = ["a", long] }, { $0.zone = long },
            { $0.role = long }, { $0.instance = long }, { $0.attempt = long },
            { $0.traceparent = long },
        ]
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            for change in changes {
                var request = message("+27820000001", "x", role: nil)
                change(&request)
                let asked = PreparedRequest(request)
                #expect(await code { _ = try await ledger.ask(asked) } == .invalid)
                if request.attempt == nil {
                    let queued = request
                    #expect(await code { _ = try await ledger.queue(queued) } == .invalid)
                }
            }
            let claim = Claim(role: long, most: 1)
            #expect(await code { _ = try await ledger.claim(claim) } == .invalid)
            var builder = DraftBuilder(.messageReceived, source: "s", id: "1")
            builder.add(.person, text: long)
            let event = builder.finish()!
            #expect(await code { _ = try await ledger.append([event]) } == .invalid)
            #expect(try ledger.count() == 1)
            let fine = try await ledger.ask(
                PreparedRequest(message("+27820000001", "x", role: nil)), now: at(1001))
            #expect(fine.decision.verdict == .send)
        }
    }

    @Test func `answers a routed request about a message with a long id`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            func posted(_ id: String) -> Draft {
                var builder = DraftBuilder(.messageReceived, source: "s", id: "1")
                builder.add(.subject, text: "DR1")
                builder.add(.chat, text: "1@g.us")
                builder.add(.person, text: "+27820000001")
                builder.add(.message, text: id)
                return builder.finish()!
            }
            let long = posted(String(repeating: "m", count: 64_900))
            #expect(await code { _ = try await ledger.append([long]) } == .invalid)
            let quoted = posted(String(repeating: "m", count: 1_024))
            _ = try await ledger.append([quoted], now: at(1001))
            var request = SendRequest()
            request.subject = "DR1"
            request.reply = "chat"
            request.text = String(repeating: "x", count: 600)
            let short = try await ledger.ask(PreparedRequest(request), now: at(1002))
            #expect(short.decision.verdict == .send)
            // As much as a request may hold: beside the message that it quotes it is too much.
            request.text = String(repeating: "x", count: SendRequest.textBytesMax - 20)
            let full = PreparedRequest(request)
            #expect(await code { _ = try await ledger.ask(full, now: at(1003)) } == .invalid)
            #expect(try ledger.count() == 3)
        }
    }

    @Test func `takes any tier, status and count that a platform could send`() async throws {
        try await withLedger { ledger in
            func tier(_ text: String) -> Draft {
                var builder = DraftBuilder(.accountTier, source: "s", id: text)
                builder.add(.account, text: "+27000000001")
                builder.add(.tier, text: text)
                return builder.finish()!
            }
            for text in [
                "TIER_-9223372036854775808K", "TIER_9223372036854775807K", "TIER_-2", "TIER_-1K",
                "-9223372036854775808",
            ] {
                _ = try await ledger.append([tier(text)], now: at(1000))
            }
            let known = try ledger.withState { $0.tables.tier()?.tier }
            #expect(known == .unlimited, "only -1 is any number")
            var edited = DraftBuilder(.messageDelivered, source: "s", id: "delivered")
            edited.add(.message, text: "m")
            edited.add(
                .reservation, reservation: Reservation(position: Position(Int64.max), tag: 1))
            _ = try await ledger.append([edited.finish()!], now: at(1000))
            #expect(try ledger.stateDifference() == nil)
        }
    }

    // MARK: - Half-done requests

    /// A start that fences an instance whose own start cannot be read any more: the library lets a
    /// caller append such a one.
    private func starts(_ instance: String, isReadable: Bool) -> Draft {
        var builder = DraftBuilder(.instanceStarted, source: "test", id: "start \(instance)")
        builder.add(.role, text: "monitor")
        builder.add(.instance, text: instance)
        if isReadable {
            builder.add(.process, integer: 1)
        } else {
            builder.add(.process, text: "no number")
        }
        return builder.finish()!
    }

    @Test func `leaves nothing of a request that fails half way`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("instances: {second: fence}", now: at(1000))
            _ = try await ledger.append([starts("one", isReadable: false)], now: at(1001))
            let before = try ledger.records()
            let second = starts("two", isReadable: true)
            #expect(await code { _ = try await ledger.append([second]) } == .invalid)
            #expect(try ledger.records() == before, "the start itself is not there either")
            #expect(try ledger.stateDifference() == nil)
            // What comes next is decided on a state without it.
            let next = try await ledger.append([sampleMessage(1)], now: at(1002))
            #expect(next[0].position == 2)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `takes the batches of a series up to the one that fails half way`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("instances: {second: fence}", now: at(1000))
            _ = try await ledger.append([starts("one", isReadable: false)], now: at(1001))
            let batches = [
                AppendBatch([sampleMessage(1)], now: at(1002)),
                AppendBatch([sampleMessage(2), starts("two", isReadable: true)], now: at(1003)),
                AppendBatch([sampleMessage(3)], now: at(1004)),
            ]
            let outcome = try await withCheckedThrowingContinuation { continuation in
                ledger.submitSeries(batches) { continuation.resume(with: $0) }
            }
            #expect(outcome.places.map { $0.map(\.position) } == [[2]])
            #expect(outcome.refusal?.code == .invalid)
            #expect(try ledger.count() == 3)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `answers the others of a group as if the one that fails had not been`() async throws
    {
        try await withLedger { ledger in
            try await ledger.apply("instances: {second: fence}", now: at(1000))
            _ = try await ledger.append([starts("one", isReadable: false)], now: at(1001))
            let answers = await withTaskGroup(of: LedgerError.Code?.self) { group in
                for number in 0..<40 {
                    let draft =
                        number % 4 == 0
                        ? starts("i\(number)", isReadable: true) : sampleMessage(number)
                    group.addTask { await code { _ = try await ledger.append([draft]) } }
                }
                return await group.reduce(into: [LedgerError.Code?: Int]()) {
                    $0[$1, default: 0] += 1
                }
            }
            #expect(answers == [nil: 30, .invalid: 10])
            #expect(try ledger.types().filter { $0 == .messageReceived }.count == 30)
            #expect(try ledger.types().filter { $0 == .instanceStarted }.count == 1)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    // MARK: - Policies and quarantine

    @Test func `bounds the texts of a policy in bytes`() throws {
        let stack = "e" + String(repeating: "\u{301}", count: 2_500)
        let text = "consent: {texts: {decline: '\(stack)'}}"
        #expect(throws: (any Error).self) { try Policy.parse(text) }
        let fine = "consent: {texts: {decline: '\(String(repeating: "\u{E9}", count: 1_024))'}}"
        #expect(throws: Never.self) { try Policy.parse(fine) }
    }

    @Test func `keeps no more beside the log for a day than its bound`() async throws {
        try await withLedger { ledger in
            func aside(_ number: Int) -> Draft {
                var event = InputQuarantined()
                event.hash = String(repeating: "\(number)", count: 64)
                event.count = 1_000
                event.error = .text("too large to be kept in a record")
                return try! event.draft(source: Ledger.ownSource, id: "q\(number)")
            }
            let raw = [UInt8](repeating: 120, count: 1_000)
            var kept: [Bool] = []
            for number in 0..<4 {
                let place = try await ledger.append([aside(number)], now: at(1000), as: .house)[0]
                kept.append(
                    try ledger.keep(raw, besidesEventAt: place.position, dayBytesMax: 2_500))
            }
            #expect(kept == [true, true, false, false])
            #expect(try ledger.putAside(at: 1) == raw)
            #expect(try ledger.putAside(at: 2) == nil)
        }
    }
}
