/// Limits that can never bind, because another window's limit is reached first.
enum LintWindows: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        for (section, limits) in policy.windows {
            let all = limits.all
            for (index, short) in all.enumerated() {
                for long in all[(index + 1)...] {
                    compare(section, short, long, &report)
                }
            }
        }
        let people = policy.people.messagesPerDay
        if let people, let person = policy.limits.person.perDay, people != person {
            report.error(
                "people.messages_per_day",
                "is \(people), and limits.person.messages_per_day is \(person): both count the "
                    + "messages to one person in any 24 hours")
        }
        if let people, let hour = policy.limits.person.perHour, people < hour {
            report.error(
                "limits.person.messages_per_hour",
                "can never be reached: people.messages_per_day stops at \(people) before \(hour)")
        }
        if let people, let minute = policy.limits.person.perMinute, people < minute {
            report.error(
                "limits.person.messages_per_minute",
                "can never be reached: people.messages_per_day stops at \(people) before \(minute)")
        }
    }

    private static func compare(
        _ section: String, _ short: (name: String, seconds: Int, limit: Int?),
        _ long: (name: String, seconds: Int, limit: Int?), _ report: inout LintReport
    ) {
        guard let few = short.limit, let many = long.limit else { return }
        if many < few {
            report.error(
                "\(section).\(short.name)",
                "can never be reached: \(long.name) stops at \(many) before \(few)")
            return
        }
        let times = long.seconds / short.seconds
        let (most, isHuge) = few.multipliedReportingOverflow(by: times)
        if !isHuge, many > most {
            report.warn(
                "\(section).\(long.name)",
                "can never be reached: \(few) in \(short.name) are at most \(most), not \(many)")
        }
    }
}
