/// Rates that are off by a hundred: a percentage or a fraction where a count of 10,000 is meant.
///
/// The complaint rate of one plan was "0.05 % = 5 per 10,000" and was compared with 0.05, which is
/// 500 per 10,000, so that no alert of it could ever fire in time.
enum LintUnits: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        high("quality.yellow_per_10000", policy.quality.yellowPer10000, from: 300, &report)
        high("quality.red_per_10000", policy.quality.redPer10000, from: 500, &report)
        low("breaker.warn_per_10000", policy.breaker.warnPer10000, upTo: 20, &report)
        low("pacing.chance_per_10000", policy.pacing?.chancePer10000, upTo: 50, &report)
    }

    private static func high(
        _ key: String, _ rate: Int?, from least: Int, _ report: inout LintReport
    ) {
        guard let rate, rate >= least else { return }
        report.error(
            key,
            "is \(percent(rate)): an account is in trouble long before one message in "
                + "\(10_000 / rate) is blocked or complained of. If \(percent(rate, over: 10_000)) "
                + "was meant, write \(rate / 100)")
    }

    private static func low(
        _ key: String, _ rate: Int?, upTo most: Int, _ report: inout LintReport
    ) {
        guard let rate, rate > 0, rate <= most else { return }
        report.error(
            key,
            "is \(percent(rate)), as it counts of 10,000; if \(rate) % was meant, write "
                + "\(rate * 100)")
    }

    /// A rate as a percentage.
    static func percent(_ rate: Int, over size: Int = 100) -> String {
        let seconds = PolicyNumber.seconds(Int64(rate) * Int64(1_000_000_000 / size))
        return "\(seconds) %"
    }
}
