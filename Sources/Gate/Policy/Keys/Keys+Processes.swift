extension PolicyKey {
    /// The section `instances`.
    static let processes = [
        PolicyKey(
            "instances.required",
            "Whether every request needs a role and an instance whose start is recorded.",
            .flag(\.instances.isRequired)),
        PolicyKey(
            "instances.second",
            "What becomes of a second instance of a role: it may not send, or fences the first.",
            .word(
                Policy.InstanceTerms.Second.allCases.map(\.rawValue), \.instances.secondWord)),
        PolicyKey(
            "instances.silent_after",
            "After how long without ask, report and beat an instance counts as unhealthy.",
            .seconds(.seconds(1...NumberForm.daySeconds), \.instances.silentAfter)),
        PolicyKey(
            "instances.restart_silent", "Whether `run` restarts an unhealthy child.",
            .flag(\.instances.restartsSilent)),
    ]

    /// The section `backlog`.
    static let work = [
        PolicyKey(
            "backlog.refuse", "Whether items of an instance's first snapshot are refused.",
            .flag(\.backlog.isRefused)),
        PolicyKey(
            "backlog.new_for", "How long after it was flagged an item counts as new.",
            .secondsOrDefault(.seconds(1...NumberForm.yearSeconds), \.backlog.newFor)),
    ]

    /// The section `queue`.
    static let queue = [
        PolicyKey(
            "queue.batch", "Most messages that a role is handed at once.",
            .count(.count(max: 10_000), \.queue.batch)),
        PolicyKey(
            "queue.batch_interval", "Least time between two batches of a role.",
            .seconds(.seconds(0...NumberForm.daySeconds, decimals: 3), \.queue.batchInterval)),
        PolicyKey(
            "queue.merge",
            "Whether waiting messages to the same chat about the same person go as one.",
            .flag(\.queue.merges)),
        PolicyKey(
            "queue.merged_text",
            "What a merged message says: {count} and {texts} are replaced.",
            .text(1...4_096, \.queue.mergedText)),
    ]
}

extension Policy.InstanceTerms {
    /// ``second`` as the policy writes it.
    var secondWord: String {
        get { second.rawValue }
        set { second = Second(rawValue: newValue) ?? .refuse }
    }
}
