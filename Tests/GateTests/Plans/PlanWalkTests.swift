import Assets
import Events
import Gate
import Testing
import Views

/// A user and a bot that answers, under a preset; beside it, what the limits would have done.
private struct Walk {
    var world: World
    var chance: Chance
    /// The rules that would have held an answer that is not critical.
    private(set) var wouldHold: Set<Rule> = []
    private(set) var answers = 0
    private let strict: Policy

    init(_ preset: String, _ seed: UInt64 = 1) throws {
        let policy = try Policy.parse(try #require(Assets.preset(preset)))
        world = World(policy)
        chance = Chance(state: seed)
        var strict = policy
        strict.critical = Policy.CriticalTerms()
        strict.critical.trustsCallers = false
        self.strict = strict
    }

    func message(
        _ text: String, to person: String = "user", critical: Bool = false
    ) -> SendRequest {
        .to(person: person, text: text) { $0.critical = critical }
    }

    mutating func wait(_ milliseconds: Int) {
        world.now = world.now.advanced(by: .milliseconds(Int64(milliseconds)))
    }

    /// The user wrote a moment ago, so that what is sent now comes after it.
    mutating func hear(from person: String = "user") {
        world.append(.messageReceived, at: world.now.advanced(by: .milliseconds(-1))) {
            $0.add(.account, text: "a")
            $0.add(.person, text: person)
        }
    }

    /// The bot answers, at once.
    mutating func answer(
        _ text: String, to person: String = "user", critical: Bool = false,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let request = message(text, to: person, critical: critical)
        // At this moment alone: what would hold it later counts then.
        let policy = world.policy
        world.policy = strict
        let facts = world.facts(of: request, random: 0xFEED)
        let findings = Gate.findings(
            world.prepare(request), facts, under: strict, in: &world.tables)
        world.policy = policy
        for finding in findings where finding.verdict != .send {
            wouldHold.insert(finding.rule)
        }
        let (decision, reservation) = world.take(request)
        #expect(decision.verdict == .send, "\(text)", sourceLocation: location)
        #expect(decision.notBefore == world.now, "\(text)", sourceLocation: location)
        guard decision.verdict == .send else { return }
        world.report(reservation, .accepted)
        answers += 1
    }

    /// The user registers and pays, ten seconds apart.
    mutating func register(_ person: String = "user", critical: Bool = false) {
        hear(from: person)
        answer("Welcome! You are registered.", to: person, critical: critical)
        wait(10_000)
        hear(from: person)
        answer("Payment received: 20 credits.", to: person, critical: critical)
        wait(10_000)
    }

    /// A quiz of ten questions, each answered within a pause of so many milliseconds.
    mutating func quiz(
        _ pause: ClosedRange<Int>, questions: Int = 10, critical: Bool = false
    ) {
        for number in 1...questions {
            hear()
            answer("Correct answer! Question \(number) of 10", critical: critical)
            wait(pause.lowerBound + chance.upTo(pause.count - 1))
        }
    }

    /// Asks for a message that is not critical, which waits; then waits as it says.
    mutating func holds(
        _ text: String, by rule: Rule, _ location: SourceLocation = #_sourceLocation
    ) -> Finding? {
        let decision = world.look(message(text))
        #expect(decision.verdict == .wait, sourceLocation: location)
        guard let retryAt = decision.retryAt else { return nil }
        let held = decision[rule]
        #expect(held?.verdict == .wait, sourceLocation: location)
        #expect((held?.retryAt ?? .latest) <= retryAt, sourceLocation: location)
        let before = retryAt.advanced(by: Nanoseconds(-1))
        #expect(world.look(message(text), at: before).verdict == .wait, sourceLocation: location)
        #expect(world.look(message(text), at: retryAt).verdict == .send, sourceLocation: location)
        return held
    }
}

@Suite struct `The walk of a quiz bot's user` {
    private static let reminder = "Remember to practise today, we miss you."

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `is unhindered from registration over payment to a quiz answered within seconds`(
        _ seed: UInt64
    ) throws {
        var walk = try Walk("quiz-bot", seed)
        walk.register()
        walk.quiz(100...600)
        #expect(walk.answers == 12)
        #expect(walk.wouldHold.contains(.spacing) && walk.wouldHold.contains(.limitMinute))
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `is unhindered at the platform's pace, quiz after quiz`(_ seed: UInt64) throws {
        var walk = try Walk("quiz-bot", seed)
        walk.register()
        for _ in 0..<6 { walk.quiz(6_000...9_000) }
        #expect(walk.answers == 62)
        #expect(walk.wouldHold == [.personDay])
    }

    @Test func `is unhindered on a day of six quizzes`() throws {
        var walk = try Walk("quiz-bot")
        walk.register()
        for _ in 0..<6 {
            walk.quiz(0...500)
            walk.wait(3_600_000)
        }
        #expect(walk.answers == 62)
        #expect(walk.wouldHold == [.spacing, .limitMinute, .personDay])
    }

    @Test func `has reminders held by the spacing until it is over`() throws {
        var walk = try Walk("quiz-bot")
        walk.register()
        walk.answer("Your quiz begins: question 1")
        walk.wait(1_000)
        // A burst is free to go on within its first six seconds, so that the spacing alone holds.
        walk.answer("Choose a subject")
        walk.wait(500)
        let held = walk.holds(Self.reminder, by: .spacing)
        #expect(held?.retryAt == walk.world.now.advanced(by: .milliseconds(2_500)))
        #expect(held?.scope == .person && held?.limit == 3)
        walk.wait(400)
        walk.answer("Something went wrong, try again")
    }

    @Test func `has reminders held by the minute's limit until the oldest leaves it`() throws {
        var walk = try Walk("quiz-bot")
        walk.register()
        let began = walk.world.now
        walk.quiz(500...500, questions: 9)
        walk.answer("Your score: 9 of 9")
        walk.wait(4_000)
        let held = walk.holds(Self.reminder, by: .limitMinute)
        #expect(held?.scope == .person && held?.limit == 10)
        #expect(held?.retryAt == began.advanced(by: .seconds(60)))
    }

    @Test func `has reminders held by the day's limit until the next day`() throws {
        var walk = try Walk("quiz-bot")
        walk.register()
        for _ in 0..<6 {
            walk.quiz(0...500)
            walk.wait(60_000)
            walk.answer("Your score: 9 of 10")
            walk.wait(3_600_000)
        }
        let held = walk.holds(Self.reminder, by: .personDay)
        #expect(held?.observed == 68 && held?.limit == 50)
        let day = walk.world.now.advanced(by: .seconds(12 * 3_600))
        #expect((held?.retryAt ?? .epoch) > day)
        walk.hear()
        walk.answer("Welcome back: question 1")
    }

    @Test func `is held by a stop, however critical`() throws {
        var walk = try Walk("quiz-bot")
        walk.register()
        let payment = walk.message("Payment received", critical: true)
        walk.world.append(.sendingStopped)
        let decision = walk.world.look(payment)
        #expect(decision.verdict == .refuse && decision.retryAt == nil)
        #expect(decision[.stop]?.verdict == .refuse)
        walk.world.append(.sendingResumed)
        #expect(walk.world.look(payment).verdict == .send)
    }

    @Test func `ends with an opt-out, but for one confirmation`() throws {
        var walk = try Walk("quiz-bot")
        walk.register()
        walk.hear()
        walk.world.append(.consentWithdrawn) { $0.add(.person, text: "user") }
        for text in ["Question 1 of 10", "Payment received", "You are registered"] {
            let decision = walk.world.look(walk.message(text, critical: true))
            #expect(decision.verdict == .refuse && decision[.consent]?.verdict == .refuse)
        }
        var confirmation = walk.message("You will hear nothing more from us.")
        confirmation.purpose = "confirmation"
        #expect(walk.world.look(confirmation).verdict == .send)
        walk.world.send(confirmation)
        walk.wait(60_000)
        #expect(walk.world.look(confirmation).verdict == .refuse)
    }

    @Test func `is held by the pair rate once the burst is used up, until it is paid`() throws {
        var walk = try Walk("quiz-bot")
        walk.register()
        let began = walk.world.now
        walk.quiz(500...500)
        walk.hear()
        let result = walk.message("Your result: 10 of 10", critical: true)
        let decision = walk.world.look(result)
        #expect(decision.verdict == .wait)
        #expect(decision.findings.filter { $0.verdict != .send }.map(\.rule) == [.platformPair])
        #expect(decision.retryAt == began.advanced(by: .seconds(60)))
        #expect(walk.world.look(result, at: began.advanced(by: .seconds(60))).verdict == .send)
    }
}

@Suite struct `The walk of a conservative bot's user` {
    private func agreed(_ seed: UInt64 = 1) throws -> Walk {
        var walk = try Walk("conservative-bot", seed)
        for person in ["user", "other"] {
            walk.hear(from: person)
            walk.world.append(.consentGranted) { $0.add(.person, text: person) }
        }
        return walk
    }

