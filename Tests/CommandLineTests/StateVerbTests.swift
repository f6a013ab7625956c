import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb state` {
    /// Events of which every view keeps something.
    private static let history: [String] = [
        EndToEnd.event(
            "1", time: "2025-10-01T10:00:00Z",
            data: "\"person\":\"p\",\"message\":\"in1\",\"text\":\"done\""),
        EndToEnd.event(
            "2", type: "instance.started", time: "2025-10-01T10:00:01Z",
            data: "\"instance\":\"i1\",\"role\":\"qa\""),
        EndToEnd.event(
            "3", type: "send.attempted", time: "2025-10-01T10:00:02Z",
            data: "\"person\":\"p\",\"text\":\"photo?\",\"instance\":\"i1\""),
        EndToEnd.event(
            "4", type: "send.accepted", time: "2025-10-01T10:00:03Z",
            data: "\"person\":\"p\",\"message\":\"out1\""),
        EndToEnd.event(
            "5", type: "message.delivered", time: "2025-10-01T10:00:04Z",
            data: "\"message\":\"out1\""),
        EndToEnd.event(
            "6", type: "error.observed", time: "2025-10-01T10:00:05Z", data: "\"code\":131056"),
        EndToEnd.event(
            "7", type: "consent.granted", time: "2025-10-01T10:00:06Z",
            data: "\"person\":\"p\",\"category\":\"marketing\""),
        EndToEnd.event(
            "8", type: "message.labelled", time: "2025-10-01T10:00:07Z",
            data: "\"message\":\"in1\",\"label\":\"good\""),
        EndToEnd.event(
            "9", type: "item.flagged", time: "2025-10-01T10:00:08Z", data: "\"steps\":[\"photo\"]"),
    ]

    private func withHistory(_ body: (EndToEnd.Place) async throws -> Void) async throws {
        try await EndToEnd.withPlace(development: true) { place in
            for (index, line) in Self.history.enumerated() {
                let added = try place.run("append", place.file("e\(index)", line))
                #expect(added.code == 0, "\(added.err)")
            }
            try await body(place)
        }
    }

    @Test(arguments: [
        ("subjects", "subject", "DR1854951"), ("persons", "person", "p"),
        ("messages", "message", "out1"), ("errors", "account", "a"), ("quality", "account", "a"),
        ("reviews", "label", "good"), ("instances", "instance", "i1"), ("rates", "name", "a"),
        ("cooldowns", "subject", "DR1854951"), ("ids", "id", "5"),
    ])
    func `prints a row by its key, as of all`(_ view: String, _ member: String, _ key: String)
        async throws
    {
        try await withHistory { place in
            let one = try place.run("state", view, key, "--json")
            #expect(one.code == 0, "\(one.out)")
            #expect(one.json.count == 1)
            #expect(one.json.first?[member]?.text == key, "\(one.out)")
            let all = try place.run("state", view, "--json")
            // The story of a subject follows its row, within the object.
            let row = one.lines[0].split(separator: ",\"story\":")[0]
            #expect(all.lines.contains { $0.hasPrefix(row) }, "\(all.out)")
            let told = try place.run("state", view)
            #expect(told.out.contains(key), "\(told.out)")
        }
    }

    @Test func `knows what the events mean`() async throws {
        try await withHistory { place in
            func row(_ view: String, _ key: String) throws -> JSONValue {
                try place.run("state", view, key, "--json").json[0]
            }
            let subject = try row("subjects", "DR1854951")
            #expect(subject["submissions"]?.integer == 1)
            #expect(subject["person"]?.text == "p")
            #expect(subject["open_steps"]?.texts == ["photo"])
            #expect(subject["feedbacks"]?.integer == 1)
            #expect(try row("messages", "out1")["status"]?.text == "delivered")
            #expect(try row("persons", "p")["consent"]?["marketing"]?.text == "granted")
            #expect(try row("errors", "a")["codes"]?.texts == ["131056"])
            #expect(try row("quality", "a")["delivered"]?.integer == 1)
            #expect(try row("instances", "i1")["running"]?.flag == true)
            #expect(try row("rates", "a")["day"]?.integer == 1)
            let zone = try row("zones", "5")
            #expect(zone["last"]?.integer == 8)
        }
    }

    @Test func `sets the platform's rating beside the one that the counts suggest`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file("policy.yaml", "name: any\n")
            let applied = try place.run("policy", "apply", policy, "--by", "ann", "--why", "test")
            #expect(applied.code == 0, "\(applied.err)")
            func append(_ id: String, _ type: String, _ data: String) throws {
                let line = EndToEnd.event(id, type: type, time: "2025-10-01T10:00:00Z", data: data)
                let added = try place.run("append", place.file("e\(id)", line))
                #expect(added.code == 0, "\(added.err)")
            }
            try append("1", "account.quality", "\"rating\":\"YELLOW\"")
            let rated = try place.run("state", "quality", "a", "--json").json
            #expect(rated.count == 1)
            #expect(rated[0]["official"]?.text == "YELLOW")
            #expect(rated[0]["official_from"]?.integer == 1)
            #expect(rated[0]["estimated"]?.text == "UNKNOWN")
            try append("2", "send.accepted", "\"message\":\"m1\"")
            try append("3", "send.failed", "\"message\":\"m2\"")
            let counted = try place.run("state", "quality", "a", "--json").json
            #expect(counted.count == 1)
            #expect(counted[0]["account"]?.text == "a")
            #expect(counted[0]["official"]?.text == "YELLOW")
            #expect(counted[0]["per_10000"]?.integer == 10_000)
            #expect(counted[0]["sample"]?.integer == 1)
        }
    }

    @Test func `shows how uses and answers spread over templates`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            var events: [(String, String)] = [
                ("template.status", "\"template\":\"hello\",\"status\":\"DISABLED\"")
            ]
            for (person, template) in [("p", "hello"), ("q", "hello"), ("r", "bye")] {
                events.append(
                    (
                        "send.attempted",
                        "\"person\":\"\(person)\",\"template\":"
                            + "{\"name\":\"\(template)\",\"language\":\"en\"}"
                    ))
            }
            events.append(("message.received", "\"person\":\"q\",\"message\":\"in\""))
            for (id, event) in events.enumerated() {
                let line = EndToEnd.event(
                    "\(id)", type: event.0, time: "2025-10-01T10:00:00Z", data: event.1)
                let added = try place.run("append", place.file("e\(id)", line))
                #expect(added.code == 0, "\(added.err)")
            }
            let rows = try place.run("state", "templates", "--json").json
            #expect(rows.count == 3)
            let hello = rows.first {
                $0["language"]?.text == "en" && $0["template"]?.text == "hello"
            }
            #expect(hello?["uses"]?.integer == 2)
            #expect(hello?["share_per_10000"]?.integer == 6_666)
            #expect(hello?["answers"]?.integer == 1)
            #expect(hello?["answered_per_10000"]?.integer == 5_000)
            let all = try place.run("state", "templates", "hello", "--json").json
            #expect(all.count == 2)
            #expect(
                all.contains { $0["state"]?.text == "disabled" && $0["language"]?.isNull == true })
        }
    }

    @Test func `travels in time`() async throws {
        try await withHistory { place in
            let early = try place.run("state", "messages", "--at", "@2", "--json")
            #expect(early.json.map { $0["message"]?.text } == ["in1"])
            let then = try place.run(
                "state", "messages", "out1", "--at", "2025-10-01T10:00:03Z", "--json")
            #expect(then.json[0]["status"]?.text == "sent", "known at that very moment")
            let before = try place.run("state", "messages", "out1", "--at", "2025-10-01T10:00:02Z")
            #expect(before.code == 1)
            #expect(try place.run("state", "messages", "--at", "@9").code == 1)
        }
    }

    @Test func `says the same before and after a flush and a rebuild`() async throws {
        try await withHistory { place in
            func all() throws -> [String] {
                try ["subjects", "rates", "persons", "messages", "quality", "zones"].flatMap {
                    try place.run("state", $0, "--json").lines.sorted()
                }
            }
            let fromTail = try all()
            let rebuilt = try place.run("rebuild", "--json")
            #expect(rebuilt.code == 0, "\(rebuilt.out)")
            #expect(rebuilt.json[0]["events"]?.integer == 9)
            #expect((rebuilt.json[0]["rows"]?.integer ?? 0) > 10)
            let status = try place.run("status", "--json").json[0]
            #expect(status["views"]?["checkpoint"]?.integer == 9)
            try #expect(all() == fromTail)
        }
    }

    @Test func `refuses what it does not know`() async throws {
        try await EndToEnd.withPlace { place in
            let unknown = try place.run("state", "nothing")
            #expect(unknown.code == 64)
            #expect(try place.run("state", "subjects", "DR9").code == 1)
            #expect(try place.run("state", "subjects", "--now", "2025-10-01T00:00:00Z").code == 64)
        }
    }
}
