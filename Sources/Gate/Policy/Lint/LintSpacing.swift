import Events

/// Spacings that contradict limits, or the platform's pair rate.
enum LintSpacing: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        for (section, limits) in policy.windows where section == "rate_limits" {
            spread(section, limits, policy.rateLimits.minimumSpacing, "minimum_spacing", &report)
        }
        let people = policy.people.minimumSpacing
        spread("limits.person", policy.limits.person, people, "people.minimum_spacing", &report)
        if let day = policy.people.messagesPerDay {
            var limits = Policy.WindowLimits()
            limits.perDay = day
            spread("people", limits, people, "minimum_spacing", &report)
        }
        pair(policy, &report)
    }

    /// A spacing allows so many in a window, and more can never be reached.
    private static func spread(
        _ section: String, _ limits: Policy.WindowLimits, _ spacing: Nanoseconds?, _ name: String,
        _ report: inout LintReport
    ) {
        guard let spacing, spacing.count > 0 else { return }
        for window in limits.all {
            guard let limit = window.limit else { continue }
            let length = Nanoseconds.seconds(Int64(window.seconds))
            let most = Int((length.count + spacing.count - 1) / spacing.count)
            if limit > most {
                report.error(
                    "\(section).\(window.name)",
                    "can never be reached: a \(name) of \(PolicyNumber.seconds(spacing.count)) s "
                        + "allows \(most), not \(limit)")
            }
        }
    }

    /// Without a burst nothing goes to a person faster than the pair rate.
    private static func pair(_ policy: Policy, _ report: inout LintReport) {
        guard let cost = policy.platform.pairSpacing, cost.count > 0 else { return }
        let burst = policy.platform.pairBurst
        let shown = PolicyNumber.seconds(cost.count)
        if let spacing = policy.people.minimumSpacing, spacing < cost, burst == 1 {
            report.error(
                "people.minimum_spacing",
                "is \(PolicyNumber.seconds(spacing.count)) s, below the pair rate of one message "
                    + "in \(shown) s: possible only as a burst that is paid back, and "
                    + "platform.pair_burst is 1")
        }
        for section in ["limits.person", "limits.pair"] {
            let limits = section == "limits.pair" ? policy.limits.pair : policy.limits.person
            for window in limits.all.dropFirst() {
                guard let limit = window.limit else { continue }
                let length = Nanoseconds.seconds(Int64(window.seconds)).count
                let most = Int(length / cost.count) + burst
                if limit > most {
                    report.error(
                        "\(section).\(window.name)",
                        "is \(limit), above the pair rate: one message in \(shown) s and a burst "
                            + "of \(burst) are at most \(most)")
                }
            }
        }
    }
}
