public import Documents
import Events
import Gate

extension Document {
    /// The incident document: summary, time line, who was affected, what would have stopped it, and
    /// whether an apology is due.
    public static func incident(
        _ story: Story, whatIf: WhatIf? = nil, recheck: Recheck? = nil
    ) -> Document {
        let sections = Sections(story, whatIf)
        let day = story.attempts.first.map { " on \(sections.wording.date($0.time))" } ?? ""
        var document = Document([.title("Incident\(day): \(sections.headline)")])
        document.heading("Summary")
        document.paragraph(sections.summary)
        if let verdicts = sections.verdicts { document.paragraph(verdicts) }
        if let recheck, recheck.count > 0 { document.paragraph(recheck.sentence) }
        document.paragraph(sections.causes)
        document.heading("Time line")
        document.grid(sections.timeline, rowsMax: .max)
        document.heading("Processes")
        document.grid(sections.processes, rowsMax: .max)
        document.heading("Affected subjects")
        document.grid(sections.subjects, rowsMax: .max)
        document.heading("Affected chats")
        document.grid(sections.chats, rowsMax: .max)
        if !story.duplicates.isEmpty {
            document.heading("Who could not have known of whom")
            document.grid(sections.duplicates, rowsMax: .max)
        }
        document.heading("What would have stopped it")
        if whatIf == nil {
            document.paragraph("No policy was given; replay with --what-if to see.")
        } else if sections.rules.rows.isEmpty {
            document.paragraph("Nothing: no rule of this policy spoke against any attempt.")
        } else {
            document.grid(sections.rules, rowsMax: .max)
        }
        document.heading("Is an apology due?")
        document.apologise(sections)
        return document
    }

    private mutating func apologise(_ sections: Sections) {
        var overLimit: [String: Int] = [:]
        for decision in sections.whatIf?.decisions ?? []
        where decision.attempt.went && decision.verdict != .send {
            if let chat = decision.attempt.chat { overLimit[chat, default: 0] += 1 }
        }
        var isDue = false
        for chat in sections.story.chats {
            let over = overLimit[chat.name] ?? 0
            guard chat.duplicates > 0 || over > 0 else { continue }
            isDue = true
            var text = "Yes, in \(chat.name): of \(Wording.count(chat.sent, "message")), "
            text += "\(chat.duplicates) repeated an earlier one"
            text += over > 0 ? ", and the policy would have held \(over) back." : "."
            paragraph(text)
            paragraph("Draft: “\(sections.apology(to: chat))”")
        }
        if !isDue { paragraph("No: no chat was sent a duplicate, nor more than it should have.") }
    }
}

extension Sections {
    fileprivate func apology(to chat: Story.Chat) -> String {
        let times = story.attempts.lazy.filter { $0.went && $0.chat == chat.name }.map(\.time)
        let first = times.first.map(wording.minute) ?? ""
        let last = times.last.map(wording.minute) ?? ""
        let when = first == last ? "At \(first)" : "Between \(first) and \(last)"
        var text = "\(when) our system sent \(Wording.count(chat.sent, "message")) here"
        text +=
            chat.duplicates > 0 ? ", \(chat.duplicates) of them by mistake." : ", too many at once."
        text += " We are sorry for the noise. The first message about each item stands"
        text += chat.duplicates > 0 ? "; please ignore the others." : "."
        return text
    }

    /// Why there were duplicates, in numbers.
    fileprivate var causes: String {
        var counts: [Story.Duplicate.Cause: Int] = [:]
        for again in story.duplicates { counts[again.cause, default: 0] += 1 }
        guard !counts.isEmpty else { return "No message repeated an earlier one." }
        return
            "Of the duplicates, \(counts[.otherProcess] ?? 0) were sent by a process that shares "
            + "no memory with the first sender, \(counts[.restart] ?? 0) by one that had lost its "
            + "memory in a restart, \(counts[.itself] ?? 0) by one that had sent the same itself."
    }

    /// Attempts and restarts, in order.
    fileprivate var timeline: Grid {
        let hasPolicy = whatIf != nil
        var judged: [Position: WhatIf.Judged] = [:]
        for decision in whatIf?.decisions ?? [] { judged[decision.attempt.position] = decision }
        var grid = Grid(
            [
                .text("time (\(wording.zone))"), .text("process"), .text("what"), .text("subject"),
                .text("chat"),
            ]
                + (hasPolicy ? [.text("verdict"), .text("rules against it")] : []))
        var rest = story.restarts[...]
        for attempt in story.attempts {
            while let restart = rest.first, restart.time <= attempt.time {
                grid.rows.append(row(restart, hasPolicy))
                rest.removeFirst()
            }
            let what = attempt.went ? "sent" : "asked: \(attempt.recorded?.name ?? "")"
            var row = [
                wording.time(attempt.time), wording.process(attempt.process), what,
                attempt.subject ?? "", attempt.chat ?? "",
            ]
            if hasPolicy {
                let decision = judged[attempt.position]
                row.append(decision?.verdict.name ?? "")
                row.append(decision?.rules.map(\.name).joined(separator: ", ") ?? "")
            }
            grid.rows.append(row)
        }
        for restart in rest { grid.rows.append(row(restart, hasPolicy)) }
        return grid
    }

    private func row(_ restart: Story.Restart, _ hasPolicy: Bool) -> [String] {
        [wording.time(restart.time), wording.process(restart.process), "started again", "", ""]
            + (hasPolicy ? ["", ""] : [])
    }
}
