import Bytes
import Events
import Gate
import TestSupport
import Testing
import Views

@testable import Ledger

private let plain = "rate_limits: {messages_per_minute: 100}\n"
private let house = """
    rate_limits: {messages_per_minute: 2}
    people: {region: ZA}
    accounts:
      "+27110000001": ["100000000000002", "shop", "27 11 000 0001"]
    """

/// Reads what is dialled in South Africa, and nothing else.
private let reader: NumberReader = { (digits, region) throws(LedgerError) in
    region == "ZA" && digits.hasPrefix("0") && digits.utf8.count == 10
        ? "+27" + digits.dropFirst() : nil
}

/// A ledger that reads national numbers.
private func withReader<V>(_ body: (Ledger) async throws -> V) async throws -> V {
    try await withTemporaryFolder { folder in
        try Ledger.create(folder + "/ledger", origin: "test.example/names", isDevelopment: true)
        var options = Ledger.Options()
        options.numbers = reader
        let ledger = try Ledger.open(folder + "/ledger", options: options)
        defer { ledger.close() }
        return try await body(ledger)
    }
}

private func asking(_ person: String?, account: String = "+27110000001") -> PreparedRequest {
    var request = SendRequest()
    request.account = account
    request.person = person
    request.text = "hello"
    return PreparedRequest(request)
}

private func saying(
    _ text: String, _ person: String, id: String, _ account: String = "+27110000001"
)
    -> Draft
{
    var builder = DraftBuilder(.messageReceived, source: "adapter/1", id: id)
    builder.happened(at: at(10))
    builder.add(.account, text: account)
    builder.add(.person, text: person)
    builder.add(.text, text: text)
    return builder.finish()!
}

private func order(_ type: EventType, account: String? = nil, chat: String? = nil) -> Draft {
    var builder = DraftBuilder(
        type, source: Ledger.ownSource, id: "\(UInt64.random(in: 0 ... .max))")
    builder.add(.account, text: account)
    builder.add(.chat, text: chat)
    builder.add(.scope, text: account == nil ? "chat" : "account")
    builder.add(.by, text: "ann")
    builder.add(.why, text: "test")
    return builder.finish()!
}

extension Ledger {
    fileprivate func verdict(
        _ person: String?, account: String = "+27110000001", now: Int64
    ) async throws -> (Verdict, [String]) {
        let decision = try await ask(asking(person, account: account), now: at(now)).decision
        return (
            decision.verdict,
            decision.findings.filter { $0.verdict != .send }.map(\.rule.name)
        )
    }

    /// Appends an event whose names are taken as they stand, as earlier versions took them.
    fileprivate func appendAsOfOld(_ draft: Draft) async throws {
        var door = Door.open
        door.isExact = true
        let sealed = try SealedDrafts([draft], sealer, door)
        let result = await withCheckedContinuation { continuation in
            submit(.append(sealed, nil), now: nil) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }
}

@Suite struct `A number in national spelling` {
    @Test func `is the person of the international one, in every verb`() async throws {
        try await withReader { ledger in
            try await ledger.apply("people: {region: ZA}\n" + plain, now: at(1))
            _ = try await ledger.append([saying("STOP", "082 123 4567", id: "1")])
            #expect(try ledger.living("0821234567") == ledger.living("+27821234567"))
            for name in ["082 123 4567", "+27821234567", "(082) 123-4567", "tel:0821234567"] {
                let (verdict, rules) = try await ledger.verdict(name, now: 100)
                #expect(verdict == .refuse && rules.contains("consent"), "\(name)")
            }
            // The record holds the number in full: what it means changes with no policy.
            let held = try ledger.withState { _ in
                try ledger.withOpenEvent(at: 1) { $0.text(.person) }
            }
            #expect(held == "+27821234567")
            var waiting = SendRequest()
            waiting.person = "0821234567"
            waiting.account = "+27110000001"
            waiting.text = "hello"
            waiting.role = "r"
            _ = try await ledger.queue(waiting, now: at(101))
            #expect(
                try await ledger.claim(Claim(role: "r", most: 5), now: at(102)).messages.isEmpty)
            // The same event again is the same event, although it was written otherwise.
            let again = try await ledger.append([saying("STOP", "082 123 4567", id: "1")])
            #expect(again[0].isDuplicate)
        }
    }

