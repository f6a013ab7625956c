import Adapters
import Events
import Testing

@Suite struct `Webhooks of Twilio` {
    static let ids = "MessageSid=SM01&SmsSid=SM01&AccountSid=AC01"
    static let whatsapp = "From=whatsapp%3A%2B27000000002&To=whatsapp%3A%2B27000000001"
    static let noon = Instant(nanoseconds: 1_759_330_262_000_000_000)

    static let samples = [
        "\(ids)&\(whatsapp)&Body=DR1854951+done&NumMedia=0&ProfileName=Anna&WaId=27000000002",
        "\(ids)&From=%2B27000000002&To=%2B27000000001&Body=STOP&OptOutType=STOP",
        "\(ids)&From=%2B27000000001&To=%2B27000000002&MessageStatus=failed&ErrorCode=30003",
        #"{"MessageSid":"SM01","From":"+27000000002","To":"+27000000001","Body":"x"}"#,
    ]

    /// The lines of a body that came in at 14:51:02, or at a time that is not known.
    private static func lines(_ body: String, isTimed: Bool = true) -> [String] {
        Bridge.lines(elements(body, isTimed: isTimed))
    }

    static func elements(_ body: String, isTimed: Bool = true) -> [Element] {
        var options = Bridge.options
        if isTimed { options.received = noon }
        var reading = Reading(Twilio.format, options)
        Twilio.read(Array(body.utf8), line: 3, into: &reading)
        return reading.elements
    }

    private static let head = "2025-10-01T14:51:02.000Z"

