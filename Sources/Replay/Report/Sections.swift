import Documents
import Events
import Gate

/// The parts that a report and an incident document have in common.
struct Sections {
    let story: Story
    let whatIf: WhatIf?
    let wording: Wording

    init(_ story: Story, _ whatIf: WhatIf?) {
        self.story = story
        self.whatIf = whatIf
        wording = Wording(story)
    }

    /// What happened, in one line.
    var headline: String {
        guard !story.attempts.isEmpty else { return "Nothing was sent or asked for" }
        let duplicates = story.duplicates.count
        var text = "\(Wording.count(story.sent, "message")) went out"
        if duplicates > 0 {
            text += ", \(duplicates) of them \(duplicates == 1 ? "a duplicate" : "duplicates")"
        }
        return text
    }

    /// When, who, where and what about.
    var summary: String {
        guard let first = story.attempts.first?.time, let last = story.attempts.last?.time else {
            return "\(Wording.count(story.events, "event")), none of them an attempt to send."
        }
        let held = story.processes.reduce(0) { $0 + $1.held }
        var text = "On \(wording.date(first)), between \(wording.second(first)) and "
        text += "\(wording.moment(last, seenOn: first)) (\(wording.zone)): "
        text += "\(Wording.count(story.processes.count, "process", "processes")) wrote about "
        text += "\(Wording.count(story.subjects.count, "subject")) to "
        text += "\(Wording.count(story.chats.count, "chat")); "
        text += "\(Wording.count(story.restarts.count, "restart")) in that time."
        if held > 0 {
            text +=
                " \(Wording.count(held, "request")) had to wait or \(held == 1 ? "was" : "were")"
            text += " refused."
        }
        if !story.doubles.isEmpty {
            text += " \(Wording.count(story.doubles.count, "reservation")) left more than one "
            text += "message, or left without a word."
        }
        let stopped = story.stopped.reduce(0) { $0 + $1.count }
        if stopped > 0 {
            text +=
                " \(Wording.count(stopped, "try", "tries")) of a send that another was first to "
            text += "make \(stopped == 1 ? "was" : "were") stopped at the last moment."
        }
        return text
    }

    /// What the policy would have done, in one sentence.
    var verdicts: String? {
        guard let whatIf else { return nil }
        let counts = Verdict.allCases.map { whatIf.verdicts[$0] ?? 0 }
        return "Under policy \(whatIf.policy.prefix(12))…, \(counts[0]) would have gone, "
            + "\(counts[1]) would have had to wait, \(counts[2]) would have been refused."
    }

    var processes: Grid {
        var grid = Grid([
            .text("process"), .number("sent"), .number("duplicates"), .number("held back"),
            .text("first"), .text("last"), .text("started"), .number("restarts"),
        ])
        for process in story.processes {
            grid.rows.append([
                wording.process(process.name), "\(process.sent)", "\(process.duplicates)",
                "\(process.held)", wording.second(process.first), wording.second(process.last),
                process.starts.first.map { wording.moment($0, seenOn: process.first) } ?? "unknown",
                "\(max(0, process.starts.count - 1))",
            ])
        }
        return grid
    }

    var subjects: Grid {
        var grid = Grid([
            .text("subject"), .number("sent"), .number("duplicates"), .text("sent by"),
            .text("posted by"), .text("posted"),
        ])
        for subject in story.subjects {
            let day = story.attempts[0].time
            grid.rows.append([
                subject.name, "\(subject.sent)", "\(subject.duplicates)",
                wording.processes(subject.processes), subject.posting?.person ?? "unknown",
                subject.posting.map { wording.moment($0.time, seenOn: day) } ?? "",
            ])
        }
        return grid
    }

    var chats: Grid {
        var grid = Grid([
            .text("chat"), .number("sent"), .number("duplicates"), .number("subjects"),
            .text("sent by"),
        ])
        for chat in story.chats {
            grid.rows.append([
                chat.name, "\(chat.sent)", "\(chat.duplicates)", "\(chat.subjects.count)",
                wording.processes(chat.processes),
            ])
        }
        return grid
    }

    var restarts: Grid {
        var grid = Grid([.text("process"), .text("started again"), .text("after"), .text("so")])
        for restart in story.restarts {
            grid.rows.append([
                wording.process(restart.process), wording.time(restart.time),
                wording.length(restart.time.since(restart.before)),
                "what it had sent by then, it could not know",
            ])
        }
        return grid
    }

    var duplicates: Grid {
        var grid = Grid([
            .text("time"), .text("process"), .text("subject"), .text("sent by"), .text("earlier"),
            .text("it could not have known of it, because"),
        ])
        for again in story.duplicates {
            grid.rows.append([
                wording.time(again.attempt.time), wording.process(again.attempt.process),
                again.attempt.subject ?? "", wording.process(again.earlier.process),
                wording.length(again.gap), again.cause.sentence,
            ])
        }
        return grid
    }

    var doubles: Grid {
        var grid = Grid([
            .text("reservation"), .text("subject"), .text("chat"), .number("messages"),
            .text("what shows it"),
        ])
        for double in story.doubles {
            grid.rows.append([
                double.reservation.description, double.subject ?? "", double.chat ?? "",
                "\(double.messages)", double.kind.sentence,
            ])
        }
        return grid
    }

    var stopped: Grid {
        var grid = Grid([
            .text("time"), .text("process"), .text("reservation"), .text("because"),
            .number("times"),
        ])
        for stopped in story.stopped {
            grid.rows.append([
                wording.time(stopped.time), stopped.instance.map(wording.process) ?? "",
                stopped.reservation.description, stopped.because.joined(separator: " "),
                "\(stopped.count)",
            ])
        }
        return grid
    }

    var rules: Grid {
        var grid = Grid([.text("rule"), .number("spoke against")])
        for (rule, count) in Array(whatIf?.byRule ?? [:]).sorted(byName: { $0.key.name }) {
            grid.rows.append([rule.name, "\(count)"])
        }
        return grid
    }
}

extension Story.Double.Kind {
    var sentence: String {
        switch self {
        case .messages: "the provider made several messages of one reservation"
        case .unannounced: "it was sent after it was released, cancelled or reported as failed"
        }
    }
}

extension Story.Duplicate.Cause {
    var sentence: String {
        switch self {
        case .otherProcess: "they share no memory"
        case .restart: "its memory went with the restart"
        case .itself: "(it could have: it had sent it itself)"
        }
    }
}
