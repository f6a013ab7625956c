import Events
import Gate
import Replay
import TestSupport
import Testing

@Suite struct `A simulated campaign` {
    private let nine = Campaign.Plan.next(
        minute: 540, in: "Africa/Johannesburg", from: ReplayBounds.instant("2026-03-02T00:00:00Z"))!

    /// A thousand messages without any limit.
    private var unlimited: Campaign.Plan {
        var plan = Campaign.Plan(policy: Policy(), from: nine)
        plan.zone = "Africa/Johannesburg"
        return plan
    }

    /// The anti-ban plan's numbers: five phases, four tiers, jitter, typing, a pause by chance.
    private var warmUp: Campaign.Plan {
        func spread(_ least: Int64, _ most: Int64) -> Policy.Pacing.Spread {
            Policy.Pacing.Spread(.seconds(least), .seconds(most))
        }
        var pacing = Policy.Pacing()
        pacing.phases = [
            .init(upTo: 30, delay: spread(25, 35)), .init(upTo: 80, delay: spread(20, 28)),
            .init(upTo: 200, delay: spread(15, 22)), .init(upTo: 500, delay: spread(18, 25)),
            .init(upTo: nil, delay: spread(22, 30)),
        ]
        pacing.jitter = .seconds(5)
        pacing.typing = spread(1, 3)
        pacing.per500Characters = .seconds(1)
        pacing.pauses = [
            .init(after: 20, pause: spread(180, 300)), .init(after: 40, pause: spread(300, 480)),
            .init(after: 60, pause: spread(600, 900)),
            .init(after: 100, pause: spread(1_200, 1_800)),
        ]
        pacing.chancePer10000 = 1_000
        pacing.chancePause = spread(30, 120)
        var plan = unlimited
        plan.policy.pacing = pacing
        plan.policy.rateLimits.messagesPerMinute = 4
        plan.policy.rateLimits.messagesPerDay = 1_000
        return plan
    }

    private func hours(_ plan: Campaign.Plan) -> Double {
        Double(Campaign(plan).duration(of: plan).seconds) / 3_600
    }

    @Test func `begins at nine by the recipients' clocks`() {
        #expect(nine == ReplayBounds.instant("2026-03-02T09:00:00+02:00"))
        let later = Campaign.Plan.next(
            minute: 540, in: "Africa/Johannesburg", from: nine.advanced(by: Nanoseconds(1)))
        #expect(later == ReplayBounds.instant("2026-03-03T09:00:00+02:00"))
        #expect(Campaign.Plan.next(minute: 540, in: "Mars/Olympus", from: nine) == nil)
    }

    /// The known answer without pacing: 1,000 messages at 10 a minute take 1.67 h, or 1.7 h, which
    /// reads as 1 h 42.
    ///
    /// The sliding window lets the last ten go a minute earlier.
    @Test func `of a thousand messages at ten a minute takes 1 h 40`() {
        var plan = unlimited
        plan.policy.rateLimits.messagesPerMinute = 10
        let campaign = Campaign(plan)
        #expect(campaign.sent == 1_000)
        #expect(campaign.duration(of: plan) == .seconds(99 * 60))
        #expect(campaign.holds == [.limitMinute: .init(99, .seconds(99 * 60))])
        #expect(campaign.hours == [600, 400])
        #expect(campaign.first == nine)
    }

    /// The known answer under the warm-up plan: the phases take 6 h 36, typing 33 min, and one
    /// pause of each tier 48 min.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `of a thousand messages with one pause of each tier takes about 8 h`(_ seed: UInt64) {
        var plan = warmUp
        plan.seed = seed
        plan.policy.pacing?.chancePer10000 = 0
        // A tier that is never reached keeps the row from beginning anew.
        plan.policy.pacing?.pauses.append(
            .init(after: 1_001, pause: .init(.seconds(1), .seconds(1))))
        #expect((7.6...8.4).contains(hours(plan)))
        #expect(Campaign(plan).pauses.map(\.after) == [20, 40, 60, 100])
    }

    /// Where the row begins anew after the last tier, as the rule says, 100 messages are followed
    /// by 48 min of pauses: 8 h of pauses alone, and 2 h of those by chance.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `of a thousand messages with every pause takes about 17 h`(_ seed: UInt64) {
        var plan = warmUp
        plan.seed = seed
        let campaign = Campaign(plan)
        #expect((16.2...17.7).contains(hours(plan)))
        #expect(campaign.sent == 1_000)
        #expect(campaign.pauses.count == 40 || campaign.pauses.count == 39, "the last ends it")
        #expect(campaign.pauses.prefix(5).map(\.after) == [20, 40, 60, 100, 20])
        #expect(campaign.heldUp.first?.rule == .pacing)
        #expect(campaign.hours.reduce(0, +) == 1_000)
    }

    @Test func `goes on the next morning where the night comes in between`() {
        var plan = warmUp
        plan.policy.quiet.times = [.init(from: 23 * 60, to: 7 * 60)]
        let campaign = Campaign(plan)
        #expect(campaign.sent == 1_000)
        #expect(campaign.hours[14..<22].allSatisfy { $0 == 0 }, "23:00 to 07:00")
        #expect(campaign.hours[13] > 0 && campaign.hours[22] > 0)
        let night = campaign.holds[.quiet]?.length.seconds ?? 0
        #expect((28_000...28_800).contains(night))
    }

    @Test func `is the same again from the same seed, and another from another`() {
        func course(_ seed: UInt64) -> [Campaign.Break] {
            var plan = warmUp
            plan.messages = 120
            plan.seed = seed
            return Campaign(plan).pauses
        }
        #expect(course(1) == course(1))
        #expect(course(1) != course(2))
    }

    @Test func `counts what one person may get, and what is refused`() {
        var plan = unlimited
        plan.messages = 60
        plan.perPerson = 60
        plan.policy.people.messagesPerDay = 50
        let day = Campaign(plan)
        #expect(day.sent == 60)
        #expect(day.holds == [.personDay: .init(1, .day)])
        plan.policy.quiet.times = [.init(from: 0, to: 0)]
        let never = Campaign(plan)
        #expect(never.sent == 0)
        #expect(never.refusals == [.quiet: 60])
        #expect(never.last == nil)
    }

    @Test func `gives up what would go after a year`() {
        var plan = unlimited
        plan.messages = 400
        plan.policy.rateLimits.messagesPerDay = 1
        let campaign = Campaign(plan)
        #expect(campaign.sent == 367)
        #expect(campaign.late == 33)
    }

    @Test(.enabled(if: python != nil, "needs Python with jsonschema"))
    func `as JSON fits its schema`() async throws {
        var plan = warmUp
        plan.messages = 50
        var unpaced = plan
        unpaced.policy.pacing = nil
        var json = JSONWriter()
        Campaign(plan).write(to: &json, plan: plan, unpaced: Campaign(unpaced))
        let text = json.text
        try await withTemporaryFolder { folder in
            write(text, to: folder + "/value.json")
            let script = """
                import json, sys, jsonschema
                value, rules = (json.load(open(path)) for path in sys.argv[1:])
                jsonschema.Draft202012Validator(rules).validate(value)
                assert set(value) == set(rules["properties"])
                print("valid")
                """
            write(script, to: folder + "/check.py")
            let schema = packageRoot + "/schemas/answers/simulate.v1.json"
            let check = "'\(python!)' '\(folder)/check.py' '\(folder)/value.json' '\(schema)'"
            #expect(shell(check) == "valid\n")
        }
    }
}
