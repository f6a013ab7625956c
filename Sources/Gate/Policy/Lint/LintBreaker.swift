import Events

/// Breakers that never open, or parts of them without the other.
enum LintBreaker: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        let breaker = policy.breaker
        let standard = Policy.BreakerTerms()
        let halts = breaker.consecutiveErrors != nil || breaker.errorsInWindow != nil
        if breaker.window != standard.window, breaker.errorsInWindow == nil {
            report.warn("breaker.window", "has no effect without breaker.errors_in_window")
        }
        if breaker.halt != standard.halt, !halts {
            report.warn(
                "breaker.halt",
                "has no effect without breaker.consecutive_errors or breaker.errors_in_window")
        }
        if !breaker.codes.isEmpty, !breaker.usesCodes {
            report.error("breaker.codes", "have no effect without breaker.codes_check: true")
        }
        if let window = breaker.errorsInWindow, let row = breaker.consecutiveErrors, window <= row,
            breaker.window >= .seconds(3_600)
        {
            report.warn(
                "breaker.consecutive_errors",
                "is \(row); \(window) errors within \(breaker.window.seconds) s, in a row or not, "
                    + "halt before")
        }
    }
}
