import Assets
import Documents
import Events
import Gate

/// One page that shows a replay: it holds all it needs, and works from a file without a network.
public enum Page {
    /// The page as HTML, Chart.js included.
    public static func html(
        _ story: Story, whatIf: WhatIf? = nil, recheck: Recheck? = nil
    ) -> String {
        let report = Document.report(story, whatIf: whatIf, recheck: recheck, rowsMax: .max)
        var head = Document()
        var rest = Document()
        // The charts stand between what is said first and the tables.
        for block in report.blocks {
            if rest.blocks.isEmpty, !block.isHeading {
                head.blocks.append(block)
            } else {
                rest.blocks.append(block)
            }
        }
        var values = [
            "TITLE": Escape.html(Sections(story, whatIf).headline), "HEAD": head.html,
            "TABLES": rest.html, "CHARTJS": Assets.chartJS, "STYLE": PageFrame.style,
        ]
        values["DATA"] = Escape.script(data(story, whatIf))
        return PageFrame.fill(PageTemplate.html, values)
    }

    /// What the charts draw: `points` are [milliseconds since `start`, process, verdict, subject,
    /// rules], with processes and verdicts as places in their lists.
    private static func data(_ story: Story, _ whatIf: WhatIf?) -> [UInt8] {
        let wording = Wording(story)
        let first = story.attempts.first?.time.nanoseconds ?? 0
        let start = Instant(nanoseconds: first - first % 1_000_000_000)
        let names = story.processes.map(\.name)
        let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        var judged: [Position: WhatIf.Judged] = [:]
        for decision in whatIf?.decisions ?? [] { judged[decision.attempt.position] = decision }
        let words = whatIf == nil ? ["sent", "held"] : Verdict.allCases.map(\.name)
        var json = JSONWriter()
        json.beginObject()
        // Times of day, as the people of the story saw them.
        json.member("start", start.nanoseconds / 1_000_000 + Int64(story.offset) * 60_000)
        json.member("zone", wording.zone)
        json.member("processes", names.map(wording.process))
        json.member("verdicts", words)
        json.key("points")
        json.beginArray()
        for attempt in story.attempts {
            let decision = judged[attempt.position]
            let word = decision.map(\.verdict.name) ?? (attempt.went ? "sent" : "held")
            json.beginArray()
            json.value(attempt.time.since(start).count / 1_000_000)
            json.value(places[attempt.process] ?? 0)
            json.value(words.firstIndex(of: word) ?? 0)
            json.value(attempt.subject ?? "")
            json.value(decision?.rules.map(\.name).joined(separator: ", ") ?? "")
            json.endArray()
        }
        json.endArray()
        json.endObject()
        return json.finish()
    }
}

extension Document.Block {
    fileprivate var isHeading: Bool {
        if case .heading = self { return true }
        return false
    }
}
