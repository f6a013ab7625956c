import CommandLineKit
import Documents
import Events
import Ledger
import Replay
import Storage

/// `replay`: what happened in a stretch of time, and what another policy would have made of it.
enum ReplayIncident {
    static let from = TimeWord.option("from", "The first effective time, or the first position")
    static let to = TimeWord.option("to", "The last effective time, or the last position")
    static let whatIf = Option<String?>.text(
        "what-if", "POLICY", "Judge every send by this policy file; - is standard input")
    static let incident = Option<String?>.text(
        "incident", "FILE", "Write the incident document, in Markdown")
    static let html = Option<String?>.text(
        "html", "FILE", "Write a page with the time line drawn, for a browser")

    static let command = Command.verb(
        "replay", "Tell what happened, and what a policy would have stopped",
        details: "Without --what-if, recorded decisions are made again as well; the exit code is 1 "
            + "if one comes out otherwise.",
        options: [from, to, whatIf, incident, html],
        examples: [
            .init("ledger replay --from 2025-10-01T16:40+02:00", "who sent what, and how often"),
            .init(
                "ledger replay --from 2h --what-if policy.yaml --incident incident.md",
                "what the policy would have stopped, and a document for the record"),
        ]
    ) { arguments, out in
        guard arguments(from) != nil else {
            throw UsageError("replay needs --from, such as --from 2h", command: "replay")
        }
        return try Ledger.reading(arguments, out) { ledger in
            try run(ledger, arguments, out)
        }
    }

    private static func run(
        _ ledger: Ledger, _ arguments: Arguments, _ out: Output
    ) throws -> Int32 {
        let now = try ledger.now()
        let range = ReplayRange(
            from: arguments(from)?.bound(now: now), to: arguments(to)?.bound(now: now))
        let policy = try arguments(whatIf).map { try PolicyText(path: $0).text }
        let result = try policy.map { try Replay.whatIf(ledger, range, policy: $0) }
        let recheck = try result == nil ? Replay.recorded(ledger, range) : nil
        let isStoryWanted =
            !out.isJSON || result == nil || arguments(incident) != nil || arguments(html) != nil
        let story = try isStoryWanted ? Replay.story(ledger, range) : nil
        if let story {
            if let path = arguments(incident) {
                let text = Document.incident(story, whatIf: result, recheck: recheck).markdown
                try Descriptor.create(path, Array(text.utf8))
                out.note("wrote \(Terminal.escape(path))")
            }
            if let path = arguments(html) {
                let page = Page.html(story, whatIf: result, recheck: recheck)
                try Descriptor.create(path, Array(page.utf8))
                out.note("wrote \(Terminal.escape(path))")
            }
        }
        if out.isJSON {
            var json = JSONWriter()
            if let result {
                result.write(to: &json)
            } else {
                story?.write(to: &json, recheck: recheck)
            }
            out.line(json.text)
        } else if let story {
            out.write(Document.report(story, whatIf: result, recheck: recheck))
        }
        return recheck?.different.isEmpty ?? true ? ExitCode.done : ExitCode.failed
    }
}

extension TimeWord {
    fileprivate func bound(now: Instant) -> ReplayRange.Bound {
        switch self {
        case .position(let position): .position(position)
        case .at, .ago, .clock: .time(instant(now: now) ?? .epoch)
        }
    }
}
