/// Thresholds that cross, leave a gap, or turn red at the first failure.
enum LintQuality: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        let quality = policy.quality
        switch (quality.yellowPer10000, quality.redPer10000) {
        case (let yellow?, let red?):
            if yellow >= red {
                report.error(
                    "quality.yellow_per_10000",
                    "is \(yellow), and quality.red_per_10000 is \(red): the estimate is RED before "
                        + "it is YELLOW")
            } else if !quality.halvesYellow, quality.refusesRed {
                report.error(
                    "quality.yellow_per_10000",
                    "leaves a gap: from \(yellow) to \(red) the estimate is YELLOW and nothing is "
                        + "done; add quality.halve_yellow: true, or leave it out")
            }
        case (nil, _?) where quality.halvesYellow:
            report.error(
                "quality.halve_yellow",
                "is true, and no quality.yellow_per_10000 says from when the estimate is YELLOW")
        case (_?, nil) where quality.refusesRed:
            report.error(
                "quality.refuse_red",
                "is true, and no quality.red_per_10000 says from when the estimate is RED")
        default: break
        }
        coldStart(quality, &report)
    }

    /// The fewest sends whose rate says anything: below 20 one failure is over 5 %.
    private static let sampleMin = 20

    private static func coldStart(_ quality: Policy.QualityTerms, _ report: inout LintReport) {
        guard quality.yellowPer10000 != nil || quality.redPer10000 != nil else { return }
        if quality.minimumSample < sampleMin {
            report.error(
                "quality.minimum_sample",
                "is \(quality.minimumSample): one failure of so few sends would be over "
                    + "\(100 / sampleMin) %; take at least \(sampleMin)")
        } else if let red = quality.redPer10000, red > 0,
            red.multipliedReportingOverflow(by: quality.minimumSample).partialValue <= 10_000
        {
            report.warn(
                "quality.minimum_sample",
                "is \(quality.minimumSample): one failure of them is RED already, as "
                    + "quality.red_per_10000 is \(red)")
        }
    }
}
