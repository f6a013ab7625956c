import Crypto
import Events
import Glibc
import Storage
import TestSupport
import Testing

private let alias = "+27821234567"

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verbs of a person` {
    @Test func `hand out one JSON object, and record it without saying of whom`() async throws {
        try await withPerson { place in
            let made = try place.run(
                "person", "export", "27821234567@s.whatsapp.net", "--by", "ann", "--why", "asked")
            #expect(made.code == 0, "\(made.err)")
            #expect(made.err.contains("exported 7 events of a person (position 11)"), "\(made.err)")
            let json = try JSONValue.parse(made.out)
            let types = json["events"]?.elements.map { $0["type"]?.text }
            #expect(
                types == [
                    "message.received", "consent.withdrawn", "send.reserved", "send.refused",
                    "send.attempted", "send.accepted", "message.delivered",
                ])
            #expect(json["inbound"]?.integer == 1)
            #expect(json["mentions"]?.integer == 1)
            let decisions = json["decisions"]?.elements ?? []
            #expect(decisions.count == 1)
            #expect(decisions.first?["verdict"]?.text == "refuse")
            let against = decisions.first?["rules"]?.elements.filter {
                $0["verdict"]?.text == "refuse"
            }
            #expect(against?.first?["rule"]?.text == "consent")
            #expect(against?.first?["reason"]?.text?.isEmpty == false)
            let events = try place.run("events", "--json")
            let event = try #require(events.json.last)
            #expect(event["type"]?.text == "export.made")
            let data = event["data"]
            #expect(data?["format"]?.text == "person")
            #expect(data?["count"]?.integer == 7)
            #expect(data?["first"]?.integer == 0)
            #expect(data?["last"]?.integer == 8)
            #expect(data?["by"]?.text == "ann")
            #expect(data?["hash"]?.text == Array(made.out.utf8).span.sha256.hex)
            #expect(events.lines.last?.contains("2782123") == false)
            let erased = try place.run("erase", alias, "--by", "ann", "--why", "asked")
            #expect(erased.out.contains("out of reach: the person export of"), "\(erased.out)")
        }
    }

    @Test func `name a file when it is whole, for its owner alone`() async throws {
        try await withPerson { place in
            let path = place.folder + "/person.html"
            let made = try place.run(
                "person", "export", alias, "--format", "html", "-o", path, "--json")
            #expect(made.code == 0, "\(made.err)")
            #expect(made.json[0]["format"]?.text == "html")
            #expect(made.json[0]["events"]?.integer == 7)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let page = try Descriptor.contents(of: path)
            #expect(made.json[0]["hash"]?.text == page.span.sha256.hex)
            let text = String(decoding: page, as: UTF8.self)
            #expect(text.contains("consent: The person&#39;s consent is missing or withdrawn."))
            #expect(text.contains("&lt;b&gt;Thandi|") && !text.contains("<b>Thandi"))
            #expect(text.hasSuffix("</html>\n"))
            let again = try place.run("person", "export", alias, "-o", path)
            #expect(again.code == 1)
            #expect(again.err.contains("is there already"), "\(again.err)")
            #expect(try Descriptor.contents(of: path) == page)
            #expect(try place.count() == 12, "what was refused is not recorded")
        }
    }

    @Test func `refuse who is nobody, and who was erased`() async throws {
        try await withPerson { place in
            let path = place.folder + "/person"
            for verb in ["export", "show"] {
                let nobody = try place.run("person", verb, "+27820000000")
                #expect(nobody.code == 1)
                #expect(nobody.err.contains("nobody with the alias"), "\(nobody.err)")
            }
            _ = try place.run("erase", alias, "--by", "ann", "--why", "asked")
            let count = try place.count()
            let show = try place.run("person", "show", alias)
            let export = try place.run("person", "export", alias, "-o", path)
            for result in [show, export] {
                #expect(result.code == 1)
                #expect(result.out.isEmpty)
                #expect(result.err.contains("was erased already"), "\(result.err)")
            }
            #expect(!Folder.exists(path) && !Folder.exists(path + ".unfinished"))
            #expect(try place.count() == count)
        }
    }

    @Test(arguments: ["--by", "--why"])
    func `refuse to record an order that names the person`(option: String) async throws {
        try await withPerson { place in
            for name in ["<B>thandi|\u{1B}[2j", "0\(alias.dropFirst())"] {
                let made = try place.run("person", "export", alias, option, "for \(name)!")
                #expect(made.code == 64)
                #expect(made.err.contains("leave the person's name"), "\(made.err)")
                #expect(made.out.isEmpty)
            }
            #expect(try place.count() == 11)
        }
    }

    @Test func `show what is known on a page of a terminal`() async throws {
        try await withPerson { place in
            let shown = try place.run("person", "show", "whatsapp:\(alias)")
            #expect(shown.code == 0, "\(shown.err)")
            for line in [
                "What is held of \(alias)", "Aliases: \(alias).", "Names: <b>Thandi|\\x1B[2J.",
                "marketing: withdrawn since 2025-10-01 09:01:00 (position 2), evidence: STOP",
                "They wrote 1 message (the last at 2025-10-01 09:00:00).",
                "send.refused           1",
                "refuse: consent: The person's consent is missing or withdrawn.",
            ] {
                #expect(shown.out.contains(line), "\(line)\n\(shown.out)")
            }
            #expect(!shown.out.unicodeScalars.contains("\u{1B}"))
            #expect(try place.count() == 11, "it only reads")
        }
    }

    @Test(.enabled(if: python != nil, "needs Python's jsonschema: set LEDGER_PYTHON"))
    func `print what fits the schema`() async throws {
        try await withPerson { place in
            let shown = try place.run("person", "show", alias, "--json")
            _ = try place.file("show.json", shown.out)
            _ = try place.run("person", "export", alias, "-o", place.folder + "/export.json")
            let script = """
                import json, sys, jsonschema
                rules = json.load(open(sys.argv[2] + "/answers/person.v1.json"))
                check = jsonschema.Draft202012Validator(rules)
                for name in ("show", "export"):
                    value = json.load(open(sys.argv[1] + "/" + name + ".json"))
                    check.validate(value)
                    assert set(value) <= set(rules["properties"]), name
                assert set(value) == set(rules["properties"])
                for event in value["events"]:
                    schema = sys.argv[2] + "/events/" + event["type"] + ".v1.json"
                    jsonschema.Draft202012Validator(json.load(open(schema))).validate(event)
                del value["mentions"]
                assert not check.is_valid(value)
                print("valid")
                """
            let file = try place.file("check.py", script)
            let schemas = root + "/schemas"
            let check = shell("'\(python ?? "")' '\(file)' '\(place.folder)' '\(schemas)'")
            #expect(check == "valid\n")
        }
    }
}

/// A person who wrote, opted out of marketing, and was sent one of two messages.
private func withPerson(_ body: (EndToEnd.Place) async throws -> Void) async throws {
    try await EndToEnd.withPlace(development: true) { place in
        let name = "\"name\":\"<b>Thandi|\\u001b[2J\""
        let lines = [
            EndToEnd.event(
                "1", time: "2025-10-01T09:00:00Z",
                data: "\"person\":\"\(alias)\",\"text\":\"hello\",\(name)"),
            EndToEnd.event(
                "2", time: "2025-10-01T09:00:30Z",
                data: "\"person\":\"+27829999999\",\"text\":\"where is 27821234567?\""),
            EndToEnd.event(
                "3", type: "consent.withdrawn", time: "2025-10-01T09:01:00Z",
                data: "\"person\":\"\(alias)\",\"category\":\"marketing\",\"evidence\":\"STOP\""),
        ]
        let file = try place.file("lines", lines.joined(separator: "\n"))
        let now = "2025-10-01T10:00:00Z"
        #expect(try place.run("append", file, "--now", now).code == 0)
        let policy = try place.file("policy.yaml", "name: test\n")
        _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x", "--now", now)
        let to = "\"account\":\"a\",\"chat\":\"\(alias)\",\"person\":\"\(alias)\",\"text\":\"hi\""
        let asked = try place.run("ask", "{\(to),\"category\":\"utility\"}", "--now", now, "--json")
        let reservation = try #require(asked.json.first?["reservation"]?.text)
        let refused = try place.run("ask", "{\(to),\"category\":\"marketing\"}", "--now", now)
        #expect(refused.code == 77)
        // What becomes of it names the reservation or the message, and nobody.
        let message = ["--message", "wamid.9"]
        for outcome in [["attempted"], ["accepted"] + message] {
            let report = try EndToEnd.run(
                ["--ledger", place.ledger, "report", "--reservation", reservation, "--now", now]
                    + ["--outcome"] + outcome)
            #expect(report.code == 0, "\(report.err)")
        }
        let statuses = ["+27821234567", "+27829999999"].map { recipient in
            "{\"specversion\":\"1.0\",\"id\":\"\(recipient)\",\"source\":\"test/1\","
                + "\"type\":\"message.delivered\",\"time\":\"\(now)\",\"data\":{"
                + "\"message\":\"wamid.9\",\"recipient\":\"\(recipient)\"}}"
        }
        let delivered = try place.file("statuses", statuses.joined(separator: "\n"))
        #expect(try place.run("append", delivered, "--now", now).code == 0)
        let other = "{\"account\":\"a\",\"chat\":\"g@g.us\",\"text\":\"to the group\"}"
        #expect(try place.run("ask", other, "--now", now).code == 0)
        try await body(place)
    }
}

private let root = Folder.parent(of: Folder.parent(of: Folder.parent(of: #filePath)))

/// The interpreter that can import jsonschema, or nil.
let python: String? = {
    let named = getenv("LEDGER_PYTHON").map { String(cString: $0) }
    let own = root + "/.venv/bin/python3"
    let python = named ?? (access(own, X_OK) == 0 ? own : "python3")
    return shell("'\(python)' -c 'import jsonschema' && echo there") == "there\n" ? python : nil
}()

func shell(_ command: String) -> String {
    guard let pipe = popen(command + " 2>&1", "r") else { return "" }
    defer { pclose(pipe) }
    var text: [UInt8] = []
    while true {
        let byte = fgetc(pipe)
        if byte == EOF { return String(decoding: text, as: UTF8.self) }
        text.append(UInt8(truncatingIfNeeded: byte))
    }
}
