extension PolicyKey {
    /// The section `platform`.
    static let platform = [
        PolicyKey(
            "platform.throughput",
            "Most messages of one account in any second, inbound and outbound together.",
            .count(.count(), \.platform.throughput)),
        PolicyKey(
            "platform.pair_spacing",
            "What each message to a person costs: a burst of n shuts the pair for n times this.",
            .seconds(.seconds(0...3_600, decimals: 3), \.platform.pairSpacing)),
        PolicyKey(
            "platform.pair_burst", "How many messages may go to a person as a burst.",
            .countOrDefault(.count(max: 45), \.platform.pairBurst)),
        PolicyKey(
            "platform.recipients_per_day",
            "Most persons outside their service window in any 24 hours, over the whole ledger.",
            .count(.count("persons"), \.platform.recipientsPerDay)),
        PolicyKey(
            "platform.recipients_from_tier",
            "Whether a recorded account.tier sets the most persons; the smaller number holds.",
            .flag(\.platform.followsTier)),
        PolicyKey(
            "platform.marketing_backoff",
            "How long no marketing goes to a person after error 131049; it doubles with each more.",
            .seconds(.seconds(1...NumberForm.yearSeconds), \.platform.marketingBackoff)),
    ]

    /// The section `breaker`.
    static let breaker = [
        PolicyKey(
            "breaker.consecutive_errors", "How many errors in a row halt an account.",
            .count(.count("errors", max: 10_000), \.breaker.consecutiveErrors)),
        PolicyKey(
            "breaker.errors_in_window", "How many errors within the window halt an account.",
            .count(.count("errors", max: 32), \.breaker.errorsInWindow)),
        PolicyKey(
            "breaker.window", "The window of errors_in_window.",
            .secondsOrDefault(.seconds(1...NumberForm.daySeconds), \.breaker.window)),
        PolicyKey(
            "breaker.halt", "How long a halt lasts after the last error.",
            .secondsOrDefault(.seconds(1...NumberForm.yearSeconds), \.breaker.halt)),
        PolicyKey(
            "breaker.warn_per_10000",
            "From how many errors per 10,000 sends of 24 hours on a warning is given.",
            .count(.rate, \.breaker.warnPer10000)),
        PolicyKey(
            "breaker.codes_check",
            "Whether the providers' error codes close what they speak of.",
            .flag(\.breaker.usesCodes)),
        PolicyKey(
            "breaker.codes", "What differs from the table of codes.", .items(CodesForm())),
    ]

    /// The section `quality`.
    static let quality = [
        PolicyKey(
            "quality.refuse_red",
            "Whether only critical messages go while the account's rating is RED.",
            .flag(\.quality.refusesRed)),
        PolicyKey(
            "quality.halve_yellow", "Whether YELLOW halves the limits of the account.",
            .flag(\.quality.halvesYellow)),
        PolicyKey(
            "quality.minimum_sample",
            "Fewest sends of the last 7 days from which a rating is estimated.",
            .countOrDefault(.count(max: 1_000_000_000), \.quality.minimumSample)),
        PolicyKey(
            "quality.yellow_per_10000",
            "Failures, complaints and blocks per 10,000 sends from which the estimate is YELLOW.",
            .count(.rate, \.quality.yellowPer10000)),
        PolicyKey(
            "quality.red_per_10000",
            "Failures, complaints and blocks per 10,000 sends from which the estimate is RED.",
            .count(.rate, \.quality.redPer10000)),
    ]

    /// The section `pacing`.
    static let pacing = [
        PolicyKey(
            "pacing.phases",
            "The delay after each message, by messages sent since midnight in the account's zone.",
            .items(PhasesForm())),
        PolicyKey(
            "pacing.jitter", "What is added to or taken from a delay at most.",
            .secondsOrDefault(delay, \.pacingTerms.jitter)),
        PolicyKey(
            "pacing.floor", "No delay is shorter.",
            .secondsOrDefault(delay, \.pacingTerms.floor)),
        PolicyKey(
            "pacing.typing", "How long it takes to begin typing.",
            .spread(delay, \.pacingTerms.typing)),
        PolicyKey(
            "pacing.per_500_characters", "What each 500 characters add to a delay.",
            .secondsOrDefault(delay, \.pacingTerms.per500Characters)),
        PolicyKey(
            "pacing.length_max", "The most that the length adds.",
            .secondsOrDefault(delay, \.pacingTerms.lengthMax)),
        PolicyKey(
            "pacing.pauses", "Longer pauses after so many messages in a row.",
            .items(PausesForm())),
        PolicyKey(
            "pacing.chance_per_10000",
            "How many of 10,000 messages are followed by a pause that comes by chance.",
            .countOrDefault(.rate, \.pacingTerms.chancePer10000)),
        PolicyKey(
            "pacing.chance_pause", "The pause that comes by chance.",
            .spread(delay, \.pacingTerms.chancePause)),
        PolicyKey(
            "pacing.idle",
            "After how long without a message the count in a row begins anew.",
            .secondsOrDefault(.seconds(1...NumberForm.daySeconds), \.pacingTerms.idle)),
    ]

    /// What a delay may be.
    static let delay = NumberForm.seconds(0...NumberForm.daySeconds, decimals: 3)
    /// What a range of delays is, for a sentence.
    static let delayTakes = spreadTakes(delay)
}

extension Policy {
    /// The section `pacing`; whoever sets a member of it turns it on.
    var pacingTerms: Pacing {
        get { pacing ?? Pacing() }
        set { pacing = newValue }
    }
}