    @Test func `that nobody can read is invalid, and no person`() async throws {
        try await withReader { ledger in
            try await ledger.apply(plain, now: at(1))
            let count = try ledger.count()
            for name in ["082 123 4567", "0821234567", "12345", "(212) 555-0123", "+0821234567"] {
                var request = SendRequest()
                request.person = name
                #expect(
                    await code { _ = try await ledger.ask(asking(name)) } == .invalid, "\(name)")
                #expect(await code { _ = try await ledger.queue(request) } == .invalid, "\(name)")
                let draft = saying("hi", name, id: name)
                #expect(await code { _ = try await ledger.append([draft]) } == .invalid, "\(name)")
                #expect(throws: LedgerError.self) { try ledger.living(name) }
            }
            #expect(try ledger.count() == count)
            // Another country's policy does not make one of it.
            try await ledger.apply("people: {region: US}\n" + plain)
            #expect(await code { _ = try await ledger.ask(asking("0821234567")) } == .invalid)
            // What says by itself who it is needs no country.
            for name in ["a", "customer-42", "2233445566@lid", "+27821234567", "US.1349"] {
                #expect(try await ledger.verdict(name, now: 100).0 == .send, "\(name)")
            }
        }
    }

    @Test func `is read by the policy in force, though another was known before`() async throws {
        try await withReader { ledger in
            try await ledger.apply(plain, now: at(1))
            _ = try await ledger.verdict("a", now: 2)
            try await ledger.apply("people: {region: ZA}\n" + plain, now: at(3))
            #expect(try await ledger.verdict("0821234567", now: 4).0 == .send)
            #expect(try ledger.living("+27821234567") != .none)
        }
    }
}

@Suite struct `Spellings of an earlier version` {
    @Test(arguments: [
        ("5215512345678", "+525512345678"), ("553187654321", "+5531987654321"),
        ("541112345678", "+5491112345678"), ("0027821234567", "+27821234567"),
        (" 27821234567", "whatsapp:+27821234567"), ("+27 (0)82 123 4567", "+27 (0)82 123 4567"),
    ])
    func `lead to the same person, and its opt-out holds`(
        _ old: String, _ now: String
    ) async throws {
        try await withLedger { ledger in
            try await ledger.apply(plain, now: at(1))
            try await ledger.appendAsOfOld(saying("STOP", old, id: "1"))
            let (verdict, rules) = try await ledger.verdict(now, now: 100)
            #expect(verdict == .refuse && rules.contains("consent"))
            #expect(try ledger.living(now) == ledger.living(old))
            // Nobody new was made.
            let linked = try ledger.linked(with: ledger.living(now))
            #expect(linked.isEmpty)
        }
    }

    @Test func `that were two persons are linked once both are known`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(plain, now: at(1))
            try await ledger.appendAsOfOld(saying("STOP", "5215512345678", id: "1"))
            try await ledger.appendAsOfOld(saying("hello", "525512345678", id: "2"))
            for name in ["+525512345678", "+52 1 55 1234 5678"] {
                let (verdict, rules) = try await ledger.verdict(name, now: 100)
                #expect(verdict == .refuse && rules.contains("consent"), "\(name)")
            }
            let linked = try ledger.linked(with: ledger.living("+525512345678"))
            #expect(linked.count == 1 && linked.first?.evidence == "spelling")
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `of a national number lead there once its country is known`() async throws {
        try await withReader { ledger in
            try await ledger.apply("people: {region: ZA}\n" + plain, now: at(1))
            try await ledger.appendAsOfOld(saying("STOP", "0821234567", id: "1"))
            let (verdict, rules) = try await ledger.verdict("082 123 4567", now: 100)
            #expect(verdict == .refuse && rules.contains("consent"))
        }
    }

