import Events

/// Delays that the floor swallows, and parts of a pause without the other.
enum LintDelays: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        guard let pacing = policy.pacing else { return }
        for (index, phase) in pacing.phases.enumerated() where phase.delay.most < pacing.floor {
            report.error(
                "pacing.floor",
                "is \(shown(pacing.floor)) s, above every delay of phase \(index + 1), which ends "
                    + "at \(shown(phase.delay.most)) s")
        }
        for (index, phase) in pacing.phases.enumerated()
        where phase.delay.most >= pacing.floor
            && phase.delay.least.count - pacing.jitter.count < pacing.floor.count
        {
            report.warn(
                "pacing.floor",
                "cuts delays of phase \(index + 1) short: \(shown(phase.delay.least)) s less the "
                    + "jitter of \(shown(pacing.jitter)) s is below \(shown(pacing.floor)) s")
        }
        if pacing.chancePer10000 > 0, pacing.chancePause == nil {
            report.error("pacing.chance_per_10000", "has no effect without pacing.chance_pause")
        }
        if pacing.chancePer10000 == 0, pacing.chancePause != nil {
            report.error("pacing.chance_pause", "has no effect without pacing.chance_per_10000")
        }
        if pacing.per500Characters > pacing.lengthMax {
            report.error(
                "pacing.per_500_characters",
                "is \(shown(pacing.per500Characters)) s, above pacing.length_max of "
                    + "\(shown(pacing.lengthMax)) s")
        }
        speed(policy, pacing, &report)
    }

    /// More in a minute than the shortest delays allow.
    private static func speed(
        _ policy: Policy, _ pacing: Policy.Pacing, _ report: inout LintReport
    ) {
        let least = pacing.phases.map(\.delay.least.count).min() ?? 0
        let delay = max(least - pacing.jitter.count, pacing.floor.count)
        guard delay > 0, let minute = policy.rateLimits.messagesPerMinute else { return }
        let most = Int((Nanoseconds.seconds(60).count + delay - 1) / delay)
        if minute > most {
            report.warn(
                "rate_limits.messages_per_minute",
                "can never be reached: a delay of \(shown(Nanoseconds(delay))) s allows \(most) a "
                    + "minute, not \(minute); only what is not paced comes to it")
        }
    }

    private static func shown(_ time: Nanoseconds) -> String { PolicyNumber.seconds(time.count) }
}
