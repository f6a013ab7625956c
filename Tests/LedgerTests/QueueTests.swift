import Events
import Gate
import Ledger
import TestSupport
import Testing

@Suite struct `The queue` {
    func message(_ person: String, key: String? = nil, role: String? = "r", text: String = "hello")
        -> SendRequest
    {
        var request = SendRequest()
        request.account = "+27000000001"
        request.person = person
        request.role = role
        request.key = key
        request.text = text
        return request
    }

    func claim(_ most: Int, role: String? = "r") -> Claim { Claim(role: role, most: most) }

    @Test func `hands out each message once, each as a reservation`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            for number in 0..<3 {
                _ = try await ledger.queue(message("+2782000000\(number)"), now: at(1001))
            }
            let first = try await ledger.claim(claim(2), now: at(1002))
            #expect(first.messages.count == 2)
            #expect(first.messages.map(\.queued) == [[1], [2]])
            #expect(first.messages[0].answer.request.request.text == "hello")
            #expect(first.messages[0].answer.request.request.person == "+27820000000")
            #expect(first.messages[0].answer.reservation != nil)
            #expect(first.retryAt == at(1002), "one more waits")
            let second = try await ledger.claim(claim(9), now: at(1003))
            #expect(second.messages.map(\.queued) == [[3]])
            #expect(second.retryAt == nil)
            let third = try await ledger.claim(claim(9), now: at(1004))
            #expect(third.messages.isEmpty)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `answers the same key with its first place, and another message with a conflict`()
        async throws
    {
        try await withLedger { ledger in
            let first = try await ledger.queue(message("+27820000001", key: "k"), now: at(1000))
            let again = try await ledger.queue(message("+27820000001", key: "k"), now: at(1001))
            #expect(again == Appended(position: first.position, isDuplicate: true))
            let other = await code {
                _ = try await ledger.queue(message("+27820000001", key: "k", text: "other"))
            }
            #expect(other == .conflict)
        }
    }

