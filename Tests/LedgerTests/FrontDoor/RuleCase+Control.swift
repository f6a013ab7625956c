import Events

extension RuleCase {
    /// What operators ordered.
    static let orders: [RuleCase] = [
        RuleCase(
            .stop, .ledger, given: [.order("sending.stopped")], asks: hello, .refuse,
            silent: .after(.order("sending.resumed", at: 5))),
        RuleCase(
            .stop, .account, given: [.order("sending.stopped", ["account": ours])], asks: hello,
            .refuse, silent: .asking(["account": ourOther])),
        RuleCase(
            .stop, .chat, given: [.order("sending.stopped", ["chat": thandi])],
            asks: ["account": ours, "chat": thandiJID, "text": "hello"], .refuse,
            silent: .asking(["chat": bob])),
        RuleCase(
            .stop, .chat, given: [.order("sending.stopped", ["chat": team])],
            asks: ["account": ours, "chat": team, "text": "hello"], .refuse,
            silent: .asking(["chat": "120363000000000002@g.us"])),
        RuleCase(
            .pause, .ledger, given: [.order("sending.paused", ["until": "2025-10-01T13:00:00Z"])],
            asks: hello, .wait, silent: .at(3_600)),
        RuleCase(
            .pause, .account, given: [.order("sending.paused", ["account": ours])], asks: hello,
            .refuse, silent: .asking(["account": ourOther])),
        RuleCase(
            .pause, .chat,
            given: [
                .order("sending.paused", ["chat": thandi, "until": "2025-10-01T12:01:00Z"])
            ], asks: ["account": ours, "chat": thandiJID, "text": "hello"], at: 59.999, .wait,
            silent: .at(60)),
        RuleCase(
            .mode, .ledger, given: [.order("mode.changed", ["mode": "dry-run"])], asks: hello,
            .refuse, silent: .after(.order("mode.changed", ["mode": "live"], at: 5))),
    ]

    private static func start(_ instance: Piece, at seconds: Double = 0) -> Step {
        .event("instance.started", ["role": "monitor", "instance": instance], at: seconds)
    }

    private static let flag = Step.event(
        "item.flagged", ["subject": "DR1", "steps": ["photo"], "person": thandi], at: 2)
    private static let feedback: Told = [
        "account": ours, "chat": team, "person": thandiJID, "subject": "DR1", "steps": ["photo"],
        "text": "one photo is missing", "role": "monitor", "instance": "m1",
    ]

    /// What processes do.
    static let processes: [RuleCase] = [
        RuleCase(
            .instance, .instance,
            given: [start("m1"), .event("instance.stopped", ["instance": "m1"], at: 5)],
            asks: feedback, .refuse, silent: .given([start("m1")])),
        RuleCase(
            .instance, .role, given: [start("m0"), start("m1", at: 5)], asks: feedback, .refuse,
            silent: .asking(["instance": "m0"])),
        RuleCase(
            .grace, .instance, "rate_limits: {startup_grace_period: 300}", given: [start("m1")],
            asks: feedback, at: 299.999, .wait, silent: .at(300)),
        RuleCase(
            .backlog, .subject, "backlog: {refuse: true}", given: [flag, start("m1", at: 5)],
            asks: feedback, .refuse, silent: .given([start("m1"), flag])),
    ]

    /// What was sent before.
    static let duplicates: [RuleCase] = [
        RuleCase(
            .duplicateKey, .ledger, given: [.send(hello.with(["key": "k1"]))],
            asks: hello.with(["key": "k1"]), .refuse, silent: .asking(["key": "k2"])),
        RuleCase(
            .duplicateKey, .ledger,
            given: [.reserve(["account": ours, "chat": team, "text": "x", "key": "k1"])],
            asks: ["account": ours, "chat": team, "text": "x", "key": "k1"], .wait,
            silent: .asking(["key": "k2"])),
        RuleCase(
            .duplicateContent, .person, "duplicates: {content_window: 3600}",
            given: [.send(hello)], asks: hello.with(["person": thandiJID]), at: 3_599.999, .wait,
            silent: .at(3_600)),
        RuleCase(
            .duplicateContent, .person, "duplicates: {content_window: 3600}",
            given: [.send(hello)], asks: hello.with(["person": thandiSpelt, "account": ourOther]),
            .wait, silent: .asking(["text": "hello!"])),
        RuleCase(
            .duplicateContent, .chat, "duplicates: {content_window: 3600}",
            given: [.send(["account": ours, "chat": team, "text": "hello"])],
            asks: ["account": ours, "chat": team, "text": "hello"], .wait,
            silent: .asking(["text": "hello!"])),
        RuleCase(
            .duplicateContent, .chat, "duplicates: {content_window: 3600}",
            given: [.send(["account": ours, "chat": thandi, "text": "hello"])],
            asks: ["account": ours, "chat": thandiJID, "text": "hello"], .wait,
            silent: .asking(["chat": bob])),
        RuleCase(
            .duplicateBusiness, .subject,
            given: [
                .send(
                    hello.with(["subject": "DR1", "steps": ["photo", "cable"], "submission": 1]))
            ],
            asks: toBob.with(["subject": "DR1", "steps": ["cable", "photo"], "submission": 1]),
            .refuse, silent: .asking(["submission": 2])),
    ]

    private static let night = "quiet: {times: [{from: \"23:00\", to: \"07:00\"}]}"
    private static let slots = "pacing: {phases: [{delay: [100, 100]}]}"

    /// What clocks say.
    static let clocks: [RuleCase] = [
        // It is 23:00 where a number of South Africa is at 21:00 UTC.
        RuleCase(
            .quiet, .person, night, given: [], asks: again, at: 9 * 3_600, .wait,
            silent: .at(9 * 3_600 - 0.001)),
        RuleCase(
            .quiet, .person, night, given: [], asks: again, at: 9 * 3_600, .wait,
            silent: .asking(["zone": "America/New_York"])),
        RuleCase(
            .pacing, .account, slots, given: [.send(hello)], asks: toBob, .wait,
            silent: .at(40)),
        RuleCase(
            .pacing, .ledger, slots, given: [.send(bare)], asks: bareToBob, .wait,
            silent: .at(40)),
    ]
}
