import Bytes
import Events
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb import` {
    private func webhook(
        _ id: String, _ text: String, from person: String = "27820000001", time: Int = 1_760_000_000
    ) -> String {
        """
        {"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",\
        "value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"27110000001",\
        "phone_number_id":"200"},"contacts":[{"profile":{"name":"Ann"},"wa_id":"\(person)"}],\
        "messages":[{"from":"\(person)","id":"\(id)","timestamp":"\(time)","type":"text",\
        "text":{"body":"\(text)"}}]}}]}]}
        """
    }

    private func totals(_ run: Finished) throws -> [String: Int64] {
        let json = try #require(run.json.last, "\(run.err)")
        return Dictionary(
            uniqueKeysWithValues: json.members.compactMap { member in
                member.value.integer.map { (member.name, $0) }
            })
    }

    /// Every thing that was read is counted once.
    private func isWhole(_ totals: [String: Int64]) -> Bool {
        let parts = ["appended", "duplicates", "noted", "quarantined", "elsewhere"]
        return totals["read"] == parts.reduce(0) { $0 + (totals[$1] ?? 0) }
    }

    @Test func `adds nothing when it is run again, however the input is packed`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let text = (0..<50).map { webhook("wamid.\($0)", "hello \($0)") + "\n" }.joined()
            let file = try place.file("hooks.ndjson", text)
            let first = try place.run("import", "whatsapp-cloud", file)
            #expect(first.code == 0 && first.err.contains("imported 50, already there 0"))
            let array = try place.file(
                "hooks.json",
                "[" + text.split(separator: "\n").joined(separator: ",\n") + "]")
            let again = try totals(place.run("import", "whatsapp-cloud", array, "--json"))
            #expect(again["appended"] == 0 && again["duplicates"] == 50 && isWhole(again))
            let piped = try place.run("import", "whatsapp-cloud", "-", input: text)
            #expect(piped.err == "imported 0, already there 50\n")
            #expect(try place.count() == 50)
        }
    }

    @Test func `puts aside what is broken, and goes on`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let lines = [
                webhook("wamid.1", "one"), "{\"object\":", "no JSON at all", "{}",
                webhook("wamid.2", "two"), "{\"object\":\"whatsapp_business_account\"",
            ]
            let file = try place.file("hooks.ndjson", lines.joined(separator: "\n"))
            let found = try totals(place.run("import", "whatsapp-cloud", file, "--json"))
            #expect(found["appended"] == 2 && found["quarantined"] == 4 && isWhole(found))
            let aside = try place.run("events", "--type", "input.quarantined", "--json").json
            #expect(aside.map { $0["data"]?["line"]?.integer } == [2, 3, 4, 6])
            #expect(aside.allSatisfy { $0["data"]?["error"]?.text?.hasSuffix(".") == true })
            let again = try totals(place.run("import", "whatsapp-cloud", file, "--json"))
            #expect(again["duplicates"] == 6 && again["quarantined"] == 0)
        }
    }

    @Test func `puts the same id with other content aside as a conflict`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let file = try place.file(
                "hooks.ndjson",
                [webhook("wamid.1", "one"), webhook("wamid.1", "two"), webhook("wamid.2", "x")]
                    .joined(separator: "\n"))
            let found = try totals(place.run("import", "whatsapp-cloud", file, "--json"))
            #expect(found["appended"] == 2 && found["quarantined"] == 1 && isWhole(found))
            let aside = try place.run("events", "--type", "input.quarantined", "--json").json
            #expect(aside.first?["data"]?["code"]?.text == "conflict")
        }
    }

    @Test func `takes the same message of a person under another name as the same`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let one = try place.file("1.json", webhook("wamid.1", "one", from: "27820000001"))
            let two = try place.file("2.json", webhook("wamid.1", "one", from: "27829999999"))
            _ = try place.run("import", "whatsapp-cloud", one)
            let found = try totals(place.run("import", "whatsapp-cloud", two, "--json"))
            #expect(found["duplicates"] == 1 && found["links"] == 1 && isWhole(found))
        }
    }

    @Test func `counts messages of chats that the policy does not take in`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file(
                "policy.yaml", "ingest:\n  chats: [\"+27 82 000 0001\"]\n")
            #expect(
                try place.run("policy", "apply", policy, "--by", "ann", "--why", "x").code == 0)
            let file = try place.file(
                "hooks.ndjson",
                webhook("wamid.1", "one") + "\n"
                    + webhook("wamid.2", "private", from: "27820000002"))
            let found = try totals(place.run("import", "whatsapp-cloud", file, "--json"))
            #expect(found["appended"] == 1 && found["elsewhere"] == 1 && isWhole(found))
            #expect(try !place.run("events").out.contains("private"))
        }
    }

    @Test func `keeps what is too long for an event beside the log, sealed`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let secret = String(repeating: "secret ", count: 20_000)
            let file = try place.file("hooks.ndjson", "{\"a\":\"\(secret)\"\n")
            let found = try totals(place.run("import", "whatsapp-cloud", file, "--json"))
            #expect(found["quarantined"] == 1)
            let names = Folder.names(in: place.ledger + "/quarantine")
            #expect(names.count == 1)
            let kept = try Descriptor.contents(
                of: place.ledger + "/quarantine/" + names[0], byteMax: .max)
            #expect(kept.count >= secret.utf8.count)
            #expect(!String(decoding: kept, as: UTF8.self).contains("secret secret"))
            let raw = try place.run("why", "0", "--raw")
            #expect(raw.out == "{\"a\":\"\(secret)\"\n")
        }
    }

    @Test func `finds the subjects that the policy's patterns name`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let file = try place.file(
                "hooks.ndjson",
                webhook("wamid.1", "dr1854951 and DR1853674, not DR18536740") + "\n"
                    + webhook("wamid.2", "again DR1854951", time: 1_760_000_100))
            _ = try place.run("import", "whatsapp-cloud", file)
            let found = try place.run("state", "subjects", "--json").json
            #expect(
                Set(found.compactMap { $0["subject"]?.text }) == ["DR1854951", "DR1853674"])
            let story = try #require(
                place.run("state", "subjects", "DR1854951", "--json").json.first)
            #expect(story["submissions"]?.integer == 2)
            #expect(story["story"]?.elements.map { $0["submission"]?.integer } == [1, 2])
            let page = try place.run("state", "subjects", "DR1854951").out
            #expect(page.contains("1st submission by Ann") && page.contains("2nd submission"))
        }
    }

    @Test func `says what stops it, and what was taken before`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let wide = try place.file("wide.json", "{\u{0}\"\u{0}a\u{0}")
            let run = try place.run("import", "whatsapp-cloud", wide)
            #expect(run.code == 1 && run.err.contains("UTF-16"), "\(run.err)")
            let missing = try place.run("import", "whatsapp-cloud", place.folder + "/none")
            #expect(missing.code == 1 && missing.err.contains("no such file"))
            #expect(try place.run("import", "nonsense", wide).code == 64)
            #expect(try place.run("import", "cloudevents", wide, "--account", "x").code == 64)
        }
    }

    @Test func `unpacks gzip and zip, and tells a stream that is cut`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let gzip = Base64.decode(Packed.gzip.utf8Span.span) ?? []
            let zip = Base64.decode(Packed.zip.utf8Span.span) ?? []
            let folder = place.folder + "/in"
            try Folder.create(folder)
            try Descriptor.create(folder + "/events.ndjson.gz", gzip)
            try Descriptor.create(folder + "/more.zip", zip)
            try Descriptor.create(folder + "/read.me", Array("no events".utf8))
            let run = try place.run("import", "cloudevents", folder)
            #expect(run.err == "imported 2, already there 2\n")
            let cut = place.folder + "/cut.gz"
            try Descriptor.create(cut, Array(gzip.prefix(60)))
            let broken = try place.run("import", "cloudevents", cut)
            #expect(broken.code == 1 && broken.err.contains("the gzip stream is cut short"))
            try Descriptor.create(place.folder + "/cut.zip", Array(zip.prefix(60)))
            let damaged = try place.run("import", "cloudevents", place.folder + "/cut.zip")
            #expect(damaged.code == 1 && damaged.err.contains("no zip archive"), "\(damaged.err)")
        }
    }
}

