import Audit
import Bytes
import Events
import Gate
import Ledger
import TestSupport
import Testing
import Views

/// Days of traffic with what a compliance view counts.
private struct Traffic {
    let ledger: Ledger
    var number = 0

    static let day: Int64 = 86_400
    static let start: Int64 = 20_000 * day + 3_600
    static let policy = """
        consent:
          business: Fibre Works
          contact: privacy@example.org
          jurisdiction: ZA
          language: en
          resubscribe: Reply START.
          satisfaction: {question: "Are you happy?", answers: [good, bad]}
          texts:
            request: "{business}: YES or NO?"
            opt_out_confirmation: "{business}: out. {resubscribe}"
        """

    static func at(_ second: Int64) -> Instant {
        Instant(nanoseconds: (start + second) * 1_000_000_000)
    }

    mutating func hear(_ text: String, from person: String, at second: Int64) async throws {
        number += 1
        var builder = DraftBuilder(.messageReceived, source: "webhook", id: "\(number)")
        builder.happened(at: Self.at(second))
        builder.add(.account, text: "+27000000001")
        builder.add(.person, text: person)
        builder.add(.message, text: "wamid.\(number)")
        builder.add(.text, text: text)
        _ = try await ledger.append([builder.finish()!])
    }

    mutating func event(
        _ type: EventType, _ person: String, at second: Int64,
        _ build: (inout DraftBuilder) -> Void = { _ in }
    ) async throws {
        number += 1
        var builder = DraftBuilder(type, source: "test", id: "\(number)")
        builder.happened(at: Self.at(second))
        builder.add(.person, text: person)
        build(&builder)
        _ = try await ledger.append([builder.finish()!])
    }

    /// Claims what waits and has it accepted.
    func deliver(at second: Int64) async throws {
        let claimed = try await ledger.claim(Claim(role: nil, most: 100), now: Self.at(second))
        for message in claimed.messages {
            if let reservation = message.answer.reservation {
                _ = try await ledger.report(SendReport(reservation, .accepted))
            }
        }
    }

    func apply() async throws {
        var builder = DraftBuilder(.policyChanged, source: "test", id: "policy")
        builder.add(.text, text: Self.policy)
        builder.add(.by, text: "test")
        builder.add(.why, text: "a test")
        _ = try await ledger.append([builder.finish()!], now: Self.at(0), as: .verb)
    }

    func view(from: Int64, to: Int64) throws -> Compliance {
        try Compliance(
            ledger, from: Self.at(from), to: Self.at(to), under: Policy.parse(Self.policy))
    }
}

@Suite struct `The compliance view` {
    @Test func `counts who was asked and what they said`() async throws {
        try await withLedger { ledger in
            var traffic = Traffic(ledger: ledger)
            try await traffic.apply()
            for person in 1...4 {
                try await traffic.hear("hello", from: "+2782000000\(person)", at: 10)
            }
            try await traffic.deliver(at: 20)
            try await traffic.hear("YES", from: "+27820000001", at: 100)
            try await traffic.hear("no", from: "+27820000002", at: 101)
            try await traffic.hear("STOP", from: "+27820000003", at: 102)
            try await traffic.hear("stop", from: "+27820000003", at: 103)
            try await traffic.hear("please stop this", from: "+27820000004", at: 104)
            let view = try traffic.view(from: -10, to: 1_000)
            #expect(view.asked == 4 && view.yes == 1 && view.no == 2 && view.unanswered == 1)
            #expect(view.waiting.map(\.person) == ["+27820000004"])
            let day = try #require(view.days.first?.day)
            #expect(day.received == 9 && day.persons == 4 && day.asked == 4)
            #expect(day.granted == 1 && day.declined == 1 && day.optOuts == 1)
            #expect(view.missed.map(\.word) == ["STOP"])
            #expect(view.campaigns.map(\.name) == ["consent_request"])
            #expect(view.campaigns[0].accepted == 4 && view.campaigns[0].optOuts == 1)
            let json = try JSONValue.parse(view.json.span.string)
            #expect(json["consent"]?["yes_per_10000"]?.integer == 2_500)
        }
    }

    @Test func `finds the day on which too many left, and what came before`() async throws {
        try await withLedger { ledger in
            var traffic = Traffic(ledger: ledger)
            for day in Int64(0)..<8 {
                try await traffic.hear("hi", from: "+27820000000", at: day * Traffic.day)
            }
            // One opt-out in the seven days before, then three; and two that are too few.
            try await traffic.hear("stop", from: "+27820000009", at: 3 * Traffic.day)
            var sends: [Position] = []
            for person in 1...3 {
                sends.append(try ledger.count())
                try await traffic.event(
                    .sendAccepted, "+2782000000\(person)", at: 8 * Traffic.day
                ) { $0.add(.category, text: "marketing") }
                try await traffic.hear(
                    "stop", from: "+2782000000\(person)", at: 8 * Traffic.day + 60)
            }
            for person in 1...2 {
                try await traffic.event(
                    .complaintReported, "+2782000000\(person)", at: 8 * Traffic.day + 70
                ) { $0.add(.kind, text: "report") }
            }
            let view = try traffic.view(from: 0, to: 9 * Traffic.day)
            #expect(view.flags.map(\.kind) == ["opt_outs"])
            let flag = try #require(view.flags.first)
            #expect(flag.count == 3 && flag.before == 1 && flag.days == 7)
            #expect(flag.preceding == sends)
            #expect(view.campaigns.map(\.optOuts) == [3])
            #expect(view.campaigns.map(\.name) == ["marketing"])
        }
    }

