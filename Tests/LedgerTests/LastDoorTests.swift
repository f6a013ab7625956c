import Events
import Gate
import Ledger
import TestSupport
import Testing

/// What comes in between an ask and its `attempted`, on a ledger as users make them.
@Suite struct `The last door` {
    private let person = "+27820000001"
    private let account = "+27110000001"

    /// A permission to write to the person, under a policy that heeds error codes.
    private func reserve(_ ledger: Ledger, at seconds: Int64 = 1001) async throws -> Reservation {
        var request = SendRequest()
        request.account = account
        request.person = person
        request.text = "hello"
        let answer = try await ledger.ask(PreparedRequest(request), now: at(seconds))
        return try #require(answer.reservation)
    }

    private func attempt(
        _ reservation: Reservation, _ ledger: Ledger, at seconds: Int64 = 1010
    ) async throws -> ReportOutcome {
        try await ledger.report(SendReport(reservation, .attempted), now: at(seconds))
    }

    private func append(
        _ type: EventType, to ledger: Ledger, _ build: (inout DraftBuilder) -> Void
    ) async throws {
        var builder = DraftBuilder(type, source: "test", id: "\(try ledger.count())")
        build(&builder)
        let draft = try #require(builder.finish())
        _ = try await ledger.append([draft], now: at(1005), as: .verb)
    }

    @Test func `is open where nothing came in between`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("breaker: {codes_check: true}", now: at(1000))
            let outcome = try await attempt(reserve(ledger), ledger)
            #expect(outcome.go && outcome.because.isEmpty)
        }
    }

    @Test func `is closed once the person was erased`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("breaker: {codes_check: true}", now: at(1000))
            let reservation = try await reserve(ledger)
            _ = try await ledger.erase(person, by: Authority(by: "ann", why: "asked for it"))
            let outcome = try await attempt(reservation, ledger)
            #expect(!outcome.go && outcome.because == ["erased"])
            // Whoever comes back is another person.
            #expect(try await attempt(reserve(ledger, at: 1100), ledger, at: 1101).go)
        }
    }

    @Test func `is closed once the person opted out`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("breaker: {codes_check: true}", now: at(1000))
            let reservation = try await reserve(ledger)
            try await append(.messageReceived, to: ledger) {
                $0.add(.account, text: account)
                $0.add(.person, text: "27820000001@s.whatsapp.net")
                $0.add(.text, text: "STOP")
            }
            let outcome = try await attempt(reservation, ledger)
            #expect(!outcome.go && outcome.because == ["consent"])
        }
    }

    @Test func `is closed once the account was restricted`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("breaker: {codes_check: true}", now: at(1000))
            let reservation = try await reserve(ledger)
            try await append(.accountRestricted, to: ledger) {
                $0.add(.account, text: account)
                $0.add(.kind, text: "DISABLED_UPDATE")
            }
            let outcome = try await attempt(reservation, ledger)
            #expect(!outcome.go && outcome.because == ["breaker"])
        }
    }

    @Test func `is closed once a code closed where it goes`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("breaker: {codes_check: true}", now: at(1000))
            let reservation = try await reserve(ledger)
            try await append(.errorObserved, to: ledger) {
                $0.add(.account, text: account)
                $0.add(.code, integer: 131_031)
            }
            let outcome = try await attempt(reservation, ledger)
            #expect(!outcome.go && outcome.because == ["breaker"])
            // A policy that does not heed codes lets it go.
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1011))
            #expect(try await attempt(reservation, ledger, at: 1012).go)
        }
    }

    @Test func `is closed once the same was sent otherwise`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_hour: 100}", now: at(1000))
            var request = SendRequest()
            request.account = account
            request.chat = "120363000000000001@g.us"
            request.subject = "DR1854951"
            request.submission = 1
            request.attempt = "a"
            let answer = try await ledger.ask(PreparedRequest(request), now: at(1001))
            try await append(.sendAttempted, to: ledger) {
                $0.add(.account, text: account)
                $0.add(.chat, text: "120363000000000001@g.us")
                $0.add(.subject, text: "DR1854951")
                $0.add(.submission, integer: 1)
            }
            var report = SendReport(try #require(answer.reservation), .attempted)
            report.attempt = "a"
            let outcome = try await ledger.report(report, now: at(1010))
            #expect(!outcome.go && outcome.because == ["duplicate.business"])
        }
    }

    @Test func `waits until the message may begin`() async throws {
        try await withLedger { ledger in
            try await ledger.apply(
                "pacing: {phases: [{delay: [20, 28]}], per_500_characters: 2, length_max: 30}",
                now: at(1000))
            // A long text begins later.
            var request = SendRequest()
            request.account = account
            request.person = person
            request.text = String(repeating: "x", count: 2_000)
            let answer = try await ledger.ask(PreparedRequest(request), now: at(1001))
            let later = try #require(answer.reservation)
            let begins = try #require(answer.decision.notBefore)
            #expect(begins > at(1001))
            let early = try await attempt(later, ledger, at: 1001)
            #expect(!early.go && early.because == ["not_before"])
            let outcome = try await ledger.report(SendReport(later, .attempted), now: begins)
            #expect(outcome.go)
        }
    }
}
