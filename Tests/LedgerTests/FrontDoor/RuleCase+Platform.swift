import Events

extension RuleCase {
    private static func wrote(_ person: Piece, at seconds: Double = 0) -> Step {
        .event(
            "message.received", ["account": ours, "person": person, "text": "hi there"],
            at: seconds)
    }

    /// What the platform limits.
    static let platform: [RuleCase] = [
        RuleCase(
            .platformThroughput, .account, "platform: {throughput: 1}", given: [wrote(thandi)],
            asks: toBob, at: 0.999, .wait, silent: .at(1)),
        RuleCase(
            .platformPair, .pair, "platform: {pair_spacing: 6, pair_burst: 1}",
            given: [.send(hello)], asks: again, at: 5.999, .wait, silent: .at(6)),
        RuleCase(
            .platformRecipients, .ledger, "platform: {recipients_per_day: 1}",
            given: [.send(hello)], asks: toBob, .wait, silent: .asking(["person": thandiSpelt])),
        RuleCase(
            .platformMarketing, .person, "platform: {marketing_backoff: 86400}",
            given: [failed(131_049)], asks: again.with(["category": "marketing"]), at: 86_399.999,
            .wait, silent: .asking(["category": "utility"])),
        RuleCase(
            .template, .template, "templates: {check: true}",
            given: [
                .event(
                    "template.status",
                    ["account": ours, "template": "welcome", "status": "PAUSED"])
            ], asks: again.with(["template": "welcome"]), at: 10_799.999, .wait,
            silent: .at(10_800)),
        RuleCase(
            .template, .category, "templates: {check: true}",
            given: [
                .event(
                    "template.category",
                    ["account": ours, "template": "welcome", "category": "marketing"])
            ], asks: again.with(["template": "welcome", "category": "utility"]), .refuse,
            silent: .asking(["category": "marketing"])),
        RuleCase(
            .quality, .account, "quality: {refuse_red: true}",
            given: [.event("account.quality", ["account": ours, "rating": "RED"])], asks: again,
            .refuse, silent: .asking(["account": ourOther])),
    ]

    /// What persons want.
    static let consent: [RuleCase] = [
        RuleCase(
            .consent, .person,
            given: [
                .event(
                    "message.received", ["account": ours, "person": thandiJID, "text": "STOP"])
            ], asks: hello, .refuse, silent: .asking(["person": bob])),
        RuleCase(
            .consent, .person, "consent: {required: true}",
            given: [.event("consent.granted", ["person": bob])], asks: hello, .refuse,
            silent: .after(.event("consent.granted", ["person": thandiJID], at: 5))),
        RuleCase(
            .consent, .category,
            given: [
                .event("consent.withdrawn", ["person": thandiSpelt, "category": "marketing"])
            ], asks: again.with(["category": "marketing"]), .refuse,
            silent: .asking(["category": "utility"])),
        RuleCase(
            .windowService, .pair, "consent: {service_window: 86400}", given: [wrote(thandi)],
            asks: again, at: 86_400, .refuse, silent: .at(86_399.999)),
        RuleCase(
            .windowService, .person, "consent: {service_window: 86400}",
            given: [wrote(bob)], asks: bare, .refuse, silent: .after(wrote(thandi, at: 5))),
    ]

    private static let codes = "breaker: {codes_check: true}"

    private static func failed(_ code: Piece, _ rest: Told = [:]) -> Step {
        .event(
            "error.observed",
            (["account": ours, "person": thandi, "code": code] as Told).with(rest)
        )
    }

    /// What errors close.
    static let breaker: [RuleCase] = [
        RuleCase(
            .breaker, .ledger, codes, given: [failed(131_042)],
            asks: toBob.with(["account": ourOther]), .refuse,
            silent: .after(.order("sending.resumed", at: 5))),
        RuleCase(
            .breaker, .account, codes, given: [failed(131_048)], asks: toBob, .refuse,
            silent: .asking(["account": ourOther])),
        RuleCase(
            .breaker, .account, "breaker: {consecutive_errors: 2, halt: 600}",
            given: [failed("x"), failed("x", ["person": bob])], asks: toBob, at: 599.999, .wait,
            silent: .at(600)),
        RuleCase(
            .breaker, .person, codes, given: [failed(130_497)], asks: again, .refuse,
            silent: .asking(["person": bob])),
        RuleCase(
            .breaker, .pair, codes, given: [failed(131_056)], asks: again, at: 0.999, .wait,
            silent: .at(1)),
        RuleCase(
            .breaker, .category, codes, given: [failed(131_050)],
            asks: again.with(["category": "marketing"]), .refuse,
            silent: .asking(["category": "utility"])),
        RuleCase(
            .breaker, .template, codes, given: [failed(132_016, ["template": "welcome"])],
            asks: toBob.with(["template": "welcome"]), .refuse,
            silent: .asking(["template": "other"])),
    ]
}