    @Test func `begins with consent, before which not even a critical answer goes`() throws {
        var walk = try Walk("conservative-bot")
        walk.hear()
        let welcome = walk.message("Welcome! You are registered.", critical: true)
        #expect(walk.world.look(welcome)[.consent]?.verdict == .refuse)
        var question = walk.message("May we write to you?")
        question.purpose = "consent_request"
        #expect(walk.world.look(question).verdict == .send)
        walk.world.send(question)
        walk.wait(7_000)
        #expect(walk.world.look(question).verdict == .refuse, "it is asked once")
        #expect(walk.world.look(welcome).verdict == .refuse)
        walk.hear()
        walk.world.append(.consentGranted) { $0.add(.person, text: "user") }
        walk.answer("Welcome! You are registered.", critical: true)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `is unhindered though others are answered, and the minute is full`(
        _ seed: UInt64
    ) throws {
        var walk = try agreed(seed)
        walk.register(critical: true)
        for number in 1...10 {
            walk.hear(from: "other")
            walk.answer("Project help", to: "other", critical: true)
            walk.wait(walk.chance.upTo(1_500))
            walk.hear()
            walk.answer("Question \(number) of 10", critical: true)
            walk.wait(6_000)
        }
        #expect(walk.answers == 22)
        #expect(walk.wouldHold.contains(.spacing))
        walk.quiz(6_000...6_200, critical: true)
        #expect(walk.wouldHold == [.spacing, .limitMinute])
    }

    @Test func `has reminders held by the account's spacing and the minute's limit`() throws {
        var walk = try agreed()
        walk.answer("Project help", to: "other", critical: true)
        walk.wait(500)
        let spaced = walk.holds("We miss you.", by: .spacing)
        #expect(spaced?.scope == .account && spaced?.limit == 2)
        #expect(spaced?.retryAt == walk.world.now.advanced(by: .milliseconds(1_500)))
        walk.wait(10_000)
        let began = walk.world.now
        for number in 1...8 {
            walk.hear()
            walk.answer("Question \(number)", critical: true)
            walk.wait(300)
        }
        let full = walk.holds("We miss you.", by: .limitMinute)
        #expect(full?.retryAt == began.advanced(by: .seconds(60)) && full?.limit == 8)
    }

    @Test func `is held by a stop, an opt-out and the pair rate, however critical`() throws {
        var walk = try agreed()
        let began = walk.world.now
        for number in 1...8 {
            walk.hear()
            walk.answer("Question \(number)", critical: true)
            walk.wait(300)
        }
        let answer = walk.message("Question 9", critical: true)
        let shut = walk.world.look(answer)
        #expect(shut.verdict == .wait && shut[.platformPair]?.verdict == .wait)
        #expect(shut.retryAt == began.advanced(by: .seconds(48)))
        walk.wait(60_000)
        #expect(walk.world.look(answer).verdict == .send)
        walk.world.append(.sendingStopped) { $0.add(.account, text: "a") }
        #expect(walk.world.look(answer)[.stop]?.verdict == .refuse)
        walk.world.append(.sendingResumed) { $0.add(.account, text: "a") }
        #expect(walk.world.look(answer).verdict == .send)
        walk.world.append(.consentWithdrawn) { $0.add(.person, text: "user") }
        #expect(walk.world.look(answer)[.consent]?.verdict == .refuse)
    }
}
