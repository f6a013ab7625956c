import Assets
import Bytes
import Events
import Gate
import Ledger
import TestSupport
import Testing

/// What `wait` promises: under every shipped preset the same request passes all rules at
/// `retry_at`, and not a millisecond earlier, on ledgers as users make them.
@Suite struct `The moment that a wait names` {
    /// Of each history at most so many waits, so that there are several histories.
    private static let waitsMax = 50

    @Test(arguments: Assets.presets)
    func `is the first at which all rules pass`(_ preset: String) async throws {
        let wanted = Effort.count(1_000, full: 10_000) / Assets.presets.count
        var seen = 0
        var rules: [Rule: Int] = [:]
        for seed in 0..<UInt64(wanted) where seen < wanted {
            try await withLedger { ledger in
                var history = try await RetryHistory(ledger, preset, seed: seed)
                for step in 0..<2_000 where history.waits < min(Self.waitsMax, wanted - seen) {
                    guard let fault = try await history.step() else { continue }
                    Issue.record("\(preset), seed \(seed), step \(step): \(fault)")
                    seen = wanted
                    return
                }
                seen += history.waits
                rules.merge(history.rules, uniquingKeysWith: +)
            }
        }
        #expect(seen >= wanted, "the histories waited \(seen) times")
        #expect(rules.count >= 3, "of few rules alone: \(rules)")
    }
}

/// A random history under a preset, in which each wait is waited for.
private struct RetryHistory {
    let ledger: Ledger
    var chance: Chance
    var now = World.start
    /// How many waits were waited for.
    private(set) var waits = 0
    /// Which rules they were of.
    private(set) var rules: [Rule: Int] = [:]
    private var number = 0
    private var open: [(reservation: Reservation, attempt: String?)] = []
    /// Reservations of whose sends nothing can be promised: asked without an attempt, or attempted.
    private var undecided: Set<Position> = []

    private static let accounts = ["+27110000001", "+27110000002"]
    private static let persons =
        (1...6).map { "+2782000000\($0)" } + ["+12125550101", "+919800000001"]
    private static let texts = [
        "hello", "Your payment arrived", "we miss you", "one photo is missing",
        String(repeating: "a long story ", count: 120),
    ]

    init(_ ledger: Ledger, _ preset: String, seed: UInt64) async throws {
        self.ledger = ledger
        chance = Chance(state: seed &+ 0x9E7A)
        let text = try #require(Assets.preset(preset))
        try await append(.policyChanged, as: .verb) {
            $0.add(.text, text: text)
            $0.add(.by, text: "ann")
            $0.add(.why, text: "a test")
        }
        for (role, instance) in [("worker", "w1"), ("crier", "c1")] {
            try await append(.instanceStarted) {
                $0.add(.role, text: role)
                $0.add(.instance, text: instance)
            }
        }
        for person in Self.persons.dropLast() {
            try await append(.consentGranted) { $0.add(.person, text: person) }
        }
    }

    private mutating func append(
        _ type: EventType, as caller: Ledger.Caller = .anyone,
        _ build: (inout DraftBuilder) -> Void
    ) async throws {
        number += 1
        var builder = DraftBuilder(type, source: "test/retry", id: "\(number)")
        builder.happened(at: now)
        build(&builder)
        let draft = try #require(builder.finish())
        _ = try await ledger.append([draft], now: now, as: caller)
    }

    // MARK: - Steps

    /// Does one random thing; answers what was promised and not kept, if anything was.
    mutating func step() async throws -> String? {
        now = now.advanced(by: .milliseconds(Int64(pause())))
        switch chance.upTo(99) {
        case 0..<62: return try await ask()
        case 62..<74: try await report()
        case 74..<86: try await hear()
        case 86..<93: try await fail()
        default: try await say()
        }
        return nil
    }

    private mutating func pause() -> Int {
        switch chance.upTo(99) {
        case 0..<55: chance.upTo(1_500)
        case 55..<80: chance.upTo(15_000)
        case 80..<94: chance.upTo(400_000)
        case 94..<99: chance.upTo(8_000_000)
        default: chance.upTo(90_000_000)
        }
    }

    private mutating func request() -> SendRequest {
        var request = SendRequest()
        request.account = chance.pick(Self.accounts)
        let person = chance.pick(Self.persons)
        switch chance.upTo(9) {
        case 0: request.chat = "120363000000000001@g.us"
        case 1: request.chat = person.dropFirst() + "@s.whatsapp.net"
        default: request.person = person
        }
        request.text = chance.pick(Self.texts)
        request.category = chance.pick(["utility", "marketing", nil])
        if chance.one(in: 3) { request.template = chance.pick(["welcome", "offer"]).quoted }
        if chance.one(in: 3) { request.subject = "DR\(chance.upTo(3))" }
        if request.subject != nil, chance.one(in: 2) {
            request.submission = Int64(1 + chance.upTo(50))
        }
        let isCrier = chance.one(in: 4)
        request.role = isCrier ? "crier" : "worker"
        request.instance = isCrier ? "c1" : "w1"
        if chance.one(in: 3) { request.key = "key \(chance.upTo(10_000))" }
        if !chance.one(in: 3) {
            number += 1
            request.attempt = "try \(number)"
        }
        request.critical = chance.one(in: 20)
        return request
    }

