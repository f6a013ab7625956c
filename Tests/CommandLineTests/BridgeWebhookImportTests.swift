import Bytes
import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Importing webhooks of bridges` {
    private static let key = "B6D711FC-DE4D-4FD5-9365-44120E713976"

    private static func evolution(_ text: String, event: String = "messages.upsert") -> String {
        #"{"event":"\#(event)","instance":"shop","data":{"key":{"id":"AAAA","remoteJid":"#
            + #""27000000002@s.whatsapp.net","fromMe":false},"message":{"conversation":"\#(text)"},"#
            + #""messageTimestamp":1759330262},"sender":"27000000001@s.whatsapp.net","#
            + #""apikey":"\#(key)"}"#
    }

    @Test func `keeps no API key, whatever becomes of a body`() async throws {
        try await EndToEnd.withPlace { place in
            // Taken, in conflict with it, noted, unknown, cut off, and no JSON within brackets.
            let bodies = [
                Self.evolution("DR1854951 done, \(Self.key)"), Self.evolution("another text"),
                Self.evolution("x", event: "presence.update"), Self.evolution("x", event: "warp"),
                String(Self.evolution("cut").dropLast(5)), "{" + Self.evolution("x") + "}",
            ]
            let file = try place.file("1.ndjson", bodies.joined(separator: "\n") + "\n")
            let done = try place.run("import", "evolution", file, "--json")
            #expect(done.code == 0)
            let totals = try #require(done.json.first)
            #expect(totals["read"]?.integer == 6 && totals["appended"]?.integer == 1)
            #expect(totals["noted"]?.integer == 1 && totals["quarantined"]?.integer == 4)
            let events = try place.run("events", "--json").json
            #expect(events.count == 6)
            var shown = ""
            for event in events {
                var json = JSONWriter()
                event.write(to: &json)
                shown += json.text
                let raw = event["data"]?["raw"]?.text ?? ""
                shown +=
                    Base64.decode(Array(raw.utf8).span).map {
                        String(decoding: $0, as: UTF8.self)
                    } ?? ""
            }
            #expect(shown.contains("[redacted]") && shown.contains("another text"))
            #expect(!shown.contains("B6D711FC") && !shown.contains("44120E713976"))
            let again = try place.run("import", "evolution", file, "--json").json
            #expect(again.first?["appended"]?.integer == 0)
            #expect(again.first?["duplicates"]?.integer == 6)
        }
    }

    @Test func `takes a message under a number and a LID once, and links the two`() async throws {
        try await EndToEnd.withPlace { place in
            func body(_ from: String) -> String {
                #"{"event":"message","session":"s","me":{"id":"27000000001@c.us"},"payload":{"id":"#
                    + #""false_\#(from)_AAAA","from":"\#(from)","fromMe":false,"body":"hi","#
                    + #""timestamp":1759330262}}"#
            }
            let lines = [body("27000000002@c.us"), body("2233445566@lid")]
            let done = try place.run(
                "import", "waha", "-", "--json", input: lines.joined(separator: "\n"))
            let totals = try #require(done.json.first)
            #expect(totals["appended"]?.integer == 1 && totals["duplicates"]?.integer == 1)
            #expect(totals["links"]?.integer == 1 && totals["quarantined"]?.integer == 0)
        }
    }

    @Test func `takes forms, one a line, and JSON of the same parameters`() async throws {
        try await EndToEnd.withPlace { place in
            let lines = [
                "MessageSid=SM1&From=%2B27000000002&To=%2B27000000001&Body=STOP&OptOutType=STOP",
                "MessageSid=SM2&From=%2B27000000001&To=%2B27000000002&MessageStatus=delivered",
                #"{"MessageSid":"SM3","From":"+27000000002","To":"+27000000001","Body":"x"}"#,
                "Body=%zz",
            ]
            let file = try place.file("1.txt", lines.joined(separator: "\r\n"))
            let done = try place.run("import", "twilio", file, "--json")
            #expect(done.code == 0)
            let types = try place.run("events", "--json").json.map { $0["type"]?.text ?? "" }
            #expect(
                types == [
                    // What Twilio says of the word, and what the ledger itself reads in it.
                    "message.received", "consent.withdrawn", "consent.withdrawn",
                    "message.delivered", "message.received", "input.quarantined",
                ])
            let again = try place.run("import", "twilio", file, "--json").json
            #expect(again.first?["appended"]?.integer == 0)
            #expect(again.first?["duplicates"]?.integer == 5)
        }
    }
}
