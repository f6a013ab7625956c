import Events

extension RuleCase {
    private static let lengths: [(rule: Rule, word: String, seconds: Double)] = [
        (.limitSecond, "second", 1), (.limitMinute, "minute", 60), (.limitHour, "hour", 3_600),
        (.limitDay, "day", 86_400),
    ]

    /// For each scope a send, and a request that counts with it.
    private static let counted: [(scope: Scope, sent: Told, asked: Told)] = [
        (.account, hello, toBob), (.ledger, bare, bareToBob),
        (
            .chat, ["account": ourOther, "chat": thandi, "text": "hello"],
            ["account": ours, "chat": thandiJID, "text": "hello"]
        ),
        (.person, hello.with(["account": ourOther]), again),
        (.pair, hello, again),
        (
            .category, hello.with(["category": "utility"]), toBob.with(["category": "utility"])
        ),
        (
            .role, hello.with(["role": "crier"]),
            toBob.with(["role": "crier", "account": ourOther])
        ),
    ]

    /// `limit.*`: each length in each scope, to the millisecond.
    static let windows: [RuleCase] = lengths.flatMap { length in
        counted.map { scope, sent, asked in
            let limit = "messages_per_\(length.word): 1"
            let isBudget = scope == .account || scope == .ledger
            return RuleCase(
                length.rule, scope,
                isBudget ? "rate_limits: {\(limit)}" : "limits: {\(scope.name): {\(limit)}}",
                given: [.send(sent)], asks: asked, at: length.seconds - 0.001, .wait,
                silent: .at(length.seconds))
        }
    }

    /// What lies between two sends.
    static let gaps: [RuleCase] = [
        RuleCase(
            .spacing, .account, "rate_limits: {minimum_spacing: 5}", given: [.send(hello)],
            asks: toBob, at: 4.999, .wait, silent: .at(5)),
        RuleCase(
            .spacing, .ledger, "rate_limits: {minimum_spacing: 5}", given: [.send(bare)],
            asks: bareToBob, at: 4.999, .wait, silent: .at(5)),
        RuleCase(
            .spacing, .person, "people: {minimum_spacing: 60}",
            given: [.send(hello.with(["account": ourOther]))], asks: again, at: 59.999, .wait,
            silent: .asking(["person": bob])),
        RuleCase(
            .cooldownSubject, .subject, "rate_limits: {cooldown_between_same_drop: 3600}",
            given: [.send(hello.with(["subject": "DR1"]))], asks: toBob.with(["subject": "DR1"]),
            at: 3_599.999, .wait, silent: .at(3_600)),
        RuleCase(
            .personDay, .person, "people: {messages_per_day: 1}",
            given: [.send(hello.with(["account": ourOther]))], asks: again, at: 86_399.999, .wait,
            silent: .asking(["person": bob])),
        RuleCase(
            .chain, .person, "people: {chain: 1}", given: [.send(hello)], asks: again, .refuse,
            silent: .after(
                .event(
                    "message.received",
                    ["account": ours, "person": thandiSpelt, "text": "thanks"], at: 5))),
        RuleCase(
            .inflight, .pair, given: [.reserve(hello)], asks: again, .wait,
            silent: .asking(["person": bob])),
        RuleCase(
            .inflight, .person, given: [.reserve(bare)],
            asks: ["person": thandiJID, "text": "hello again"], .wait, silent: .given([.send(bare)])
        ),
    ]
}