    @Test func `bring messages of WhatsApp`() {
        #expect(
            Self.lines(Self.samples[0]) == [
                "message.received \(Self.head) id=SM01 subject=DR1854951 account=+27000000001 "
                    + "person=+27000000002 message=SM01 text=DR1854951 done name=Anna "
                    + #"{"twilio":{"channel":"whatsapp","AccountSid":"AC01","NumMedia":"0"}}"#
            ])
        let more =
            "&ButtonText=Yes&ButtonPayload=y&Body=Yes&OriginalRepliedMessageSid=SM00"
            + "&MediaUrl0=https%3A%2F%2Fx&MediaContentType0=image%2Fjpeg&MessagingServiceSid=MG1"
        #expect(
            Self.lines("MessageSid=SM01&\(Self.whatsapp)\(more)") == [
                "message.received \(Self.head) id=SM01 account=+27000000001 person=+27000000002 "
                    + "message=SM01 text=Yes quoted=SM00 "
                    + #"{"twilio":{"channel":"whatsapp","ButtonText":"Yes","ButtonPayload":"y","#
                    + #""MediaUrl0":"https://x","MediaContentType0":"image/jpeg","#
                    + #""MessagingServiceSid":"MG1"}}"#
            ])
    }

    /// `curl -d` and replayed logs leave the plus as it is, which a form reads as a space.
    @Test(arguments: [
        "From=+27000000002&To=+27000000001", "From=whatsapp:+27000000002&To=whatsapp:+27000000001",
    ])
    func `with a raw plus name the number`(_ parties: String) {
        let line = Self.lines("MessageSid=SM01&\(parties)&Body=STOP").first ?? ""
        #expect(line.contains("account=+27000000001 person=+27000000002"), "\(line)")
    }

    @Test(arguments: ["undefined", "null", "foo_bar", "ZA.", "za.1349", "ZA.1349_1"])
    func `link no id that has not the form of one`(_ id: String) {
        let lines = Self.lines("MessageSid=SM01&\(Self.whatsapp)&ExternalUserId=\(id)&Body=x")
        #expect(lines.count == 1 && !lines[0].hasPrefix("link"), "\(lines)")
    }

    @Test func `link the aliases of a person`() {
        let body =
            "MessageSid=SM01&From=whatsapp%3AZA.13491208655302741918&To=%2B27000000001"
            + "&Body=x&WaId=27000000002&ExternalUserId=ZA.13491208655302741918"
        let lines = Self.lines(body)
        #expect(lines.first == "link ZA.13491208655302741918 = +27000000002")
        #expect(lines.count == 2 && lines[1].contains("person=ZA.13491208655302741918"))
        let number = Self.lines(
            "MessageSid=SM01&\(Self.whatsapp)&WaId=27000000002&ExternalUserId=ZA.1349&Body=x")
        #expect(number.first == "link +27000000002 = ZA.1349")
    }

    @Test func `bring what Twilio read as an opt-out, beside the message`() {
        func lines(_ type: String, _ body: String, isTimed: Bool = true) -> [String] {
            Self.lines(
                "MessageSid=SM01&From=%2B27000000002&To=%2B27000000001&Body=\(body)"
                    + "&OptOutType=\(type)", isTimed: isTimed)
        }
        func message(_ text: String, _ type: String, _ head: String = " " + Self.head) -> String {
            "message.received\(head) id=SM01 account=+27000000001 person=+27000000002 "
                + #"message=SM01 text=\#(text) {"twilio":{"OptOutType":"\#(type)"}}"#
        }
        func consent(_ event: String, _ words: String, _ head: String = " " + Self.head) -> String {
            "consent.\(event)\(head) id=optout/SM01 account=+27000000001 person=+27000000002 "
                + #"evidence={"message":"SM01","rule":"OptOutType","words":"\#(words)"}"#
        }
        #expect(lines("STOP", "Stop") == [message("Stop", "STOP"), consent("withdrawn", "Stop")])
        #expect(lines("START", "yes") == [message("yes", "START"), consent("granted", "yes")])
        #expect(lines("HELP", "help") == [message("help", "HELP")])
        // Undated, a STOP holds, and a START is no more than noted.
        #expect(
            lines("STOP", "Stop", isTimed: false) == [
                message("Stop", "STOP", ""), consent("withdrawn", "Stop", ""),
            ])
        #expect(
            lines("START", "yes", isTimed: false) == [
                message("yes", "START", ""), "noted opt-in without a time",
            ])
        let dated = Self.lines(
            "MessageSid=SM01&From=%2B27000000002&To=%2B27000000001&Body=yes&OptOutType=START"
                + "&DateSent=2025-10-01T16%3A51%3A02%2B02%3A00", isTimed: false)
        #expect(dated.last == consent("granted", "yes"))
    }

    @Test(arguments: [
        ("sent", "sent", ""), ("delivered", "delivered", ""), ("read", "read", ""),
        ("failed&ErrorCode=21610&ErrorMessage=no", "failed", " code=21610 detail=no"),
        ("undelivered&ErrorCode=63016", "undelivered", " code=63016"),
        ("failed&ErrorCode=0", "failed", " code=failed"),
        ("canceled", "canceled", " code=canceled"),
    ])
    func `tell how far a message came`(_ status: String, _ word: String, _ more: String) {
        let type = more.isEmpty ? word : "failed"
        let tail = more.split(separator: " detail=")
        let code = tail.first.map(String.init) ?? ""
        let detail = tail.count > 1 ? " detail=\(tail[1])" : ""
        #expect(
            Self.lines(
                "MessageSid=SM09&From=%2B27000000001&To=%2B27000000002&MessageStatus=\(status)")
                == [
                    "message.\(type) \(Self.head) id=\(word)/SM09 account=+27000000001 "
                        + "person=+27000000002 message=SM09\(code)\(detail) recipient=+27000000002"
                ])
    }

    @Test func `note what is only queued, and read older callbacks`() {
        for status in ["accepted", "scheduled", "queued", "sending"] {
            #expect(
                Self.lines("MessageSid=SM09&To=%2B27000000002&MessageStatus=\(status)")
                    == ["noted queued"])
        }
        let old = Self.lines("SmsSid=SM09&From=%2B27000000001&To=%2B27000000002&SmsStatus=sent")
        #expect(old.first?.hasPrefix("message.sent \(Self.head) id=sent/SM09 ") == true)
        let channel = Self.lines(
            "MessageSid=SM09&From=%2B27000000001&To=%2B27000000002&EventType=READ")
        #expect(channel.first?.hasPrefix("message.read \(Self.head) id=read/SM09 ") == true)
    }

    @Test func `bring reactions, edits, revokes and errors`() {
        let head = "MessageSid=SM02&From=%2B27000000002&To=%2B27000000001"
        func first(_ more: String) -> String { Self.lines(head + more).first ?? "" }
        #expect(
            first("&MessageType=reaction&Body=%F0%9F%91%8D&OriginalRepliedMessageSid=SM01")
                .hasPrefix(
                    "message.reacted \(Self.head) id=SM02 account=+27000000001 "
                        + "person=+27000000002 message=SM01 text=👍"))
        #expect(first("&EventType=EDITED&Body=new").contains(" message=SM02 text=new"))
        #expect(first("&EventType=EDITED&Body=new").hasPrefix("message.edited"))
        #expect(
            first("&EventType=DELETED").hasPrefix("message.revoked \(Self.head) id=revoke/SM02"))
        let payload = "%7B%22error_code%22%3A%2211200%22%2C%22resource_sid%22%3A%22SM7%22%7D"
        #expect(
            Self.lines("AccountSid=AC01&Sid=NO01&Level=ERROR&Payload=\(payload)") == [
                "error.observed \(Self.head) id=NO01 account=AC01 code=11200 scope=account "
                    + #"{"twilio":{"Level":"ERROR","resource_sid":"SM7"}}"#
            ])
    }

    @Test func `come as JSON too`() {
        #expect(
            Self.lines(Self.samples[3]) == [
                "message.received \(Self.head) id=SM01 account=+27000000001 person=+27000000002 "
                    + "message=SM01 text=x"
            ])
    }

    @Test(arguments: [
        ("a=%zz", "invalid: A percent sign is not followed by two digits."),
        ("a=1", "unknown: It is no webhook of Twilio's messages."),
        ("From=x&Body=y", "invalid: The body names no `MessageSid`."),
        ("MessageSid=SM1&Body=y", "invalid: The message says not who sent it."),
        ("MessageSid=SM1&MessageStatus=lost", "unknown: The status `lost` is unknown."),
        ("{", "invalid: "), ("[1]", "unknown: "), ("", "invalid: The form has no parameters."),
    ])
    func `that are malformed or unknown are put aside with their bytes`(
        _ body: String, _ reason: String
    ) {
        let elements = Self.elements(body)
        #expect(Bridge.lines(elements).first?.hasPrefix("quarantined \(reason)") == true)
        #expect(elements.count == 1 && elements[0].line == 3)
        #expect(elements[0].body == Array(body.utf8))
    }
}
