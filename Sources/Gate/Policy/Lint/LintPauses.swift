import Events

/// Pauses that can never be reached.
///
/// The count of messages in a row runs on through a pause; one plan began it anew at every pause of
/// 20 messages, so that those of 40, 60 and 100 never came.
enum LintPauses: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        guard let pacing = policy.pacing else { return }
        for (tier, next) in zip(pacing.pauses, pacing.pauses.dropFirst()) {
            if next.after <= tier.after {
                report.error(
                    "pacing.pauses",
                    "can never come to the pause after \(next.after): it stands behind the one "
                        + "after \(tier.after)")
            }
            if tier.pause.most >= pacing.idle {
                report.error(
                    "pacing.pauses",
                    "may never come to the pause after \(next.after): the one after \(tier.after) "
                        + "lasts up to \(PolicyNumber.seconds(tier.pause.most.count)) s, and "
                        + "pacing.idle begins the count anew after \(pacing.idle.seconds) s")
            }
        }
        let longest = pacing.phases.map(\.delay.most).max() ?? Nanoseconds(0)
        if !pacing.pauses.isEmpty, longest >= pacing.idle {
            report.error(
                "pacing.idle",
                "is \(pacing.idle.seconds) s, and a delay lasts up to "
                    + "\(PolicyNumber.seconds(longest.count)) s: the count in a row would never "
                    + "come to a pause")
        }
    }
}
