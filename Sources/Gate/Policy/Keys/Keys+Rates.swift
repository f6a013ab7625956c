extension PolicyKey {
    /// The section `rate_limits`.
    static let rates = [
        PolicyKey(
            "rate_limits.messages_per_second", "Most messages of one account in any second.",
            .count(.count(), \.rateLimits.messagesPerSecond)),
        PolicyKey(
            "rate_limits.messages_per_minute", "Most messages of one account in any 60 seconds.",
            .count(.count(), \.rateLimits.messagesPerMinute)),
        PolicyKey(
            "rate_limits.messages_per_hour", "Most messages of one account in any 3,600 seconds.",
            .count(.count(), \.rateLimits.messagesPerHour)),
        PolicyKey(
            "rate_limits.messages_per_day", "Most messages of one account in any 86,400 seconds.",
            .count(.count(), \.rateLimits.messagesPerDay)),
        PolicyKey(
            "rate_limits.cooldown_between_same_drop",
            "Least time between two messages about one subject, over the whole ledger.",
            .seconds(
                .seconds(0...NumberForm.yearSeconds), \.rateLimits.cooldownBetweenSameDrop)),
        PolicyKey(
            "rate_limits.startup_grace_period",
            "How long an instance must have run before it may send.",
            .seconds(.seconds(0...NumberForm.daySeconds), \.rateLimits.startupGracePeriod)),
        PolicyKey(
            "rate_limits.minimum_spacing", "Least time between two messages of one account.",
            .seconds(
                .seconds(0...NumberForm.daySeconds, decimals: 3), \.rateLimits.minimumSpacing)),
    ]

    /// The section `limits`.
    static let limits =
        windows(
            "chat", "to one chat",
            [
                \.limits.chat.perSecond, \.limits.chat.perMinute, \.limits.chat.perHour,
                \.limits.chat.perDay,
            ])
        + windows(
            "person", "to one person",
            [
                \.limits.person.perSecond, \.limits.person.perMinute, \.limits.person.perHour,
                \.limits.person.perDay,
            ])
        + windows(
            "pair", "of one account to one person",
            [
                \.limits.pair.perSecond, \.limits.pair.perMinute, \.limits.pair.perHour,
                \.limits.pair.perDay,
            ])
        + windows(
            "category", "of one account in one category",
            [
                \.limits.category.perSecond, \.limits.category.perMinute,
                \.limits.category.perHour, \.limits.category.perDay,
            ])
        + windows(
            "role", "of one role, over the whole ledger,",
            [
                \.limits.role.perSecond, \.limits.role.perMinute, \.limits.role.perHour,
                \.limits.role.perDay,
            ])

    private static func windows(
        _ scope: String, _ whose: String, _ places: [any Place<Int?>]
    ) -> [PolicyKey] {
        zip(
            [
                ("second", "second"), ("minute", "60 seconds"), ("hour", "3,600 seconds"),
                ("day", "86,400 seconds"),
            ], places
        ).map { window, place in
            PolicyKey(
                "limits.\(scope).messages_per_\(window.0)",
                "Most messages \(whose) in any \(window.1).", .count(.count(), place))
        }
    }
}
