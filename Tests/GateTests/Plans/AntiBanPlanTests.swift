import Assets
import Events
import Gate
import Testing
import Views

/// A campaign of one worker under the preset `campaign-warmup`, by a clock that follows the gate.
private struct Campaign {
    var world: World
    var chance: Chance
    private(set) var sends: [(slot: Instant, pace: Pace)] = []

    init(_ seed: UInt64 = 1, at time: String = "2025-10-01T07:00:00Z") throws {
        world = World(try Policy.parse(try #require(Assets.preset("campaign-warmup"))))
        chance = Chance(state: seed)
        world.now = moment(time)
        world.append(.instanceStarted) {
            $0.add(.role, text: "campaign")
            $0.add(.instance, text: "host/1")
        }
    }

    func message(
        to person: String = "p", account: String = "a", subject: String? = nil,
        steps: [String] = [], submission: Int64? = nil, text: String? = nil
    ) -> SendRequest {
        .to(
            person: person, account: account, subject: subject, steps: steps,
            submission: submission, text: text
        ) {
            $0.role = "campaign"
            $0.instance = "host/1"
        }
    }

    /// Sends to so many people, one after the other, each when the gate says.
    mutating func run(_ count: Int) throws {
        for _ in 0..<count {
            let sent = world.pace(message(to: "p\(sends.count)"), &chance)
            sends.append((sent.slot, try #require(sent.pace)))
        }
    }

    /// What lies between each send and the next slot, in seconds.
    var gaps: [Double] { sends.map { Double($0.pace.slot.since($0.slot).count) / 1e9 } }

    var slots: [Instant] { sends.map(\.slot) }

    mutating func fail(_ request: SendRequest? = nil, code: String = "timeout") {
        let reservation = world.reserve(request ?? message())
        world.append(.sendFailed) {
            $0.add(.reservation, reservation: reservation)
            $0.add(.code, text: code)
        }
    }

    mutating func breaker(_ request: SendRequest? = nil) -> Finding? {
        world.look(request ?? message(to: "another"))[.breaker]
    }

    mutating func wait(_ seconds: Int64) { world.now = world.now.advanced(by: .seconds(seconds)) }
}

@Suite struct `The anti-ban plan` {
    /// After how many messages in a row a pause comes, and how long it is in seconds.
    private static let pauses: [Int: ClosedRange<Double>] = [
        20: 180...300, 40: 300...480, 60: 600...900, 100: 1_200...1_800,
    ]

    /// The phase of a message by its number in the day: its delays in seconds.
    private func phase(_ number: Int) -> ClosedRange<Double> {
        switch number {
        case ..<30: 25...35
        case ..<80: 20...28
        case ..<200: 15...22
        case ..<500: 18...25
        default: 22...30
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `delay bounds: ten seconds and typing at least, and no more than the pauses add`(
        _ seed: UInt64
    ) throws {
        var campaign = try Campaign(seed)
        try campaign.run(230)
        for (index, gap) in campaign.gaps.enumerated() {
            let row = index % 100 + 1
            if let pause = Self.pauses[row] {
                #expect(gap >= pause.lowerBound + 11 && gap <= pause.upperBound + 43)
            } else {
                #expect(gap >= 11 && gap <= 43 + 120, "behind message \(index + 1)")
            }
        }
        for (slot, next) in zip(campaign.sends, campaign.slots.dropFirst()) {
            #expect(next >= slot.pace.slot, "no message goes before its slot")
        }
        campaign.wait(3_600)
        for _ in 0..<50 {
            let length = campaign.chance.upTo(6_000)
            let text = String(repeating: "x", count: length)
            let decision = campaign.world.look(campaign.message(text: text))
            let extra = Int64(min(length / 500, 5))
            #expect(decision.notBefore == campaign.world.now.advanced(by: .seconds(extra)))
        }
    }

    @Test func `warm-up ranges: each phase has its own delays, by messages sent today`() throws {
        var plain: [ClosedRange<Double>: [Double]] = [:]
        for seed in 0..<4 as Range<UInt64> {
            var campaign = try Campaign(seed)
            try campaign.run(540)
            for (index, gap) in campaign.gaps.enumerated()
            where Self.pauses[index % 100 + 1] == nil {
                let range = phase(index + 1)
                // Five seconds of jitter, one to three of typing, and one time in ten a pause.
                let least = range.lowerBound - 5 + 1
                let most = range.upperBound + 5 + 3
                if gap <= most {
                    #expect(gap >= least, "behind message \(index + 1)")
                    plain[range, default: []].append(gap)
                } else {
                    #expect(gap >= least + 30 && gap <= most + 120, "behind \(index + 1)")
                }
            }
        }
        #expect(plain.count == 5)
        for (range, gaps) in plain {
            let mean = gaps.reduce(0, +) / Double(gaps.count)
            let middle = (range.lowerBound + range.upperBound) / 2 + 2
            #expect(abs(mean - middle) < 1.5, "\(range) has \(mean) on average")
        }
        // The next morning begins with the first phase.
        var campaign = try Campaign(9)
        try campaign.run(85)
        campaign.world.now = moment("2025-10-02T08:00:00Z")
        try campaign.run(1)
        #expect(campaign.gaps[85] >= 21)
        #expect(campaign.sends[85].pace.count == 1)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `pause triggers: 20, 40, 60 and 100 in a row, and no other`(_ seed: UInt64) throws {
        var campaign = try Campaign(seed)
        try campaign.run(119)
        let long = campaign.gaps.enumerated().filter { $0.element > 43 + 120 }
        #expect(long.map { $0.offset + 1 } == [20, 40, 60, 100])
        for (index, gap) in long {
            let pause = try #require(Self.pauses[index + 1])
            #expect(gap >= pause.lowerBound + 11 && gap <= pause.upperBound + 43)
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `counter: begins anew only after the last tier, or after an hour's idling`(
        _ seed: UInt64
    ) throws {
        var campaign = try Campaign(seed)
        try campaign.run(145)
        #expect(campaign.sends.map(\.pace.count) == (1...145).map { Int64($0 % 100) })
        let last = try #require(campaign.slots.last)
        campaign.world.now = last.advanced(by: .seconds(3_599))
        #expect(campaign.world.look(campaign.message()).pace?.count == 46)
        campaign.world.now = last.advanced(by: .seconds(3_600))
        #expect(campaign.world.look(campaign.message()).pace?.count == 1)
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `night: what falls between 23:00 and 07:00 goes in the morning`(_ seed: UInt64) throws {
        var campaign = try Campaign(seed, at: "2025-10-01T21:30:00Z")
        try campaign.run(200)
        for slot in campaign.slots {
            let second = slot.nanoseconds / 1_000_000_000 % 86_400
            #expect(second >= 7 * 3_600 && second < 23 * 3_600)
        }
        let morning = moment("2025-10-02T07:00:00Z")
        #expect(campaign.slots.contains(morning), "the first one goes at once in the morning")
        // By the recipient's clocks, here two hours ahead.
        for (person, offset) in [("p", 0), ("+27821234567", 7_200)] as [(String, Int64)] {
            let end = moment("2025-10-04T07:00:00Z").advanced(by: .seconds(-offset))
            for _ in 0..<30 {
                let before = Int64(campaign.chance.upTo(8 * 3_600 - 1)) + 1
                campaign.world.now = end.advanced(by: .seconds(-before))
                let decision = campaign.world.look(campaign.message(to: person))
                #expect(decision.verdict == .wait && decision.retryAt == end)
                let passed = campaign.world.look(campaign.message(to: person), at: end)
                #expect(passed.verdict == .send && passed.notBefore == end)
            }
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `average: at most four a minute, in every minute`(_ seed: UInt64) throws {
        var campaign = try Campaign(seed)
        try campaign.run(300)
        let slots = campaign.slots
        for (first, fifth) in zip(slots, slots.dropFirst(4)) {
            #expect(fifth.since(first) >= .seconds(60))
        }
        // Without the gaps of the pacing the limit alone holds it.
        campaign = try Campaign(seed)
        campaign.world.policy.pacing = nil
        var sent: [Instant] = []
        while sent.count < 60 {
            let (decision, reservation) = campaign.world.take(campaign.message(to: "\(sent.count)"))
            if let retryAt = decision.retryAt {
                campaign.world.now = retryAt
                continue
            }
            campaign.world.report(reservation, .accepted)
            sent.append(campaign.world.now)
            campaign.wait(Int64(campaign.chance.upTo(8)))
        }
        for (first, fifth) in zip(sent, sent.dropFirst(4)) {
            #expect(fifth.since(first) >= .seconds(60))
        }
        let limits = zip(sent, sent.dropFirst(4)).count { $1.since($0) == .seconds(60) }
        #expect(limits > 0, "the limit holds some, to the second")
    }

    @Test(arguments: ["rate_limit", "spam_detected", "blocked", "429"])
    func `ban risk: the account is closed for half an hour`(_ code: String) throws {
        var campaign = try Campaign()
        try campaign.run(3)
        let failed = campaign.world.now
        campaign.fail(code: code)
        let end = failed.advanced(by: .seconds(1_800))
        for wait in [0, 60, 1_739] as [Int64] {
            campaign.wait(wait)
            let decision = campaign.world.look(campaign.message(to: "another"))
            #expect(decision.verdict == .wait)
            #expect(decision[.breaker]?.scope == .account && decision[.breaker]?.retryAt == end)
        }
        var critical = campaign.message(to: "another")
        critical.critical = true
        #expect(campaign.breaker(critical)?.verdict == .wait)
        #expect(campaign.breaker(campaign.message(account: "b"))?.verdict == .send)
        campaign.world.now = end
        #expect(campaign.world.look(campaign.message(to: "another")).verdict == .send)
    }

    @Test func `consecutive errors: three halt, and a success between them begins anew`() throws {
        var campaign = try Campaign()
        for isHalted in [false, false, true] {
            campaign.wait(250)
            campaign.fail()
            #expect(campaign.breaker()?.verdict == (isHalted ? .wait : .send))
        }
        let end = campaign.world.now.advanced(by: .seconds(3_600))
        #expect(campaign.breaker()?.observed == 3 && campaign.breaker()?.retryAt == end)
        campaign.world.now = end
        let passed = campaign.world.look(campaign.message(to: "another"))
        #expect(passed.verdict == .send)
        campaign.world.send(campaign.message(to: "another"))
        for isFailed in [true, true, false, true, true] {
            campaign.wait(400)
            if isFailed { campaign.fail() } else { campaign.world.send(campaign.message(to: "q")) }
            #expect(campaign.breaker()?.verdict == .send)
        }
    }

    @Test func `five errors in ten minutes: they halt for an hour, whatever went well`() throws {
        for (apart, isHalted) in [(149, true), (150, false)] as [(Int64, Bool)] {
            var campaign = try Campaign()
            for number in 1...5 {
                #expect(campaign.breaker()?.verdict == .send, "after \(number - 1)")
                if number > 1 { campaign.wait(apart) }
                campaign.world.send(campaign.message(to: "q"))
                campaign.fail()
            }
            let end = campaign.world.now.advanced(by: .seconds(3_600))
            #expect(campaign.breaker()?.retryAt == (isHalted ? end : nil))
            campaign.world.now = end
            #expect(campaign.breaker()?.verdict == .send)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `errors in any order halt for as long as these two say`(_ seed: UInt64) throws {
        var campaign = try Campaign(seed)
        var outcomes: [(at: Instant, isFailure: Bool)] = []
        func end(at now: Instant) -> Instant? {
            let row = outcomes.reversed().prefix { $0.isFailure }.map(\.at)
            var ends = row.count >= 3 ? [row[0]] : []
            let failures = outcomes.filter(\.isFailure).map(\.at)
            for (first, fifth) in zip(failures, failures.dropFirst(4))
            where fifth.since(first) < .seconds(600) {
                ends.append(fifth)
            }
            return ends.map { $0.advanced(by: .seconds(3_600)) }.filter { $0 > now }.max()
        }
        var halts = 0
        for step in 0..<150 {
            campaign.wait(Int64(campaign.chance.upTo(200)))
            let expected = end(at: campaign.world.now)
            #expect(campaign.breaker()?.retryAt == expected, "seed \(seed), step \(step)")
            if let expected {
                halts += 1
                if campaign.chance.one(in: 3) { campaign.world.now = expected }
                continue
            }
            let isFailure = campaign.chance.one(in: 2)
            outcomes.append((campaign.world.now, isFailure))
            if isFailure { campaign.fail() } else { campaign.world.send(campaign.message()) }
        }
        #expect(halts > 0)
    }

    @Test func `daily limit: a thousand in any 24 hours`() throws {
        var campaign = try Campaign()
        let first = campaign.world.now
        for number in 0..<1_000 {
            if number == 999 {
                let last = campaign.world.look(campaign.message())
                #expect(last[.limitDay]?.verdict == .send)
            }
            campaign.world.send(campaign.message(to: "p\(number)"))
            campaign.wait(20)
        }
        let decision = campaign.world.look(campaign.message())
        #expect(decision.verdict == .wait)
        #expect(decision[.limitDay]?.observed == 1_000 && decision[.limitDay]?.limit == 1_000)
        // Neither midnight nor midnight in another zone: the first has to leave the 24 hours.
        let next = first.advanced(by: .day)
        #expect(decision.retryAt == next)
        #expect(campaign.world.look(campaign.message(), at: next).verdict == .send)
    }

    @Test func `idempotency: what was sent about a subject is never sent again`() throws {
        var campaign = try Campaign()
        func about(_ steps: [String], _ submission: Int64) -> SendRequest {
            campaign.message(subject: "offer", steps: steps, submission: submission)
        }
        let (first, last) = (about(["1", "2"], 1), about(["2", "1"], 1))
        let (next, failing) = (about(["1", "2"], 2), about(["3"], 1))
        #expect(campaign.world.look(first).verdict == .send)
        campaign.world.send(first)
        for _ in 0..<60 {
            campaign.wait(Int64(campaign.chance.upTo(86_400)))
            let again = campaign.world.look(campaign.chance.pick([first, last]))
            #expect(again.verdict == .refuse && again.retryAt == nil)
            #expect(again[.duplicateBusiness]?.verdict == .refuse)
        }
        #expect(campaign.world.look(next)[.duplicateBusiness]?.verdict == .send)
        campaign.fail(failing)
        #expect(campaign.world.look(failing)[.duplicateBusiness]?.verdict == .send)
    }

    @Test(arguments: [0, 3_600, 86_399] as [Int64])
    func `second message: goes only to who answered the first`(_ answered: Int64) throws {
        var campaign = try Campaign()
        campaign.world.policy.people.chain = 1
        let message = campaign.message()
        #expect(campaign.world.look(message).verdict == .send)
        campaign.world.send(message)
        campaign.world.send(campaign.message(to: "silent"))
        campaign.wait(answered)
        #expect(campaign.world.look(message).verdict == .refuse)
        campaign.wait(1)
        campaign.world.append(.messageReceived) {
            $0.add(.account, text: "a")
            $0.add(.person, text: "p")
        }
        campaign.wait(60)
        #expect(campaign.world.look(message).verdict == .send)
        campaign.world.send(message)
        campaign.wait(3_600)
        #expect(campaign.world.look(message)[.chain]?.verdict == .refuse, "no third")
        let silent = campaign.world.look(campaign.message(to: "silent"))
        #expect(silent.verdict == .refuse && silent[.chain]?.observed == 1)
    }
}
