import Adapters
import Events
import Testing

@Suite struct `Webhooks of Wassenger` {
    private static let body = #""body":"DR1854951 done","type":"text","timestamp":1759330262"#
    static let ends = #""fromNumber":"+27000000002","toNumber":"+27000000001""#

    static func webhook(_ event: String, _ data: String) -> String {
        #"{"id":"evt_1","event":"\#(event)","createdAt":"2025-10-01T14:51:03Z","#
            + #""device":{"id":"d1","phone":"+27000000001"},"data":{\#(data)}}"#
    }

    static let samples = [
        webhook(
            "message:in:new",
            #""id":"M1","chat":{"id":"27000000002@c.us","type":"chat"},\#(ends),\#(body)"#),
        webhook("message:out:failed", #""id":"M1","phone":"+27000000002","error":"x""#),
        webhook("message:update", #""id":"M1","phone":"+27000000002","status":"delivered""#),
        webhook("message:reaction", #""fromNumber":"+27000000002","messageId":"M","reaction":"x""#),
    ]

    @Test func `bring messages in both shapes`() throws {
        let expected =
            "message.received 2025-10-01T14:51:02.000Z id=M1 subject=DR1854951 "
            + "account=+27000000001 person=+27000000002 message=M1 text=DR1854951 done name=Anna "
            + #"{"wassenger":{"type":"text"}}"#
        let nested =
            #""message":{"id":"M1","chat":"27000000002@c.us","from":"27000000002","#
            + #""to":"27000000001","fromMe":false,\#(Self.body)},"#
            + #""chat":{"id":"27000000002@c.us","contact":{"name":"Anna","phone":"+27000000002"}}"#
        let flat =
            #""id":"M1","chat":{"id":"27000000002@c.us","type":"chat","name":"A"},\#(Self.ends),"#
            + #""meta":{"notifyName":"Anna"},\#(Self.body)"#
        for data in [nested, flat] {
            let elements = try Bridge.read(Wassenger.self, Self.webhook("message:in:new", data))
            #expect(Bridge.lines(elements) == [expected])
            #expect(Bridge.source(elements) == "wassenger/+27000000001")
        }
    }

    @Test func `in groups name the author`() throws {
        let data =
            #""id":"M1","chat":{"id":"120363000000000001@g.us","type":"group","name":"QA"},"#
            + #"\#(Self.ends),"meta":{"notifyName":"Anna"},\#(Self.body),"#
            + #""media":{"id":"x"},"quoted":{"id":"Q1"}"#
        #expect(
            try Bridge.lines(Wassenger.self, Self.webhook("message:in:new", data)) == [
                "message.received 2025-10-01T14:51:02.000Z id=M1/120363000000000001@g.us "
                    + "subject=DR1854951 account=+27000000001 chat=120363000000000001@g.us "
                    + "person=+27000000002 message=M1 text=DR1854951 done name=Anna quoted=Q1 "
                    + #"{"wassenger":{"type":"text","media":{"id":"x"}}}"#
            ])
    }

    @Test func `of ours are sends, but for what went through the API`() throws {
        let ours = #""fromNumber":"+27000000001","toNumber":"+27000000002""#
        func line(_ type: String, _ kept: String) -> String {
            "\(type) 2025-10-01T14:51:02.000Z id=M1 account=+27000000001 person=+27000000002 "
                + "message=M1 text=DR1854951 done recipient=+27000000002 "
                + #"{"wassenger":{"type":"text"\#(kept)}}"#
        }
        let data = #""id":"M1",\#(ours),\#(Self.body)"#
        #expect(
            try Bridge.lines(Wassenger.self, Self.webhook("message:out:new", data)) == [
                line("send.attempted", "")
            ])
        #expect(
            try Bridge.lines(
                Wassenger.self, Self.webhook("message:out:new", data + #","source":"api""#)) == [
                    line("message.sent", #","source":"api""#)
                ])
        let queued = #""id":"M1","phone":"+27000000002","status":"queued""#
        #expect(
            try Bridge.lines(Wassenger.self, Self.webhook("message:out:new", queued))
                == ["noted queued"])
    }

    @Test(arguments: [
        ("message:out:sent", "", "sent", ""), ("message:out:delivered", "", "delivered", ""),
        ("message:out:read", "", "read", ""),
        ("message:out:ack", #","ack":"played""#, "read", ""),
        ("message:out:ack", #","ack":2"#, "delivered", ""),
        ("message:out:ack", #","deliveryStatus":"delivered""#, "delivered", ""),
        ("message:update", #","status":"read""#, "read", ""),
        (
            "message:out:failed", #","failureCode":"spam_detected","failureReason":"why""#,
            "failed", " code=spam_detected detail=why"
        ),
        (
            "message:out:failed", #","failureCode":429,"error":{"a":1}"#, "failed",
            #" code=429 detail={"a":1}"#
        ),
    ])
    func `tell how far a message came`(
        _ event: String, _ more: String, _ state: String, _ code: String
    ) throws {
        let data = #""id":"M1","phone":"+27000000002","timestamp":"2025-10-01T14:51:02Z"\#(more)"#
        #expect(
            try Bridge.lines(Wassenger.self, Self.webhook(event, data)) == [
                "message.\(state) 2025-10-01T14:51:02.000Z id=\(state)/M1 account=+27000000001 "
                    + "person=+27000000002 message=M1\(code) recipient=+27000000002"
            ])
    }

    @Test func `bring reactions and edits`() throws {
        let reaction =
            #""fromNumber":"+27000000002","messageId":"M1","reaction":"👍","#
            + #""timestamp":"2025-10-01T14:51:02Z""#
        #expect(
            try Bridge.lines(Wassenger.self, Self.webhook("message:reaction", reaction)) == [
                "message.reacted 2025-10-01T14:51:02.000Z id=reaction/M1/1759330262000000000 "
                    + "account=+27000000001 person=+27000000002 message=M1 text=👍"
            ])
        let edit = #""id":"M1","chat":{"id":"27000000002@c.us"},\#(Self.ends),\#(Self.body)"#
        #expect(
            try Bridge.lines(Wassenger.self, Self.webhook("message:update", edit)) == [
                "message.edited 2025-10-01T14:51:02.000Z id=edit/M1/1759330262000000000 "
                    + "subject=DR1854951 account=+27000000001 person=+27000000002 message=M1 "
                    + "text=DR1854951 done"
            ])
    }

    @Test(arguments: [
        ("chat:assigned", "noted chat"), ("device:status:changed", "noted session"),
        ("number:session", "noted session"), ("campaign:started", "noted campaign"),
        ("contact:created", "noted contact"), ("group:update", "noted group"),
        ("status:update", "noted status"), ("channel:in", "noted newsletter"),
        ("message:update", "noted update"), ("message:out:ack", "noted receipt"),
        ("message:in:new", "quarantined invalid: The message has no id."),
        ("message:out:read", "quarantined invalid: The status names no message."),
        ("message:beam", "quarantined unknown: The event `message:beam` is unknown."),
    ])
    func `note or put aside the rest`(_ event: String, _ line: String) throws {
        #expect(try Bridge.lines(Wassenger.self, Self.webhook(event, #""x":1"#)) == [line])
    }
}
