public import Events
public import Gate

/// How long many messages take under a policy, and what holds them up.
///
/// The gate itself decides, on tables in memory and by a clock that jumps: to `retry_at` of a
/// message that must wait, to `not_before` of one that may go, which the provider accepts at once.
public struct Campaign: Sendable {
    /// What is to be sent.
    public struct Plan: Sendable {
        /// The policy that judges.
        public var policy: Policy
        /// How many messages.
        public var messages = 1_000
        /// When the first is asked for.
        public var from: Instant
        /// The recipients' zone, as an IANA name.
        public var zone: String?
        /// How many messages each person gets, one after the other.
        public var perPerson = 1
        /// What the messages are sent as.
        public var category = "marketing"
        /// What chance begins with: the same seed gives the same course.
        public var seed: UInt64 = 1

        /// A thousand marketing messages, each to a person of its own.
        public init(policy: Policy, from: Instant) {
            self.policy = policy
            self.from = from
        }

        /// How many messages a simulation takes.
        public static let messagesMax = 100_000
    }

    /// What one rule held up.
    public struct Hold: Sendable, Equatable {
        /// How many messages.
        public var times = 0
        /// For how long in all; a wait counts for the rule that asks for the longest.
        public var length = Nanoseconds(0)

        /// So many, for so long in all.
        public init(_ times: Int = 0, _ length: Nanoseconds = Nanoseconds(0)) {
            self.times = times
            self.length = length
        }
    }

    /// A pause after so many messages in a row.
    public struct Break: Sendable, Equatable {
        /// When the message before it went.
        public let at: Instant
        /// How many in a row had gone.
        public let after: Int
        /// Until when the next may go.
        public let until: Instant
    }

    /// How many went.
    public private(set) var sent = 0
    /// When the first went; nil where none did.
    public private(set) var first: Instant?
    /// When the last went.
    public private(set) var last: Instant?
    /// What held them up, by rule.
    public private(set) var holds: [Rule: Hold] = [:]
    /// How many messages each rule refused.
    public private(set) var refusals: [Rule: Int] = [:]
    /// How many went in each hour since the beginning.
    public private(set) var hours: [Int] = []
    /// The pauses of tiers, in their order.
    public private(set) var pauses: [Break] = []
    /// Messages that were given up because they would go over a year after the beginning.
    public private(set) var late = 0

    /// Runs the whole campaign.
    public init(_ plan: Plan) {
        var course = CampaignCourse(plan)
        for number in 0..<plan.messages {
            let request = course.request(number)
            send(request, &course, plan)
            if late > 0 {
                late = plan.messages - number
                break
            }
        }
    }

    /// From the beginning to the last message.
    public func duration(of plan: Plan) -> Nanoseconds {
        last?.since(plan.from) ?? Nanoseconds(0)
    }

    private static let longest = Nanoseconds(366 * Nanoseconds.day.count)

    private mutating func send(
        _ request: PreparedRequest, _ course: inout CampaignCourse, _ plan: Plan
    ) {
        var counted: Set<Rule> = []
        while true {
            let decision = course.ask(request)
            switch decision.verdict {
            case .send:
                let slot = decision.notBefore ?? course.now
                hold(.pacing, from: course.now, to: slot, &counted)
                course.accept(at: slot)
                note(slot, plan)
                return notePause(decision, slot, plan)
            case .wait:
                let retryAt = decision.retryAt ?? .latest
                guard retryAt.since(plan.from) <= Self.longest, retryAt > course.now else {
                    late += 1
                    return
                }
                // Each rule holds it up from when those before it are over.
                for finding in decision.findings.sorted(by: Self.isEarlier) {
                    guard let end = finding.retryAt, finding.verdict == .wait else { continue }
                    hold(finding.rule, from: course.now, to: end, &counted)
                    course.now = max(course.now, end)
                }
                course.now = retryAt
            case .refuse:
                let rules = decision.findings.filter { $0.verdict == .refuse }.map(\.rule)
                for rule in Set(rules) { refusals[rule, default: 0] += 1 }
                return
            }
        }
    }

    private static func isEarlier(_ left: Finding, _ right: Finding) -> Bool {
        left.retryAt ?? .epoch < right.retryAt ?? .epoch
    }

    private mutating func hold(
        _ rule: Rule, from start: Instant, to end: Instant, _ counted: inout Set<Rule>
    ) {
        guard end > start else { return }
        if counted.insert(rule).inserted { holds[rule, default: Hold()].times += 1 }
        holds[rule, default: Hold()].length.count += end.since(start).count
    }

    private mutating func note(_ slot: Instant, _ plan: Plan) {
        sent += 1
        first = first ?? slot
        last = slot
        let hour = Int(slot.since(plan.from).seconds / 3_600)
        while hours.count <= hour { hours.append(0) }
        hours[hour] += 1
    }

    /// A message that reached a tier is followed by its pause; the last tier's begins a new row.
    private mutating func notePause(_ decision: Decision, _ slot: Instant, _ plan: Plan) {
        guard let pace = decision.pace, let tiers = plan.policy.pacing?.pauses else { return }
        let last = tiers.map(\.after).max() ?? 0
        let after = pace.count == 0 ? last : Int(pace.count)
        guard tiers.contains(where: { $0.after == after }) else { return }
        pauses.append(Break(at: slot, after: after, until: pace.slot))
    }
}
