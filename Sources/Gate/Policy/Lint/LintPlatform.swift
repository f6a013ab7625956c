import Events

/// Limits above the platform's own (WhatsApp Cloud API: throughput page of 2026-05-21, messaging
/// limits since 2025-10-07).
enum LintPlatform: LintRule {
    /// Messages of a phone number in a second after its throughput was raised.
    private static let throughputMax = 1_000
    /// Messages of a phone number in a second.
    private static let throughput = 80
    /// Seconds that a message to a person costs.
    private static let pair = Nanoseconds.seconds(6)
    /// Persons in a moving 24 hours; 1,000 is a tier of older accounts.
    private static let tiers = [250, 1_000, 2_000, 10_000, 100_000]

    static func check(_ policy: Policy, _ report: inout LintReport) {
        let platform = policy.platform
        if let limit = platform.throughput {
            speed("platform.throughput", limit, &report)
        }
        let isPlatform = platform != Policy.PlatformLimits()
        if isPlatform, let limit = policy.rateLimits.messagesPerSecond {
            speed("rate_limits.messages_per_second", limit, &report)
        }
        if let spacing = platform.pairSpacing, spacing < pair {
            report.error(
                "platform.pair_spacing",
                "is \(PolicyNumber.seconds(spacing.count)) s; the platform takes one message to a "
                    + "person in 6 s, and what comes faster only as a burst (platform.pair_burst)")
        }
        if platform.pairBurst > 1, platform.pairSpacing == nil {
            report.warn("platform.pair_burst", "has no effect without platform.pair_spacing")
        }
        recipients(platform, &report)
        window(policy, &report)
    }

    private static func speed(_ key: String, _ limit: Int, _ report: inout LintReport) {
        if limit > throughputMax {
            report.error(
                key, "is \(limit); the platform takes at most \(throughputMax) in a second")
        } else if limit > throughput {
            report.warn(
                key,
                "is \(limit); a number takes \(throughput) in a second until its throughput is "
                    + "raised to \(throughputMax)")
        }
    }

    private static func recipients(_ platform: Policy.PlatformLimits, _ report: inout LintReport) {
        guard let limit = platform.recipientsPerDay, let most = tiers.last else { return }
        let list = tiers.map { String($0) }.joined(separator: ", ")
        if limit > most {
            report.error(
                "platform.recipients_per_day",
                "is \(limit), above the platform's largest tier, \(most); an account without a "
                    + "limit leaves it out")
        } else if !tiers.contains(limit) {
            report.warn(
                "platform.recipients_per_day", "is \(limit), which is no tier; they are \(list)")
        }
    }

    private static func window(_ policy: Policy, _ report: inout LintReport) {
        if let window = policy.consent.serviceWindow, window > .day {
            report.error(
                "consent.service_window",
                "is \(window.seconds) s; the platform's window is 24 hours, 86400")
        }
        if let pause = policy.platform.marketingBackoff, pause < .day {
            report.error(
                "platform.marketing_backoff",
                "is \(pause.seconds) s; the platform asks for at least 24 hours, 86400")
        }
    }
}
