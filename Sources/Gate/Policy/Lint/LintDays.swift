/// Two ways to count a day, and phases that the day's limit never lets begin.
enum LintDays: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        guard let pacing = policy.pacing, !pacing.phases.isEmpty else { return }
        if pacing.phases.count > 1, policy.zone == nil {
            report.error(
                "pacing.phases",
                "count messages since midnight, and no zone says whose midnight: add zone, such as "
                    + "zone: Africa/Johannesburg")
        }
        guard let day = policy.rateLimits.messagesPerDay else { return }
        for (phase, next) in zip(pacing.phases, pacing.phases.dropFirst()) {
            guard let begin = phase.upTo, begin >= day else { continue }
            let end = next.upTo.map { " to \($0)" } ?? " on"
            report.error(
                "pacing.phases",
                "can never come to the phase from \(begin)\(end): rate_limits.messages_per_day "
                    + "stops at \(day)")
        }
    }
}
