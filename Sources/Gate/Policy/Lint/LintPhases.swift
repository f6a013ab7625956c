/// Phases that can never be reached.
enum LintPhases: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        guard let phases = policy.pacing?.phases else { return }
        var reached = 0
        for (index, phase) in phases.enumerated() {
            let number = index + 1
            guard let upTo = phase.upTo else {
                if number < phases.count {
                    report.error(
                        "pacing.phases",
                        "can never come to phase \(number + 1): phase \(number) has no up_to, so "
                            + "that it never ends")
                }
                return
            }
            if upTo <= reached {
                report.error(
                    "pacing.phases",
                    "can never come to phase \(number): it ends at \(upTo), and the one before it "
                        + "at \(reached)")
            }
            reached = max(reached, upTo)
        }
        if reached > 0 {
            report.error(
                "pacing.phases",
                "say nothing of what comes after \(reached) messages: leave up_to out of the last "
                    + "phase")
        }
    }
}