    @Test func `of who was erased are still opted out`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(plain, now: at(1))
            try await ledger.appendAsOfOld(saying("STOP", "5215512345678", id: "1"))
            _ = try await ledger.erase(
                "+525512345678", by: Authority(by: "ann", why: "asked for it"))
            let (verdict, rules) = try await ledger.verdict("+525512345678", now: 100)
            #expect(verdict == .refuse && rules.contains("consent"))
        }
    }
}

@Suite struct `An account` {
    private static let spellings = [
        "+27110000001", "27110000001", "+27 11 000 0001", "whatsapp:+27110000001",
        "27110000001:12@s.whatsapp.net", "0027110000001",
    ]

    @Test func `has one budget, however it is spelt`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_minute: 2}\n", now: at(1))
            var sent = 0
            for (index, account) in Self.spellings.enumerated() {
                let verdict = try await ledger.verdict("p\(index)", account: account, now: 10).0
                if verdict == .send { sent += 1 }
            }
            #expect(sent == 2)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test(arguments: [
        (EventType.sendingStopped, "stop"), (.sendingPaused, "pause"),
    ])
    func `is stopped under each spelling, and resumed`(
        _ type: EventType, _ rule: String
    ) async throws {
        try await withLedger { ledger in
            try await ledger.apply(plain, now: at(1))
            for (index, ordered) in Self.spellings.enumerated() {
                _ = try await ledger.append([order(type, account: ordered)], as: .verb)
                let asked = Self.spellings[(index + 1) % Self.spellings.count]
                let (verdict, rules) = try await ledger.verdict("a", account: asked, now: 10)
                #expect(verdict != .send && rules == [rule], "\(ordered) \(asked)")
                _ = try await ledger.append([order(.sendingResumed, account: asked)], as: .verb)
                #expect(try await ledger.verdict("b\(index)", account: ordered, now: 10).0 == .send)
            }
        }
    }

    @Test func `has one budget and one stop under all names that the policy gives it`() async throws
    {
        try await withLedger { ledger in
            try await ledger.apply(house, now: at(1))
            #expect(try await ledger.verdict("a", account: "shop", now: 10).0 == .send)
            #expect(try await ledger.verdict("b", account: "100000000000002", now: 10).0 == .send)
            let (verdict, rules) = try await ledger.verdict("c", account: "+27110000001", now: 10)
            #expect(verdict == .wait && rules == ["limit.minute"])
            // The records name it by its own name.
            let names = try [1, 2].map { at in
                try ledger.withEvent(at: at) { $0.text(.account) }
            }
            #expect(names == ["+27110000001", "+27110000001"])
            _ = try await ledger.append([order(.sendingStopped, account: "shop")], as: .verb)
            for name in ["27110000001@c.us", "100000000000002", "shop"] {
                #expect(try await ledger.verdict("d", account: name, now: 500).1 == ["stop"])
            }
            #expect(try await ledger.verdict("d", account: "other", now: 500).0 == .send)
            var found = 0
            try ledger.forEachEvent(
                to: try ledger.count(), where: EventFilter(account: "100000000000002")
            ) { _ in
                found += 1
                return true
            }
            #expect(found >= 3)
        }
    }

    @Test func `keeps what was recorded before the policy named it`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_minute: 2}\n", now: at(1))
            #expect(try await ledger.verdict("a", account: "shop", now: 10).0 == .send)
            #expect(try await ledger.verdict("b", account: "100000000000002", now: 10).0 == .send)
            let stop = order(.sendingStopped, account: "100000000000002")
            try await ledger.apply(house, now: at(11))
            let (verdict, rules) = try await ledger.verdict("c", now: 12)
            #expect(verdict == .wait && rules == ["limit.minute"])
            try await ledger.apply("rate_limits: {messages_per_minute: 2}\n", now: at(13))
            _ = try await ledger.append([stop], as: .verb)
            try await ledger.apply(house, now: at(500))
            #expect(try await ledger.verdict("c", now: 501).1 == ["stop"])
        }
    }
}
