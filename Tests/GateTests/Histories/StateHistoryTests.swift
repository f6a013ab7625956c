import Bytes
import Events
import Gate
import TestSupport
import Testing
import Views

@Suite struct `The remaining rules in random histories` {
    private let seeds = Effort.seeds(50, full: 500)
    private let steps = Effort.count(80, full: 160)

    @Test(arguments: 0..<8)
    func `judge as an oracle that reads the whole list anew`(_ part: UInt64) {
        var held: [Rule: Int] = [:]
        for seed in (part * seeds)..<(part * seeds + seeds) {
            var history = StateHistory(seed: seed)
            for step in 0..<steps {
                if let difference = history.step() {
                    Issue.record("seed \(seed), step \(step): \(difference)")
                    return
                }
            }
            held.merge(history.held) { $0 + $1 }
        }
        // A history in which nothing is ever held up would prove nothing.
        for rule in StateOracle.rules { #expect(held[rule, default: 0] > 3, "\(rule.name)") }
    }
}

extension Happening {
    /// What a request says of itself.
    init(_ type: EventType, _ request: SendRequest) {
        self.init(type)
        account = request.account
        person = request.person
        subject = request.subject
        role = request.role
        instance = request.instance
        category = request.category
        template = StateOracle.templateName(request)
        steps = request.steps
        submission = request.submission
    }

    /// The members of the event.
    func write(to builder: inout DraftBuilder) {
        let texts: [(Field, String?)] = [
            (.account, account), (.person, person), (.chat, chat), (.subject, subject),
            (.role, role), (.instance, instance), (.category, category), (.reason, reason),
            (.snapshot, snapshot), (field, word),
        ]
        for (field, text) in texts { builder.add(field, text: text) }
        if let template {
            let parts = template.split(separator: "/").map(String.init)
            builder.add(.template, text: parts[0])
            if parts.count > 1 { builder.add(.language, text: parts[1]) }
        }
        if !steps.isEmpty { builder.add(.steps, texts: steps) }
        if let submission { builder.add(.submission, integer: submission) }
        if let until { builder.add(type == .modeChanged ? .notBefore : .until, instant: until) }
        if let limit { builder.add(.limit, integer: limit) }
        if let send {
            builder.add(.reservation, reservation: Reservation(position: send, tag: 7))
        }
        switch type {
        case .messageDelivered, .messageRead, .messageFailed:
            builder.add(.message, text: "m\(send ?? 0)")
        case .cooldownReset: builder.add(.scope, text: "backlog")
        default: break
        }
    }

    private var field: Field {
        switch type {
        case .templateStatus: .status
        case .accountQuality: .rating
        case .accountRestricted, .complaintReported: .kind
        case .modeChanged: .mode
        default: .code
        }
    }
}

extension [Finding] {
    /// What a rule says in all its scopes together.
    func judgement(_ rule: Rule, counted: Bool) -> Oracle.Judgement? {
        let own = filter { $0.rule == rule }
        guard let verdict = own.map(\.verdict).max() else { return nil }
        return Oracle.Judgement(
            verdict: verdict,
            retryAt: verdict == .refuse ? nil : own.compactMap(\.retryAt).max(),
            observed: counted ? own[0].observed : nil)
    }
}

extension Chance {
    /// A policy of the rules that hang on what was said and done, tight enough to matter.
    mutating func statePolicy() -> Policy {
        var policy = Policy()
        policy.reservations.lease = .seconds(Int64(1 + upTo(60)))
        if one(in: 2) { policy.rateLimits.messagesPerMinute = 2 + upTo(6) }
        if one(in: 4) { policy.rateLimits.minimumSpacing = .milliseconds(Int64(1 + upTo(9_999))) }
        if !one(in: 3) { policy.platform.marketingBackoff = .seconds(Int64(60 + upTo(3_000))) }
        policy.templates.isChecked = one(in: 2)
        policy.backlog.isRefused = one(in: 2)
        policy.backlog.newFor = .seconds(Int64(20 + upTo(600)))
        policy.instances.isRequired = one(in: 6)
        policy.instances.second = pick([.refuse, .fence])
        if one(in: 2) { policy.instances.silentAfter = .seconds(Int64(5 + upTo(300))) }
        if !one(in: 3) {
            policy.quality.refusesRed = !one(in: 4)
            policy.quality.halvesYellow = one(in: 2)
            policy.quality.minimumSample = 1 + upTo(5)
            policy.quality.yellowPer10000 = pick([nil, 1_000, 5_000])
            policy.quality.redPer10000 = pick([nil, 10_000, 30_000])
        }
        policy.breaker.usesCodes = !one(in: 3)
        policy.breaker.halt = .seconds(Int64(10 + upTo(600)))
        if one(in: 2) { policy.breaker.consecutiveErrors = 1 + upTo(3) }
        if one(in: 2) { policy.breaker.errorsInWindow = 2 + upTo(3) }
        policy.breaker.window = .seconds(Int64(10 + upTo(300)))
        if one(in: 2) {
            policy.breaker.codes = [
                Policy.CodeTerm(
                    "x", pick(Policy.CodeTerm.Closes.allCases),
                    pick([nil, .seconds(3), .seconds(50)]), grows: one(in: 2), after: 1 + upTo(2)),
                Policy.CodeTerm("131026", .person, .seconds(90), after: 2),
            ]
        }
        return policy
    }

    /// A request whose names repeat often.
    mutating func stateRequest() -> SendRequest {
        var request = SendRequest()
        request.account = pick(["a", "a", "a", "b", "b", nil])
        request.person = pick(["p", "p", "q", "r", "s", "u", nil])
        if request.person == nil { request.chat = "g@g.us" }
        request.subject = pick(["s", "t", nil, nil])
        request.steps = pick([[], ["1"], ["2"]])
        request.submission = pick([nil, 1, 2])
        request.category = pick(["utility", "marketing", "marketing", nil])
        request.template = pick(
            [nil, nil]
                + ["t/en", "t/de", "u/en", "t"].map {
                    StateOracle.templates[$0]
                })
        if one(in: 3) { request.instance = pick(["i", "i", "j", "k"]) }
        if one(in: 4) { request.role = pick(["m", "n"]) }
        request.critical = one(in: 10)
        return request
    }
}
