import Events
import Glibc
import SQLite
import Storage
import TestSupport
import Testing

/// A bridge that writes its store, as whatsapp-mcp does.
private final class Bridge {
    let path: String
    private let database: Database
    private let insert: Statement

    /// Makes a store; `journal` is SQLite's journal mode.
    init(_ path: String, journal: String = "WAL") throws {
        self.path = path
        database = try Database(path: path)
        try database.run("PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = \(journal)")
        try database.run(
            """
            CREATE TABLE chats (jid TEXT PRIMARY KEY, name TEXT, last_message_time TIMESTAMP);
            CREATE TABLE messages (id TEXT, chat_jid TEXT, sender TEXT, content TEXT,
              timestamp TIMESTAMP, is_from_me BOOLEAN, media_type TEXT, filename TEXT, url TEXT,
              media_key BLOB, file_sha256 BLOB, file_enc_sha256 BLOB, file_length INTEGER,
              PRIMARY KEY (id, chat_jid), FOREIGN KEY (chat_jid) REFERENCES chats(jid));
            """)
        insert = try database.statement(
            "INSERT OR REPLACE INTO messages (id, chat_jid, sender, content, timestamp, is_from_me)"
                + " VALUES (?, ?, ?, ?, ?, ?)")
    }

    func store(
        _ id: String, _ text: String, second: Int = 2, sender: String = "27820000001",
        isOwn: Bool = false
    ) throws {
        let seconds = second < 10 ? "0\(second)" : "\(second)"
        let values = [
            id, "120363000000000001@g.us", sender, text, "2025-10-01 16:51:\(seconds)+02:00",
        ]
        for (index, value) in values.enumerated() {
            try insert.bind(value.utf8Span.span, at: index + 1)
        }
        try insert.bind(isOwn ? 1 : 0, at: 6)
        try insert.run()
    }

    func run(_ sql: String) throws { try database.run(sql) }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Importing a bridge's store` {
    private func events(_ place: EndToEnd.Place) throws -> [JSONValue] {
        try place.run("events", "--json").json
    }

    private func texts(_ place: EndToEnd.Place) throws -> [String] {
        try events(place).map { $0["data"]?["text"]?.text ?? "" }
    }

    @Test(arguments: ["WAL", "DELETE"])
    func `takes every row, and nothing twice`(_ journal: String) async throws {
        try await EndToEnd.withPlace { place in
            let bridge = try Bridge(place.folder + "/messages.db", journal: journal)
            for number in 0..<1_200 {
                try bridge.store("m\(number)", "message \(number)", isOwn: number % 3 == 0)
            }
            let first = try place.run("import", "whatsapp-bridge", bridge.path, "--json")
            #expect(first.code == 0, "\(first.err)")
            #expect(first.json.last?["appended"]?.integer == 1_200)
            let again = try place.run("import", "whatsapp-bridge", bridge.path, "--json")
            #expect(again.json.last?["appended"]?.integer == 0)
            #expect(again.json.last?["duplicates"]?.integer == 1_200)
            let all = try events(place)
            #expect(all.count { $0["type"]?.text == "send.attempted" } == 400)
            #expect(all.allSatisfy { $0["data"]?["provenance"]?.text == "bridge" })
        }
    }

    @Test func `takes a row that was replaced as an edit, once, in another import too`()
        async throws
    {
        try await EndToEnd.withPlace { place in
            let bridge = try Bridge(place.folder + "/messages.db")
            try bridge.store("a", "DR1854951 one")
            try bridge.store("b", "two")
            #expect(try place.run("import", "whatsapp-bridge", bridge.path).code == 0)
            // A history sync spells the sender otherwise, and changes nothing.
            try bridge.store("b", "two", sender: "27820000001@s.whatsapp.net")
            try bridge.store("a", "DR1854951 corrected")
            for _ in 0..<2 {
                let read = try place.run("import", "whatsapp-bridge", bridge.path, "--json")
                #expect(read.code == 0, "\(read.err)")
                #expect(read.json.last?["quarantined"]?.integer == 0)
            }
            let all = try events(place)
            #expect(all.count == 3)
            #expect(all.last?["type"]?.text == "message.edited")
            #expect(all.last?["data"]?["text"]?.text == "DR1854951 corrected")
            #expect(all.last?["data"]?["message"]?.text == "a")
        }
    }

