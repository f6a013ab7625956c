import Events
import Glibc
import TestSupport
import Testing

/// One message delivered to several senders at once, which are killed.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Races of senders with one key` {
    static let hasPython = system("command -v python3 > /dev/null") == 0

    /// The checkout, three folders above this file.
    private static let root: String =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// Runs the races in a folder; answers their numbers.
    private static func run(_ count: Int, in folder: String) throws -> JSONValue {
        let binary = try #require(EndToEnd.binary)
        let command = """
            LEDGER_BINARY='\(binary)' python3 '\(root)/tools/crash/races.py' --races \(count) \
            --ledger '\(folder)' --json 2>&1
            """
        let pipe = try #require(popen(command, "r"))
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while true {
            let read = fread(&part, 1, part.count, pipe)
            if read == 0 { break }
            text += part[..<read]
        }
        let told = String(decoding: text, as: UTF8.self)
        try #require(pclose(pipe) == 0, "\(told)")
        return try JSONValue.parse(told.split(separator: "\n").last.map(String.init) ?? "")
    }

    /// 10,000 at full effort.
    @Test(.enabled(if: hasPython, "tools/crash needs python3"))
    func `send each message at most once, and the ledger tells of it`() async throws {
        let count = Effort.count(200, full: 10_000)
        try await withTemporaryFolder { folder in
            let told = try Self.run(count, in: folder + "/races")
            #expect(told["races"]?.integer == Int64(count))
            for name in ["killed", "answers lost", "joined", "denied"] {
                let number = try #require(told[name]?.integer)
                #expect(number > 0, "no race had \(name)")
            }
            let unsent = Int64(count) - (told["sent"]?.integer ?? 0)
            #expect(unsent <= told["unknown"]?.integer ?? 0)
            let place = EndToEnd.Place(folder: folder + "/races")
            try Self.checkStory(place, Int64(count))
            try Self.checkWhatIf(place)
            try Self.checkDoubles(place)
        }
    }

    private static func replay(_ place: EndToEnd.Place) throws -> JSONValue {
        let replay = try place.run(
            "replay", "--from", "@0", "--json", "--quiet", seconds: 600)
        return try #require(replay.json.first)
    }

    /// What was stopped at the last door is told, and nothing else looks like a double.
    private static func checkStory(_ place: EndToEnd.Place, _ count: Int64) throws {
        let story = try replay(place)
        #expect(story["doubles"]?.elements.isEmpty == true)
        #expect(story["duplicates"]?.elements.isEmpty == true)
        #expect(story["sent"]?.integer == count, "each may have gone once")
        let stopped = try #require(story["stopped"]?.elements)
        let isFirst = stopped.allSatisfy { $0["because"]?.texts?.contains("duplicate.key") == true }
        #expect(!stopped.isEmpty && isFirst)
        let text = try place.run("replay", "--from", "@0", "--quiet", seconds: 600).out
        #expect(text.contains("stopped at the last moment"))
        // Of a try that was stopped, `why` names the one that was first.
        let name = try #require(stopped.first?["reservation"]?.text)
        let why = try place.run("why", name, "--json").json
        let winner = try #require(why.first?["reservation"]?["winner"]?.text)
        #expect(try place.run("why", name).out.contains("attempt \(winner) may call the provider"))
        let shared = why.first?["reservation"]?["asks"]?.integer ?? 0
        #expect(shared > 1, "it was stopped because it shared the reservation")
    }

    /// However many share a reservation, another policy counts it once.
    private static func checkWhatIf(_ place: EndToEnd.Place) throws {
        // A race takes 400 seconds of the ledger's clock.
        let end = "2026-01-01T23:00:00Z"
        let granted = try place.run(
            "events", "--type", "send.reserved", "--to", end, "--json", seconds: 60)
        for (policy, sent) in [
            ("rate_limits: {messages_per_minute: 2}", granted.lines.count),
            ("rate_limits: {messages_per_day: 5}", 5),
        ] {
            let file = try place.file("what-if-\(sent).yaml", policy)
            let whatIf = try place.run(
                "replay", "--from", "@0", "--to", end, "--what-if", file, "--json", "--quiet",
                seconds: 600)
            let verdicts = try #require(whatIf.json.first?["verdicts"])
            #expect(verdicts["send"]?.integer == Int64(sent), "\(policy): \(verdicts)")
            #expect(verdicts["refuse"]?.integer ?? 0 > 0, "who shared would send nothing more")
        }
    }

    /// Doubles that happened all the same are named.
    private static func checkDoubles(_ place: EndToEnd.Place) throws {
        func reservation(_ type: String, where holds: (JSONValue) -> Bool) throws -> String {
            let events = try place.run("events", "--type", type, "--json", seconds: 60).json
            return try #require(events.first(where: holds)?["data"]?["reservation"]?.text)
        }
        func accept(_ name: String) throws {
            let told = try place.run(
                "report", "--reservation", name, "--outcome", "accepted", "--message",
                "wamid.again")
            #expect(told.code == 0, "\(told.err)")
        }
        let sent = try reservation("send.accepted") { _ in true }
        // One that nobody attempted, after all races.
        for (key, now) in [("late", "2027-01-01T00:00:00Z"), ("later", "2027-01-01T00:10:00Z")] {
            let asked = try place.run(
                "ask", "--key", key, "--account", "+27110000009", "--chat", "late@g.us",
                "--attempt", key, "--now", now)
            #expect(asked.code == 0, "\(asked.out)\(asked.err)")
        }
        let released = try reservation("send.expired") { $0["data"]?["released"]?.flag == true }
        try accept(sent)
        try accept(released)
        let doubles = try #require(try replay(place)["doubles"]?.elements)
        #expect(doubles.count == 2)
        for (name, kind, messages) in [(sent, "messages", 2), (released, "unannounced", 1)] {
            let double = doubles.first { $0["reservation"]?.text == name }
            #expect(double?["kind"]?.text == kind)
            #expect(double?["messages"]?.integer == Int64(messages))
        }
        #expect(try place.run("why", sent).out.contains("2 messages of it: a double send"))
        #expect(try place.run("why", released).out.contains("it was sent after it was released"))
    }
}
