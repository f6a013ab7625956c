/// Patterns of critical kinds that would take nearly everything.
///
/// A list of words that were looked for inside of words took `code` and `could` for `cod`, and
/// `delivered` for `liver`: 1,100 messages where 700 were meant.
enum LintCritical: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        var homes: [String: String] = [:]
        for kind in policy.critical.kinds {
            for pattern in kind.patterns {
                let letters = pattern.filter { $0.isLetter || $0.isNumber }.count
                if letters < 2 {
                    report.error(
                        "critical.kinds",
                        "takes \(pattern) for \(kind.name): one letter is in texts of every kind")
                } else if letters < 4, pattern.hasSuffix("*") {
                    report.error(
                        "critical.kinds",
                        "takes \(pattern) for \(kind.name): so short a beginning is that of many "
                            + "other words; name the words")
                }
                if let home = homes.updateValue(kind.name, forKey: pattern), home != kind.name {
                    report.warn(
                        "critical.kinds", "takes \(pattern) for \(home) and for \(kind.name)")
                }
            }
        }
    }
}
