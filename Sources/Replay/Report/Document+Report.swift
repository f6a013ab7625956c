public import Documents
import Events
import Gate

extension Document {
    /// The report of a replay for a terminal: what happened first, then who, what, where and when.
    ///
    /// - Parameters:
    ///   - whatIf: What another policy would have made of it, where that was asked.
    ///   - recheck: Whether recorded decisions come out again, where that was looked at.
    ///   - rowsMax: The most rows of each table.
    public static func report(
        _ story: Story, whatIf: WhatIf? = nil, recheck: Recheck? = nil, rowsMax: Int = 60
    ) -> Document {
        let sections = Sections(story, whatIf)
        var document = Document([.title(sections.headline), .paragraph(sections.summary)])
        if let verdicts = sections.verdicts { document.paragraph(verdicts) }
        if let recheck { document.paragraph(recheck.sentence) }
        guard !story.attempts.isEmpty else { return document }
        document.heading("Who sent")
        if !sections.wording.prefix.isEmpty {
            document.paragraph("All names begin with \(sections.wording.prefix)")
        }
        document.grid(sections.processes, rowsMax: rowsMax)
        document.heading("What about")
        document.grid(sections.subjects, rowsMax: rowsMax)
        document.heading("Where to")
        document.grid(sections.chats, rowsMax: rowsMax)
        document.heading("The busiest minutes, second by second")
        document.blocks.append(.drawing(Strip.lines(story, sections.wording)))
        if !story.restarts.isEmpty {
            document.heading("Restarts")
            document.grid(sections.restarts, rowsMax: rowsMax)
        }
        if !story.duplicates.isEmpty {
            document.heading("Duplicates: who could not have known of whom")
            document.grid(sections.duplicates, rowsMax: rowsMax)
        }
        if !story.doubles.isEmpty {
            document.heading("Sent more than once, or without a word")
            document.grid(sections.doubles, rowsMax: rowsMax)
        }
        if !story.stopped.isEmpty {
            document.heading("Stopped at the last moment: another try was first")
            document.grid(sections.stopped, rowsMax: rowsMax)
        }
        guard let whatIf else { return document }
        document.heading("What the policy would have done")
        document.grid(sections.rules, rowsMax: rowsMax)
        document.grid(sections.decisions(of: whatIf), rowsMax: rowsMax)
        return document
    }
}

extension Sections {
    /// Every attempt with its verdict; the rules come last, where a line may be cut.
    func decisions(of whatIf: WhatIf) -> Grid {
        var grid = Grid([
            .text("time"), .text("by"), .text("subject"), .text("verdict"), .text("retry at"),
            .text("rules against it"),
        ])
        for decision in whatIf.decisions {
            let attempt = decision.attempt
            grid.rows.append([
                wording.second(attempt.time), wording.process(attempt.process),
                attempt.subject ?? "", decision.verdict.name,
                decision.retryAt.map { wording.moment($0, seenOn: attempt.time) } ?? "",
                decision.rules.map(\.name).joined(separator: " "),
            ])
        }
        return grid
    }
}

extension Recheck {
    /// What came out, in one or two sentences.
    var sentence: String {
        guard count > 0 else { return "The gate recorded no decision in that time." }
        var text =
            different.isEmpty
            ? "Recorded decisions that come out again: \(equal) of \(count)."
            : "Recorded decisions that do NOT come out again: \(different.count) of \(count), the "
                + "first at position \(different[0].position) (\(different[0].member))."
        if otherEngine > 0 {
            text += " \(otherEngine) were made by another version of the rules."
        }
        return text
    }
}
