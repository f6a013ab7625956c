import Events

/// Times of processes that contradict each other.
enum LintLeases: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        let lease = policy.reservations.lease
        if let cooldown = policy.rateLimits.cooldownBetweenSameDrop, cooldown.count > 0,
            lease > cooldown
        {
            report.error(
                "reservations.lease",
                "is \(lease.seconds) s, longer than rate_limits.cooldown_between_same_drop, "
                    + "\(cooldown.seconds) s: the next message would be due before the outcome of "
                    + "the one before it is known")
        }
        let instances = policy.instances
        if instances.restartsSilent, instances.silentAfter == nil {
            report.error(
                "instances.restart_silent", "has no effect without instances.silent_after")
        }
        if let silent = instances.silentAfter, let grace = policy.rateLimits.startupGracePeriod,
            instances.restartsSilent, silent <= grace
        {
            report.error(
                "instances.silent_after",
                "is \(silent.seconds) s, not longer than rate_limits.startup_grace_period, "
                    + "\(grace.seconds) s: a child that waits for its grace to end is restarted, "
                    + "and waits again")
        }
        if let silent = instances.silentAfter, silent < lease {
            report.warn(
                "instances.silent_after",
                "is \(silent.seconds) s, shorter than reservations.lease, \(lease.seconds) s: a "
                    + "child that is busy with one send counts as unhealthy")
        }
    }
}
