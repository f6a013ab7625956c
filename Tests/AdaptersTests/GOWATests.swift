import Adapters
import Events
import Testing

@Suite struct `Webhooks of GOWA` {
    static let me = #""device_id":"27000000001:7@s.whatsapp.net""#
    static let group = "120363000000000001@g.us"

    /// A message, with members of its payload behind.
    static func message(_ more: String, event: String = "message") -> String {
        """
        {"event":"\(event)",\(me),"payload":{"id":"3EB0A1","timestamp":"2025-10-01T16:51:02+02:00",
        \(more)}}
        """
    }

    static let samples = [
        message(
            #""chat_id":"27000000002@s.whatsapp.net","from":"27000000002@s.whatsapp.net","body":"x""#
        ),
        message(
            #""chat_id":"120363000000000001@g.us","from":"2233@lid","revoked_message_id":"3EB0""#,
            event: "message.revoked"),
        #"{"event":"message.ack",\#(me),"timestamp":1759330262,"payload":{"ids":["A","B"],"#
            + #""chat_id":"27000000002@s.whatsapp.net","from":"27000000002@s.whatsapp.net","#
            + #""receipt_type":"read"}}"#,
        #"{"event":"label.association",\#(me),"payload":{"label_id":"9","labeled":true}}"#,
    ]

    @Test func `in a group name the author and the drops`() throws {
        let lines = try Bridge.lines(
            GOWA.self,
            Self.message(
                #"""
                "chat_id":"120363000000000001@g.us","from":"27000000002:12@s.whatsapp.net",
                "from_lid":"2233445566:3@lid","from_name":"Anna","body":"dr1854951 and DR1853674",
                "is_from_me":false
                """#))
        #expect(
            lines == [
                "link +27000000002 = 2233445566@lid",
                "message.received 2025-10-01T14:51:02.000Z id=3EB0A1/\(Self.group) "
                    + "subject=DR1854951 account=+27000000001 chat=\(Self.group) "
                    + "person=+27000000002 message=3EB0A1 text=dr1854951 and DR1853674 name=Anna "
                    + "subjects=DR1854951,DR1853674",
            ])
    }

    @Test func `of ours are sends, and name no drop`() throws {
        let text = "QA REVIEW INCOMPLETE - DR1854951"
        let direct = #""chat_id":"27000000002@s.whatsapp.net","from":"27000000001@s.whatsapp.net""#
        #expect(
            try Bridge.lines(
                GOWA.self, Self.message(#"\#(direct),"is_from_me":true,"body":"\#(text)""#)) == [
                    "send.attempted 2025-10-01T14:51:02.000Z id=3EB0A1 account=+27000000001 "
                        + "person=+27000000002 message=3EB0A1 text=\(text) recipient=+27000000002"
                ])
        #expect(
            try Bridge.lines(
                GOWA.self,
                Self.message(
                    #"\#(direct),"is_from_me":true,"body":"DR1","original_message_id":"3EB0""#,
                    event: "message.edited")) == [
                    "message.edited 2025-10-01T14:51:02.000Z id=3EB0A1 account=+27000000001 "
                        + "chat=+27000000002 message=3EB0 text=DR1"
                ])
        let toGroup = #""chat_id":"\#(Self.group)","from":"27000000001@s.whatsapp.net""#
        #expect(
            try Bridge.lines(
                GOWA.self, Self.message(#"\#(toGroup),"is_from_me":true,"body":"\#(text)""#)) == [
                    "send.attempted 2025-10-01T14:51:02.000Z id=3EB0A1/\(Self.group) "
                        + "account=+27000000001 chat=\(Self.group) message=3EB0A1 text=\(text) "
                        + "recipient=\(Self.group)"
                ])
    }

    @Test func `tell of every message in a receipt`() throws {
        func receipt(_ type: String, from: String = "27000000002@s.whatsapp.net") -> String {
            #"{"event":"message.ack",\#(Self.me),"timestamp":"2025-10-01T14:51:02Z","payload":"#
                + #"{"ids":["A","B"],"chat_id":"27000000002@s.whatsapp.net","from":"\#(from)","#
                + #""receipt_type":"\#(type)"}}"#
        }
        func line(_ status: String, _ id: String, _ more: String = "") -> String {
            "message.\(status) 2025-10-01T14:51:02.000Z id=\(status)/\(id) account=+27000000001 "
                + "person=+27000000002 message=\(id)\(more) recipient=+27000000002"
        }
        #expect(
            try Bridge.lines(GOWA.self, receipt("played")) == [
                line("read", "A"), line("read", "B"),
            ])
        #expect(
            try Bridge.lines(GOWA.self, receipt("server-error")).first
                == line("failed", "A", " code=server-error"))
        for type in ["read-self", "retry", "sender"] {
            #expect(
                try Bridge.lines(GOWA.self, receipt(type)) == ["noted receipt", "noted receipt"])
        }
        let own = receipt("delivered", from: "27000000001:9@s.whatsapp.net")
        #expect(try Bridge.lines(GOWA.self, own) == ["noted receipt", "noted receipt"])
    }

    @Test func `about stories and channels are noted`() throws {
        for (chat, kind) in [
            ("status@broadcast", "status"), ("120363000000000009@newsletter", "newsletter"),
        ] {
            let body = Self.message(
                #""chat_id":"\#(chat)","from":"27000000002@s.whatsapp.net","body":"x""#)
            #expect(try Bridge.lines(GOWA.self, body) == ["noted \(kind)"])
        }
    }

    @Test(arguments: [
        (#"{"event":"message"}"#, "invalid: The body has no `payload`."),
        (#"{"payload":{}}"#, "invalid: The body names no `event`."),
        (#"{"event":"message","payload":{"id":7,"body":"x"}}"#, "invalid: The message has no id."),
        (
            #"{"event":"message","payload":{"id":"A","timestamp":"yesterday"}}"#,
            "invalid: The message has no time."
        ),
        (
            #"{"event":"message","payload":{"id":"A","timestamp":"2025-10-01T14:51:02Z"}}"#,
            "invalid: The message says neither who wrote it nor where."
        ),
        (#"{"event":"message.ack","payload":{}}"#, "invalid: The receipt names no message."),
        (#"{"event":"teleport","payload":{}}"#, "unknown: The event `teleport` is unknown."),
    ])
    func `that are malformed or unknown are put aside`(_ body: String, _ reason: String) throws {
        #expect(try Bridge.lines(GOWA.self, body) == ["quarantined \(reason)"])
    }

    @Test func `are of the account that the import names`() throws {
        let elements = try Bridge.read(
            GOWA.self, Self.message(#""from":"27000000002@s.whatsapp.net","body":"x""#),
            AdapterOptions(account: "+27000000005"))
        #expect(Bridge.source(elements) == "gowa/+27000000005")
        #expect(elements.map(\.chat) == ["+27000000002"])
    }

    @Test func `keep no value that is too long, and say so`() throws {
        let long = String(repeating: "A", count: 5_000)
        let body = Self.message(
            #""from":"27000000002@s.whatsapp.net","body":"x","thumbnail":"\#(long)","n":1"#)
        let line = try #require(Bridge.lines(GOWA.self, body).first)
        #expect(line.hasSuffix(#"{"gowa":{"n":1,"left_out":["thumbnail"]}}"#))
    }
}
