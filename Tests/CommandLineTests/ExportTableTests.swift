import Events
import SQLite
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `An export of sends` {
    @Test func `has one row a message, with its moments and its local window`() async throws {
        try await withSends { place in
            let told = try place.run("export", "--format", "dispatch")
            #expect(told.code == 0, "\(told.err)")
            let rows = told.out.split(separator: "\r\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            let titles = rows[0]
            func cell(_ row: Int, _ name: String) -> String {
                titles.firstIndex(of: name).map { rows[row][$0] } ?? "no column \(name)"
            }
            #expect(rows.count == 5, "\(told.out)")
            // The gate's: reserved, attempted, accepted, then what the provider said.
            #expect(cell(1, "reservation").hasPrefix("r1."))
            #expect(cell(1, "subject") == "DR1")
            #expect(cell(1, "message") == "wamid.1")
            #expect(cell(1, "reserved") == "2025-10-01T08:00:00.000000000Z")
            #expect(cell(1, "attempted") == "2025-10-01T08:00:01.000000000Z")
            #expect(cell(1, "accepted") == "2025-10-01T08:00:02.000000000Z")
            #expect(cell(1, "delivered") == "2025-10-01T08:00:09.500000000Z")
            #expect(cell(1, "read") == "2025-10-01T09:00:00.000000000Z")
            #expect(cell(1, "policy") == "0")
            #expect(cell(1, "local_time") == "2025-10-01T10:00:01.000+02:00")
            #expect(cell(1, "weekday") == "Wed")
            #expect(cell(1, "hour") == "10")
            #expect(cell(1, "window") == "weekday")
            // A sender without a gate: its attempt and its answer are one message.
            #expect(cell(2, "attempted") == "2025-10-01T19:00:00.000000000Z")
            #expect(cell(2, "failed") == "2025-10-01T19:00:01.000000000Z")
            #expect(cell(2, "code") == "131026")
            #expect(cell(2, "window") == "outside")
            #expect(cell(3, "window") == "unknown", "it has no zone")
            // A status of a message that nobody told of before.
            #expect(cell(4, "message") == "wamid.9")
            #expect(cell(4, "sent") == "2025-10-01T10:00:00.000000000Z")
            let one = try place.run("export", "--format", "dispatch", "--subject", "DR1")
            #expect(one.code == 0, "\(one.err)")
            #expect(one.out.split(separator: "\r\n").count == 2, "\(one.out)")
        }
    }

    @Test func `can be queried as a database`() async throws {
        try await withSends { place in
            let file = place.folder + "/events.sqlite"
            let made = try place.run("export", "--format", "sqlite", "-o", file, "--json")
            #expect(made.code == 0, "\(made.err)")
            #expect(!Folder.exists(file + ".unfinished"))
            let database = try Database(reading: file)
            func one(_ sql: String) throws -> String? {
                let statement = try database.statement(sql)
                return try statement.next() ? statement.text(0) : nil
            }
            #expect(try one("PRAGMA integrity_check") == "ok")
            #expect(try one("SELECT count(*) FROM events") == "12")
            #expect(try one("SELECT value FROM meta WHERE name = 'events'") == "12")
            #expect(try one("SELECT value FROM meta WHERE name = 'sends'") == "4")
            #expect(try one("SELECT count(*) FROM sends") == "4")
            #expect(
                try one("SELECT delivered FROM sends WHERE message = 'wamid.1'")
                    == "2025-10-01T08:00:09.500000000Z")
            #expect(
                try one("SELECT text FROM messages WHERE subject = 'DR1'") == "=1+1, \"quoted\"")
            #expect(
                try one("SELECT data ->> '$.text' FROM events WHERE type = 'message.received'")
                    == "=1+1, \"quoted\"")
            #expect(try one("SELECT count(*) FROM statuses") == "3")
            #expect(try one("SELECT \"by\" FROM control WHERE type = 'policy.changed'") == "ann")
            let rules =
                "SELECT group_concat(rule) FROM (SELECT rule FROM refusals "
                + "JOIN refusal_rules USING (position) WHERE subject = 'DR1' ORDER BY rule)"
            #expect(try one(rules) == "cooldown.subject,duplicate.business")
            let plan = try database.statement(
                "EXPLAIN QUERY PLAN SELECT * FROM sends WHERE chat = 1")
            #expect(try plan.next())
            #expect(plan.text(3)?.contains("sends_chat") == true, "an index serves")
            let again = try place.run("export", "--format", "sqlite", "-o", file)
            #expect(again.code == 1)
            #expect(try place.run("export", "--format", "sqlite").code == 64)
        }
    }

    /// A ledger with a send by the gate, two without, a status of an unknown one, a refusal.
    private func withSends(_ body: (EndToEnd.Place) async throws -> Void) async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file("policy.yaml", EndToEnd.policy)
            let applied = try place.run(
                "policy", "apply", policy, "--by", "ann", "--why", "test", "--now",
                "2025-10-01T07:59:00Z")
            #expect(applied.code == 0, "\(applied.err)")
            let names = "\"account\":\"a\",\"chat\":\"c@g.us\",\"zone\":\"Africa/Johannesburg\""
            let request = "{\(names),\"subject\":\"DR1\",\"steps\":[\"s\"],\"submission\":1}"
            let asked = try place.run("ask", request, "--now", "2025-10-01T08:00:00Z", "--json")
            #expect(asked.code == 0, "\(asked.out) \(asked.err)")
            let reservation = asked.json[0]["reservation"]?.text ?? ""
            for (outcome, second) in [("attempted", 1), ("accepted", 2)] {
                let report = try place.run(
                    "report", "--reservation", reservation, "--outcome", outcome, "--message",
                    "wamid.1", "--now", "2025-10-01T08:00:0\(second)Z")
                #expect(report.code == 0, "\(report.err)")
            }
            _ = try place.run("ask", request, "--now", "2025-10-01T08:00:03Z")
            func event(_ id: String, _ type: String, _ time: String, _ data: String) -> String {
                EndToEnd.event(
                    id, type: type, time: "2025-10-01T\(time)Z", subject: "DR2", data: data)
            }
            let zone = "\"zone\":\"Africa/Johannesburg\""
            let lines = [
                EndToEnd.event(
                    "t", time: "2025-10-01T08:00:04Z", subject: "DR1",
                    data: "\"text\":\"=1+1, \\\"quoted\\\"\""),
                event("d", "message.delivered", "08:00:09.5", "\"message\":\"wamid.1\""),
                event("r", "message.read", "09:00:00", "\"message\":\"wamid.1\""),
                event("a", "send.attempted", "19:00:00", zone),
                event("f", "send.failed", "19:00:01", "\"code\":131026"),
                event("b", "send.attempted", "10:00:00", "\"role\":\"x\""),
                event("s", "message.sent", "10:00:00", "\"message\":\"wamid.9\""),
            ]
            let added = try place.run(
                "append", place.file("events", lines.joined(separator: "\n")), "--now",
                "2025-10-02T00:00:00Z")
            #expect(added.code == 0, "\(added.err)")
            try await body(place)
        }
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `An export of some events` {
    @Test func `tells a month from its first moment to its last`() async throws {
        try await EndToEnd.withPlace { place in
            let times = [
                "2025-09-30T23:59:59.999999999Z", "2025-10-01T00:00:00Z",
                "2025-10-31T23:59:59.999999999Z", "2025-11-01T00:00:00Z", "2025-12-31T12:00:00Z",
            ]
            let lines = times.enumerated().map { EndToEnd.event("m\($0.offset)", time: $0.element) }
            _ = try place.run("append", place.file("events", lines.joined(separator: "\n")))
            func ids(_ words: String...) throws -> [String] {
                let all = ["--ledger", place.ledger, "export", "--format", "ndjson"] + words
                return try EndToEnd.run(all).json.compactMap { $0["id"]?.text }
            }
            #expect(try ids("--month", "2025-10") == ["m1", "m2"])
            #expect(try ids("--month", "2025-12") == ["m4"])
            for words in [["2025-13"], ["25-1"], ["2025-1"], ["2025-10", "--from", "@0"]] {
                let all =
                    ["--ledger", place.ledger, "export", "--format", "csv", "--month"] + words
                #expect(try EndToEnd.run(all).code == 64, "\(words)")
            }
            let folder = place.folder + "/october"
            #expect(try place.run("export", "--month", "2025-10", "-o", folder).code == 0)
            let report = try EndToEnd.run(["verify", folder, "--json"])
            #expect(report.json[0]["events"]?.integer == 2, "\(report.out)")
        }
    }

    @Test(arguments: ["ndjson", "csv"])
    func `tells those of a type and of names`(format: String) async throws {
        try await EndToEnd.withPlace { place in
            let lines = [
                EndToEnd.event("a"), EndToEnd.event("b", subject: "DR2"),
                EndToEnd.event("c", type: "item.flagged", subject: "DR2"),
                EndToEnd.event("d", type: "send.attempted", subject: "DR2"),
            ]
            _ = try place.run("append", place.file("events", lines.joined(separator: "\n")))
            func count(_ words: String...) throws -> Int {
                let all = ["--ledger", place.ledger, "export", "--format", format] + words
                let ends = try EndToEnd.run(all).out.utf8.count { $0 == UInt8(ascii: "\n") }
                return ends - (format == "csv" ? 1 : 0)
            }
            #expect(try count("--to", "@3") == 4)
            #expect(try count("--to", "@3", "--subject", "DR2") == 3)
            #expect(try count("--to", "@3", "--subject", "DR2", "--type", "item.flagged") == 1)
            #expect(try count("--to", "@3", "--account", "a", "--chat", "c@g.us") == 4)
            #expect(try count("--to", "@3", "--chat", "other") == 0)
            #expect(try place.run("export", "--format", format, "--type", "nonsense").code == 64)
            let dispatch = try place.run("export", "--format", "dispatch", "--type", "item.flagged")
            #expect(dispatch.code == 64)
        }
    }

    @Test func `proves each event of a subject`() async throws {
        try await EndToEnd.withPlace { place in
            let lines = (0..<9).map { EndToEnd.event("m\($0)", subject: "DR\($0 % 3)") }
            _ = try place.run("append", place.file("events", lines.joined(separator: "\n")))
            let folder = place.folder + "/audit"
            let made = try place.run("export", "-o", folder, "--subject", "DR1", "--proof", "@0")
            #expect(made.code == 0, "\(made.err)")
            #expect(
                Folder.names(in: folder + "/proofs") == [0, 1, 4, 7].map { "\($0).tlog-proof" })
            #expect(try EndToEnd.run(["verify", folder]).code == 0)
            let refused = try place.run("export", "-o", folder + "2", "--chat", "c@g.us")
            #expect(refused.code == 64)
            #expect(refused.err.contains("--chat"), "\(refused.err)")
        }
    }
}