    @Test func `counts who came back, who is silent, and who is happy`() async throws {
        try await withLedger { ledger in
            var traffic = Traffic(ledger: ledger)
            for person in 1...3 {
                try await traffic.hear("hi", from: "+2782000000\(person)", at: 0)
            }
            try await traffic.event(.sendAttempted, "+27820000001", at: 10) {
                $0.add(.text, text: "Are you happy?")
            }
            try await traffic.hear("Good!", from: "+27820000001", at: 2 * Traffic.day)
            try await traffic.event(.sendAttempted, "+27820000002", at: 2 * Traffic.day) {
                $0.add(.text, text: "Are you happy?")
            }
            try await traffic.hear("good", from: "+27820000002", at: 2 * Traffic.day + 60)
            try await traffic.hear("hi", from: "+27820000002", at: 8 * Traffic.day)
            try await traffic.event(.sendAttempted, "+27820000003", at: 9 * Traffic.day)
            let view = try traffic.view(from: 0, to: 40 * Traffic.day)
            #expect(view.retention.map(\.persons) == [3, 3, 3])
            #expect(view.retention.map(\.returned) == [2, 1, 0])
            #expect(view.silentCount == 1)
            #expect(view.silent.map(\.person) == ["+27820000003"])
            #expect(view.questions == 2)
            #expect(view.answers.map(\.count) == [1, 0], "the other came too late")
        }
    }
}

@Suite struct `A person's consent` {
    @Test func `is told with the events that it rests on, and as a receipt`() async throws {
        try await withLedger { ledger in
            var traffic = Traffic(ledger: ledger)
            try await traffic.apply()
            try await traffic.hear("hello", from: "+27820000001", at: 10)
            try await traffic.deliver(at: 20)
            try await traffic.hear("yes", from: "+27820000001", at: 100)
            try await traffic.hear("stop", from: "27820000001@s.whatsapp.net", at: 200)
            try await traffic.hear("stop", from: "+27820000002", at: 201)
            try await traffic.hear("start", from: "+27820000001", at: 300)
            let history = try ConsentHistory.gather(ledger, "+27820000001")
            #expect(
                history.entries.map(\.type) == [
                    "send.reserved", "consent.granted", "consent.withdrawn", "consent.granted",
                ])
            #expect(
                history.entries.map(\.standing) == [.asked, .granted, .withdrawn, .regranted])
            #expect(history.standings.map(\.standing) == [.regranted])
            #expect(history.entries[0].wording == "Fibre Works: YES or NO?")
            #expect(history.entries[2].evidence?.contains("\"words\":\"stop\"") == true)
            let receipt = ConsentReceipt(
                of: history, in: ledger, under: try Policy.parse(Traffic.policy))
            let json = try JSONValue.parse(receipt.json.span.string)
            #expect(json["version"]?.text == "KI-CR-v1.1.0")
            #expect(json["jurisdiction"]?.text == "ZA")
            #expect(json["consentTimestamp"]?.integer == Traffic.start + 300)
            #expect(json["piiPrincipalId"]?.text == "+27820000001")
            #expect(json["collectionMethod"]?.text == "message")
            #expect(json["events"]?.elements.count == 4)
            let evidence = json["events"]?.elements[2]["evidence"]
            let position = try #require(evidence?["position"]?.position)
            #expect(try ledger.withEvent(at: position) { $0.type } == .messageReceived)
            let purposes = json["services"]?.elements[0]["purposes"]?.elements ?? []
            #expect(purposes.map { $0["state"]?.text } == ["regranted"])
        }
    }

    @Test func `that was never spoken of has no events`() async throws {
        try await withLedger { ledger in
            var traffic = Traffic(ledger: ledger)
            try await traffic.hear("hello", from: "+27820000001", at: 10)
            let history = try ConsentHistory.gather(ledger, "+27820000001")
            #expect(history.entries.isEmpty && history.standings.isEmpty)
            let receipt = ConsentReceipt(of: history, in: ledger, under: nil)
            let json = try JSONValue.parse(receipt.json.span.string)
            #expect(json["consentTimestamp"]?.isNull == true)
            #expect(json["collectionMethod"]?.text == "none")
            #expect(throws: LedgerError.self) {
                try ConsentHistory.gather(ledger, "+27829999999")
            }
        }
    }
}
