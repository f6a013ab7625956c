import Bytes
import Events
import Foundation
import TestSupport
import Testing

@testable import Adapters

@Suite struct `An exported chat` {
    private static let group = "chat=120363000000000007@g.us"

    @Test(
        .enabled(if: ExportFiles.shared != nil, "\(SharedFixtures.absence)"),
        arguments: [
            "test_[mmddyy]_24hrs.txt", "test_ddmmyy_24hrs.txt", "test_mmddyy_24hrs.txt",
            "test_mmddyyyy_12hrs.txt", "test_yyyymmdd_24hrs.txt",
        ]
    )
    func `equals the expected parse of chat-miner`(_ file: String) throws {
        struct Message: Codable, Equatable {
            var timestamp: String
            var author: String
            var message: String
        }
        let folder = try #require(ExportFiles.shared)
        let target = try JSONDecoder().decode(
            [Message].self, from: Data(contentsOf: folder.appending(path: "target.json")))
        let elements = try exported(
            Data(contentsOf: folder.appending(path: file)), .export(zone: "UTC"))
        let messages = elements.compactMap(\.draft).map { draft in
            let text = draft.data["text"] as! String
            return Message(
                timestamp: String((draft.json["time"] as! String).prefix(19)),
                author: draft.data["name"] as! String,
                message: text.replacingOccurrences(of: "\n", with: " "))
        }
        #expect(Array(messages.reversed()) == target)
        #expect(elements.count == 9)
        #expect(
            elements.filter { $0.draft == nil }.map(\.told) == [
                "noted system", "noted system", "noted system",
            ])
    }

    /// Each form of a head, with what it says; the date is 13 June 2018.
    @Test(
        arguments: [
            ("23/06/2018, 01:55 p.m. - Loris: one", "2018-06-23T13:55:00"),
            ("13/6/18, 1:55 p.m. - Loris: one", "2018-06-13T13:55:00"),
            ("13-06-2018, 01.55 PM - Loris: one", "2018-06-13T13:55:00"),
            ("13.06.18 21.25.15: Loris: one", "2018-06-13T21:25:15"),
            ("[06.13.18 21:25:15] Loris: one", "2018-06-13T21:25:15"),
            ("13.6.2018 klo 21.25.15 - Loris: one", "2018-06-13T21:25:15"),
            ("13. 6. 2018. 21:25:15 Loris: one", "2018-06-13T21:25:15"),
            ("[13/6/18 1:55:00 p. m.] Loris: one", "2018-06-13T13:55:00"),
            ("[13/6/18 1:55:00 p.\u{A0}m.] Loris: one", "2018-06-13T13:55:00"),
            ("13/6/18, 1:55\u{202F}PM - Loris: one", "2018-06-13T13:55:00"),
            ("\u{200E}[2018/06/13, 21:25:15] Loris: one", "2018-06-13T21:25:15"),
            ("\u{200F}[2018/06/13, 21:25:15] \u{200E}Loris: one", "2018-06-13T21:25:15"),
            ("\u{FEFF}2018/06/13, 21:25 - Loris: one", "2018-06-13T21:25:00"),
            ("2018-06-13 21:25 - Loris: one", "2018-06-13T21:25:00"),
            ("2018/6/13 下午9:25 - Loris: one", "2018-06-13T21:25:00"),
            ("2018. 6. 13. 오후 9:25, Loris: one", ""),
            ("2018. 6. 13. 오후 9:25 - Loris: one", "2018-06-13T21:25:00"),
            ("2018/06/13, 9:25 nm. - Loris: one", "2018-06-13T21:25:00"),
            ("2018/06/13, 9:25 vm. - Loris: one", "2018-06-13T09:25:00"),
            ("01/20/2019, 12:23 a. m. - Loris: one", "2019-01-20T00:23:00"),
            ("01/20/2019, 12:23 p. m. - Loris: one", "2019-01-20T12:23:00"),
            ("06/20/2020, 00:08 a. m. - Loris: one", "2020-06-20T00:08:00"),
            ("13/6/18, 21h25 - Loris: one", "2018-06-13T21:25:00"),
            ("١٣/٦/٢٠١٨, ٩:٢٥ م - Loris: one", "2018-06-13T21:25:00"),
            ("2018/06/13, 24:25 - Loris: one", ""), ("2018/06/13, 1:5 - Loris: one", ""),
            ("2018/06-13, 21:25 - Loris: one", ""), ("2018/06/13 - Loris: one", ""),
            ("13 June 2018, 21:25 - Loris: one", ""),
        ]
    )
    func `has heads of many forms`(_ line: String, _ time: String) throws {
        guard !time.isEmpty else {
            let bytes = Array(line.utf8)
            #expect(ChatHead(bytes.span) == nil)
            return
        }
        let elements = try exported(line, .export(zone: "UTC"))
        #expect(
            elements.map(\.told) == [
                "message.received \(time)+00:00 \(Self.group), name=Loris, "
                    + "person=name:Loris@120363000000000007, text=one"
            ])
    }

    @Test func `joins lines, keeps colons and knows files, edits, deletions and the system`() throws
    {
        let text = """
            2025/10/01, 16:49 - Messages and calls are end-to-end encrypted. Tap to learn more.
            2025/10/01, 16:50 - You created group "Fibre: QA"
            2025/10/01, 16:50 - +27 82 000 0011 joined using this group's invite link
            2025/10/01, 16:51 - +27 82 000 0011: DR1854951 done
            second line: still of it
            2025/10/01, 16:52 - Thandi M 🤓: IMG-20251001-WA0001.jpg (file attached)
            DR1854952
            2025/10/01, 16:52 - Thandi M 🤓: <Media omitted>
            2025/10/01, 16:53 - Thandi M 🤓: DR1854953 <This message was edited>
            2025/10/01, 16:53 - ~\u{202F}Sipho: This message was deleted
            2025/10/01, 16:54 - QA bot: Received : thanks
            2025/10/01, 16:55 - Sipho: \n2025/10/01, 16:56 - +27 82 000 0011 changed to +27 83 000 0012
            2025/10/01, 16:57 - Lindiwe changed their phone number to a new number. Tap to add it.

            """
        var options = AdapterOptions.export(accountName: "qa  bot")
        options.accountName = "QA bot"
        options.account = "+27110000001"
        let elements = try exported(text, options)
        let thandi = "name=Thandi M 🤓, person=name:Thandi M 🤓@120363000000000007"
        let all = "account=+27110000001"
        #expect(
            elements.map(\.told) == [
                "noted system", "noted system", "noted system",
                "message.received 2025-10-01T16:51:00+02:00 \(all), \(Self.group), "
                    + "person=+27820000011, text=DR1854951 done\nsecond line: still of it",
                "message.received 2025-10-01T16:52:00+02:00 \(all), "
                    + "attachments=IMG-20251001-WA0001.jpg, \(Self.group), \(thandi), text=DR1854952",
                "message.received 2025-10-01T16:52:00+02:00 \(all), \(Self.group), "
                    + "name=Thandi M 🤓, omitted=<Media omitted>, "
                    + "person=name:Thandi M 🤓@120363000000000007",
                "message.received 2025-10-01T16:53:00+02:00 \(all), \(Self.group), edited=1, "
                    + "\(thandi), text=DR1854953",
                "noted deleted",
                "send.attempted 2025-10-01T16:54:00+02:00 \(all), \(Self.group), "
                    + "text=Received : thanks",
                "message.received 2025-10-01T16:55:00+02:00 \(all), \(Self.group), name=Sipho, "
                    + "person=name:Sipho@120363000000000007",
                "noted number_changed", "noted system",
            ])
        #expect(elements.map(\.line) == [1, 2, 3, 4, 6, 8, 9, 10, 11, 12, 13, 14])
        #expect(elements.compactMap { $0.draft?.data["provenance"] as? String }.count == 6)
        let link = try #require(elements[10].links.first)
        #expect(link.data["person"] as? String == "+27820000011")
        #expect(link.data["alias"] as? String == "+27830000012")
        #expect(elements.flatMap(\.links).count == 1)
        #expect(
            elements.compactMap(\.draft).allSatisfy {
                $0.json["source"] as? String == "chat-export"
            })
    }

    @Test func `of an iPhone marks its own sentences`() throws {
        let text = """
            [01/10/2025, 16:49:01] Fibre QA: \u{200E}Messages and calls are end-to-end encrypted.
            [01/10/2025, 16:50:01] Sipho: \u{200E}Sipho created this group
            \u{200E}[01/10/2025, 16:51:02] Sipho: \u{200E}<attached: 00000012-PHOTO-2025-10-01-16-51-02.jpg>
            [01/10/2025, 16:51:03] Sipho: \u{200E}image omitted
            [01/10/2025, 16:51:04] Sipho: \u{200E}This message was deleted.
            [01/10/2025, 16:51:05] Sipho: \u{200E}Missed voice call, \u{200E}Click to call back
            [31/10/2025, 16:51:06] Sipho: \u{200E}Location: https://maps.example/1
            """
        let elements = try exported(text, .export(chat: nil, title: "Fibre QA"))
        #expect(
            elements.map { $0.draft.map { Self.members($0) } ?? $0.told } == [
                "noted system", "noted system",
                "attachments=00000012-PHOTO-2025-10-01-16-51-02.jpg", "omitted=image omitted",
                "noted deleted", "noted call", "text=Location: https://maps.example/1",
            ])
    }

    /// What an event says of words and files.
    private static func members(_ draft: Draft) -> String {
        ["attachments", "omitted", "text"].compactMap { name in
            guard let value = draft.data[name] else { return nil }
            let texts = value as? [String] ?? [value as? String ?? ""]
            return "\(name)=\(texts.joined(separator: "; "))"
        }.joined(separator: ", ")
    }

    @Test func `keeps its ids when it is exported again with more lines`() throws {
        let first = """
            2025/10/01, 16:51 - Thandi: DR1854951
            2025/10/01, 16:51 - Thandi: DR1854951
            2025/10/01, 16:51 - Sipho: DR1854951
            2025/10/01, 16:52 - Thandi: DR1854951
            """
        let more = "\n2025/10/01, 16:52 - Thandi: dr1854951.\n2025/10/01, 16:51 - Sipho: DR1854951"
        let head = "2025/09/30, 08:00 - Thandi: earlier\n"
        let ids = try exported(first).compactMap { $0.draft?.id }
        #expect(Set(ids).count == 4)
        let again = try exported(first + more)
        #expect(again.prefix(4).compactMap { $0.draft?.id } == ids)
        #expect(Set(again.compactMap { $0.draft?.id }).count == 6)
        #expect(zip(again, try exported(first)).allSatisfy { $0.draft?.digest == $1.draft?.digest })
        #expect(try exported(head + first).dropFirst().compactMap { $0.draft?.id } == ids)
        let other = try exported(first, .export(chat: "120363000000000008@g.us"))
        let others = Set(other.compactMap { $0.draft?.id })
        #expect(others.isDisjoint(with: ids))
    }

    @Test func `of one person is a direct chat, and our messages go to that person`() throws {
        let text = "31/12/2025, 08:00 - Thandi: hello\n31/12/2025, 08:01 - QA: DR1854951"
        let named = try exported(text, .export(chat: nil, accountName: "QA", title: "Thandi"))
        #expect(named[0].told.contains("person=name:Thandi@export-"))
        #expect(!named[0].told.contains("chat="))
        #expect(named[0].chat == named[1].chat)
        #expect(
            named[1].told.hasPrefix("send.attempted 2025-12-31T08:01:00+02:00 person=name:Thandi@"))
        let numbered = try exported(
            text, .export(chat: "+27 82 000 0011", accountName: "QA"))
        #expect(
            numbered.map(\.told) == [
                "message.received 2025-12-31T08:00:00+02:00 name=Thandi, person=+27820000011, "
                    + "text=hello",
                "send.attempted 2025-12-31T08:01:00+02:00 person=+27820000011, text=DR1854951",
            ])
        let respelt = try exported(text, .export(chat: "+27820000011", accountName: "QA"))
        #expect(respelt.compactMap { $0.draft?.id } == numbered.compactMap { $0.draft?.id })
        #expect(throws: EventError.self) {
            try exported(text, .export(chat: "+27 82 000 0011", accountName: ""))
        }
    }

    @Test func `with three authors or a line of a group is a group under a name of its own`() throws
    {
        let three = "31/12/2025, 08:00 - A: 1\n31/12/2025, 08:00 - B: 2\n31/12/2025, 08:00 - C: 3"
        let chat = try #require(
            exported(three, .export(chat: nil, title: "Fibre QA")).first?.draft?.data["chat"]
                as? String)
        #expect(chat.hasPrefix("export-") && chat.hasSuffix("@g.us") && chat.utf8.count == 28)
        let alone = "31/12/2025, 08:00 - You created group \"X\"\n31/12/2025, 08:00 - A: 1"
        let again = try exported(alone, .export(chat: "Fibre QA"))
        #expect(again[1].draft?.data["chat"] as? String == chat)
        #expect(again[1].draft?.data["person"] as? String == "name:A@" + chat.dropLast(5))
    }

    @Test(
        arguments: [
            ("WhatsApp Chat with Fibre QA.txt", "Fibre QA"),
            ("/a/b/WhatsApp Chat with Fibre QA (1).txt", "Fibre QA"),
            ("WhatsApp Chat - Fibre QA.zip", "Fibre QA"),
            ("WhatsApp-Chat mit Glasfaser (Nord).txt", "Glasfaser (Nord)"), ("_chat.txt", nil),
            ("", nil), ("-", nil),
            ("WhatsApp Chat with \u{202A}+27 82 000 0011\u{202C}.txt", "+27 82 000 0011"),
        ] as [(String, String?)]
    )
    func `has the title of its file`(_ file: String, _ title: String?) {
        #expect(ChatExport.title(ofFile: file) == title)
    }
}
