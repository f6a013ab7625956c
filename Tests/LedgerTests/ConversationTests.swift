import Bytes
import Events
import Gate
import Ledger
import TestSupport
import Testing
import Views

/// A message from a person, as an adapter appends it.
func message(
    _ text: String, from person: String = "+27820000001", id: String, at second: Int64? = nil,
    chat: String? = nil, type: EventType = .messageReceived,
    _ build: (inout DraftBuilder) -> Void = { _ in }
) -> Draft {
    var builder = DraftBuilder(type, source: "webhook", id: id)
    if let second { builder.happened(at: at(second)) }
    builder.add(.account, text: "+27000000001")
    builder.add(.chat, text: chat)
    builder.add(.person, text: person)
    builder.add(.message, text: "wamid.\(id)")
    builder.add(.text, text: text)
    build(&builder)
    return builder.finish()!
}

/// A policy with every text.
let conversationPolicy = """
    consent:
      business: Fibre Works
      resubscribe: Reply START to hear from us again.
      response_time: one hour
      texts:
        request: "{business} asks: may we write to you here? YES or NO"
        opt_out_confirmation: "{business}: you are out. {resubscribe}"
        opt_in_confirmation: "{business}: you are in."
        decline: "{business}: understood."
        support: "{business} answers within {response_time}."
        privacy: "{business}: see our policy."
    """

extension Ledger {
    /// The events from a position on: type, and one text of each.
    func story(from start: Position, _ field: Field) throws -> [String] {
        var story: [String] = []
        try forEachEvent(from: start) { event in
            try withOpened(event) { open in
                story.append("\(open.type?.name ?? "?") \(open.text(field) ?? "")")
            }
            return true
        }
        return story
    }

    /// Claims what waits and has it accepted; the texts.
    func claimAll(now: Instant) async throws -> [String] {
        let claimed = try await claim(Claim(role: nil, most: 100), now: now).messages
        for message in claimed {
            if let reservation = message.answer.reservation {
                _ = try await report(SendReport(reservation, .accepted))
            }
        }
        return claimed.map { $0.answer.request.request.text ?? "" }
    }

    func standing(_ person: String = "+27820000001") throws -> ConsentStanding {
        let id = try fingerprint(of: person, as: .person)
        return try withState { $0.tables.standing(of: id) }
    }
}

@Suite struct `A message that says something of consent` {
    let out = "Fibre Works: you are out. Reply START to hear from us again."

