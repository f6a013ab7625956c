import Events
import Glibc
import SQLite
import Storage
import TestSupport
import Testing

/// Inputs that are small on disk and large in memory.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `An import` {
    /// Runs a command of the shell; answers its exit code.
    private func shell(_ command: String) -> Int32 {
        guard let pipe = popen(command, "r") else { return -1 }
        return pclose(pipe)
    }

    @Test(arguments: ["gowa", "cloudevents", "sheet"])
    func `unpacks no stream that was packed to blow it up`(_ format: String) async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let bomb = place.folder + "/bomb.gz"
            #expect(shell("head -c 60000000 /dev/zero | tr '\\0' x | gzip -9 > '\(bomb)'") == 0)
            #expect(Folder.size(of: bomb) < 100_000)
            let run = try place.run("import", format, bomb)
            #expect(run.code == 1, "\(run)")
            #expect(
                run.err.contains("unpacks to over 250 times") || run.err.contains("over 16 MiB"),
                "\(run.err)")
            #expect(run.err.utf8.count < 2_000)
        }
    }

    @Test func `unpacks what compresses well`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let events = (0..<3_000).map {
                #"{"specversion":"1.0","id":"\#($0)","source":"s","type":"message.received","#
                    + #""data":{"text":"the same again and again"}}"# + "\n"
            }.joined()
            let plain = try place.file("events.ndjson", events)
            #expect(shell("gzip -9 '\(plain)'") == 0)
            let run = try place.run("import", "cloudevents", plain + ".gz")
            #expect(run.err == "imported 3000, already there 0\n", "\(run)")
        }
    }

    @Test func `reads a packed sheet, and says how large one may be`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let head = "drop,steps,incomplete,changed_at\n"
            let sheet = try place.file("1.csv", head + "DR1,3,yes,2025-10-01T16:51:02Z\n")
            #expect(shell("gzip '\(sheet)'") == 0)
            let run = try place.run("import", "sheet", sheet + ".gz", "--json")
            #expect(run.json.first?["flagged"]?.integer == 1, "\(run)")
            let row = "DR2,,no,2025-10-01T16:51:02Z\n"
            let large = try place.file(
                "2.csv", head + String(repeating: row, count: (16 << 20) / row.utf8.count))
            let refused = try place.run("import", "sheet", large)
            #expect(refused.code == 1 && refused.err.contains("over 16 MiB"), "\(refused)")
        }
    }

    private func store(_ place: EndToEnd.Place, _ sql: String) throws -> String {
        let path = place.folder + "/messages.db"
        let database = try Database(path: path)
        try database.run(sql)
        return path
    }

    private static let columns =
        "(id TEXT, chat_jid TEXT, sender TEXT, content TEXT, timestamp TIMESTAMP, "
        + "is_from_me BOOLEAN)"

    @Test func `refuses a view in the place of a bridge's table`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let path = try store(
                place, "CREATE TABLE m\(Self.columns); CREATE VIEW messages AS SELECT * FROM m")
            let run = try place.run("import", "whatsapp-bridge", path)
            #expect(run.code == 1 && run.err.contains("is a view"), "\(run)")
        }
    }

    @Test func `puts aside what no event can hold, and reads what stands beside it`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let rest = "'27820000001@s.whatsapp.net', '27820000001'"
            let path = try store(
                place,
                """
                CREATE TABLE messages\(Self.columns);
                INSERT INTO messages VALUES ('A', \(rest), 'one', '2025-10-01 16:51:02Z', 0);
                INSERT INTO messages VALUES ('B', \(rest), zeroblob(20000000), 1, 0);
                INSERT INTO messages VALUES ('C', \(rest), 'x', zeroblob(20000000), 0);
                INSERT INTO messages
                  VALUES ('D', \(rest), printf('%.*c', 20000000, 'x'), '2025-10-01 16:51:03Z', 0);
                INSERT INTO messages VALUES ('E', \(rest), 'two', 9223372036854775807, 0);
                INSERT INTO messages VALUES ('F', \(rest), 'three', -9223372036854775808, 0);
                INSERT INTO messages VALUES ('G', \(rest), 'four', 1e300, 0);
                INSERT INTO messages VALUES ('H', \(rest), 'five', '2025-10-01 16:51:04Z', 0);
                """)
            let run = try place.run("import", "whatsapp-bridge", path, "--json")
            #expect(run.code == 0 && run.json.first?["read"]?.integer == 8, "\(run)")
            #expect(run.json.first?["quarantined"]?.integer ?? 0 >= 5)
            let texts = try place.run("events", "--json", "--type", "message.received").json
                .map { $0["data"]?["text"]?.text }
            #expect(texts.contains("one") && texts.contains("five"))
        }
    }
}
