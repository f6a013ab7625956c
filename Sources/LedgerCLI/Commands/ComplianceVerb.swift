import Audit
import Bytes
import CommandLineKit
import Events
import Gate
import Ledger

/// `compliance`: how consent is kept, and on which days something went wrong.
enum ComplianceVerb {
    static let from = TimeWord.option("from", "From then on; 30 days ago without it")
    static let to = TimeWord.option("to", "Up to then; now without it")

    static let command = Command.verb(
        "compliance", "Show how consent is kept, and red flags",
        details: "Who was asked and what they said, opt-outs per day and campaign, questions for "
            + "support and about privacy, who came back, who is silent, words to opt out that "
            + "did not match, and days on which opt-outs, failures, bounces or complaints came "
            + "at least 3 times and over 3 times as often as on the mean of the 7 days before. "
            + "Days are those of UTC.",
        options: [from, to],
        examples: [
            .init("ledger compliance --from 7d", "the last week"),
            .init("ledger compliance --json", "for another program"),
        ]
    ) { arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            let now = try ledger.now()
            let to = try instant(arguments(to), now, ledger) ?? now.advanced(by: Nanoseconds(1))
            let from =
                try instant(arguments(from), now, ledger)
                ?? to.advanced(by: Nanoseconds.seconds(-30 * 86_400))
            guard from < to else {
                throw UsageError("--from is not before --to", command: "compliance")
            }
            let policy = try ledger.policyInForce().map { try Policy.parse($0.text) }
            let total = Int(try ledger.count())
            let bar =
                total > 1 << 17
                ? Progress("compliance", unit: "events", total: total, out: out) : nil
            let view = try Compliance(ledger, from: from, to: to, under: policy) {
                bar?.advance(to: Int($0))
            }
            bar?.finish()
            if out.isJSON { out.line(view.json.span.string) } else { tell(view, out) }
            return ExitCode.done
        }
    }

    private static func instant(
        _ word: TimeWord?, _ now: Instant, _ ledger: Ledger
    ) throws -> Instant? {
        guard let word else { return nil }
        if case .position(let position) = word {
            return try ledger.withEvent(at: position) { $0.effective }
        }
        return word.instant(now: now)
    }

    private static func tell(_ view: Compliance, _ out: Output) {
        out.line(
            "asked \(view.asked): yes \(view.yes) (\(percent(view.yes, of: view.asked))), "
                + "no \(view.no), unanswered \(view.unanswered)")
        tellDays(view, out)
        if !view.campaigns.isEmpty {
            var table = Table([
                Table.Column("campaign"), Table.Column("accepted", .right),
                Table.Column("opt-outs", .right), Table.Column("rate", .right),
            ])
            for campaign in view.campaigns {
                table.add([
                    Terminal.escape(campaign.name), String(campaign.accepted),
                    String(campaign.optOuts), percent(campaign.optOuts, of: campaign.accepted),
                ])
            }
            out.line("")
            out.results.write(table.render(width: out.results.width))
        }
        out.line("")
        for step in view.retention where step.persons > 0 {
            out.line(
                "wrote again after \(step.days) d or more: \(step.returned) of \(step.persons) "
                    + "(\(percent(step.returned, of: step.persons)))")
        }
        tell("held for review", view.held, view.held.count, out)
        tell("asked and silent", view.waiting, view.unanswered, out)
        tell("written to, and silent for over 30 days", view.silent, view.silentCount, out)
        if view.missedCount > 0 {
            out.line("words to opt out inside of other messages: \(view.missedCount)")
            for message in view.missed { out.line("  @\(message.position) \(message.word)") }
        }
        if view.questions > 0 {
            let answers = view.answers.map { "\(Terminal.escape($0.answer)) \($0.count)" }
            out.line(
                "satisfaction, asked \(view.questions): \(answers.joined(separator: ", "))")
        }
        tellFlags(view, out)
    }

    private static func tellDays(_ view: Compliance, _ out: Output) {
        guard !view.days.isEmpty else { return }
        let counts: [(String, KeyPath<ComplianceDay, Int>)] = [
            ("in", \.received), ("persons", \.persons), ("asked", \.asked), ("yes", \.granted),
            ("no", \.declined), ("opt-outs", \.optOuts), ("support", \.support),
            ("privacy", \.privacy), ("held", \.held), ("accepted", \.accepted),
            ("failed", \.failed), ("bounced", \.bounced), ("complaints", \.complaints),
        ]
        var table = Table(
            [Table.Column("day")] + counts.map { Table.Column($0.0, .right) }
                + [Table.Column("opt-out rate", .right)])
        for (name, day) in view.days {
            table.add(
                [name] + counts.map { String(day[keyPath: $0.1]) }
                    + [percent(day.optOuts, of: day.accepted)])
        }
        out.line("")
        out.results.write(table.render(width: out.results.width))
    }

    private static func tell(
        _ title: String, _ listed: [Compliance.Listed], _ count: Int, _ out: Output
    ) {
        guard !listed.isEmpty else { return }
        out.line("\(title): \(count)")
        for person in listed {
            let name = person.person.map { Terminal.escape($0) } ?? "erased"
            out.line("  @\(person.position) \(person.time.local) \(name)")
        }
    }

    private static func tellFlags(_ view: Compliance, _ out: Output) {
        for flag in view.flags {
            let days = flag.days == 1 ? "day" : "\(flag.days) days"
            let places = flag.preceding.map { "@\($0)" }.joined(separator: " ")
            out.line(
                "RED FLAG \(flag.day): \(flag.kind) \(flag.count), in the \(days) before "
                    + "together \(flag.before)" + (places.isEmpty ? "" : "; after \(places)"))
        }
        if view.flags.isEmpty { out.line("no red flags") }
    }

    private static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "-" }
        let tenths = part * 1_000 / whole
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
