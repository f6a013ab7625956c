import Events
import Gate
import Glibc
import TestSupport
import Testing

/// What README says still sends twice: each as it happens, and who tells of it.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A sender that does not keep its word` {
    /// Senders of one message about one drop, by verbs of their own, and a provider.
    private struct Desk {
        let place: EndToEnd.Place

        private func time(_ seconds: Int) -> String {
            Timestamp.text(Instant(nanoseconds: Int64(2_000_000 + seconds) * 1_000_000_000))
        }

        func ask(_ attempt: String, key: String = "k", at seconds: Int, business: Bool = true)
            throws -> JSONValue
        {
            let drop = business ? #","subject":"DR1","steps":["photo"],"submission":1"# : ""
            let line = """
                {"key":"\(key)","attempt":"\(attempt)","account":"+27110000001",\
                "chat":"120363000000000001@g.us","text":"hello"\(drop)}
                """
            return try place.run("ask", line, "--json", "--now", time(seconds)).json.first ?? .null
        }

        /// A permission to send.
        func granted(_ attempt: String, key: String = "k", at seconds: Int, business: Bool = true)
            throws -> String
        {
            let answer = try ask(attempt, key: key, at: seconds, business: business)
            return try #require(answer["reservation"]?.text, "\(answer)")
        }

        @discardableResult
        func report(
            _ reservation: String, _ outcome: String, _ attempt: String?, at seconds: Int,
            message: String? = nil
        ) throws -> JSONValue {
            var words = ["--reservation", reservation, "--outcome", outcome]
            if let attempt { words += ["--attempt", attempt] }
            if let message { words += ["--message", message] }
            let all = ["--ledger", place.ledger, "report"] + words
            return try EndToEnd.run(all + ["--json", "--now", time(seconds)]).json.first ?? .null
        }

        func goes(_ reservation: String, _ attempt: String, at seconds: Int) throws -> Bool {
            try report(reservation, "attempted", attempt, at: seconds)["go"]?.flag == true
        }

        /// What replay calls doubles: reservation and kind.
        func doubles() throws -> [String: String] {
            let story = try place.run("replay", "--from", "@0", "--json", "--quiet").json.first
            let doubles = try #require(story?["doubles"]?.elements)
            return Dictionary(
                uniqueKeysWithValues: doubles.map {
                    ($0["reservation"]?.text ?? "", $0["kind"]?.text ?? "")
                })
        }
    }

    private func withDesk(_ body: (Desk) throws -> Void) async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file("p", "rate_limits: {messages_per_minute: 9}\n")
            let applied = try place.run(
                "policy", "apply", policy, "--by", "ann", "--why", "x", "--now",
                "1970-01-10T00:00:00Z")
            #expect(applied.code == 0, "\(applied.err)")
            try body(Desk(place: place))
        }
    }

    @Test func `and promises an attempt that it never reports sends twice`() async throws {
        try await withDesk { desk in
            let first = try desk.granted("a", at: 0)
            // It calls the provider without a word; its lease ends, and the next may send.
            let second = try desk.granted("b", at: 40)
            #expect(second != first)
            #expect(try desk.goes(second, "b", at: 41))
            try desk.report(second, "accepted", "b", at: 42, message: "m2")
            #expect(try desk.doubles().isEmpty)
            // The provider's word tells.
            try desk.report(first, "accepted", nil, at: 43, message: "m1")
            #expect(try desk.doubles() == [first: "unannounced"])
        }
    }

    @Test func `and sends although go is false sends twice`() async throws {
        try await withDesk { desk in
            let reservation = try desk.granted("a", at: 0)
            #expect(try desk.granted("b", at: 1) == reservation)
            #expect(try desk.goes(reservation, "a", at: 2))
            #expect(try !desk.goes(reservation, "b", at: 3))
            try desk.report(reservation, "accepted", "a", at: 4, message: "m1")
            try desk.report(reservation, "accepted", "b", at: 5, message: "m2")
            #expect(try desk.doubles() == [reservation: "messages"])
            let story = try desk.place.run("replay", "--from", "@0", "--json", "--quiet").json[0]
            #expect(story["stopped"]?.elements.count == 1)
        }
    }

    @Test func `and makes a new key for each delivery sends twice, unless a drop is named`()
        async throws
    {
        try await withDesk { desk in
            for number in 0..<2 {
                let key = "delivery \(number)"
                let sent = try desk.granted("a\(number)", key: key, at: number, business: false)
                #expect(try desk.goes(sent, "a\(number)", at: number))
                try desk.report(sent, "accepted", "a\(number)", at: number, message: "m\(number)")
            }
            // No two of them have a name in common: nobody can tell.
            #expect(try desk.doubles().isEmpty)
            let sent = try desk.granted("b", key: "delivery 3", at: 10)
            #expect(try desk.goes(sent, "b", at: 10))
            try desk.report(sent, "accepted", "b", at: 11)
            let again = try desk.ask("c", key: "delivery 4", at: 12)
            #expect(again["verdict"]?.text == "refuse")
            #expect(again["because"]?.texts?.contains("duplicate.business") == true)
        }
    }

    @Test func `and whose library repeats by itself sends twice`() async throws {
        try await withDesk { desk in
            let reservation = try desk.granted("a", at: 0)
            #expect(try desk.goes(reservation, "a", at: 1))
            // One call, of which the provider makes two messages.
            try desk.report(reservation, "accepted", "a", at: 2, message: "m2")
            let event = """
                {"specversion":"1.0","id":"s1","source":"hook","type":"message.delivered",\
                "data":{"account":"+27110000001","message":"m1","reservation":"\(reservation)"}}
                """
            let told = try desk.place.run("append", "-", input: event)
            #expect(told.json.first?["position"] != nil, "\(told.out)")
            #expect(try desk.doubles() == [reservation: "messages"])
        }
    }

    @Test func `and reports failed after a timeout sends twice`() async throws {
        try await withDesk { desk in
            let first = try desk.granted("a", at: 0)
            #expect(try desk.goes(first, "a", at: 1))
            // The provider took it, and the answer was lost.
            try desk.report(first, "failed", "a", at: 2)
            let second = try desk.granted("b", at: 3)
            #expect(try desk.goes(second, "b", at: 4))
            try desk.report(second, "accepted", "b", at: 5, message: "m2")
            try desk.report(first, "accepted", nil, at: 6, message: "m1")
            #expect(try desk.doubles() == [first: "unannounced"])
        }
    }

    @Test func `and takes answers for those of another question sends twice`() async throws {
        try await withDesk { desk in
            let reservation = try desk.granted("a", at: 0)
            #expect(try desk.granted("b", at: 0) == reservation)
            // Two workers share a co-process, and each reads the other's answer.
            let lines = ["a", "b"].map { attempt in
                #"{"reservation":"\#(reservation)","outcome":"attempted","attempt":"\#(attempt)"}"#
            }
            let answers = try desk.place.run(
                "report", "-", input: lines.joined(separator: "\n")
            ).json
            let (readByB, readByA) = (answers[0], answers[1])
            #expect(readByB["go"]?.flag == true && readByA["go"]?.flag == false)
            // B sends; A, which may, gives it back, and whoever is next sends again.
            try desk.report(reservation, "cancelled", "a", at: 1)
            let next = try desk.granted("c", at: 2)
            #expect(try desk.goes(next, "c", at: 3))
            try desk.report(next, "accepted", "c", at: 4, message: "m2")
            try desk.report(reservation, "accepted", "b", at: 5, message: "m1")
            #expect(try desk.doubles() == [reservation: "unannounced"])
            // The echo says whose answer it is: whoever compares does not send.
            #expect(readByB["attempt"]?.text == "a" && readByA["attempt"]?.text == "b")
        }
    }

    @Test func `is named in README, case by case`() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let file = try #require(fopen(root + "/README.md", "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let read = fread(&part, 1, part.count, file)
            if read == 0 { break }
            bytes += part[..<read]
        }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let text = words.joined(separator: " ")
        let start = try #require(text.firstRange(of: "What still sends twice:")).lowerBound
        let bullet = text[start...].prefix(1_200)
        for misuse in [
            "promised and never reported", "`go: false` that is ignored",
            "a new key for each delivery", "library that repeats by itself",
            "`failed` or `cancelled` after a timeout",
            "answers taken for those of another question",
        ] {
            #expect(bullet.contains(misuse), "README does not name: \(misuse)")
        }
    }
}
