import Adapters
import Events
import TestSupport
import Testing

/// The real payloads of GOWA and Wassenger, and what they mean.
struct `Real payloads of bridges` {
    private static let me = "+628987654321"
    private static let you = "+628123456789"
    private static let lid = "251556368777322@lid"
    private static let group = "120363402106XXXXX@g.us"

    /// The line of a message from the person of the examples.
    private static func received(
        _ time: String, _ id: String, _ text: String? = nil, name: String = "John Doe",
        quoted: String? = nil
    ) -> String {
        "message.received \(time).000Z id=\(id) account=\(me) person=\(you) message=\(id)"
            + (text.map { " text=\($0)" } ?? "") + " name=\(name)"
            + (quoted.map { " quoted=\($0)" } ?? "")
    }

    private static let gowa: [String: [String]] = [
        "01": ["quarantined invalid: The message has no id."],
        "02": [
            "link \(you) = \(lid)",
            received("2023-10-15T10:30:00", "3EB0C127D7BACC83D6A1", "Hello, how are you?"),
        ],
        "03": [
            received(
                "2023-10-15T10:35:00", "3EB0C127D7BACC83D6A2", "I'm doing great, thanks!",
                quoted: "3EB0C127D7BACC83D6A1")
        ],
        "04": [
            "message.reacted 2023-10-15T10:40:00.000Z id=88760C69D1F35FEB239102699AE9XXXX "
                + "account=\(me) person=\(you) message=3EB0C127D7BACC83D6A1 text=👍 name=John Doe"
        ],
        // The number is masked in the example, so that the LID is all that names a person.
        "05": [
            "message.delivered 2025-07-18T22:44:20.000Z "
                + "id=delivered/3EB00106E8BE0F407E88EC/\(group)/\(lid) account=\(you) "
                + "chat=\(group) person=\(lid) message=3EB00106E8BE0F407E88EC recipient=\(lid)"
        ],
        "06": [
            "message.read 2025-07-18T22:44:44.000Z "
                + "id=read/3EB00106E8BE0F407E88EC/\(group)/6289685XXXXXX@s.whatsapp.net "
                + "account=\(you) chat=\(group) person=6289685XXXXXX@s.whatsapp.net "
                + "message=3EB00106E8BE0F407E88EC recipient=6289685XXXXXX@s.whatsapp.net"
        ],
        "07": ["noted presence"], "08": ["noted presence"], "09": ["noted presence"],
        "10": ["noted presence"], "11": ["noted label"], "12": ["noted label"],
        "13": ["noted group"], "14": ["noted group"], "15": ["noted group"],
        "16": ["noted group"], "17": ["noted newsletter"], "18": ["noted newsletter"],
        "19": ["noted newsletter"], "20": ["noted newsletter"], "21": ["noted call"],
        "22": ["noted call"], "23": ["noted call"], "24": ["noted call"],
        "25": [received("2025-07-13T11:05:51", "3EB0C127D7BACC83D6A3")],
        "26": [received("2025-07-13T11:05:51", "3EB0C127D7BACC83D6A3", "Check this out!")],
        "27": [received("2025-07-13T11:05:51", "3EB0C127D7BACC83D6A3", "Check this out!")],
        "28": [received("2025-07-13T11:07:24", "3EB0C127D7BACC83D6A4", "Watch this!")],
        "29": [received("2023-10-15T10:55:00", "3EB0C127D7BACC83D6A5")],
        "30": [received("2023-10-15T11:00:00", "3EB0C127D7BACC83D6A6", "Monthly report")],
        "31": [received("2023-10-15T11:00:00", "3EB0C127D7BACC83D6A6", "Monthly report")],
        "32": [received("2025-07-13T11:09:45", "446AC2BAF2061B53E24CA526DBDFBD4E")],
        "33": [received("2023-10-15T11:02:00", "3EB0C127D7BACC83D6A7")],
        "34": [received("2025-07-13T11:10:19", "56B3DFF4994284634E7AAFEEF6F1A0A2")],
        "35": [received("2025-07-13T11:10:19", "A1B2C3D4E5F6789012345678")],
        "36": [received("2023-10-15T11:15:00", "3EB0C127D7BACC83D6A9")],
        "37": [received("2025-07-13T11:11:22", "94D13237B4D7F33EE4A63228BBD79EC0")],
        "38": ["noted deletion"],
        // Ours: the chat alone, for the person did not write to us.
        "39": [
            "message.revoked 2025-07-13T11:13:30.000Z id=F4062F2BBCB19B7432195AD7080DA4E2 "
                + "account=\(me) chat=\(you) message=94D13237B4D7F33EE4A63228BBD79EC0"
        ],
        "40": [
            "message.edited 2025-07-13T11:14:19.000Z id=D6271D8223A05B4DA6AE9FE3CD632543 "
                + "account=\(me) person=\(you) message=94D13237B4D7F33EE4A63228BBD79EC0 "
                + "text=Updated message text name=John Doe"
        ],
        "41": [received("2023-10-15T11:40:00", "3EB0C127D7BACC83D6B2")],
        "42": [
            received("2023-10-15T11:45:00", "3EB0C127D7BACC83D6B3", "This is a forwarded message")
        ],
        "43": [
            received(
                "2023-10-15T12:00:00", "3EB0C127D7BACC83D6B4",
                "Hello! I would like more information about the property.", name: "Jane Customer")
        ],
    ]

