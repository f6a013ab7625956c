import Adapters
import Events
import Testing

@Suite struct `Webhooks of WAHA` {
    /// A webhook of the account +27000000001, told of at 14:51:03.
    static func webhook(_ event: String, _ payload: String) -> String {
        """
        {"id":"evt_01","timestamp":1759330263000,"event":"\(event)","session":"default",
        "engine":"NOWEB","me":{"id":"27000000001@c.us","lid":"99887766@lid"},"payload":{\(payload)}}
        """
    }

    private static let said = #""timestamp":1759330262,"body":"DR1854951 done","fromMe":false"#

    static let samples = [
        webhook(
            "message",
            #""id":"false_27000000002@c.us_AAAA","from":"27000000002@c.us",\#(said),"ack":1"#),
        webhook(
            "message.ack",
            #""id":"true_27000000002@c.us_AAAA","fromMe":true,"ack":3,"ackName":"READ""#),
        webhook(
            "message.revoked",
            #""before":{"id":"AAAA"},"after":{"id":"false_27000000002@c.us_BBBB"}"#),
        webhook("session.status", #""status":"FAILED","data":{"reason":"x"}"#),
    ]

    private static let received =
        "message.received 2025-10-01T14:51:02.000Z id=AAAA subject=DR1854951 "
        + "account=+27000000001 person=+27000000002 message=AAAA text=DR1854951 done"

    @Test func `tell of a message the same way, whatever they call its author`() throws {
        let number = Self.webhook(
            "message",
            #""id":"false_27000000002@c.us_AAAA","from":"27000000002@c.us",\#(Self.said)"#)
        let engines = [
            #"{"key":{"remoteJidAlt":"27000000002@s.whatsapp.net"}}"#,
            #"{"key":{"senderPn":"27000000002@s.whatsapp.net"}}"#,
            #"{"Info":{"SenderAlt":"27000000002:4@s.whatsapp.net"}}"#,
        ]
        #expect(try Bridge.lines(WAHA.self, number) == [Self.received])
        for data in engines {
            let lid = Self.webhook(
                "message.any",
                #""id":"false_2233445566@lid_AAAA","from":"2233445566@lid",\#(Self.said),"#
                    + #""_data":\#(data)"#)
            #expect(
                try Bridge.lines(WAHA.self, lid) == [
                    "link +27000000002 = 2233445566@lid", Self.received,
                ])
        }
        // Without the number the LID is all there is; the id is the same.
        let alone = try Bridge.read(
            WAHA.self,
            Self.webhook(
                "message",
                #""id":"false_2233445566@lid_AAAA","from":"2233445566@lid",\#(Self.said)"#))
        #expect(Bridge.lines(alone).first?.contains("id=AAAA ") == true)
        #expect(Bridge.lines(alone).first?.contains("person=2233445566@lid") == true)
    }

    @Test func `in groups name the participant, and the number behind a LID`() throws {
        let body = Self.webhook(
            "message",
            #"""
            "id":"false_120363000000000001@g.us_AAAA_2233445566@lid","timestamp":1759330262,
            "from":"120363000000000001@g.us","participant":"2233445566@lid","fromMe":false,
            "body":"hi","replyTo":{"id":"true_120363000000000001@g.us_Q1_99887766@lid","body":"?"},
            "_data":{"key":{"participantAlt":"27000000002@s.whatsapp.net"},"pushName":"Anna"}
            """#)
        #expect(
            try Bridge.lines(WAHA.self, body) == [
                "link +27000000002 = 2233445566@lid",
                "message.received 2025-10-01T14:51:02.000Z id=AAAA/120363000000000001@g.us "
                    + "account=+27000000001 chat=120363000000000001@g.us person=+27000000002 "
                    + "message=AAAA text=hi name=Anna quoted=Q1",
            ])
    }

    @Test(arguments: [
        (#""source":"api","#, "message.sent"), (#""source":"app","#, "send.attempted"),
        ("", "send.attempted"),
    ])
    func `of ours are sends, but for echoes of the API`(_ source: String, _ type: String) throws {
        for (id, from) in [
            ("true_27000000002@c.us_AAAA", "27000000001@c.us"),
            ("true_27000000002@c.us_AAAA", "27000000002@c.us"),
        ] {
            let body = Self.webhook(
                "message.any",
                #""id":"\#(id)","timestamp":1759330262,"from":"\#(from)","fromMe":true,\#(source)"#
                    + #""to":null,"body":"DR1854951: 2 steps""#)
            #expect(
                try Bridge.lines(WAHA.self, body) == [
                    "\(type) 2025-10-01T14:51:02.000Z id=AAAA account=+27000000001 "
                        + "person=+27000000002 message=AAAA text=DR1854951: 2 steps "
                        + "recipient=+27000000002"
                ])
        }
    }

    @Test(arguments: [
        (#""ack":-1,"ackName":"ERROR""#, "failed", " code=ERROR"), (#""ack":1"#, "sent", ""),
        (#""ack":2"#, "delivered", ""), (#""ack":3"#, "read", ""), (#""ack":4"#, "read", ""),
        (#""ackName":"DEVICE""#, "delivered", ""),
    ])
    func `tell how far a message came`(_ ack: String, _ state: String, _ code: String) throws {
        let body = Self.webhook(
            "message.ack",
            #""id":"true_27000000002@c.us_AAAA","fromMe":true,"from":"27000000002@c.us",\#(ack)"#)
        #expect(
            try Bridge.lines(WAHA.self, body) == [
                "message.\(state) 2025-10-01T14:51:03.000Z id=\(state)/AAAA account=+27000000001 "
                    + "person=+27000000002 message=AAAA\(code) recipient=+27000000002"
            ])
        let inGroup = Self.webhook(
            "message.ack.group",
            #""id":"true_120363000000000001@g.us_AAAA_27000000001@c.us","fromMe":true,\#(ack),"#
                + #""participant":"27000000003@c.us""#)
        #expect(
            try Bridge.lines(WAHA.self, inGroup) == [
                "message.\(state) 2025-10-01T14:51:03.000Z "
                    + "id=\(state)/AAAA/120363000000000001@g.us/+27000000003 "
                    + "account=+27000000001 chat=120363000000000001@g.us person=+27000000003 "
                    + "message=AAAA\(code) recipient=+27000000003"
            ])
    }

    @Test func `note what is still pending, and what we read`() throws {
        for more in [#""fromMe":true,"ack":0"#, #""fromMe":false,"ack":3"#] {
            let body = Self.webhook("message.ack", #""id":"true_27000000002@c.us_AAAA",\#(more)"#)
            #expect(try Bridge.lines(WAHA.self, body) == ["noted receipt"])
        }
    }

    @Test func `tell of reactions, edits and revokes`() throws {
        let head =
            #""id":"false_27000000002@c.us_EEEE","from":"27000000002@c.us","fromMe":false,"#
            + #""timestamp":1759330262"#
        func line(_ type: String, _ text: String) -> String {
            "message.\(type) 2025-10-01T14:51:02.000Z id=EEEE account=+27000000001 "
                + "person=+27000000002 message=AAAA\(text)"
        }
        let target = "true_27000000002@c.us_AAAA"
        #expect(
            try Bridge.lines(
                WAHA.self,
                Self.webhook(
                    "message.reaction",
                    #"\#(head),"reaction":{"text":"","messageId":"\#(target)"}"#)) == [
                    line("reacted", " text=")
                ])
        #expect(
            try Bridge.lines(
                WAHA.self,
                Self.webhook(
                    "message.edited", #"\#(head),"editedMessageId":"AAAA","body":"new""#)) == [
                    line("edited", " text=new")
                ])
        #expect(
            try Bridge.lines(
                WAHA.self,
                Self.webhook(
                    "message.revoked",
                    #""revokedMessageId":"AAAA","after":{\#(head),"body":""},"before":null"#)) == [
                    line("revoked", "")
                ])
        // Only the message itself is known: it was taken back when the webhook was sent.
        let before = Self.webhook(
            "message.revoked",
            #""after":null,"before":{"id":"false_27000000002@c.us_AAAA","timestamp":1759330000,"#
                + #""from":"27000000002@c.us","fromMe":false,"body":"old"}"#)
        #expect(
            try Bridge.lines(WAHA.self, before) == [
                "message.revoked 2025-10-01T14:51:03.000Z id=revoke/AAAA/1759330263000000000 "
                    + "account=+27000000001 person=+27000000002 message=AAAA"
            ])
    }

    @Test func `tell of a session that failed, and of a timelock`() throws {
        #expect(
            try Bridge.lines(
                WAHA.self, Self.webhook("session.status", #""status":"FAILED","data":null"#)) == [
                    "error.observed 2025-10-01T14:51:03.000Z id=evt_01 account=+27000000001 "
                        + "code=FAILED scope=account"
                ])
        let lock =
            #""status":"WORKING","data":{"reachoutTimelock":{"enforcementType":"#
            + #""RESTRICT_ALL_COMPANIONS","isActive":true,"timeEnforcementEnds":1759416662}}"#
        #expect(
            try Bridge.lines(WAHA.self, Self.webhook("session.status", lock)) == [
                "account.restricted 2025-10-01T14:51:03.000Z id=timelock/1759330263000000000 "
                    + "account=+27000000001 reason=reach-out timelock "
                    + "kind=RESTRICT_ALL_COMPANIONS until=1759416662s"
            ])
        let lifted = lock.replacing("true", with: "false")
        let line = try Bridge.lines(WAHA.self, Self.webhook("session.status", lifted)).first
        #expect(line?.contains("reason=reach-out timelock lifted") == true)
        #expect(line?.contains("until=1759330263s") == true)
        #expect(
            try Bridge.lines(WAHA.self, Self.webhook("session.status", #""status":"WORKING""#))
                == ["noted session"])
    }

    @Test(arguments: [
        "presence.update", "group.v2.join", "call.received", "label.chat.added", "poll.vote",
        "chat.archive", "event.response", "engine.event", "state.change", "message.waiting",
    ])
    func `note what means nothing here`(_ event: String) throws {
        let lines = try Bridge.lines(WAHA.self, Self.webhook(event, #""x":1"#))
        #expect(lines.count == 1 && lines[0].hasPrefix("noted "), "\(lines)")
    }

    @Test(arguments: [
        ("message", #""from":"27000000002@c.us","timestamp":1"#, "invalid: The message has no id."),
        ("message.ack", #""id":"A","ack":9"#, "invalid: The receipt says no known `ack`."),
        ("message.ack", #""ack":1"#, "invalid: The receipt names no message."),
        ("wormhole", "", "unknown: The event `wormhole` is unknown."),
    ])
    func `put aside what is malformed or unknown`(
        _ event: String, _ payload: String, _ reason: String
    ) throws {
        #expect(
            try Bridge.lines(WAHA.self, Self.webhook(event, payload)) == ["quarantined \(reason)"])
    }
}
