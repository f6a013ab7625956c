import Adapters
import Events
import Testing

@Suite struct `The Cloud API's messages` {
    private static let received = "message.received time=1760000000 id=wamid.M1"
    private static let thandi = "person=+27820000001"

    private func first(_ rest: String, contacts: String = CloudBodies.thandi) throws -> String {
        let lines = try CloudBodies.lines(CloudBodies.message(rest, contacts: contacts))
        #expect(lines.count == 1)
        return lines.first ?? ""
    }

    @Test(arguments: [
        (
            #""type":"text","text":{"body":"DR1854951 done"}"#,
            "text=DR1854951 done name=Thandi M.", ""
        ),
        (
            #""type":"text","text":{"body":"Caf\u00e9 \ud83d\ude00","preview":1}"#,
            "text=Café 😀 name=Thandi M.", #" extras={"text_":{"preview":1}}"#
        ),
        (
            #""type":"image","image":{"id":"9","caption":"box"}"#, "text=box name=Thandi M.",
            #" extras={"image":{"id":"9"}}"#
        ),
        (
            #""type":"order","order":{"catalog_id":"7","text":"two please"}"#,
            "text=two please name=Thandi M.", #" extras={"order":{"catalog_id":"7"}}"#
        ),
        (#""type":"unsupported""#, "name=Thandi M.", ""),
        (
            #""type":"interactive","interactive":{"type":"list_reply","#
                + #""list_reply":{"title":"Yes"}}"#,
            "text=Yes name=Thandi M.", #" extras={"interactive":{"type":"list_reply"}}"#
        ),
        (
            #""type":"text","text":{"body":"b"},"status":"x","status_":"y""#,
            "text=b name=Thandi M.",
            #" extras={"status__":"x","status_":"y"}"#
        ),
    ])
    func `are taken with their words`(_ rest: String, _ members: String, _ extras: String) throws {
        #expect(
            try first(rest)
                == "\(Self.received) \(Self.thandi) message=wamid.M1 \(members)\(extras)")
    }

    @Test func `answer the message that they quote`() throws {
        let line = try first(#""type":"text","text":{"body":"b"},"context":{"id":"wamid.Q"}"#)
        #expect(line.hasSuffix("text=b name=Thandi M. quoted=wamid.Q"))
    }

    @Test func `of a group stand in its chat`() throws {
        let body = CloudBodies.message(#""type":"text","text":{"body":"b"},"group_id":"Y2FwaQ==""#)
        let element = try #require(try CloudBodies.read(body).first)
        #expect(element.chat == "Y2FwaQ==@g.us")
        #expect(
            try CloudBodies.lines(body) == [
                "\(Self.received) chat=Y2FwaQ==@g.us \(Self.thandi) message=wamid.M1 text=b "
                    + "name=Thandi M."
            ])
    }

    @Test func `of a person without a number carry the business-scoped id`() throws {
        let contact = """
            {"profile":{"username":"thandi"},"user_id":"ZA.1","parent_user_id":"ZA.ENT.2"}
            """
        let message = """
            "messages":[{"from_user_id":"ZA.1","id":"wamid.M1","timestamp":1760000000,\
            "type":"text","text":{"body":"b"}}]
            """
        let lines = try CloudBodies.lines(
            CloudBodies.body(CloudBodies.value(message, contacts: contact)))
        #expect(
            lines == [
                "+ identity.linked time=1760000000 person=ZA.1 alias=ZA.ENT.2 evidence=contacts",
                "\(Self.received) person=ZA.1 message=wamid.M1 text=b name=thandi",
            ])
    }