    private static let isAbsent: Comment = "\(SharedFixtures.absence)"

    @Test(.enabled(if: Bridge.fixtures != nil, isAbsent))
    func `of GOWA are read as the events that they are`() throws {
        let folder = try #require(Bridge.fixtures) + "/gowa/"
        let files = Bridge.files(in: folder)
        #expect(files.count == Self.gowa.count)
        for file in files {
            let number = String(file.dropFirst("webhook-payload-".count).prefix(2))
            let elements = try Bridge.read(GOWA.self, Bridge.contents(folder + file))
            let lines = Bridge.lines(elements, showsKept: false)
            #expect(lines == Self.gowa[number], "\(file)")
            let root = try JSONDocument(Bridge.contents(folder + file)).root
            #expect(GOWA.isBody(root), "\(file)")
        }
    }

    @Test(.enabled(if: Bridge.fixtures != nil, isAbsent))
    func `of GOWA keep what has no meaning here`() throws {
        let folder = try #require(Bridge.fixtures) + "/gowa/webhook-payload-"
        func kept(_ file: String) throws -> String {
            let elements = try Bridge.read(GOWA.self, Bridge.contents(folder + file))
            let line = Bridge.lines(elements).last ?? ""
            return line.firstIndex(of: "{").map { String(line[$0...]) } ?? ""
        }
        #expect(
            try kept("41-view-once-message.json")
                == #"{"gowa":{"view_once":true,"image":"statics/media/1752405060-image.jpeg"}}"#)
        #expect(
            try kept("31-document-message.json")
                == #"{"gowa":{"document":{"url":"https://mmg.whatsapp.net/...","#
                + #""filename":"report.pdf"}}}"#)
        #expect(
            try kept("43-meta-ads-referral-click-to-whatsapp.json")
                .hasPrefix(#"{"gowa":{"referral":{"ctwa_clid":"FAKE_CLID_abc123xyz","#))
    }

    @Test(.enabled(if: Bridge.fixtures != nil, isAbsent))
    func `of Wassenger are read as the events that they are`() throws {
        let file = try #require(Bridge.fixtures) + "/wassenger/message-in-new.skill-doc.json"
        let elements = try Bridge.read(Wassenger.self, Bridge.contents(file))
        #expect(
            Bridge.lines(elements) == [
                "message.received 2026-05-27T14:32:10.000Z id=msg_01HXXX account=DEVICE_ID "
                    + "person=+34600111222 message=msg_01HXXX "
                    + "text=Hi, I need help with order #1234 name=Marta L. "
                    + #"{"wassenger":{"type":"text"}}"#
            ])
        #expect(Bridge.source(elements) == "wassenger/DEVICE_ID")
    }
}
