extension PolicyKey {
    /// The sections `people`, `duplicates` and `reservations`.
    static let persons = [
        PolicyKey(
            "people.messages_per_day", "Most messages to one person in any 86,400 seconds.",
            .count(.count(), \.people.messagesPerDay)),
        PolicyKey(
            "people.chain", "Most messages to a person since the person last wrote.",
            .count(.count(), \.people.chain)),
        PolicyKey(
            "people.minimum_spacing", "Least time between two messages to one person.",
            .seconds(.seconds(0...NumberForm.daySeconds, decimals: 3), \.people.minimumSpacing)),
        PolicyKey(
            "people.region",
            "The country in which numbers without a country's code are dialled, such as ZA.",
            .text(2...2, \.people.region)),
        PolicyKey(
            "duplicates.content_window",
            "How long the same content may not go to the same chat or person again.",
            .seconds(.seconds(0...NumberForm.daySeconds), \.duplicates.contentWindow)),
        PolicyKey(
            "reservations.lease", "How long a reservation waits for its report.",
            .secondsOrDefault(.seconds(1...3_600), \.reservations.lease)),
    ]

    /// The section `consent`.
    private static let consent = [
        PolicyKey(
            "consent.required",
            "Whether a person must have granted consent before anything but its request.",
            .flag(\.consent.isRequired)),
        PolicyKey(
            "consent.service_window",
            "How long after a person's last message anything but a template may go.",
            .seconds(.seconds(1...NumberForm.yearSeconds), \.consent.serviceWindow)),
    ]

    /// The sections `consent` and `templates`.
    static let content =
        consent + conversation + [
            PolicyKey(
                "templates.check",
                "Whether a template's recorded status, quality and category are checked.",
                .flag(\.templates.isChecked)),
            PolicyKey(
                "templates.max_characters",
                "Above how many characters a template's text is warned of.",
                .count(.count("characters", max: 65_536), \.templates.maxCharacters)),
            PolicyKey(
                "templates.promotional_words",
                "Words and phrases that make a text promotional, so that it goes as marketing only.",
                .texts(1...100, \.templates.promotionalWords)),
        ]

    /// The section `quiet`.
    static let quiet = [
        PolicyKey(
            "quiet.zone",
            "The zone of recipients whose zone and number say nothing, such as Africa/Harare.",
            .text(1...64, \.quiet.zone)),
        PolicyKey(
            "quiet.times", "When nobody is to be disturbed, by the recipient's clock.",
            .items(QuietForm())),
    ]

    /// The section `critical`.
    static let critical = [
        PolicyKey(
            "critical.trust_callers", "Whether a caller's own `critical` is believed.",
            .flag(\.critical.trustsCallers)),
        PolicyKey(
            "critical.replies_within",
            "How long after a person's message the first answer and the one after it are critical.",
            .seconds(.seconds(1...NumberForm.yearSeconds), \.critical.repliesWithin)),
        PolicyKey(
            "critical.kinds",
            "Named kinds of answers, each with words and phrases that its texts hold; they are "
                + "critical within replies_within, and never as marketing.",
            .items(KindsForm())),
    ]
}
