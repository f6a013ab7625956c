import Events
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Importing exports` {
    private let options = [
        "--zone", "Africa/Johannesburg", "--account-name", "QA", "--account", "+27110000001",
    ]
    private let group = "120363000000000007@g.us"

    private func run(
        _ place: EndToEnd.Place, _ words: [String], input: String = ""
    ) throws -> Finished {
        try EndToEnd.run(["--ledger", place.ledger] + words, input: input)
    }

    private func totals(_ run: Finished) throws -> [String: Int64] {
        let json = try #require(run.json.last, "\(run.err)")
        return Dictionary(
            uniqueKeysWithValues: json.members.compactMap { member in
                member.value.integer.map { (member.name, $0) }
            })
    }

    private let lines = [
        "2025/10/01, 16:50 - You created group \"Fibre QA\"",
        "2025/10/01, 16:51 - Thandi: DR1854951", "done", "2025/10/01, 16:51 - Thandi: DR1854951",
        "2025/10/01, 16:52 - QA: Received", "2025/10/01, 16:53 - Sipho: This message was deleted",
    ]

    @Test func `of a chat adds only what is new, from a file, an archive or a pipe`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let text = lines.joined(separator: "\n") + "\n"
            let file = try place.file("WhatsApp Chat with Fibre QA.txt", text)
            let chat = ["import", "chat-export", file, "--json"] + options
            let first = try totals(run(place, chat + ["--chat", group]))
            #expect(first["read"] == 5 && first["appended"] == 3 && first["noted"] == 2)
            let again = try totals(run(place, chat + ["--chat", group]))
            #expect(again["appended"] == 0 && again["duplicates"] == 5)
            let more = text + "2025/10/02, 08:00 - Thandi: DR1854952\n"
            let piped = try run(
                place, ["import", "chat-export", "-", "--json", "--chat", group] + options,
                input: more)
            #expect(try totals(piped)["appended"] == 1)
            let sends = try place.run("events", "--type", "send.attempted", "--json").json
            #expect(sends.count == 1 && sends[0]["data"]?["chat"]?.text == group)
            let posted = try place.run("events", "--type", "message.received", "--json").json
            #expect(posted.count == 3 && posted[0]["data"]?["text"]?.text == "DR1854951\ndone")
            #expect(posted[0]["time"]?.text == "2025-10-01T16:51:00+02:00")
            #expect(posted[2]["subject"]?.text == "DR1854952")
        }
    }

    @Test func `of a chat asks for what it needs before the first event`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let file = try place.file("chat.txt", "01/02/2025, 16:51 - Thandi: DR1854951\n")
            let undecided = try run(place, ["import", "chat-export", file] + options)
            #expect(undecided.code == 1 && undecided.err.contains("--date-order dmy"))
            let zoneless = try place.run(
                "import", "chat-export", file, "--account-name", "", "--date-order", "dmy")
            #expect(zoneless.code == 1 && zoneless.err.contains("--zone"))
            let elsewhere = try place.run(
                "import", "chat-export", file, "--zone", "Mars/Base", "--account-name", "")
            #expect(elsewhere.code == 64)
            let none = try place.file("notes.txt", "no chat at all\n")
            #expect(try run(place, ["import", "chat-export", none] + options).code == 1)
            let other = try place.file("other.txt", "01/02/2025, 16:51 - A: a\n")
            #expect(
                try run(place, ["import", "chat-export", other, "--role", "x"] + options).code == 64
            )
            #expect(try place.count() == 0)
            let decided = try run(
                place, ["import", "chat-export", file, "--date-order", "mdy", "--json"] + options)
            #expect(try totals(decided)["appended"] == 1)
        }
    }

    @Test func `of a table of feedback makes its sends history`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let file = try place.file(
                "qa.csv",
                "id,drop_number,feedback_sent_at,feedback_message_hash,retry_count,last_retry_at,"
                    + "status\n7,DR1854951,2025-10-01 16:51:02+02,ab,1,2025-10-01 17:51:02+02,sent\n"
                    + "8,DR1854952,soon,ab,0,,sent\n")
            let table = ["import", "postgres-feedback", file, "--json", "--chat", group]
            let first = try totals(run(place, table))
            #expect(first["read"] == 4 && first["appended"] == 3 && first["quarantined"] == 1)
            let again = try totals(run(place, table))
            #expect(again["appended"] == 0 && again["duplicates"] == 4)
            let sends = try place.run("events", "--subject", "DR1854951", "--json").json
            #expect(
                sends.map { $0["type"]?.text } == [
                    "send.attempted", "send.attempted", "send.accepted",
                ])
            let titles = try place.file("other.csv", "a,b\n1,2\n")
            #expect(try place.run("import", "postgres-feedback", titles).code == 1)
        }
    }

    @Test func `of spam rules puts them on record`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let file = try place.file(
                "rules.csv",
                "pattern,mode,brand,enabled,note\nbuy now,Contains,,TRUE,\nx,Fuzzy,,TRUE,\n")
            let first = try totals(place.run("import", "spam-rules", file, "--json"))
            #expect(first["appended"] == 1 && first["quarantined"] == 1)
            let again = try totals(place.run("import", "spam-rules", file, "--json"))
            #expect(again["appended"] == 0 && again["duplicates"] == 2)
            let rules = try place.run("events", "--type", "ruleset.changed", "--json").json
            #expect(rules.count == 1)
        }
    }
}