    private func ask(_ request: SendRequest, at now: Instant) async throws -> AskOutcome {
        try await ledger.ask(PreparedRequest(request), now: now)
    }

    private mutating func ask() async throws -> String? {
        let request = request()
        var answer: AskOutcome
        do { answer = try await ask(request, at: now) } catch {
            // A key that another request used says nothing of waiting.
            guard let error = error as? LedgerError, error.code == .conflict else { throw error }
            return nil
        }
        if let retryAt = answer.decision.retryAt, isPromised(answer.decision) {
            waits += 1
            for rule in answer.decision.because { rules[rule, default: 0] += 1 }
            let early = retryAt.advanced(by: .milliseconds(-1))
            if early > now {
                let before = try await ask(request, at: early)
                if before.decision.verdict == .send {
                    let said = answer.decision.findings.filter { $0.verdict != .send }
                    return "\(request) passes before its moment, \(said) at \(now), at \(early)"
                }
            }
            now = max(now, retryAt)
            let because = answer.decision.because.map(\.name)
            answer = try await ask(request, at: now)
            if answer.decision.verdict != .send {
                let then = answer.decision.findings.filter { $0.verdict != .send }
                return "\(request) waits for \(because), and then for \(then)"
            }
        }
        guard let reservation = answer.reservation else { return nil }
        open.append((reservation, request.attempt))
        if request.attempt == nil { undecided.insert(reservation.position) }
        if chance.one(in: 2) { try await report() }
        return nil
    }

    private func isPromised(_ decision: Decision) -> Bool {
        decision.findings.allSatisfy {
            $0.code != .inProgress || !undecided.contains($0.evidence?.first ?? .max)
        }
    }

    // MARK: - What else happens

    private mutating func report() async throws {
        guard !open.isEmpty else { return }
        let (reservation, attempt) = open.remove(
            at: chance.one(in: 3) ? chance.upTo(open.count - 1) : open.count - 1)
        func tell(
            _ outcome: SendReport.Outcome, _ change: (inout SendReport) -> Void = { _ in }
        ) async throws -> Bool {
            var report = SendReport(reservation, outcome)
            report.attempt = attempt
            change(&report)
            do { return try await ledger.report(report, now: now).go } catch {
                guard error.code == .conflict else { throw error }
                return false
            }
        }
        if chance.one(in: 6) {
            _ = try await tell(.cancelled)
            return
        }
        guard try await tell(.attempted) else { return }
        undecided.insert(reservation.position)
        switch chance.upTo(9) {
        case 0..<7: _ = try await tell(.accepted)
        case 7:
            let code = chance.pick(Self.codes)
            _ = try await tell(.failed) { $0.code = .text(code) }
        default: break
        }
    }

    /// Codes that close for a time, or not at all.
    private static let codes = [
        "130429", "131057", "429", "131056", "131049", "130472", "132015", "100", "2",
    ]

    private mutating func hear() async throws {
        let (account, person) = (chance.pick(Self.accounts), chance.pick(Self.persons))
        try await append(.messageReceived) {
            $0.add(.account, text: account)
            $0.add(.person, text: person)
            $0.add(.text, text: "I see")
        }
    }

    private mutating func fail() async throws {
        let (account, person) = (chance.pick(Self.accounts), chance.pick(Self.persons))
        let code = chance.pick(Self.codes)
        try await append(.errorObserved) {
            $0.add(.account, text: account)
            $0.add(.person, text: person)
            $0.add(.code, text: code)
            if code == "132015" { $0.add(.template, text: "offer") }
        }
    }

    private mutating func say() async throws {
        let account = chance.pick(Self.accounts)
        switch chance.upTo(3) {
        case 0:
            let rating = chance.pick(["GREEN", "YELLOW", "GREEN", "RED"])
            try await append(.accountQuality) {
                $0.add(.account, text: account)
                $0.add(.rating, text: rating)
            }
        case 1:
            let status = chance.pick(["PAUSED", "APPROVED", "REINSTATED"])
            try await append(.templateStatus) {
                $0.add(.template, text: "welcome")
                $0.add(.status, text: status)
            }
        case 2:
            let until = now.advanced(by: .seconds(Int64(1 + chance.upTo(50_000))))
            try await append(.sendingPaused, as: .verb) {
                $0.add(.account, text: account)
                $0.add(.until, instant: until)
                $0.add(.by, text: "ann")
                $0.add(.why, text: "a test")
            }
        default:
            let until = now.advanced(by: .seconds(Int64(1 + chance.upTo(50_000))))
            try await append(.accountRestricted) {
                $0.add(.account, text: account)
                $0.add(.kind, text: "RESTRICTED_BIZ_INITIATED_MESSAGING")
                $0.add(.until, instant: until)
            }
        }
    }
}

extension String {
    /// As a JSON text.
    fileprivate var quoted: String { "\"\(self)\"" }
}