    @Test func `follows new rows, replaced ones, changed ones, and another file`() async throws {
        try await EndToEnd.withPlace { place in
            let path = place.folder + "/messages.db"
            var bridge: Bridge? = try Bridge(path)
            try bridge?.store("a", "one")
            let follower = try place.start("import", "whatsapp-bridge", path, "--follow")
            func wait(for count: Int) throws -> Bool {
                for _ in 0..<100 {
                    if try place.count() >= count { return true }
                    usleep(100_000)
                }
                return false
            }
            #expect(try wait(for: 1))
            try bridge?.store("b", "two")
            #expect(try wait(for: 2))
            try bridge?.store("a", "one, replaced")
            #expect(try wait(for: 3))
            try bridge?.run("UPDATE messages SET content = 'two, changed' WHERE id = 'b'")
            #expect(try wait(for: 4))
            // A vacuum numbers the rows anew.
            try bridge?.run("VACUUM")
            try bridge?.store("c", "three")
            #expect(try wait(for: 5))
            bridge = nil
            for ending in ["", "-wal", "-shm"] { try? Folder.remove(path + ending) }
            for _ in 0..<200 where !follower.err.contains("is gone") { usleep(50_000) }
            bridge = try Bridge(path)
            try bridge?.store("c", "three")
            try bridge?.store("d", "four")
            #expect(try wait(for: 6))
            follower.signal(SIGTERM)
            let done = follower.finish()
            #expect(done.code == 0, "\(done.err)")
            #expect(done.err.contains("is gone; waiting for it"), "\(done.err)")
            #expect(done.err.contains("imported 6"), "\(done.err)")
            #expect(
                try texts(place)
                    == ["one", "two", "one, replaced", "two, changed", "three", "four"])
        }
    }

    @Test func `waits for a store that is locked`() async throws {
        try await EndToEnd.withPlace { place in
            let bridge = try Bridge(place.folder + "/messages.db", journal: "DELETE")
            try bridge.store("a", "one")
            try bridge.run("BEGIN EXCLUSIVE")
            let reader = try place.start("import", "whatsapp-bridge", bridge.path)
            for _ in 0..<200 where !reader.err.contains("is locked") { usleep(50_000) }
            try bridge.run("COMMIT")
            let done = reader.finish()
            #expect(done.code == 0, "\(done.err)")
            #expect(done.err.contains("is locked by another process; waiting for it"))
            #expect(try place.count() == 1)
        }
    }

    @Test func `refuses what is no store with a sentence, and keeps what was read`() async throws {
        try await EndToEnd.withPlace { place in
            let path = place.folder + "/messages.db"
            var bridge: Bridge? = try Bridge(path, journal: "DELETE")
            for number in 0..<3_000 {
                try bridge?.store("m\(number)", "message \(number) of a long store", second: 5)
            }
            bridge = nil
            let whole = try Descriptor.contents(of: path)
            let cut = place.folder + "/cut.db"
            try Descriptor.create(cut, Array(whole[..<(whole.count / 2)]))
            let empty = try place.file("empty.db", "")
            let text = try place.file("text.db", String(repeating: "no database ", count: 100))
            for (file, words) in [
                (cut, "half written"), (empty, "has no table `messages`"), (text, "SQLite"),
                (place.folder + "/none.db", "there is no file"),
            ] {
                let read = try place.run("import", "whatsapp-bridge", file)
                #expect(read.code == 1, "\(file): \(read.err)")
                #expect(read.err.contains(words), "\(read.err)")
            }
            // What the half held is there; the whole store adds the rest.
            let whole1 = try place.run("import", "whatsapp-bridge", path, "--json")
            #expect(whole1.code == 0)
            let total = whole1.json.last
            #expect(
                (total?["appended"]?.integer ?? 0) + (total?["duplicates"]?.integer ?? 0) == 3_000)
            #expect(try place.count() == 3_000)
        }
    }

    @Test func `counts an export, the store and webhooks of one chat once`() async throws {
        try await EndToEnd.withPlace { place in
            func event(
                _ provenance: String, _ person: String, _ text: String, _ second: String,
                _ subject: String
            ) -> String {
                "{\"specversion\":\"1.0\",\"id\":\"\(provenance) \(text)\","
                    + "\"source\":\"\(provenance)\","
                    + "\"type\":\"message.received\",\"time\":\"2025-10-01T14:51:\(second)Z\","
                    + "\"subject\":\"\(subject)\",\"data\":{\"chat\":\"120363000000000001@g.us\","
                    + "\"person\":\"\(person)\",\"text\":\"\(text)\","
                    + "\"provenance\":\"\(provenance)\"}}\n"
            }
            let export = try place.file(
                "export.ndjson",
                event("export", "name:Thabo", "dr1854951 \u{200E}Done!", "00", "DR1854951")
                    + event("export", "name:Thabo", "DR1854952 lost", "00", "DR1854952"))
            let webhook = try place.file(
                "webhook.ndjson",
                event("webhook", "+27820000001", "DR1854951 done", "02", "DR1854951"))
            #expect(try place.run("import", "cloudevents", export).code == 0)
            let bridge = try Bridge(place.folder + "/messages.db")
            try bridge.store("a", "DR1854951  done")
            #expect(try place.run("import", "whatsapp-bridge", bridge.path).code == 0)
            #expect(try place.run("import", "cloudevents", webhook).code == 0)
            #expect(try place.count() == 4)
            let drop = try place.run("state", "subjects", "DR1854951", "--json").json[0]
            #expect(drop["submissions"]?.integer == 1)
            #expect(drop["person"]?.text == "+27820000001")
            let sightings = try place.run("state", "sightings", "--json").json
            #expect(sightings.count == 2)
            let matched = try place.run("state", "sightings", "matched", "--json").json
            #expect(matched.count == 1 && matched[0]["counts"]?.text == "webhook")
            #expect(matched[0]["export"]?.integer == 0 && matched[0]["bridge"]?.integer == 2)
            #expect(matched[0]["webhook"]?.integer == 3)
            let lost = try place.run("state", "sightings", "unmatched", "--json").json
            #expect(lost.count == 1 && lost[0]["position"]?.integer == 1)
            // The views that serve are those of a rebuild.
            let check = try place.run("rebuild")
            #expect(check.code == 0, "\(check.out)\(check.err)")
        }
    }

    @Test func `counts what we wrote on the phone once, in windows and in replays`() async throws {
        try await EndToEnd.withPlace { place in
            let bridge = try Bridge(place.folder + "/messages.db")
            try bridge.store("a", "on my way", second: 2, isOwn: true)
            try bridge.store("b", "on my way", second: 3, isOwn: true)
            #expect(try place.run("import", "whatsapp-bridge", bridge.path).code == 0)
            let webhook = try place.file(
                "webhook.ndjson",
                "{\"specversion\":\"1.0\",\"id\":\"w\",\"source\":\"waha\","
                    + "\"type\":\"send.attempted\",\"time\":\"2025-10-01T14:51:02Z\","
                    + "\"data\":{\"chat\":\"120363000000000001@g.us\",\"message\":\"a\","
                    + "\"text\":\"on my way\",\"provenance\":\"webhook\"}}\n")
            #expect(try place.run("import", "cloudevents", webhook).code == 0)
            #expect(try place.count() == 3)
            let replay = try place.run("replay", "--from", "2025-10-01T00:00:00Z", "--json").json[0]
            #expect(replay["attempts"]?.integer == 2 && replay["sent"]?.integer == 2)
            let matched = try place.run("state", "sightings", "matched", "--json").json
            #expect(matched.count == 1 && matched[0]["bridge"]?.integer == 0)
            #expect(matched[0]["webhook"]?.integer == 2)
            let check = try place.run("rebuild")
            #expect(check.code == 0, "\(check.out)\(check.err)")
        }
    }
}
