import Events
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The report of an export` {
    @Test func `tells volumes, hours, consent, incidents, erasures and orders`() async throws {
        try await EndToEnd.withPlace { place in
            let zone = "\"zone\":\"Africa/Johannesburg\""
            var lines = (0..<12).map { number in
                EndToEnd.event(
                    "s\(number)", type: "send.attempted",
                    time: "2025-10-01T14:51:\(number + 10)Z", source: "bot/\(number % 2)",
                    data: zone)
            }
            lines += [
                EndToEnd.event("r", time: "2025-10-02T10:00:00Z"),
                EndToEnd.event(
                    "late", type: "send.attempted", time: "2025-10-02T20:00:00Z", data: zone),
                EndToEnd.event("nowhere", type: "send.attempted", time: "2025-10-02T20:00:00Z"),
                EndToEnd.event(
                    "g", type: "consent.granted",
                    data: "\"person\":\"p\",\"category\":\"marketing\""),
                EndToEnd.event(
                    "w", type: "consent.withdrawn",
                    data: "\"person\":\"p\",\"category\":\"marketing\""),
            ]
            _ = try place.run("append", place.file("events", lines.joined(separator: "\n")))
            _ = try place.run("stop", "--by", "ann", "--why", "<script>|*x*")
            let folder = place.folder + "/audit"
            #expect(try place.run("export", "-o", folder, "--by", "eve", "--why", "<b>").code == 0)
            let report = try text(folder + "/REPORT.md")
            for line in [
                "# Audit of test.example/end", "Exported by eve",
                "| 2025-10-01 | 0 | 12 | 0 | 0 | 0 |", "| 2025-10-02 | 1 | 2 | 0 | 0 | 0 |",
                "12 inside the hours", "1 outside of them", "1 to a reader whose time zone",
                "| 16:00 | 12 | 0 |", "| 22:00 | 0 | 1 |", "| marketing | 0 | 1 | 0 | 1 |",
                "| 2025-10-01 14:51 | c@g.us | 12 | 2 |",
                "14:51                       :00       :10",
                "    bot/0                       ..........1.1.1.1.1.1.",
                "sending.stopped", "&lt;script&gt;\\|\\*x\\*",
            ] {
                #expect(report.contains(line), "\(line)\n\(report)")
            }
            let page = try text(folder + "/REPORT.html")
            #expect(page.contains("&lt;script&gt;|*x*"))
            #expect(!page.contains("<script>|"))
            #expect(page.contains("\"sent\":[12,2]"))
            let checked = try EndToEnd.run(["verify", folder, "--json"])
            #expect(checked.code == 0, "\(checked.out)")
            #expect(checked.json[0]["report_compared"]?.flag == true)
        }
    }

    @Test func `counts a message of the gate once, be it attempted or only accepted`() async throws
    {
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file("policy.yaml", "name: test\n")
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "test")
            for (number, outcomes) in [["attempted", "accepted"], ["accepted"], ["cancelled"], []]
                .enumerated()
            {
                let request = "{\"account\":\"a\",\"chat\":\"c@g.us\",\"subject\":\"DR\(number)\"}"
                let now = "2025-10-01T08:0\(number):00Z"
                let asked = try place.run("ask", request, "--now", now, "--json")
                #expect(asked.code == 0, "\(asked.out)\(asked.err)")
                for outcome in outcomes {
                    let report = try place.run(
                        "report", "--reservation", asked.json[0]["reservation"]?.text ?? "",
                        "--outcome", outcome, "--now", now)
                    #expect(report.code == 0, "\(report.err)")
                }
            }
            let folder = place.folder + "/audit"
            #expect(try place.run("export", "-o", folder).code == 0)
            let report = try text(folder + "/REPORT.md")
            #expect(report.contains("| 2025-10-01 | 0 | 2 | 0 | 0 | 0 |"), "\(report)")
        }
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Descriptor.contents(of: path), as: UTF8.self)
    }
}
