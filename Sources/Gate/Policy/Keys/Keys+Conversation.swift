extension PolicyKey {
    /// The keys of `consent` that say how a conversation about it goes.
    static let conversation = [
        PolicyKey(
            "consent.words.opt_out",
            "Local words to opt out, beside STOP and its like; a whole message, folded.",
            .texts(1...40, \.consent.words.optOut)),
        PolicyKey(
            "consent.words.yes",
            "Local words that say yes to the request for consent, beside YES, AGREE and ACCEPT.",
            .texts(1...40, \.consent.words.yes)),
        PolicyKey(
            "consent.words.no",
            "Local words that say no to it, beside NO and DECLINE.",
            .texts(1...40, \.consent.words.no)),
        PolicyKey(
            "consent.words.opt_in",
            "Local words to opt in, beside START and UNSTOP.",
            .texts(1...40, \.consent.words.optIn)),
        PolicyKey(
            "consent.words.support",
            "Local words that ask for support, beside SUPPORT, HELP ME and CONTACT.",
            .texts(1...40, \.consent.words.support)),
        PolicyKey(
            "consent.words.privacy",
            "Local words that ask about privacy, beside PRIVACY and PRIVACY POLICY.",
            .texts(1...40, \.consent.words.privacy)),
        PolicyKey(
            "consent.texts.request",
            "Asks a new person for consent, once; without it nobody is asked.",
            .text(1...1_024, \.consent.texts.request)),
        PolicyKey(
            "consent.texts.opt_out_confirmation",
            "Confirms an opt-out, once; it names how to opt in again.",
            .text(1...1_024, \.consent.texts.optOutConfirmation)),
        PolicyKey(
            "consent.texts.opt_in_confirmation",
            "Confirms a yes or an opt-in.",
            .text(1...1_024, \.consent.texts.optInConfirmation)),
        PolicyKey(
            "consent.texts.decline",
            "Answers a no.",
            .text(1...1_024, \.consent.texts.decline)),
        PolicyKey(
            "consent.texts.support",
            "Answers a request for support.",
            .text(1...1_024, \.consent.texts.support)),
        PolicyKey(
            "consent.texts.privacy",
            "Answers a question about privacy.",
            .text(1...1_024, \.consent.texts.privacy)),
        PolicyKey(
            "consent.business",
            "The name that stands for {business}; every text gives it.",
            .text(1...100, \.consent.business.name)),
        PolicyKey(
            "consent.hours",
            "What stands for {hours}: when somebody answers.",
            .text(1...100, \.consent.business.hours)),
        PolicyKey(
            "consent.response_time",
            "What stands for {response_time}: how soon somebody answers.",
            .text(1...100, \.consent.business.responseTime)),
        PolicyKey(
            "consent.resubscribe",
            "What stands for {resubscribe}: how to opt in again.",
            .text(1...200, \.consent.business.resubscribe)),
        PolicyKey(
            "consent.role",
            "The role that hands the suggested replies out; without it, no role.",
            .text(1...100, \.consent.business.role)),
        PolicyKey(
            "consent.jurisdiction",
            "The law that consent is asked under, such as ZA; receipts name it.",
            .text(1...100, \.consent.business.jurisdiction)),
        PolicyKey(
            "consent.language", "The language of the texts, such as en; receipts name it.",
            .text(2...35, \.consent.business.language)),
        PolicyKey(
            "consent.policy_url",
            "Where the privacy policy is published; receipts name it.",
            .text(1...500, \.consent.business.policyURL)),
        PolicyKey(
            "consent.contact",
            "Whom to write to about consent; receipts name it.",
            .text(1...200, \.consent.business.contact)),
        PolicyKey(
            "consent.satisfaction.question",
            "The text of the question whose answers are counted.",
            .text(1...1_024, \.consent.satisfaction.question)),
        PolicyKey(
            "consent.satisfaction.answers",
            "The answers that count, in the order in which they are listed; a whole message, folded.",
            .texts(1...40, \.consent.satisfaction.answers)),
    ]
}
