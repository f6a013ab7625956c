/// What one rule says of one request: the verdict, the numbers behind it, and where they come from.
public struct Finding: Sendable, Equatable {
    /// Which rule judged.
    public var rule: Rule
    /// What it counted over.
    public var scope: Scope
    /// What the rule says; the strictest of all findings is the answer.
    public var verdict: Verdict
    /// What was there: a count, or whole seconds where ``Rule/measuresSeconds``.
    public var observed: Int64
    /// What the policy allows, in the unit of `observed`.
    public var limit: Int64
    /// When the rule will let the same request pass, if nothing else happens; only with `wait`.
    public var retryAt: Instant?
    /// Which events the observation rests on.
    public var evidence: Evidence?
    /// What a program can go by, where the rule alone does not say enough.
    public var code: FindingCode?

    /// The events that a finding rests on, as their ends and their number.
    public struct Evidence: Sendable, Equatable {
        /// The lowest position.
        public var first: Position
        /// The highest position.
        public var last: Position
        /// How many events, these two included.
        public var count: Int

        /// Evidence from `first` to `last`, `count` events in all.
        public init(first: Position, last: Position, count: Int) {
            self.first = first
            self.last = last
            self.count = count
        }
    }

    /// A finding of `rule`.
    public init(
        _ rule: Rule, scope: Scope, verdict: Verdict, observed: Int64, limit: Int64,
        retryAt: Instant? = nil, evidence: Evidence? = nil, code: FindingCode? = nil
    ) {
        self.rule = rule
        self.scope = scope
        self.verdict = verdict
        self.observed = observed
        self.limit = limit
        self.retryAt = retryAt
        self.evidence = evidence
        self.code = code
    }

    /// One sentence for a person, made from the rule and its numbers; it is not stored.
    public var reason: String {
        verdict == .send ? satisfied : "\(violated)."
    }

    /// Whether it says send and warns all the same: more was observed than is wanted.
    public var isWarning: Bool {
        verdict == .send && !rule.measuresSeconds && observed > limit
            && (limit > 0 || rule == .template)
    }

    private var satisfied: String {
        if rule == .windowService, observed < 0 { return "The person never wrote." }
        if rule == .quiet { return "It is not quiet where the message goes." }
        if rule == .pacing { return "Its slot begins in \(observed) s, at most \(limit) s ahead." }
        if rule.measuresSeconds { return "\(observed) s, and \(limit) s are asked for." }
        if isWarning {
            return "A warning only: \(observed), and at most \(limit) is wanted."
        }
        return limit > 0 ? "\(observed) of at most \(limit)." : "Nothing stands against it."
    }

    private var instance: String {
        guard scope == .instance else {
            let holder = evidence.map { ", and one that started at position \($0.last) holds it" }
            return "\(observed) instances claim this role\(holder ?? ""); 'ledger instances' shows "
                + "it, 'ledger instances stop ROLE' ends it"
        }
        guard let evidence else {
            return "The policy asks for a role and an instance whose start is recorded; "
                + "'ledger run --role ROLE -- COMMAND' gives both"
        }
        return "This instance was fenced or has stopped at position \(evidence.last); it has to "
            + "start anew"
    }

    private var violated: String {
        let per = scope.name
        return switch rule {
        case .stop: "Sending is stopped by the emergency stop"
        case .pause: "Sending is paused"
        case .mode: "This is a dry run: nothing is sent for real"
        case .instance: instance
        case .grace: "The instance started \(observed) s ago, the startup grace is \(limit) s"
        case .backlog:
            "The item was there when this instance first looked, or was flagged too long ago; "
                + "'ledger reset --backlog SUBJECT' releases it"
        case .duplicateKey:
            code?.sentence(of: "message under this key") ?? "This key was used before"
        case .duplicateContent: "The same content was sent to this \(per) before"
        case .duplicateBusiness:
            code?.sentence(of: "message for this subject, steps and submission")
                ?? "This subject, steps and submission were answered before"
        case .limitSecond: "\(observed) sends of the \(per) in one second, at most \(limit)"
        case .limitMinute: "\(observed) sends of the \(per) in one minute, at most \(limit)"
        case .limitHour: "\(observed) sends of the \(per) in one hour, at most \(limit)"
        case .limitDay: "\(observed) sends of the \(per) in 24 hours, at most \(limit)"
        case .spacing: "The \(per)'s last send was \(observed) s ago, the spacing is \(limit) s"
        case .cooldownSubject:
            "The subject's last send was \(observed) s ago, its cooldown is \(limit) s"
        case .personDay: "The person was sent \(observed) in 24 hours, at most \(limit)"
        case .chain: "\(observed) sends in a row without an answer, at most \(limit)"
        case .platformThroughput:
            "\(observed) messages of the \(per) in one second, in and out, at most \(limit)"
        case .platformPair:
            "\(observed) sends to this person are not paid off yet, a burst has at most \(limit)"
        case .platformRecipients:
            "\(observed) persons outside their service window in 24 hours, at most \(limit)"
        case .platformMarketing:
            "The platform held back \(observed) marketing messages to this person in a row"
        case .consent where observed < 0 && limit > 0:
            "The person is linked with more than \(limit - 1) others, which must be a mistake: "
                + "'ledger person unlink' parts them"
        case .consent:
            observed < 0
                ? "What the person wrote may be an opt-out: it is held until a review decides"
                : "The person's consent is missing or withdrawn"
        case .windowService:
            observed < 0
                ? "template_required: the person never wrote, so that only a template may go"
                : observed < limit
                    ? "template_required: the service window closes before the other rules let it pass"
                    : "template_required: the person last wrote \(observed) s ago, the service window "
                        + "is \(limit) s"
        case .template:
            scope == .category
                ? "The template or the text does not fit the category that it is sent as"
                : "The template is paused, disabled or not approved"
        case .quiet: quietness
        case .pacing where observed < 0: "The next slot lies in the quiet time"
        case .pacing:
            "The next slot begins in \(observed) s, and slots are given at most \(limit) s ahead"
        case .breaker:
            "The \(per) is closed after \(observed) errors, \(limit) are enough"
        case .inflight: "\(observed) sends to this person are without an outcome, at most \(limit)"
        case .quality:
            "The account's quality is RED: only critical answers may go"
        }
    }

    private var quietness: String {
        if observed < 0 {
            return "Nobody knows what time it is where the message goes, and the policy has quiet "
                + "times: give `zone`, an international number, or quiet.zone in the policy"
        }
        if limit == 0 { return "It is quiet without end where the message goes" }
        return "It has been quiet for \(observed) s where the message goes, of \(limit) s in all"
    }
}
