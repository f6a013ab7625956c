/// Keys that have no effect, because another is missing.
enum LintEffects: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        let queue = policy.queue
        if queue.batchInterval != nil, queue.batch == nil {
            report.warn("queue.batch_interval", "has no effect without queue.batch")
        }
        if let text = queue.mergedText {
            if !queue.merges {
                report.warn("queue.merged_text", "has no effect without queue.merge: true")
            }
            if !text.contains("{texts}") {
                report.error(
                    "queue.merged_text", "lacks {texts}, so that what was to be said is lost")
            }
        }
        if !policy.critical.trustsCallers, policy.critical.kinds.isEmpty,
            policy.critical.repliesWithin == nil
        {
            report.warn(
                "critical.trust_callers",
                "is false, and nothing else says what is critical: every answer waits its turn")
        }
        if !policy.critical.kinds.isEmpty, policy.critical.repliesWithin == nil {
            report.warn(
                "critical.kinds",
                "has no effect without critical.replies_within: only an answer is critical")
        }
        if !policy.backlog.isRefused, policy.backlog.newFor != Policy.Backlog().newFor {
            report.warn("backlog.new_for", "has no effect without backlog.refuse: true")
        }
        if policy.quiet.zone != nil, policy.quiet.times.isEmpty {
            report.warn("quiet.zone", "has no effect without quiet.times")
        }
    }
}
