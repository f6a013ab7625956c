import Events

// A line a code: what it closes, for how long (nil: until a person resumes), what it means.

extension CodeTable {
    private typealias Term = Policy.CodeTerm

    private static let hour = Nanoseconds.seconds(3_600)
    private static let week = Nanoseconds.seconds(7 * 86_400)

    /// Meta's codes, but for those of templates.
    static let numbers: [Entry] = accountCodes + personCodes + messageCodes + permissionCodes

    private static let accountCodes: [Entry] = [
        Entry(
            Term("4", .ledger, .seconds(60), grows: true), "API calls of the app", isFault: false,
            .meta),
        Entry(
            Term("80007", .ledger, .seconds(60), grows: true), "API calls of the business account",
            isFault: false, .meta),
        Entry(Term("130429", .account, .seconds(4)), "Throughput of the number reached", .meta),
        Entry(Term("131057", .account, .seconds(60)), "Throughput is being raised", .meta),
        Entry(
            Term("131048", .account, nil), "Too many earlier messages were blocked or flagged",
            .meta),
        Entry(Term("131042", .ledger, nil), "Payment is missing", .meta),
        Entry(Term("131044", .ledger, nil), "No payment method", .meta),
        Entry(Term("131031", .ledger, nil), "The account is locked", .meta),
        Entry(Term("368", .ledger, nil), "Blocked for breaking a policy", .meta),
        Entry(Term("131064", .ledger, nil), "Limit reached by wrongly classed templates", .meta),
        Entry(Term("131045", .account, nil), "The number is not registered rightly", .meta),
        Entry(Term("133010", .account, nil), "The number is not registered", .meta),
        Entry(
            Term("133016", .account, .seconds(72 * 3_600)), "Registered too often", .meta),
    ]

    private static let personCodes: [Entry] = [
        Entry(
            Term("131056", .pair, .seconds(1), grows: true), "Too many messages to this person",
            .meta),
        Entry(Term("131049", .marketing, .day), "Held back to keep people from too much", .meta),
        Entry(Term("131050", .marketing, nil), "The person stopped marketing from us", .meta),
        Entry(Term("130472", .marketing, week), "The person is part of an experiment", .meta),
        Entry(
            Term("131026", .person, nil, after: 3),
            "Not on WhatsApp, an old app, terms not accepted, or blocked", .meta),
        Entry(Term("130497", .person, nil), "Not allowed in the person's country", .meta),
        Entry(Term("131063", .marketing, nil), "Marketing is off on this interface", .meta),
    ]

    private static let messageCodes: [Entry] =
        ["1", "2", "131000", "131016", "135000"].map {
            // A new attempt needs evidence that the first did not go: see `duplicate.business`.
            Entry(Term($0, .account, .seconds(1), grows: true), "Temporary or unknown", .meta)
        }
        + ["33", "100", "131008", "131009", "131021", "131030"].map {
            Entry(Term($0, .none, nil), "A bad request", .meta)
        }
        + ["131051", "131052", "131053"].map {
            Entry(Term($0, .none, nil), "The kind of message or its media", .meta)
        }
        + [
            Entry(Term("131047", .none, nil), "Only a template may go: see window.service", .meta),
            Entry(Term("131062", .none, nil), "Not for people without a known number", .meta),
        ]

    private static let permissionCodes: [Entry] =
        (["0", "3", "10", "190"] + (200...299).map(String.init)).map {
            Entry(Term($0, .ledger, nil), "The token or its permission", .meta)
        }

    /// Meta's codes of templates and flows.
    static let templates: [Entry] =
        ["132000", "132001", "132005", "132007", "132008", "132012"].map {
            Entry(Term($0, .template, nil), "The template or what was put into it", .meta)
        }
        + [
            Entry(Term("132015", .template, .seconds(3 * 3_600)), "The template is paused", .meta),
            Entry(Term("132016", .template, nil), "The template is disabled", .meta),
            Entry(Term("132068", .template, nil), "Its flow is blocked", .meta),
            Entry(Term("132069", .template, hour), "Its flow was sent too often", .meta),
        ]

    /// Codes of bridges and resellers, and words.
    static let others: [Entry] =
        ["rate_limit", "spam_detected", "blocked"].map {
            Entry(Term($0, .account, .seconds(1_800)), "Sent too fast, or taken for spam", .words)
        }
        + [
            Entry(Term("429", .account, .seconds(1_800)), "Sent too fast", .bridges),
            Entry(Term("401", .account, nil), "Logged out", .bridges),
            Entry(Term("403", .account, nil), "Forbidden", .bridges),
            Entry(
                Term("463", .person, .day), "The person refuses us, or we may not open chats",
                .bridges),
            Entry(Term("21610", .person, nil), "The person opted out", .twilio),
            Entry(Term("63016", .none, nil), "Only a template may go", .twilio),
            Entry(Term("63018", .account, .seconds(4)), "Throughput reached", .twilio),
            Entry(Term("63024", .person, nil, after: 3), "The recipient is not one", .twilio),
            Entry(Term("63032", .marketing, week), "The person is part of an experiment", .twilio),
            Entry(Term("63049", .marketing, .day), "Meta chose not to deliver", .twilio),
        ]
}
