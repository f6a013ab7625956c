import Adapters
import Events
import Testing

@Suite struct `Events of Baileys` {
    static let them = #""remoteJid":"27000000002@s.whatsapp.net","fromMe":false"#

    /// `messages.upsert` of one message by them, with that content.
    static func upsert(_ content: String, key: String = them, type: String = "notify") -> String {
        """
        {"event":"messages.upsert","session":"main","me":"27000000001:3@s.whatsapp.net",
        "data":{"type":"\(type)","messages":[{"key":{\(key),"id":"AAAA"},"pushName":"Anna",
        "messageTimestamp":1759330262,"message":{\(content)}}]}}
        """
    }

    /// An event of any name.
    static func event(_ name: String, _ data: String) -> String {
        """
        {"event":"\(name)","me":"27000000001@s.whatsapp.net","timestamp":1759330263,"data":\(data)}
        """
    }

    static let samples = [
        upsert(#""conversation":"DR1854951""#),
        upsert(#""protocolMessage":{"type":0,"key":{"id":"OLD"}}"#),
        upsert(
            #""ephemeralMessage":{"message":{"viewOnceMessageV2":{"message":{"imageMessage":"#
                + #"{"caption":"x","mediaKey":"AAAA"}}}}}"#),
        event("messages.update", #"[{"key":{"fromMe":true,"id":"A"},"update":{"status":3}}]"#),
        event(
            "connection.update",
            #"{"connection":"close","lastDisconnect":{"error":{"output":{"statusCode":440}}}}"#),
        event("creds.update", #"{"noiseKey":{"private":"SECRETSECRETSECRET"},"n":1}"#),
    ]

    private static func received(_ more: String) -> String {
        "message.received 2025-10-01T14:51:02.000Z id=AAAA account=+27000000001 "
            + "person=+27000000002 message=AAAA\(more)"
    }

    @Test(arguments: [
        (#""conversation":"hi""#, " text=hi name=Anna"),
        (
            #""extendedTextMessage":{"text":"hi","contextInfo":{"stanzaId":"Q1","quotedMessage":"#
                + #"{"conversation":"secret"}}}"#, " text=hi name=Anna quoted=Q1"
        ),
        (
            #""ephemeralMessage":{"message":{"extendedTextMessage":{"text":"hi"}}}"#,
            " text=hi name=Anna"
        ),
        (
            #""viewOnceMessageV2":{"message":{"imageMessage":{"caption":"hi","seconds":3}}}"#,
            #" text=hi name=Anna {"baileys":{"imageMessage":{"seconds":3}}}"#
        ),
        (
            #""documentWithCaptionMessage":{"message":{"documentMessage":{"caption":"hi"}}}"#,
            " text=hi name=Anna"
        ),
        (#""buttonsResponseMessage":{"selectedDisplayText":"Yes"}"#, " text=Yes name=Anna {"),
        (#""listResponseMessage":{"title":"Two"}"#, " text=Two name=Anna {"),
        (#""pollCreationMessageV3":{"name":"When?"}"#, " text=When? name=Anna {"),
        (#""messageContextInfo":{"x":1},"conversation":"hi""#, " text=hi name=Anna"),
        (
            #""locationMessage":{"degreesLatitude":-26.1}"#,
            #" name=Anna {"baileys":{"locationMessage":{"degreesLatitude":-26.1}}}"#
        ),
        (#""somethingNewMessage":{"a":1}"#, " name=Anna {"),
    ])
    func `hold messages of every kind`(_ content: String, _ more: String) throws {
        let lines = try Bridge.lines(Baileys.self, Self.upsert(content))
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix(Self.received(more)), "\(lines)")
        if !more.contains("{") { #expect(lines[0] == Self.received(more)) }
    }

    @Test func `name a person by number and LID`() throws {
        let keys = [
            #""remoteJid":"2233445566@lid","remoteJidAlt":"27000000002@s.whatsapp.net""#,
            #""remoteJid":"2233445566@lid","senderPn":"27000000002@s.whatsapp.net""#,
            #""remoteJid":"27000000002@s.whatsapp.net","senderLid":"2233445566:2@lid""#,
        ]
        for key in keys {
            #expect(
                try Bridge.lines(
                    Baileys.self, Self.upsert(#""conversation":"hi""#, key: key)) == [
                        "link +27000000002 = 2233445566@lid",
                        Self.received(" text=hi name=Anna"),
                    ])
        }
        for more in ["participantAlt", "participantPn"] {
            let key =
                #""remoteJid":"120363000000000001@g.us","participant":"2233445566@lid","#
                + #""\#(more)":"27000000002@s.whatsapp.net""#
            let lines = try Bridge.lines(
                Baileys.self, Self.upsert(#""conversation":"hi""#, key: key))
            #expect(lines.first == "link +27000000002 = 2233445566@lid")
            #expect(lines.last?.contains("chat=120363000000000001@g.us person=+27") == true)
        }
    }

    @Test func `of ours are sends, but for what went through the API`() throws {
        let ours = #""remoteJid":"27000000002@s.whatsapp.net","fromMe":true"#
        for (type, event) in [("notify", "send.attempted"), ("append", "message.sent")] {
            #expect(
                try Bridge.lines(
                    Baileys.self,
                    Self.upsert(#""conversation":"DR1854951""#, key: ours, type: type)) == [
                        "\(event) 2025-10-01T14:51:02.000Z id=AAAA account=+27000000001 "
                            + "person=+27000000002 message=AAAA text=DR1854951 "
                            + "recipient=+27000000002"
                    ])
        }
        let theirs = try Bridge.lines(
            Baileys.self, Self.upsert(#""conversation":"hi""#, type: "append"))
        #expect(theirs == [Self.received(" text=hi name=Anna")])
    }

    @Test func `hold edits, revokes and reactions`() throws {
        func line(_ type: String, _ text: String, _ time: String = "02.000") -> String {
            "message.\(type) 2025-10-01T14:51:\(time)Z id=AAAA account=+27000000001 "
                + "person=+27000000002 message=OLD\(text)"
        }
        let edit = #"{"key":{"id":"OLD"},"type":14,"editedMessage":{"conversation":"new"}"#
        let contents = [
            (#""protocolMessage":\#(edit)}"#, line("edited", " text=new")),
            (
                #""protocolMessage":\#(edit),"timestampMs":"1759330261500"}"#,
                line("edited", " text=new", "01.500")
            ),
            (
                #""editedMessage":{"message":{"protocolMessage":\#(edit)}}}"#,
                line("edited", " text=new")
            ),
            (
                #""protocolMessage":{"key":{"id":"OLD","fromMe":false},"type":"REVOKE"}"#,
                line("revoked", "")
            ),
            (#""protocolMessage":{"key":{"id":"OLD"},"type":0}"#, line("revoked", "")),
            (#""protocolMessage":{"key":{"id":"OLD"}}"#, line("revoked", "")),
            (
                #""reactionMessage":{"key":{"id":"OLD"},"text":"👍"}"#, line("reacted", " text=👍")
            ),
            (#""reactionMessage":{"key":{"id":"OLD"},"text":""}"#, line("reacted", " text=")),
        ]
        for (content, expected) in contents {
            #expect(try Bridge.lines(Baileys.self, Self.upsert(content)) == [expected])
        }
        let reaction = Self.event(
            "messages.reaction",
            #"[{"key":{"remoteJid":"27000000002@s.whatsapp.net","fromMe":true,"id":"OLD"},"#
                + #""reaction":{"key":{\#(Self.them),"id":"AAAA"},"text":"👍","#
                + #""senderTimestampMs":1759330262000}}]"#)
        #expect(try Bridge.lines(Baileys.self, reaction) == [line("reacted", " text=👍")])
    }

    @Test(arguments: [
        (#""protocolMessage":{"type":3,"ephemeralExpiration":86400}"#, "protocol"),
        (#""pollUpdateMessage":{"vote":{}}"#, "poll"), (#""pinInChatMessage":{}"#, "pin"),
        (#""senderKeyDistributionMessage":{}"#, "protocol"),
        (#""encReactionMessage":{}"#, "encrypted"),
    ])
    func `note what means nothing here`(_ content: String, _ kind: String) throws {
        #expect(try Bridge.lines(Baileys.self, Self.upsert(content)) == ["noted \(kind)"])
    }

    @Test(arguments: [
        ("1", nil), ("2", "sent"), ("3", "delivered"), ("4", "read"), ("5", "read"),
        (#""DELIVERY_ACK""#, "delivered"), (#""PLAYED""#, "read"),
    ])
    func `tell how far a message came`(_ status: String, _ state: String?) throws {
        let body = Self.event(
            "messages.update",
            #"[{"key":{"remoteJid":"27000000002@s.whatsapp.net","fromMe":true,"id":"A"},"#
                + #""update":{"status":\#(status)}}]"#)
        let line = state.map {
            "message.\($0) 2025-10-01T14:51:03.000Z id=\($0)/A account=+27000000001 "
                + "person=+27000000002 message=A recipient=+27000000002"
        }
        #expect(try Bridge.lines(Baileys.self, body) == [line ?? "noted receipt"])
    }

    @Test func `tell of failures with their code, and of what changed`() throws {
        let key = #""key":{"remoteJid":"27000000002@s.whatsapp.net","fromMe":true,"id":"A"}"#
        let body = Self.event(
            "messages.update",
            #"[{\#(key),"update":{"status":0,"messageStubParameters":["463"]}},"#
                + #"{\#(key),"update":{"starred":true}},"#
                + #"{"key":{\#(Self.them),"id":"B"},"update":{"message":null,"messageStubType":1}},"#
                + #"{"key":{\#(Self.them),"id":"C"},"update":{"message":{"editedMessage":"#
                + #"{"message":{"conversation":"new"}}}}},"#
                + #"{"key":{\#(Self.them),"id":"D"},"update":{"status":4}}]"#)
        let head = "2025-10-01T14:51:03.000Z"
        #expect(
            try Bridge.lines(Baileys.self, body) == [
                "message.failed \(head) id=failed/A account=+27000000001 person=+27000000002 "
                    + "message=A code=463 recipient=+27000000002",
                "noted update",
                "message.revoked \(head) id=revoke/B/1759330263000000000 account=+27000000001 "
                    + "person=+27000000002 message=B",
                "message.edited \(head) id=edit/C/1759330263000000000 account=+27000000001 "
                    + "person=+27000000002 message=C text=new",
                "noted receipt",
            ])
        let receipt = Self.event(
            "message-receipt.update",
            #"[{"key":{"remoteJid":"120363000000000001@g.us","fromMe":true,"id":"A"},"receipt":"#
                + #"{"userJid":"27000000003@s.whatsapp.net","receiptTimestamp":1759330262}}]"#)
        #expect(
            try Bridge.lines(Baileys.self, receipt) == [
                "message.delivered 2025-10-01T14:51:02.000Z "
                    + "id=delivered/A/120363000000000001@g.us/+27000000003 account=+27000000001 "
                    + "chat=120363000000000001@g.us person=+27000000003 message=A "
                    + "recipient=+27000000003"
            ])
    }

    @Test(arguments: [
        (401, "account"), (403, "account"), (463, "account"), (408, "instance"),
        (428, "instance"), (440, "instance"), (500, "instance"), (503, "instance"),
        (515, "instance"),
    ])
    func `tell why the connection ended`(_ code: Int, _ scope: String) throws {
        let body = Self.event(
            "connection.update",
            #"{"connection":"close","lastDisconnect":{"date":"2025-10-01T14:51:00.500Z","error":"#
                + #"{"output":{"statusCode":\#(code),"payload":{"message":"why"}}}}}"#)
        #expect(
            try Bridge.lines(Baileys.self, body) == [
                "error.observed 2025-10-01T14:51:00.500Z id=error/\(code)/1759330260500000000 "
                    + "account=+27000000001 code=\(code) detail=why scope=\(scope)"
            ])
    }

    @Test func `hold contacts, whose aliases are linked`() throws {
        let contacts = Self.event(
            "contacts.upsert",
            #"[{"id":"27000000002@s.whatsapp.net","lid":"2233445566@lid","notify":"Anna"},"#
                + #"{"id":"27000000003@s.whatsapp.net"}]"#)
        #expect(
            try Bridge.lines(Baileys.self, contacts) == [
                "link +27000000002 = 2233445566@lid", "noted contact", "noted contact",
            ])
        let mapping = Self.event(
            "lid-mapping.update", #"{"lid":"2233445566@lid","pn":"27000000002@s.whatsapp.net"}"#)
        #expect(
            try Bridge.lines(Baileys.self, mapping) == [
                "link +27000000002 = 2233445566@lid", "noted lid",
            ])
    }

    @Test func `come in several shapes`() throws {
        let message =
            #"{"key":{\#(Self.them),"id":"AAAA"},"messageTimestamp":{"low":1759330262,"#
            + #""high":0,"unsigned":true},"message":{"conversation":"hi"}}"#
        let bodies = [
            #"{"messages.upsert":{"messages":[\#(message)],"type":"notify"},"session":"s"}"#,
            #"{"messages":[\#(message)],"type":"notify","session":"s"}"#,
            #"{"type":"messages.upsert","payload":{"messages":[\#(message)]},"session":"s"}"#,
            String(message.dropLast()) + #","session":"s"}"#,
        ]
        for body in bodies {
            let root = try JSONDocument(Array(body.utf8)).root
            #expect(Baileys.isBody(root), "\(body)")
            #expect(
                try Bridge.lines(Baileys.self, body).first?.hasPrefix(
                    "message.received 2025-10-01T14:51:02.000Z id=AAAA account=s "
                        + "person=+27000000002 message=AAAA text=hi") == true, "\(body)")
        }
    }

    @Test func `hold history, and things without content`() throws {
        let history = Self.event(
            "messaging-history.set",
            #"{"chats":[{"id":"x"}],"contacts":[{"id":"27000000002@s.whatsapp.net"}],"#
                + #""messages":[{"key":{\#(Self.them),"id":"A"},"messageStubType":2}]}"#)
        #expect(
            try Bridge.lines(Baileys.self, history) == [
                "noted stub", "noted contact", "noted chat",
            ])
        #expect(
            try Bridge.lines(Baileys.self, Self.event("messages.upsert", #"{"messages":[]}"#))
                == ["noted empty"])
        for name in ["presence.update", "labels.edit", "groups.update", "call", "chats.update"] {
            let lines = try Bridge.lines(Baileys.self, Self.event(name, "{}"))
            #expect(lines.count == 1 && lines[0].hasPrefix("noted "))
        }
        #expect(
            try Bridge.lines(Baileys.self, Self.event("warp.update", "{}"))
                == ["quarantined unknown: The event `warp.update` is unknown."])
    }

    @Test func `never show the keys of a session`() throws {
        let secret = "SECRETSECRETSECRET"
        let elements = try Bridge.read(
            Baileys.self,
            Self.event("creds.update", #"{"noiseKey":{"private":"\#(secret)"},"me":"\#(secret)"}"#))
        #expect(Bridge.lines(elements) == ["noted credentials"])
        let raw = try #require(elements.first?.body)
        #expect(!String(decoding: raw, as: UTF8.self).contains(secret))
        #expect(String(decoding: raw, as: UTF8.self).contains("[redacted]"))
    }
}
