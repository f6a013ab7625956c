import Events

/// Quiet hours that never end, or that end twice.
enum LintQuiet: LintRule {
    private static let dayMinutes = 1_440

    static func check(_ policy: Policy, _ report: inout LintReport) {
        let times = policy.quiet.times
        let endless = Shape.categories.filter { category in
            let own = times.filter { $0.categories.isEmpty || $0.categories.contains(category) }
            return !own.isEmpty && coversWeek(own)
        }
        if !endless.isEmpty {
            let what =
                endless == Shape.categories ? "nothing" : "no \(endless.joined(separator: ", "))"
            report.error("quiet.times", "never end: \(what) could ever be sent")
        }
        for (index, time) in times.enumerated() {
            for other in times[(index + 1)...] where meet(time, other) && time.from == other.from {
                let ends = [time.to, other.to].map(QuietForm.clock)
                if time.to == other.to {
                    report.warn("quiet.times", "say twice what begins at \(clock(time.from))")
                } else {
                    report.error(
                        "quiet.times",
                        "that begin at \(clock(time.from)) end at \(ends[0]) and at \(ends[1]) on "
                            + "the same days")
                }
            }
        }
    }

    private static func clock(_ minutes: Int) -> String { QuietForm.clock(minutes) }

    /// Whether two times share a day and a category.
    private static func meet(_ left: Policy.QuietTime, _ right: Policy.QuietTime) -> Bool {
        left.days & right.days != 0
            && (left.categories.isEmpty || right.categories.isEmpty
                || left.categories.contains { right.categories.contains($0) })
    }

    /// Whether no minute of a week without holidays is left.
    private static func coversWeek(_ times: [Policy.QuietTime]) -> Bool {
        var isQuiet = [Bool](repeating: false, count: 7 * dayMinutes)
        for time in times {
            let length =
                time.to > time.from ? time.to - time.from : time.to + dayMinutes - time.from
            for day in 0..<7 where time.days & (1 << UInt8(day)) != 0 {
                let begin = day * dayMinutes + time.from
                for minute in begin..<begin + length { isQuiet[minute % isQuiet.count] = true }
            }
        }
        return isQuiet.allSatisfy(\.self)
    }
}
