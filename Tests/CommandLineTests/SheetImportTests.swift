import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Importing a sheet` {
    private let head = "drop,steps,incomplete,changed_at\n"

    private func events(_ place: EndToEnd.Place) throws -> [JSONValue] {
        try place.run("events", "--json").json
    }

    @Test func `flags what is incomplete, and resolves what is complete now`() async throws {
        try await EndToEnd.withPlace { place in
            let first = try place.file(
                "1.csv",
                head + "DR1,\"3, 5\",TRUE,2025-10-01 16:51:02+02:00\n"
                    + "DR2,3;5,yes,2025-10-01T16:51:02Z\r\nDR3,,no,2025-10-01 16:51\n")
            let read = try place.run("import", "sheet", first, "--json").json[0]
            #expect(read["flagged"]?.integer == 2 && read["resolved"]?.integer == 0)
            let flagged = try events(place)
            #expect(flagged.count == 2)
            for event in flagged {
                #expect(event["type"]?.text == "item.flagged")
                #expect(event["data"]?["steps"]?.texts == ["3", "5"])
                #expect(event["data"]?["snapshot"]?.text == read["snapshot"]?.text)
            }
            #expect(
                flagged[0]["time"]?.text == "2025-10-01T14:51:02Z"
                    || flagged[0]["time"]?.text == "2025-10-01T16:51:02+02:00")
            let again = try place.run("import", "sheet", first, "--json").json[0]
            #expect(again["duplicates"]?.integer == 2 && again["flagged"]?.integer == 0)
            #expect(try place.count() == 2)
            let second = try place.file(
                "2.csv", head + "DR1,,FALSE,2025-10-02\nDR2,5,1,2025-10-02\nDR9,,0,2025-10-02\n")
            let later = try place.run(
                "import", "sheet", second, "--snapshot", "s2", "--role", "qa", "--json")
            #expect(later.json[0]["flagged"]?.integer == 1)
            #expect(later.json[0]["resolved"]?.integer == 1)
            let all = try events(place)
            #expect(all.count == 4)
            #expect(all[3]["type"]?.text == "item.resolved" && all[3]["subject"]?.text == "DR1")
            #expect(all[3]["data"]?["snapshot"]?.text == "s2")
            #expect(all[3]["data"]?["role"]?.text == "qa")
        }
    }

    @Test func `records a reading in which nothing is open, once`() async throws {
        try await EndToEnd.withPlace { place in
            let clean = try place.file("1.csv", head + "DR1,,no,2025-10-01\nDR2,,no,2025-10-01\n")
            for _ in 0..<2 { #expect(try place.run("import", "sheet", clean).code == 0) }
            #expect(try events(place).map { $0["type"]?.text } == ["item.resolved"])
            // Another process has not read it yet.
            let other = try place.run("import", "sheet", clean, "--instance", "i2", "--json")
            #expect(other.json[0]["resolved"]?.integer == 1)
        }
    }

    @Test(arguments: [
        ("DR1,3,maybe,2025-10-02\nDR2,3,yes,soon\n", ["line 2", "incomplete", "line 3"]),
        ("DR1,3,yes,2025-10-02\nDR2,3,yes\n", ["line 3", "3 fields"]),
        ("DR1,3,yes,2025-10-02\n,3,yes,2025-10-02\n", ["line 3", "drop"]),
        ("DR1,3,yes,2025-10-02\nDR2,\"3,yes,2025-10-02\n", ["line 3", "quotes"]),
    ])
    func `refuses a bad row with its line, and takes none`(
        rows: String, words: [String]
    ) async throws {
        try await EndToEnd.withPlace { place in
            let result = try place.run("import", "sheet", "-", input: head + rows)
            #expect(result.code == 1)
            for word in words { #expect(result.err.contains(word), "\(word): \(result.err)") }
            #expect(try place.count() == 0)
        }
    }

    @Test func `refuses titles that it does not know, and options of other formats`() async throws {
        try await EndToEnd.withPlace { place in
            let bad = try place.run("import", "sheet", "-", input: "drop,step,incomplete\n")
            #expect(bad.code == 1 && bad.err.contains("\u{201C}step\u{201D}"), "\(bad.err)")
            let short = try place.run("import", "sheet", "-", input: "drop,steps,incomplete\n")
            #expect(short.code == 1 && short.err.contains("changed_at"), "\(short.err)")
            #expect(try place.run("import", "sheet", "-").code == 1)
            #expect(try place.run("import", "sheet", "-", "--quarantine").code == 64)
            #expect(try place.run("import", "cloudevents", "-", "--snapshot", "x").code == 64)
            #expect(try place.run("import", "tables", "-").code == 64)
        }
    }

    @Test func `makes the backlog of who runs then, until it is released`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("p", "backlog:\n  refuse: true\n")
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            let binary = try #require(EndToEnd.binary)
            let time = try #require(try place.run("status", "--json").json[0]["now"]?.text)
            let one = try place.file("1.csv", head + "DR1,3,yes,\(time)\n")
            let two = try place.file("2.csv", head + "DR1,3,yes,\(time)\nDR2,3,yes,\(time)\n")
            let ask = "'\(binary)' ask --json --chat c@g.us --step 3 --subject"
            let script = """
                '\(binary)' import sheet \(one) --json; \(ask) DR1
                '\(binary)' import sheet \(two) --json; \(ask) DR2; \(ask) DR1
                '\(binary)' reset --backlog DR1 --by ann --why x --json; \(ask) DR1
                """
            let result = try place.run("run", "--role", "qa", "--", "sh", "-c", script)
            let verdicts = result.json.compactMap { $0["verdict"]?.text }
            #expect(
                verdicts == ["refuse", "send", "refuse", "send"], "\(result.out) \(result.err)")
            let nothing = try place.run(
                "reset", "--backlog", "DR7", "--by", "ann", "--why", "x")
            #expect(nothing.code == 1 && nothing.err.contains("DR7"), "\(nothing.err)")
        }
    }
}
