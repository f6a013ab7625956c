import Adapters
import Events
import Testing

@Suite struct `Webhooks of Evolution API` {
    static let key = "B6D711FC-DE4D-4FD5-9365-44120E713976"

    /// A webhook with the API key.
    static func webhook(_ event: String, _ data: String) -> String {
        """
        {"event":"\(event)","instance":"shop","data":\(data),"date_time":"2025-10-01T14:51:03.000Z",
        "sender":"27000000001@s.whatsapp.net","destination":"https://hook.example/in?k=\(key)",
        "server_url":"https://evolution.example","apikey":"\(key)"}
        """
    }

    private static let them = #""remoteJid":"27000000002@s.whatsapp.net","fromMe":false"#

    static func message(_ content: String, key: String = them) -> String {
        #"{"key":{\#(key),"id":"AAAA","participant":""},"pushName":"Anna","status":"DELIVERY_ACK","#
            + #""message":{\#(content)},"messageType":"x","messageTimestamp":1759330262,"#
            + #""instanceId":"i","source":"android"}"#
    }

    static let samples = [
        webhook("messages.upsert", message(#""conversation":"DR1854951""#)),
        webhook("messages.update", #"{"keyId":"AAAA","fromMe":true,"status":"READ"}"#),
        webhook("connection.update", #"{"state":"close","statusReason":401}"#),
        webhook("qrcode.updated", #"{"qrcode":{"code":"2@abc","base64":"data:x"}}"#),
    ]

    @Test(arguments: ["messages.upsert", "MESSAGES_UPSERT"])
    func `hold messages, one or many`(_ event: String) throws {
        let expected =
            "message.received 2025-10-01T14:51:02.000Z id=AAAA account=+27000000001 "
            + #"person=+27000000002 message=AAAA text=hi name=Anna {"evolution":{"source":"android"}}"#
        let one = Self.message(#""conversation":"hi""#)
        #expect(try Bridge.lines(Evolution.self, Self.webhook(event, one)) == [expected])
        #expect(
            try Bridge.lines(Evolution.self, Self.webhook(event, "[\(one),\(one)]")) == [
                expected, expected,
            ])
        let lid = Self.message(
            #""conversation":"hi""#,
            key: #""remoteJid":"2233445566@lid","fromMe":false,"addressingMode":"lid","#
                + #""remoteJidAlt":"27000000002@s.whatsapp.net""#)
        #expect(
            try Bridge.lines(Evolution.self, Self.webhook(event, lid)) == [
                "link +27000000002 = 2233445566@lid", expected,
            ])
    }

    @Test(arguments: [("messages.upsert", "send.attempted"), ("send.message", "message.sent")])
    func `of ours are sends, but for what went through the API`(
        _ event: String, _ type: String
    ) throws {
        let ours = Self.message(
            #""conversation":"DR1854951""#,
            key: #""remoteJid":"27000000002@s.whatsapp.net","fromMe":true"#)
        let line = try Bridge.lines(Evolution.self, Self.webhook(event, ours)).first ?? ""
        #expect(
            line.hasPrefix(
                "\(type) 2025-10-01T14:51:02.000Z id=AAAA account=+27000000001 "
                    + "person=+27000000002 message=AAAA text=DR1854951 recipient=+27000000002"))
    }

    @Test(arguments: [
        #"{"keyId":"AAAA","messageId":"db1","remoteJid":"27000000002@s.whatsapp.net","#
            + #""fromMe":true,"status":"STATUS","instanceId":"i"}"#,
        #"{"key":{"id":"AAAA","remoteJid":"27000000002@s.whatsapp.net","fromMe":true},"#
            + #""status":"STATUS"}"#,
        #"[{"key":{"id":"AAAA","remoteJid":"27000000002@s.whatsapp.net"},"#
            + #""update":{"status":"STATUS"}}]"#,
    ])
    func `tell how far a message came`(_ data: String) throws {
        for (status, state, code) in [
            ("SERVER_ACK", "sent", ""), ("DELIVERY_ACK", "delivered", ""), ("READ", "read", ""),
            ("PLAYED", "read", ""), ("ERROR", "failed", " code=ERROR"),
            ("delivered", "delivered", ""),
        ] where !(data.contains("fromMe") == false && status == "PLAYED") {
            let body = Self.webhook(
                "messages.update", data.replacing("STATUS", with: status))
            #expect(
                try Bridge.lines(Evolution.self, body) == [
                    "message.\(state) 2025-10-01T14:51:03.000Z id=\(state)/AAAA "
                        + "account=+27000000001 person=+27000000002 message=AAAA\(code) "
                        + "recipient=+27000000002"
                ])
        }
    }

    @Test func `tell of edits and revokes`() throws {
        let revoked = Self.webhook(
            "messages.delete", #"{"id":"AAAA",\#(Self.them),"status":"DELETED"}"#)
        #expect(
            try Bridge.lines(Evolution.self, revoked) == [
                "message.revoked 2025-10-01T14:51:03.000Z id=revoke/AAAA/1759330263000000000 "
                    + "account=+27000000001 person=+27000000002 message=AAAA"
            ])
        let edited = Self.webhook(
            "messages.edited",
            #"{"key":{\#(Self.them),"id":"AAAA"},"type":"MESSAGE_EDIT","timestampMs":"#
                + #""1759330262500","editedMessage":{"conversation":"new"}}"#)
        #expect(
            try Bridge.lines(Evolution.self, edited) == [
                "message.edited 2025-10-01T14:51:02.500Z id=edit/AAAA/1759330262500000000 "
                    + "account=+27000000001 person=+27000000002 message=AAAA text=new"
            ])
        // The author's own key: it names us as the chat, and so nobody.
        let turned = Self.webhook(
            "messages.edited",
            #"{"key":{"remoteJid":"27000000001@s.whatsapp.net","fromMe":true,"id":"AAAA"},"#
                + #""editedMessage":{"conversation":"new"}}"#)
        #expect(
            try Bridge.lines(Evolution.self, turned) == [
                "quarantined invalid: The message says neither who wrote it nor where."
            ])
    }

    @Test func `tell why the connection ended`() throws {
        let body = Self.webhook(
            "connection.update", #"{"instance":"shop","state":"close","statusReason":401}"#)
        #expect(
            try Bridge.lines(Evolution.self, body) == [
                "error.observed 2025-10-01T14:51:03.000Z id=error/401/1759330263000000000 "
                    + "account=+27000000001 code=401 scope=account"
            ])
        let open = Self.webhook("connection.update", #"{"state":"open","statusReason":200}"#)
        #expect(try Bridge.lines(Evolution.self, open) == ["noted connection"])
    }

    @Test(arguments: [
        "qrcode.updated", "QRCODE_UPDATED", "chats.update", "presence.update", "labels.association",
        "group.participants.update", "groups.upsert", "call", "typebot.start",
        "application.startup", "logout.instance", "new.jwt.token",
    ])
    func `note what means nothing here`(_ event: String) throws {
        let lines = try Bridge.lines(Evolution.self, Self.webhook(event, #"{"x":1}"#))
        #expect(lines.count == 1 && lines[0].hasPrefix("noted "), "\(lines)")
    }

    /// Every byte that an element shows: its event, what is kept of it, its sentence.
    private static func shown(_ elements: [Element]) -> String {
        elements.map { element in
            let record: [UInt8] =
                switch element.meaning {
                case .event(let draft): draft.bytes
                case .noted(let kind): Array(kind.utf8)
                case .quarantined(_, let reason): Array(reason.utf8)
                }
            let links = element.links.flatMap(\.bytes)
            return String(decoding: record + links + (element.body ?? []), as: UTF8.self)
        }.joined()
    }

    @Test func `never show the API key, whatever becomes of them`() throws {
        let datas = [
            Self.message(#""conversation":"the key is \#(Self.key), DR1854951""#),
            #"{"x":1,"token":"\#(Self.key)"}"#, #"{"key":{"id":"A"}}"#, "7",
            #"{"instance":"\#(Self.key)","state":"close","statusReason":401}"#,
            #"[{"message":{"apiKey":"\#(Self.key)"}}]"#,
        ]
        let events = [
            "messages.upsert", "messages.update", "connection.update", "contacts.update",
            "presence.update", "warp", "messages.edited", "messages.delete",
        ]
        for data in datas {
            for event in events {
                let elements = try Bridge.read(Evolution.self, Self.webhook(event, data))
                #expect(!elements.isEmpty)
                #expect(!Self.shown(elements).contains(Self.key), "\(event) \(data)")
                #expect(!Self.shown(elements).contains(Self.key.dropFirst(9)), "\(event) \(data)")
                // Whatever is kept of an element, it is not the body that was handed over.
                #expect(elements.allSatisfy { $0.body != nil }, "\(event) \(data)")
            }
        }
    }

    @Test func `never show the API key where they are cut off or no JSON`() throws {
        let body = Self.webhook("messages.upsert", Self.message(#""conversation":"x""#))
        let bytes = Array(body.utf8)
        for end in 0..<bytes.count {
            let clean = String(decoding: Evolution.redacted(Array(bytes[..<end])), as: UTF8.self)
            #expect(!clean.contains("B6D711"), "\(end)")
            #expect(!clean.contains("44120E"), "\(end)")
        }
        #expect(WAHA.redacted(bytes) == bytes)
    }
}