    /// Libraries write these where there is no id: strangers must not become one by it.
    @Test(arguments: ["undefined", "null", "foo_bar", "ZA.1-2", "za.1", "27820000001.x", "ZA."])
    func `link no user id that has not the form of one`(_ id: String) throws {
        let contact = #"{"profile":{"name":"A"},"wa_id":"27820000001","user_id":"\#(id)"}"#
        #expect(
            try first(
                #""from_user_id":"\#(id)","type":"text","text":{"body":"b"}"#, contacts: contact)
                == "\(Self.received) \(Self.thandi) message=wamid.M1 text=b name=A")
        let nobody = try CloudBodies.read(
            CloudBodies.body(
                CloudBodies.value(
                    #""messages":[{"from_user_id":"\#(id)","id":"wamid.M2","timestamp":1760000000,"#
                        + #""type":"text","text":{"body":"b"}}]"#)))
        guard case .quarantined? = nobody.first?.meaning else {
            Issue.record("\(id) became a person")
            return
        }
    }

    /// Some countries' ids keep a spelling that their numbers gave up.
    @Test func `link the sender with another spelling in the only contact`() throws {
        let contact = #"{"profile":{"name":"A"},"wa_id":"278200000001"}"#
        let lines = try CloudBodies.lines(
            CloudBodies.message(#""type":"text","text":{"body":"b"}"#, contacts: contact))
        #expect(
            lines.first
                == "+ identity.linked time=1760000000 person=+27820000001 alias=+278200000001 "
                + "evidence=contacts")
    }

    @Test func `show no name of somebody else`() throws {
        let other = #"{"profile":{"name":"Sipho"},"wa_id":"27820000009"}"#
        #expect(
            try first(#""type":"text","text":{"body":"b"}"#, contacts: other)
                == "\(Self.received) \(Self.thandi) message=wamid.M1 text=b")
    }

    @Test func `of several persons each have their own name and links`() throws {
        let contacts =
            #"{"profile":{"name":"A"},"wa_id":"27820000001","user_id":"ZA.1"},"#
            + #"{"profile":{"name":"B"},"wa_id":"27820000002","user_id":"ZA.2"}"#
        let messages = ["27820000002", "27820000001"].map {
            """
            {"from":"\($0)","id":"wamid.\($0)","timestamp":"1760000000","type":"text",\
            "text":{"body":"b"}}
            """
        }.joined(separator: ",")
        let lines = try CloudBodies.lines(
            CloudBodies.body(CloudBodies.value("\"messages\":[\(messages)]", contacts: contacts)))
        #expect(
            lines == [
                "+ identity.linked time=1760000000 person=+27820000002 alias=ZA.2 "
                    + "evidence=contacts",
                "message.received time=1760000000 id=wamid.27820000002 person=+27820000002 "
                    + "message=wamid.27820000002 text=b name=B",
                "+ identity.linked time=1760000000 person=+27820000001 alias=ZA.1 "
                    + "evidence=contacts",
                "message.received time=1760000000 id=wamid.27820000001 person=+27820000001 "
                    + "message=wamid.27820000001 text=b name=A",
            ])
    }

    @Test(arguments: [
        (
            #""type":"reaction","reaction":{"message_id":"wamid.T","emoji":"👍"}"#, "reacted",
            "text=👍 "
        ),
        (#""type":"reaction","reaction":{"message_id":"wamid.T"}"#, "reacted", "text= "),
        (
            #""type":"edit","edit":{"original_message_id":"wamid.T","#
                + #""message":{"type":"text","text":{"body":"new"}}}"#, "edited", "text=new "
        ),
        (#""type":"revoke","revoke":{"original_message_id":"wamid.T"}"#, "revoked", ""),
    ])
    func `that concern another one name it`(_ rest: String, _ type: String, _ text: String) throws {
        #expect(
            try first(rest)
                == "message.\(type) time=1760000000 id=wamid.M1 \(Self.thandi) message=wamid.T "
                + "\(text)name=Thandi M.")
    }

    @Test func `of the system link the old number and the new one`() throws {
        let body = CloudBodies.message(
            """
            "type":"system","system":{"body":"moved","type":"user_changed_number",\
            "wa_id":"27820000002","user_id":"ZA.9"}
            """)
        #expect(
            try CloudBodies.lines(body) == [
                "+ identity.linked time=1760000000 person=+27820000001 alias=+27820000002 "
                    + "evidence=user_changed_number",
                "+ identity.linked time=1760000000 person=+27820000001 alias=ZA.9 "
                    + "evidence=user_changed_number",
                "noted user_changed_number",
            ])
        #expect(try first(#""type":"system","system":{"type":"other"}"#) == "noted system")
        #expect(try first(#""type":"request_welcome""#) == "noted request_welcome")
    }

    @Test(arguments: [
        (#"{"id":"m","timestamp":"1","type":"text"}"#, "invalid"),
        (#"{"from":"27820000001","timestamp":"1","type":"text"}"#, "invalid"),
        (#"{"from":"27820000001","id":"m","type":"text"}"#, "invalid"),
        (#"{"from":"27820000001","id":"m","timestamp":"soon","type":"text"}"#, "invalid"),
        (#"{"from":"27820000001","id":"m","timestamp":"1760000000000","type":"text"}"#, "invalid"),
        (#"{"from":"27820000001","id":"m","timestamp":"1"}"#, "invalid"),
        (#"{"from":"27820000001","id":7,"timestamp":"1","type":"text"}"#, "invalid"),
        (#"{"from":"27820000001","id":"m","timestamp":"1","type":"reaction"}"#, "invalid"),
        (#"{"from":"27820000001","id":"m","timestamp":"1","type":"telepathy"}"#, "unknown"),
        ("7", "invalid"),
    ])
    func `that are malformed or unknown are put aside`(_ message: String, _ code: String) throws {
        let lines = try CloudBodies.lines(
            CloudBodies.body(CloudBodies.value("\"messages\":[\(message)]")))
        #expect(lines.count == 1 && lines[0].hasPrefix("quarantined \(code): "), "\(lines)")
    }

    @Test func `over the size of a record are put aside`() throws {
        let text = String(repeating: "a", count: 70_000)
        #expect(
            try first("\"type\":\"text\",\"text\":{\"body\":\"\(text)\"}").hasPrefix(
                "quarantined too_large: "))
    }

    @Test func `name the account that the caller gives`() throws {
        let lines = try CloudBodies.lines(
            CloudBodies.message(#""type":"text","text":{"body":"b"}"#),
            hiding: [.id, .person, .message, .text, .name, .provenance],
            AdapterOptions(account: "shop"))
        #expect(
            lines == ["message.received time=1760000000 source=whatsapp-cloud/shop account=shop"])
    }

    @Test func `name the subjects of the policy`() throws {
        let options = AdapterOptions(subjects: { text in
            text.split(separator: " ").filter { $0.hasPrefix("DR") }.map(String.init)
        })
        let body = CloudBodies.message(#""type":"text","text":{"body":"DR1 and DR2"}"#)
        let line = try #require(try CloudBodies.lines(body, options).first)
        #expect(line.contains(" subject=DR1 ") && line.contains(#"subjects=["DR1", "DR2"]"#))
    }
}

@Suite struct `The Cloud API's echoes and history` {
    private func echo(_ rest: String) -> String {
        CloudBodies.body(
            CloudBodies.value(
                """
                "message_echoes":[{"from":"27000000001","to":"27820000001","id":"wamid.E1",\
                "timestamp":"1760000000",\(rest)}]
                """), field: "smb_message_echoes")
    }

    @Test func `count what a human sent as a send`() throws {
        #expect(
            try CloudBodies.lines(echo(#""type":"text","text":{"body":"on my way"}"#)) == [
                "send.attempted time=1760000000 id=wamid.E1 person=+27820000001 message=wamid.E1 "
                    + "text=on my way recipient=+27820000001"
            ])
    }

    /// An edit of ours by that person would open a service window.
    @Test func `name no person where we changed a message of ours`() throws {
        let edit =
            #""type":"edit","edit":{"original_message_id":"wamid.T","#
            + #""message":{"type":"text","text":{"body":"new"}}}"#
        let revoke = #""type":"revoke","revoke":{"original_message_id":"wamid.T"}"#
        #expect(
            try CloudBodies.lines(echo(edit)) == [
                "message.edited time=1760000000 id=wamid.E1 message=wamid.T text=new "
                    + "recipient=+27820000001"
            ])
        #expect(
            try CloudBodies.lines(echo(revoke)) == [
                "message.revoked time=1760000000 id=wamid.E1 message=wamid.T "
                    + "recipient=+27820000001"
            ])
        let reaction = #""type":"reaction","reaction":{"message_id":"wamid.T","emoji":"👍"}"#
        #expect(try CloudBodies.lines(echo(reaction)) == ["noted reaction"])
    }

    /// Shapes of the reference of the `history` webhook.
    @Test func `tell shared history by who wrote it`() throws {
        let messages = [
            #"{"from":"27820000001","id":"wamid.H1","timestamp":"1750000000","type":"text","#
                + #""text":{"body":"hello"},"history_context":{"status":"READ"}}"#,
            #"{"from":"27000000001","to":"27820000001","id":"wamid.H2","timestamp":"1750000060","#
                + #""type":"text","text":{"body":"hi"},"history_context":{"status":"DELIVERED"}}"#,
            #"{"from":"27000000001","id":"wamid.H3","timestamp":"1750000120","type":"image"}"#,
            #"{"from":"27820000001","id":"wamid.H4","timestamp":"1750000180","#
                + #""type":"media_placeholder"}"#,
        ].joined(separator: ",")
        let chunk = """
            {"metadata":{"phase":0,"chunk_order":1,"progress":55},\
            "threads":[{"id":"27820000001","messages":[\(messages)]}]}
            """
        let lines = try CloudBodies.lines(
            CloudBodies.body(CloudBodies.value("\"history\":[\(chunk)]"), field: "history"))
        #expect(
            lines == [
                "message.received time=1750000000 id=wamid.H1 person=+27820000001 "
                    + #"message=wamid.H1 text=hello extras={"history_context":{"status":"READ"}}"#,
                "send.attempted time=1750000060 id=wamid.H2 person=+27820000001 message=wamid.H2 "
                    + "text=hi recipient=+27820000001 "
                    + #"extras={"history_context":{"status":"DELIVERED"}}"#,
                "send.attempted time=1750000120 id=wamid.H3 person=+27820000001 message=wamid.H3 "
                    + "recipient=+27820000001",
                "message.received time=1750000180 id=wamid.H4/placeholder person=+27820000001 "
                    + "message=wamid.H4",
            ])
    }

    @Test func `note history that was not shared, and contacts of the app`() throws {
        let declined = CloudBodies.value(#""history":[{"errors":[{"code":2593109}]}]"#)
        #expect(
            try CloudBodies.lines(CloudBodies.body(declined, field: "history")) == [
                "noted history.declined"
            ])
        let sync = CloudBodies.value(
            #""state_sync":[{"type":"contact","action":"add"},{"type":"contact"}]"#)
        #expect(
            try CloudBodies.lines(CloudBodies.body(sync, field: "smb_app_state_sync")) == [
                "noted state_sync", "noted state_sync",
            ])
    }
}
