import Adapters
import Bytes
import Events
import TestSupport
import Testing

@Suite struct `The store of a WhatsApp bridge` {
    private let group = "120363000000000001@g.us"

    @Test func `gives a message of a group its author, time and subjects`() throws {
        let event = try event(of: row())
        #expect(event.type == "message.received")
        #expect(event.source == "whatsapp-bridge/+27110000001")
        #expect(event.id == "\(group)/3EB0A1")
        #expect(event.time == "2025-10-01T16:51:02+02:00")
        #expect(event.subject == "DR1854951")
        #expect(event.data["chat"]?.text == group)
        #expect(event.data["person"]?.text == "+27820000001")
        #expect(event.data["message"]?.text == "3EB0A1")
        #expect(event.data["text"]?.text == "DR1854951 done")
        #expect(event.data["account"]?.text == "+27110000001")
        #expect(event.data["provenance"]?.text == "bridge")
    }

    @Test func `counts our own as sends of a human, without a subject`() throws {
        var own = row()
        own.isFromMe = true
        own.sender = "27110000001"
        let sent = try event(of: own)
        #expect(sent.type == "send.attempted" && sent.subject == nil)
        #expect(sent.data["chat"]?.text == group && sent.data["person"] == nil)
        #expect(sent.data["provenance"]?.text == "bridge")
        own.chat = "27820000001@s.whatsapp.net"
        let direct = try event(of: own)
        #expect(direct.data["chat"] == nil)
        #expect(direct.data["person"]?.text == "+27820000001")
    }

    @Test(arguments: [
        // The sender as the live bridge, a history sync and a phone of several devices spell it.
        ("27820000001", "120363000000000001@g.us", "+27820000001"),
        ("27820000001@s.whatsapp.net", "120363000000000001@g.us", "+27820000001"),
        ("27820000001:12@s.whatsapp.net", "120363000000000001@g.us", "+27820000001"),
        ("162161234567890@lid", "120363000000000001@g.us", "162161234567890@lid"),
        ("162161234567890", "120363000000000001@g.us", "162161234567890@lid"),
        ("27820000001", "27820000001@s.whatsapp.net", "+27820000001"),
        ("9876543210", "9876543210@lid", "9876543210@lid"),
        ("", "27820000001@s.whatsapp.net", "+27820000001"),
    ])
    func `knows a sender in every spelling`(
        _ sender: String, _ chat: String, _ person: String
    ) throws {
        var row = row()
        row.sender = sender
        row.chat = chat
        #expect(try event(of: row).data["person"]?.text == person)
    }

    @Test func `links the two aliases of a direct chat`() throws {
        var row = row()
        row.chat = "162161234567890@lid"
        row.sender = "27820000001"
        let element = try #require(elements(of: row).first)
        #expect(try event(of: row).data["person"]?.text == "+27820000001")
        let link = try #require(element.links.first)
        #expect(text(link).contains("\"alias\":\"162161234567890@lid\""))
        #expect(text(link).contains("\"person\":\"+27820000001\""))
    }

    @Test(arguments: [
        ("2025-10-01 16:51:02+02:00", "2025-10-01T16:51:02+02:00"),
        ("2025-10-01 16:51:02.125+02:00", "2025-10-01T16:51:02.125+02:00"),
        ("2025-10-01T16:51:02.123456789123Z", "2025-10-01T16:51:02.123456789Z"),
        ("2025-10-01 14:51:02Z", "2025-10-01T14:51:02Z"),
        ("2025-10-01 14:51:02", "2025-10-01T14:51:02Z"),
        ("2025-10-01 16:51:02 +0200 SAST", "2025-10-01T16:51:02+02:00"),
        ("2025-10-01 14:51:02 +0000 UTC", "2025-10-01T14:51:02+00:00"),
        ("2025-10-01 16:51:02+02", "2025-10-01T16:51:02+02:00"),
        ("1759330262", "2025-10-01T14:51:02Z"),
        ("1759330262125", "2025-10-01T14:51:02.125Z"),
        ("1759330262.125", "2025-10-01T14:51:02.125Z"),
    ])
    func `reads a time in every spelling`(_ spelt: String, _ time: String) throws {
        var row = row()
        row.timestamp = .text(spelt)
        let read = try #require(row.timestamp.moment)
        #expect(read.instant == (try Timestamp.parse(time)).instant)
        if let number = Int64(spelt) {
            #expect(BridgeRow.Time.integer(number).moment?.instant == read.instant)
        }
        #expect(elements(of: row).count == 1)
    }

    @Test(arguments: [
        "", "soon", "2025-10-01", "2025-13-01 00:00:00", "0001-01-01 00:00:00+00:00",
        "2025-10-01 16:51:02 later", "2025-10-01 16:51:02+2", "-5", "0", "nan",
        "99999999999999999999", "2025-10-01 16:51:02.+02:00",
    ])
    func `puts a row aside whose time cannot be read`(_ spelt: String) throws {
        var row = row()
        row.timestamp = .text(spelt)
        let element = try #require(elements(of: row).first)
        guard case .quarantined(let code, let reason) = element.meaning else {
            Issue.record("\(spelt) was read")
            return
        }
        #expect(code == "invalid" && reason.contains("timestamp"))
    }

