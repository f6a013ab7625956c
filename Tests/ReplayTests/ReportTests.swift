import Documents
import Events
import TestSupport
import Testing

@testable import Replay

@Suite struct `The documents of a replay` {
    private let range = ReplayRange(from: .time(burstRange.from), to: .time(burstRange.to))

    private func cells(_ document: Document) -> [[String]] {
        document.blocks.flatMap { block in
            if case .grid(let grid) = block { return grid.rows }
            return []
        }
    }

    @Test func `begin with what happened`() async throws {
        try await withBurst { ledger in
            let story = try Replay.story(ledger, range)
            let whatIf = try Replay.whatIf(ledger, range, policy: preset)
            let report = Document.report(story, whatIf: whatIf)
            #expect(report.blocks.first == .title("29 messages went out, 22 of them duplicates"))
            #expect(cells(report).contains(["limit.minute", "21"]))
            #expect(
                cells(report).contains([
                    "16:52:01", "4244", "DR1854951", "refuse", "",
                    "cooldown.subject duplicate.business grace instance limit.minute",
                ]))
            for case .drawing(let lines) in report.blocks {
                #expect(lines.allSatisfy { $0.count <= 90 })
                #expect(lines.first?.hasPrefix("16:51") == true)
                let marks = lines.joined().filter { $0 == "1" }.count
                #expect(marks >= 25)
            }
        }
    }

    @Test func `write the incident down, with the apology that is due`() async throws {
        try await withBurst { ledger in
            let story = try Replay.story(ledger, range)
            let whatIf = try Replay.whatIf(ledger, range, policy: preset)
            let text = Document.incident(story, whatIf: whatIf).markdown
            #expect(
                text.hasPrefix("# Incident on 2025-10-01: 29 messages went out, 22 of them dup"))
            for heading in [
                "Summary", "Time line", "Processes", "Affected subjects", "Affected chats",
                "What would have stopped it", "Is an apology due?",
            ] { #expect(text.contains("\n## \(heading)\n"), "\(heading)") }
            #expect(text.contains("| 16:51:58.062 | 4244 | started again |"))
            #expect(text.contains("Yes, in 120363000000000001@g.us: of 29 messages, 22 repeated"))
            #expect(text.contains("would have held 25 back"))
            #expect(text.contains("| DR1854951 | 5 | 4 | 4242 4243 4244 | +27000000011 |"))
            #expect(text.contains("| duplicate.business | 7 |"))
        }
    }

    @Test func `ask for no apology where none is due`() async throws {
        let line =
            #"{"specversion":"1.0","id":"1","source":"s","type":"send.attempted","time":"#
            + #""2025-10-01T16:51:02Z","subject":"DR1","data":{"chat":"c"}}"#
        try await withEvents(line) { ledger in
            let text = Document.incident(try Replay.story(ledger, ReplayRange())).markdown
            #expect(text.contains("No: no chat was sent a duplicate"))
            #expect(!text.contains("Draft"))
        }
    }

    @Test func `escape what comes from events`() async throws {
        let bad = #"<script>alert('x')</script>|*[a](b)`\n\u202e{{DATA}}"#
        let lines = ["1", "2"].map { id in
            #"{"specversion":"1.0","id":"\#(id)","source":"\#(bad)","type":"send.attempted","#
                + #""time":"2025-10-01T16:51:02Z","subject":"\#(bad)","data":{"chat":"\#(bad)"}}"#
        }
        try await withEvents(lines.joined(separator: "\n")) { ledger in
            let story = try Replay.story(ledger, ReplayRange())
            #expect(story.duplicates.count == 1)
            let markdown = Document.incident(story).markdown
            #expect(!markdown.contains("<script>"))
            #expect(markdown.contains(#"&lt;script&gt;alert('x')&lt;/script&gt;\|\*\[a\](b)\`"#))
            #expect(!markdown.unicodeScalars.contains("\u{202E}"))
            let page = Page.html(story)
            #expect(!page.contains("<script>alert"))
            #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)"))
            #expect(page.contains(#"\u003cscript\u003ealert"#))
            #expect(!page.unicodeScalars.contains("\u{202E}") || page.contains("\\u{202E}"))
            // A value that looks like a place in the template is left as it is.
            #expect(page.contains("{{DATA}}"))
        }
    }

    @Test func `make one page that needs no network`() async throws {
        try await withBurst { ledger in
            let page = Page.html(
                try Replay.story(ledger, range),
                whatIf: try Replay.whatIf(ledger, range, policy: preset))
            #expect(page.contains("Chart.js v3"))
            #expect(page.contains("default-src 'none'"))
            for fetch in ["src=", "href=", "@import", "url("] {
                let own = page.components(outside: "<script>", "</script>")
                #expect(!own.contains(fetch), "\(fetch)")
            }
            let data = try #require(page.between("id=\"data\">", "</script>"))
            let value = try JSONValue.parse(data)
            #expect(value["processes"]?.texts == ["4242", "4243", "4244"])
            #expect(value["points"]?.elements.count == 29)
            #expect(page.contains("<td class=\"refuse\">refuse</td>"))
        }
    }
}

extension String {
    fileprivate func between(_ start: String, _ end: String) -> String? {
        guard let open = firstRange(of: start),
            let close = self[open.upperBound...].firstRange(of: end)
        else { return nil }
        return String(self[open.upperBound..<close.lowerBound])
    }

    fileprivate func components(outside start: String, _ end: String) -> String {
        var result = ""
        var rest = self[...]
        while let open = rest.firstRange(of: start), let close = rest.firstRange(of: end) {
            if close.lowerBound > open.lowerBound { result += rest[..<open.lowerBound] }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
