import CommandLineKit
import Events
import Gate
import Replay
import Storage

/// `policy simulate`: how long many messages take under a policy, and what holds them up.
enum PolicySimulate {
    static let file = Operand<String>.required(
        "FILE", "The policy as YAML; - is standard input, preset:NAME a preset")
    static let messages = Option<Int>.integer(
        "messages", "N", in: 1...Campaign.Plan.messagesMax, default: 1_000,
        "How many messages are to be sent")
    static let from = Option<StartWord?>.value(
        "from", "T", expects: StartWord.expects, "When the first message is asked for",
        parse: { StartWord($0) })
    static let zone = Option<String?>.text(
        "zone", "ZONE", "The zone of the recipients, else that of the policy")
    static let perPerson = Option<Int>.integer(
        "per-person", "N", in: 1...Campaign.Plan.messagesMax, default: 1,
        "How many messages each person gets")
    static let category = Option<String>.text(
        "category", "CATEGORY", default: "marketing", choices: Shape.categories,
        "What the messages are sent as")
    static let seed = Option<Int>.integer(
        "seed", "N", in: 0...Int.max, default: 1,
        "What chance begins with: the same seed gives the same course")

    static let command = Command.verb(
        "policy simulate", "Say how long many messages take under a policy",
        details: "No ledger is needed, and nothing is recorded. The exit code is 1 if some "
            + "messages would not go at all.",
        operands: [file], options: [messages, from, zone, perPerson, category, seed],
        examples: [
            .init(
                "ledger policy simulate preset:campaign-warmup --messages 1000 --from 09:00",
                "when a campaign that begins at nine is through, and what holds it up")
        ]
    ) { arguments, out in
        let policy = try PolicyText(path: arguments(file)).policy
        let plan = try plan(arguments, policy)
        let campaign = Campaign(plan)
        let unpaced = policy.pacing == nil ? nil : Campaign(plan.withoutPacing)
        if out.isJSON {
            var json = JSONWriter()
            campaign.write(to: &json, plan: plan, unpaced: unpaced)
            out.line(json.text)
        } else {
            CampaignReport(campaign: campaign, plan: plan, unpaced: unpaced).write(to: out)
        }
        return campaign.sent == plan.messages ? ExitCode.done : ExitCode.failed
    }

    private static func plan(
        _ arguments: Arguments, _ policy: Policy
    ) throws(UsageError) -> Campaign.Plan {
        let zone = arguments(zone) ?? policy.quiet.zone ?? policy.zone ?? "UTC"
        let now = Instant(nanoseconds: SystemClock.wall)
        guard let nine = Campaign.Plan.next(minute: 9 * 60, in: zone, from: now) else {
            throw UsageError(
                "\u{201C}\(zone)\u{201D} is no time zone of this machine; give an IANA name such "
                    + "as Africa/Johannesburg", command: arguments.command)
        }
        var plan = Campaign.Plan(policy: policy, from: nine)
        switch arguments(from) {
        case .minute(let minute):
            plan.from = Campaign.Plan.next(minute: minute, in: zone, from: now) ?? nine
        case .at(let instant): plan.from = instant
        case nil: break
        }
        plan.messages = arguments(messages)
        plan.zone = zone
        plan.perPerson = arguments(perPerson)
        plan.category = arguments(category)
        plan.seed = UInt64(arguments(seed))
        return plan
    }
}

/// When a campaign begins: the next time that clocks show a time of the day, or a moment.
enum StartWord: Sendable, Equatable {
    /// Minutes of the day.
    case minute(Int)
    /// A moment.
    case at(Instant)

    /// What an option of this kind takes, to end its sentence.
    static let expects = "a time of the day such as 09:00, or a time such as 2026-03-02T09:00"

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if text.utf8.count == 5, parts.map(\.utf8.count) == [2, 2], let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        {
            self = .minute(hour * 60 + minute)
        } else if case .at(let instant)? = TimeWord(text), instant >= .epoch {
            self = .at(instant)
        } else {
            return nil
        }
    }
}

extension Campaign.Plan {
    fileprivate var withoutPacing: Campaign.Plan {
        var plan = self
        plan.policy.pacing = nil
        return plan
    }
}