    @Test func `is kept by role, and by when a message may be tried`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            _ = try await ledger.queue(message("+27820000001"), notBefore: at(2000), now: at(1000))
            _ = try await ledger.queue(message("+27820000002", role: "s"), now: at(1000))
            _ = try await ledger.queue(message("+27820000003", role: nil), now: at(1000))
            let early = try await ledger.claim(claim(9), now: at(1001))
            #expect(early.messages.isEmpty)
            #expect(early.retryAt == at(2000))
            #expect(try await ledger.claim(claim(9, role: "s")).messages.map(\.queued) == [[2]])
            #expect(try await ledger.claim(claim(9, role: nil)).messages.map(\.queued) == [[3]])
            #expect(try await ledger.claim(claim(9), now: at(2000)).messages.map(\.queued) == [[1]])
        }
    }

    @Test func `is fair across persons`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            for person in ["1", "1", "1", "2", "3"] {
                _ = try await ledger.queue(
                    message("+2782000000\(person)"), now: at(1001))
            }
            let claimed = try await ledger.claim(claim(3), now: at(1002))
            #expect(claimed.messages.map(\.queued) == [[1], [4], [5]])
        }
    }

    @Test func `holds the policy's batch over any processes`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(
                "rate_limits: {messages_per_hour: 100}\nqueue: {batch: 3, batch_interval: 30}",
                now: at(1000))
            for number in 0..<8 {
                _ = try await ledger.queue(message("+2782000000\(number)"), now: at(1001))
            }
            let first = try await ledger.claim(claim(9), now: at(1002))
            #expect(first.messages.count == 3)
            for message in first.messages {
                let reservation = try #require(message.answer.reservation)
                _ = try await ledger.report(SendReport(reservation, .accepted), now: at(1003))
            }
            let early = try await ledger.claim(claim(9), now: at(1010))
            #expect(early.messages.isEmpty)
            #expect(early.retryAt == at(1033))
            #expect(try await ledger.claim(claim(9), now: at(1033)).messages.count == 3)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `lets what the gate holds up wait, and gives up what is too old`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_minute: 1}", now: at(1000))
            for number in 0..<2 {
                _ = try await ledger.queue(
                    message("+2782000000\(number)"), expires: at(5000), now: at(1000))
            }
            let first = try await ledger.claim(claim(9), now: at(1000))
            #expect(first.messages.count == 1)
            #expect(first.retryAt == at(1030), "when the first, if nobody attempts it, is released")
            // The first is attempted and never reported: its outcome is unknown, and it is not
            // handed out again.
            let answer = first.messages[0].answer
            var report = SendReport(try #require(answer.reservation), .attempted)
            report.attempt = answer.request.request.attempt
            #expect(try await ledger.report(report, now: at(1001)).go)
            let early = try await ledger.claim(claim(9), now: at(1030))
            #expect(early.messages.isEmpty)
            #expect(early.retryAt == at(1090), "when the first has left the minute")
            let second = try await ledger.claim(claim(9), now: at(1090))
            #expect(second.messages.map(\.queued) == [[2]])
            let next = second.messages[0].answer
            report = SendReport(try #require(next.reservation), .attempted)
            report.attempt = next.request.request.attempt
            #expect(try await ledger.report(report, now: at(1091)).go)
            let last = try await ledger.claim(claim(9), now: at(9000))
            #expect(last.messages.isEmpty)
            #expect(last.retryAt == nil)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `hands out again what nobody attempted`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 1}", now: at(1000))
            _ = try await ledger.queue(message("+27820000001"), now: at(1000))
            let first = try await ledger.claim(claim(1), now: at(1001))
            #expect(first.messages.map(\.queued) == [[1]])
            #expect(try await ledger.claim(claim(1), now: at(1002)).messages.isEmpty)
            let again = try await ledger.claim(claim(1), now: at(1031))
            #expect(again.messages.map(\.queued) == [[1]])
            // The first holder comes too late, and is told so.
            let answer = first.messages[0].answer
            var report = SendReport(try #require(answer.reservation), .attempted)
            report.attempt = answer.request.request.attempt
            let late = try await ledger.report(report, now: at(1032))
            #expect(!late.go && late.because == ["lease"])
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `answers the same claim with what is still open of it`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            for number in 0..<4 {
                _ = try await ledger.queue(message("+2782000000\(number)"), now: at(1001))
            }
            var mine = claim(2)
            mine.attempt = "try 1"
            let first = try await ledger.claim(mine, now: at(1002))
            let again = try await ledger.claim(mine, now: at(1003))
            #expect(first.messages.count == 2)
            let (mineFirst, mineAgain) = (
                first.messages.map(\.answer.reservation), again.messages.map(\.answer.reservation)
            )
            #expect(mineAgain == mineFirst)
            #expect(again.messages.map(\.queued) == first.messages.map(\.queued))
            let isReplayed = again.messages.map(\.answer.isReplayed)
            #expect(isReplayed == [true, true])
            let text = try #require(first.messages[0].answer.request.request.text)
            #expect(again.messages[0].answer.request.request.text == text)
            var report = SendReport(try #require(first.messages[0].answer.reservation), .attempted)
            report.attempt = "try 1"
            #expect(try await ledger.report(report, now: at(1004)).go)
            // What was attempted is not given again; another message is.
            let third = try await ledger.claim(mine, now: at(1005))
            let given = third.messages.map(\.answer.reservation)
            #expect(given.contains(mineFirst[1]))
            #expect(!given.contains(mineFirst[0]))
        }
    }

    @Test func `gives up a message at its end, although it never could go`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_minute: 1}", now: at(1000))
            var withdrawn = DraftBuilder(.consentWithdrawn, source: "test", id: "w")
            withdrawn.add(.person, text: "+27820000001")
            _ = try await ledger.append([try #require(withdrawn.finish())], now: at(1000))
            _ = try await ledger.queue(message("+27820000001"), expires: at(1100), now: at(1000))
            let refused = try await ledger.claim(claim(1), now: at(1001))
            #expect(refused.messages.isEmpty)
            #expect(refused.retryAt == at(1061), "what is refused is tried again after a minute")
            let gone = try await ledger.claim(claim(1), now: at(1100))
            #expect(gone.messages.isEmpty)
            #expect(gone.retryAt == nil)
            #expect(try ledger.positions(where: EventFilter(types: [.sendRefused])).count == 1)
        }
    }

    @Test func `hands out again what was given back, and nothing else`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            for number in 0..<3 {
                _ = try await ledger.queue(message("+2782000000\(number)"), now: at(1000))
            }
            let claimed = try await ledger.claim(claim(3), now: at(1001))
            let outcomes: [SendReport.Outcome] = [.cancelled, .failed, .accepted]
            for (message, outcome) in zip(claimed.messages, outcomes) {
                let reservation = try #require(message.answer.reservation)
                _ = try await ledger.report(SendReport(reservation, outcome), now: at(1002))
            }
            let again = try await ledger.claim(claim(3), now: at(1003))
            #expect(again.messages.map(\.queued) == [[1]])
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `merges plain messages to one person where the policy says so`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(
                """
                rate_limits: {messages_per_hour: 100}
                queue: {merge: true, merged_text: "{count} notes:\\n{texts}"}
                """, now: at(1000))
            for text in ["one", "two"] {
                _ = try await ledger.queue(message("+27820000001", text: text), now: at(1000))
            }
            var other = message("+27820000001", text: "three")
            other.subject = "DR1"
            _ = try await ledger.queue(other, now: at(1000))
            let claimed = try await ledger.claim(claim(9), now: at(1001))
            let first = try #require(claimed.messages.first)
            #expect(first.queued == [1, 2])
            #expect(first.answer.request.request.text == "2 notes:\none\n\ntwo")
            #expect(claimed.messages.count == 1, "the third waits for the outcome of the first")
            let reservation = try #require(first.answer.reservation)
            _ = try await ledger.report(SendReport(reservation, .cancelled), now: at(1002))
            let again = try await ledger.claim(claim(9), now: at(1100))
            #expect(again.messages.first.map { $0.queued.sorted() } == [1, 2])
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `hands out nothing twice to many claimers at once`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 1000}", now: at(1000))
            for number in 0..<40 {
                _ = try await ledger.queue(message("+278200000\(10 + number)"), now: at(1001))
            }
            let claimed = try await withThrowingTaskGroup(of: [Position].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var mine: [Position] = []
                        for _ in 0..<20 {
                            mine += try await ledger.claim(self.claim(3)).messages.flatMap(\.queued)
                        }
                        return mine
                    }
                }
                return try await group.reduce(into: [Position]()) { $0 += $1 }
            }
            #expect(claimed.count == 40)
            #expect(Set(claimed).count == 40)
        }
    }
}
