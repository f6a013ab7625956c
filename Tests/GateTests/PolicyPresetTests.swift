import Assets
import Events
import Gate
import Testing

@Suite struct `The presets` {
    private func policy(_ name: String) throws -> Policy {
        try Policy.parse(try #require(Assets.preset(name)))
    }

    @Test func `qa-feedback has the numbers after the burst`() throws {
        let policy = try policy("qa-feedback")
        #expect(policy.rateLimits.messagesPerMinute == 2 && policy.rateLimits.messagesPerHour == 20)
        #expect(policy.rateLimits.messagesPerDay == 100)
        #expect(policy.rateLimits.cooldownBetweenSameDrop == .seconds(3_600))
        #expect(policy.rateLimits.startupGracePeriod == .seconds(300))
        #expect(policy.queue.batch == 3 && policy.queue.batchInterval == .seconds(30))
        #expect(policy.instances.isRequired)
    }

    @Test func `cloud-api has the platform's limits`() throws {
        let policy = try policy("cloud-api")
        #expect(policy.platform.throughput == 80 && policy.platform.pairBurst == 10)
        #expect(policy.platform.pairSpacing == .seconds(6))
        #expect(policy.platform.recipientsPerDay == 250 && policy.platform.followsTier)
        #expect(policy.platform.marketingBackoff == .day && policy.consent.serviceWindow == .day)
        #expect(policy.templates.maxCharacters == 550 && policy.breaker.usesCodes)
    }

    @Test func `quiz-bot has the numbers per user, and lanes for what a user waits for`() throws {
        let policy = try policy("quiz-bot")
        #expect(policy.people.minimumSpacing == .seconds(3) && policy.people.messagesPerDay == 50)
        #expect(policy.limits.person.perMinute == 10)
        #expect(policy.rateLimits.messagesPerDay == 50_000)
        #expect(policy.critical.kinds.count == 12)
        #expect(policy.critical.repliesWithin == .day)
    }

    @Test func `campaign-warmup has five phases, four pauses and one worker`() throws {
        let policy = try policy("campaign-warmup")
        let pacing = try #require(policy.pacing)
        #expect(pacing.phases.map(\.upTo) == [30, 80, 200, 500, nil])
        #expect(pacing.phases.map(\.delay.least.seconds) == [25, 20, 15, 18, 22])
        #expect(pacing.phases.map(\.delay.most.seconds) == [35, 28, 22, 25, 30])
        #expect(pacing.jitter == .seconds(5) && pacing.floor == .seconds(10))
        #expect(pacing.typing == Policy.Pacing.Spread(.seconds(1), .seconds(3)))
        #expect(pacing.per500Characters == .seconds(1) && pacing.lengthMax == .seconds(5))
        #expect(pacing.pauses.map(\.after) == [20, 40, 60, 100])
        #expect(pacing.pauses.map(\.pause.least.seconds) == [180, 300, 600, 1_200])
        #expect(pacing.pauses.map(\.pause.most.seconds) == [300, 480, 900, 1_800])
        #expect(pacing.chancePer10000 == 1_000)
        #expect(pacing.chancePause == Policy.Pacing.Spread(.seconds(30), .seconds(120)))
        #expect(policy.rateLimits.messagesPerMinute == 4)
        #expect(policy.rateLimits.messagesPerDay == 1_000 && policy.queue.batch == 20)
        #expect(policy.instances.isRequired && policy.instances.second == .refuse)
        #expect(policy.reservations.lease == .seconds(300))
        #expect(policy.quiet.times == [Policy.QuietTime(from: 23 * 60, to: 7 * 60)])
        #expect(policy.breaker.consecutiveErrors == 3 && policy.breaker.errorsInWindow == 5)
    }

    @Test func `conservative-bot asks for consent before anything`() throws {
        let policy = try policy("conservative-bot")
        #expect(policy.limits.person.perMinute == 8)
        #expect(policy.rateLimits.minimumSpacing == .seconds(2))
        #expect(policy.consent.isRequired)
    }

    @Test func `of quiet times have the hours of the law`() throws {
        let text = "quiet: {times: [{preset: south-africa-direct-marketing}]}"
        let times = try Policy.parse(text).quiet.times
        func isQuiet(_ day: Int, _ minute: Int) -> Bool {
            times.contains { time in
                let end = time.to > time.from ? time.to : time.to + 1_440
                return time.days & (1 << UInt8(day)) != 0 && (time.from..<end).contains(minute)
            }
        }
        for day in 0..<5 {
            #expect(isQuiet(day, 479) && !isQuiet(day, 480) && !isQuiet(day, 1_199))
            #expect(isQuiet(day, 1_200) && isQuiet(day, 1_439))
        }
        #expect(isQuiet(5, 539) && !isQuiet(5, 540) && !isQuiet(5, 779) && isQuiet(5, 780))
        #expect((0..<1_440).allSatisfy { isQuiet(6, $0) && isQuiet(7, $0) })
        #expect(times.allSatisfy { $0.categories == ["marketing"] })
        #expect(times.last?.holidays == "ZA")
    }
}