/// The same two events, packed.
private enum Packed {
    static let gzip =
        "H4sIAAAAAAACA52MMQ6AIBAEe59xtSFq6W8IbAyFQrgTNYS/ezzAxm4mu5lKnOAKMod40EqzmWik"
        + "4DsqcDyzg4pVkSd13MFsN5gMh1DgdfFWLK2VBLfoIx6g1ob63V5+t+WKvf0C6DADdLgAAAA="
    static let zip =
        "UEsDBBQAAAAAAAAAIQDoMAN0uAAAALgAAAAQAAAAaW4vZXZlbnRzLm5kanNvbnsic3BlY3ZlcnNp"
        + "b24iOiIxLjAiLCJpZCI6IjEiLCJzb3VyY2UiOiJhIiwidHlwZSI6Im1lc3NhZ2UucmVjZWl2ZWQi"
        + "LCJkYXRhIjp7InRleHQiOiJvbmUifX0KeyJzcGVjdmVyc2lvbiI6IjEuMCIsImlkIjoiMiIsInNv"
        + "dXJjZSI6ImEiLCJ0eXBlIjoibWVzc2FnZS5yZWNlaXZlZCIsImRhdGEiOnsidGV4dCI6InR3byJ9"
        + "fQpQSwMEFAAAAAAAAAAhAPozm1YJAAAACQAAAAkAAABub3Rlcy50eHRubyBldmVudHNQSwECFAMU"
        + "AAAAAAAAACEA6DADdLgAAAC4AAAAEAAAAAAAAAAAAAAAgAEAAAAAaW4vZXZlbnRzLm5kanNvblBL"
        + "AQIUAxQAAAAAAAAAIQD6M5tWCQAAAAkAAAAJAAAAAAAAAAAAAACAAeYAAABub3Rlcy50eHRQSwUG"
        + "AAAAAAIAAgB1AAAAFgEAAAAA"
}