    @Test func `notes what is no message to us`() throws {
        for (chat, kind) in [
            ("status@broadcast", "status"), ("1234567890@broadcast", "broadcast"),
            ("120363000000000002@newsletter", "newsletter"),
        ] {
            var row = row()
            row.chat = chat
            let element = try #require(elements(of: row).first)
            guard case .noted(let noted) = element.meaning else {
                Issue.record("\(chat) was not noted")
                continue
            }
            #expect(noted == kind && element.chat == chat)
        }
    }

    @Test func `puts rows without a key aside`() {
        for path in [\BridgeRow.id, \BridgeRow.chat] {
            for value in [nil, ""] as [String?] {
                var row = row()
                row[keyPath: path] = value
                let found = elements(of: row)
                #expect(found.count == 1)
                if case .quarantined? = found.first?.meaning { continue }
                Issue.record("a row without a key was read")
            }
        }
    }

    @Test func `keeps the kind and name of media, and no key to it`() throws {
        var row = row()
        row.content = ""
        row.mediaType = "image"
        row.filename = "a \"b\".jpg"
        let event = try event(of: row)
        #expect(event.data["text"] == nil)
        #expect(event.data["whatsapp-bridge"]?["media_type"]?.text == "image")
        #expect(event.data["whatsapp-bridge"]?["filename"]?.text == "a \"b\".jpg")
    }

    @Test func `reads a changed row as an edit, with an id of its new text`() throws {
        var changed = row()
        changed.content = "DR1854951 really done"
        var reading = reading()
        WhatsAppBridge.readEdit(changed, into: &reading)
        let event = try event(of: reading.elements)
        #expect(event.type == "message.edited")
        #expect(event.data["message"]?.text == "3EB0A1")
        #expect(event.data["text"]?.text == "DR1854951 really done")
        #expect(event.data["person"]?.text == "+27820000001")
        #expect(event.id.hasPrefix("\(group)/3EB0A1/edit/"))
        changed.content = "another"
        var other = self.reading()
        WhatsAppBridge.readEdit(changed, into: &other)
        #expect(try self.event(of: other.elements).id != event.id)
    }

    @Test func `gives one element for every row, whatever it holds`() {
        var random = SeededGenerator(seed: 5)
        let texts = [
            nil, "", "27820000001", "@", "@g.us", "a@b@c", "1:2@lid", ":@lid", "\u{0}", "+",
            String(repeating: "9", count: 40), "120363000000000001@g.us", "status@broadcast",
            String(repeating: "\u{1F600}", count: 200), "2025-10-01 16:51:02+02:00",
        ]
        for _ in 0..<10_000 {
            var row = BridgeRow(rowid: Int64.random(in: .min ... .max, using: &random))
            for path in [
                \BridgeRow.id, \.chat, \.sender, \.content, \.mediaType, \.filename,
            ] {
                row[keyPath: path] = texts[Int.random(in: 0..<texts.count, using: &random)]
            }
            row.isFromMe = Bool.random(using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: row.timestamp = .integer(Int64.random(in: .min ... .max, using: &random))
            case 1: row.timestamp = .real(Double(bitPattern: random.next()))
            case 2: row.timestamp = .text(texts[14]!)
            default: row.timestamp = .text(texts.randomElement(using: &random)! ?? "")
            }
            if row.rowid % 500 == 0 { row.content = String(repeating: "x", count: 70_000) }
            #expect(elements(of: row).count == 1)
            #expect((try? JSONValue.parse(row.json.span.string)) != nil)
        }
    }

    // MARK: - Helpers

    private struct Read {
        var type: String
        var source: String
        var id: String
        var time: String?
        var subject: String?
        var data: JSONValue
    }

    private func row() -> BridgeRow {
        var row = BridgeRow(rowid: 7)
        row.id = "3EB0A1"
        row.chat = group
        row.sender = "27820000001"
        row.content = "DR1854951 done"
        row.timestamp = .text("2025-10-01 16:51:02+02:00")
        return row
    }

    private func reading() -> Reading {
        let options = AdapterOptions(account: "+27110000001") { text in
            text.hasPrefix("DR") ? [String(text.prefix(9))] : []
        }
        return Reading(WhatsAppBridge.format, options)
    }

    private func elements(of row: BridgeRow) -> [Element] {
        var reading = reading()
        WhatsAppBridge.read(row, into: &reading)
        return reading.elements
    }

    private func event(of row: BridgeRow) throws -> Read { try event(of: elements(of: row)) }

    private func event(of elements: [Element]) throws -> Read {
        #expect(elements.count == 1)
        guard case .event(let draft)? = elements.first?.meaning else {
            throw EventError(.invalid, "there is no event")
        }
        let json = try JSONValue.parse(text(draft))
        return Read(
            type: json["type"]?.text ?? "", source: json["source"]?.text ?? "",
            id: json["id"]?.text ?? "", time: json["time"]?.text, subject: json["subject"]?.text,
            data: json["data"] ?? .null)
    }

    private func text(_ draft: Draft) -> String {
        let record = draft.sealed(at: 0, recorded: .latest)
        guard let event = EventView(record.span) else { return "" }
        return CloudEvent.text(event)
    }
}