    @Test func `is followed in its own commit by what it means`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            let place = try await ledger.append([message("Stop!", id: "1", at: 1_000_010)])
            #expect(place == [Appended(position: 1, isDuplicate: false)])
            #expect(
                try ledger.story(from: 1, .evidence) == [
                    "message.received ",
                    "consent.withdrawn {\"position\":1,\"words\":\"Stop!\",\"rule\":\"opt_out\"}",
                    "send.queued ",
                ])
            #expect(try ledger.story(from: 3, .text) == ["send.queued \(out)"])
            #expect(try ledger.story(from: 3, .purpose) == ["send.queued confirmation"])
            try ledger.forEachEvent(from: 2) { event in
                #expect(event.effective == at(1_000_010))
                return true
            }
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `is repeated without anything new`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            let batch = [
                message("hello", id: "1", at: 1_000_001), message("yes", id: "2", at: 1_000_002),
                message("support", id: "3", at: 1_000_003), message("stop", id: "4", at: 1_000_004),
                message("stop that", id: "5", at: 1_000_005),
            ]
            _ = try await ledger.append(batch)
            let count = try ledger.count()
            let again = try await ledger.append(batch)
            #expect(!again.contains { !$0.isDuplicate })
            #expect(try ledger.count() == count)
            // The same message by another way: another source and id, the provider's id the same.
            var twin = DraftBuilder(.messageReceived, source: "bridge", id: "x")
            twin.happened(at: at(1_000_004))
            twin.add(.account, text: "+27000000001")
            twin.add(.person, text: "27820000001@s.whatsapp.net")
            twin.add(.message, text: "wamid.4")
            twin.add(.text, text: "stop")
            _ = try await ledger.append([twin.finish()!])
            #expect(try ledger.count() == count + 1)
        }
    }

    @Test func `leads to one confirmation, and to nothing else, through claim and report`()
        async throws
    {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            var waiting = SendRequest()
            waiting.person = "+27820000001"
            waiting.account = "+27000000001"
            waiting.text = "an offer"
            _ = try await ledger.queue(waiting, now: at(1_000_001))
            for number in 0..<5 {
                _ = try await ledger.append([
                    message("STOP", id: "\(number)", at: 1_000_010 + Int64(number))
                ])
            }
            let claimed = try await ledger.claim(Claim(role: nil, most: 100), now: at(1_000_020))
            #expect(claimed.messages.map { $0.answer.request.request.text } == [out])
            let reservation = try #require(claimed.messages[0].answer.reservation)
            #expect(try await ledger.report(SendReport(reservation, .attempted)).go)
            _ = try await ledger.report(SendReport(reservation, .accepted))
            _ = try await ledger.append([message("stop", id: "again", at: 1_000_030)])
            #expect(try await ledger.claimAll(now: at(1_000_100)).isEmpty)
            waiting.purpose = "confirmation"
            let asked = try await ledger.ask(PreparedRequest(waiting))
            #expect(asked.decision.verdict == .refuse)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `opens a day for the answer to a question of one's own`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            _ = try await ledger.append([message("stop", id: "1", at: 1_000_001)])
            _ = try await ledger.claimAll(now: at(1_000_002))
            _ = try await ledger.append([message("Support", id: "2", at: 1_000_010)])
            #expect(
                try await ledger.claimAll(now: at(1_000_011))
                    == ["Fibre Works answers within one hour."])
            var reply = SendRequest()
            reply.person = "+27820000001"
            reply.purpose = "support_reply"
            let open = try await ledger.ask(PreparedRequest(reply), now: at(1_086_410))
            #expect(open.decision.verdict == .send)
            let late = try await ledger.ask(PreparedRequest(reply), now: at(1_086_411))
            #expect(late.decision.verdict == .refuse)
            reply.purpose = nil
            let other = try await ledger.ask(PreparedRequest(reply), now: at(1_086_412))
            #expect(other.decision.verdict == .refuse)
        }
    }

    @Test func `asks a new person once, even across an erasure`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            _ = try await ledger.append([message("hello", id: "1", at: 1_000_001)])
            _ = try await ledger.append([message("hello?", id: "2", at: 1_000_002)])
            #expect(
                try await ledger.claimAll(now: at(1_000_003))
                    == ["Fibre Works asks: may we write to you here? YES or NO"])
            #expect(try ledger.standing() == .asked)
            _ = try await ledger.erase("+27820000001", by: Authority(by: "ann", why: "asked"))
            _ = try await ledger.append([message("hello", id: "3", at: 1_000_050)])
            #expect(try await ledger.claimAll(now: at(1_000_051)).isEmpty)
        }
    }

    @Test func `of the past is evidence and is never answered`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(100_000_000))
            _ = try await ledger.append([message("STOP", id: "live", at: 100_000_000)])
            let before = try ledger.count()
            var asked = DraftBuilder(.consentRequested, source: "import", id: "q")
            asked.happened(at: at(60_000_000))
            asked.add(.person, text: "+27820000001")
            _ = try await ledger.append([
                asked.finish()!, message("YES", id: "old", at: 60_000_100),
                message("STOP", from: "+27820000002", id: "other", at: 60_000_200),
                message("support", from: "+27820000003", id: "third", at: 60_000_300),
            ])
            #expect(
                try ledger.types().dropFirst(Int(before)) == [
                    .consentRequested, .messageReceived, .consentGranted, .messageReceived,
                    .consentWithdrawn, .messageReceived, .messageClassified,
                ])
            #expect(try ledger.standing() == .withdrawn)
            #expect(try ledger.standing("+27820000002") == .withdrawn)
            #expect(try await ledger.claimAll(now: at(100_000_001)) == [out])
            // The limit itself: an event of ten minutes ago is history.
            _ = try await ledger.append([
                message("hello", from: "+27820000004", id: "ten", at: 99_999_401)
            ])
            #expect(try await ledger.claimAll(now: at(100_000_002)).isEmpty)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `with a tail holds what would be sent until a review decides`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            _ = try await ledger.append([message("START", id: "0", at: 1_000_001)])
            _ = try await ledger.claimAll(now: at(1_000_002))
            _ = try await ledger.append([message("STOP 12345", id: "1", at: 1_000_010)])
            #expect(try ledger.story(from: 5, .lane).last == "message.classified review")
            var request = SendRequest()
            request.person = "+27820000001"
            let held = try await ledger.ask(PreparedRequest(request), now: at(1_000_011))
            #expect(held.decision.verdict == .refuse)
            _ = try await ledger.append([
                message("", id: "r", at: 1_000_020, type: .messageLabelled) {
                    $0.add(.label, text: "mute_patient")
                }
            ])
            let other = try await ledger.ask(PreparedRequest(request), now: at(1_000_021))
            #expect(other.decision.verdict == .refuse, "it labels another message")
            var label = DraftBuilder(.messageLabelled, source: "review", id: "l")
            label.add(.person, text: "+27820000001")
            label.add(.message, text: "wamid.1")
            label.add(.label, text: "mute_patient")
            _ = try await ledger.append([label.finish()!])
            let free = try await ledger.ask(PreparedRequest(request), now: at(1_000_022))
            #expect(free.decision.verdict == .send)
            // A reviewer who reads an opt-out in it says so by the label.
            _ = try await ledger.append([message("stop all of it", id: "2", at: 1_000_030)])
            var out = DraftBuilder(.messageLabelled, source: "review", id: "o")
            out.add(.person, text: "+27820000001")
            out.add(.message, text: "wamid.2")
            out.add(.label, text: "opt_out")
            _ = try await ledger.append([out.finish()!])
            #expect(try ledger.standing() == .withdrawn)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `counts from a group, from an edit, and never from ourselves`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            _ = try await ledger.append([
                message("STOP", id: "1", at: 1_000_001, chat: "1@g.us"),
                message("hello", from: "+27820000002", id: "2", at: 1_000_001, chat: "1@g.us"),
                message("STOP", from: "+27000000001", id: "3", at: 1_000_001, chat: "1@g.us"),
                message("STOP", from: "27000000001@s.whatsapp.net", id: "4", at: 1_000_001),
            ])
            #expect(try ledger.standing() == .withdrawn)
            #expect(try ledger.standing("+27820000002") == .unknown)
            #expect(try ledger.standing("+27000000001") == .unknown)
            #expect(try await ledger.claimAll(now: at(1_000_002)).isEmpty)
            _ = try await ledger.append([
                message(
                    "stop", from: "+27820000005", id: "5", at: 1_000_003, type: .messageEdited),
                message("yes", from: "+27820000006", id: "6", at: 1_000_003, type: .messageEdited),
            ])
            #expect(try ledger.standing("+27820000005") == .withdrawn)
            #expect(try ledger.standing("+27820000006") == .unknown)
        }
    }

    @Test func `names nobody but a direct chat`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            var builder = DraftBuilder(.messageReceived, source: "bridge", id: "1")
            builder.add(.chat, text: "27820000001@s.whatsapp.net")
            builder.add(.text, text: "opt-out")
            _ = try await ledger.append([builder.finish()!])
            #expect(try ledger.standing() == .withdrawn)
            #expect(try await ledger.claimAll(now: at(1_000_001)) == [out])
        }
    }

    @Test func `means something without any policy`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([message("Stop", id: "1", at: 1_000_001)])
            #expect(try ledger.types() == [.messageReceived, .consentWithdrawn])
        }
    }

    @Test func `is read by the words and answered by the texts of its account`() async throws {
        let policy =
            conversationPolicy + """

                  words: {opt_out: [hou op], yes: [ja]}
                scopes:
                  - account: "+27000000009"
                    consent:
                      business: Other Works
                      words: {opt_out: [mira]}
                """
        try await withLedger { ledger in
            try await ledger.apply(policy, now: at(1_000_000))
            func other(_ text: String, _ id: String, _ person: String) -> Draft {
                var builder = DraftBuilder(.messageReceived, source: "webhook", id: id)
                builder.add(.account, text: "+27000000009")
                builder.add(.person, text: person)
                builder.add(.text, text: text)
                return builder.finish()!
            }
            _ = try await ledger.append([
                message("Hou op!", id: "1", at: 1_000_001), other("MIRA", "2", "+27820000002"),
                message("mira", from: "+27820000003", id: "3", at: 1_000_001),
            ])
            #expect(try ledger.standing() == .withdrawn)
            #expect(try ledger.standing("+27820000002") == .withdrawn)
            #expect(try ledger.standing("+27820000003") == .unknown)
            let texts = try await ledger.claimAll(now: at(1_000_002))
            #expect(texts.contains { $0.hasPrefix("Other Works: you are out.") })
            #expect(texts.contains(out))
        }
    }

    @Test func `never lets a confirmation take waiting messages along`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(
                conversationPolicy + "\nqueue: {merge: true}\n", now: at(1_000_000))
            var waiting = SendRequest()
            waiting.person = "+27820000001"
            waiting.account = "+27000000001"
            waiting.category = "service"
            waiting.text = "an offer"
            _ = try await ledger.queue(waiting, now: at(1_000_001))
            _ = try await ledger.append([message("STOP", id: "1", at: 1_000_010)])
            #expect(try await ledger.claimAll(now: at(1_000_011)) == [out])
        }
    }
}
