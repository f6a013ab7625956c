extension PolicyKey {
    /// The sections `ingest` and `subjects`.
    static let ingest = [
        PolicyKey(
            "ingest.chats",
            "The chats whose messages are imported, groups and other parties; all if it is empty.",
            .texts(1...256, \.ingest.chats)),
        PolicyKey(
            "ingest.quarantine_days", "How many days input that was put aside is kept.",
            .countOrDefault(.count("days", max: 3_650), \.ingest.quarantineDays)),
        PolicyKey(
            "subjects.patterns",
            "Regular expressions of work items' names in messages; case is folded to capitals.",
            .patterns(\.subjects.patterns)),
    ]

    /// The section `clock`.
    static let clock = [
        PolicyKey(
            "clock.require_sync",
            "Whether, after a restart, a clock that follows no time source is refused until it is "
                + "accepted.",
            .flag(\.clock.requiresSync))
    ]
}
