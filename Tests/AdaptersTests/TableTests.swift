import Bytes
import Events
import Testing

@testable import Adapters

@Suite struct `Rows of a CSV` {
    private func rows(_ text: String, part: Int = .max) -> [CSVRow] {
        var reader = CSVReader()
        let bytes = Array(text.utf8)
        var at = 0
        var rows: [CSVRow] = []
        while at < bytes.count {
            let end = part < bytes.count - at ? at + part : bytes.count
            reader.take(bytes.span.extracting(at..<end))
            rows += reader.drain()
            at = end
        }
        reader.finish()
        return rows + reader.drain()
    }

    private static let sample =
        "\u{FEFF}a,b\r\n1,\"x, \"\"y\"\"\r\nz\"\n\n,\n\"q\" ,1\nno\"t,2\r\"\",é\n\"open,\n1"

    @Test(arguments: [1, 2, 3, 7, .max])
    func `come out the same from parts of any size`(_ part: Int) {
        let rows = rows(Self.sample, part: part)
        #expect(rows.map(\.fields).prefix(3) == [["a", "b"], ["1", "x, \"y\"\r\nz"], ["", ""]])
        #expect(rows.map(\.line) == [1, 2, 5, 6, 7, 8, 9])
        #expect(rows.map { $0.problem != nil } == [false, false, false, true, true, false, true])
        #expect(rows[5].fields == ["", "é"])
        #expect(rows[3].raw == Array("\"q\" ,1".utf8))
        #expect(rows[6].raw == Array("\"open,\n1".utf8))
    }

    @Test func `longer than the bound come in parts, and the next row is read`() {
        let long = "a,\"" + String(repeating: "x\n", count: 200_000) + "\"\nb,1"
        let rows = rows(long, part: 65_536)
        #expect(rows.allSatisfy { $0.raw.count <= CSVReader.rowBytesMax })
        #expect(rows.first?.problem != nil)
        #expect(rows.last?.fields == ["b", "1"])
        #expect(rows.last?.line == 200_002)
    }

    @Test func `are refused as a whole where they are asked for as a whole`() {
        let error = #expect(throws: EventError.self) {
            try CSVReader.rows(Array("a\nb\nc\"d\n".utf8))
        }
        #expect(error?.line == 3)
    }
}

@Suite struct `A table of feedback` {
    private func elements(_ text: String, zone: String? = nil) throws -> [Element] {
        var options = AdapterOptions(account: "+27110000001", chat: "120363000000000007@g.us")
        options.zone = zone.map(ExportFiles.zone)
        var reader = PostgresFeedback(options)
        for row in try CSVReader.rows(Array(text.utf8)) { try reader.take(row) }
        try reader.finish()
        return reader.drain()
    }

    private let head =
        "id,drop_number,feedback_sent_at,feedback_message_hash,retry_count,last_retry_at,status\n"
    private let members = "account=+27110000001, chat=120363000000000007@g.us"

    @Test func `becomes attempts and outcomes at their times`() throws {
        let found = try elements(
            head + "7,DR1854951,2025-10-01 16:51:02+02,9e107d9d,0,,sent\n"
                + "8,DR1854952,2025-10-01 16:52:02.125+02:00,9e107d9e,2,2025-10-01 15:52:02Z,FAILED\n"
                + "9,DR1854953,2025-10-01T16:53:02+0200,,,,pending\n"
                + "10,DR1854954,,,0,,pending\n")
        #expect(
            found.map(\.told) == [
                "send.attempted 2025-10-01T16:51:02+02:00 subject=DR1854951, \(members), "
                    + "feedback_message_hash=9e107d9d",
                "send.accepted 2025-10-01T16:51:02+02:00 subject=DR1854951, \(members), "
                    + "feedback_message_hash=9e107d9d",
                "send.attempted 2025-10-01T16:52:02.125+02:00 subject=DR1854952, \(members), "
                    + "feedback_message_hash=9e107d9e",
                "send.attempted 2025-10-01T15:52:02Z subject=DR1854952, \(members), "
                    + "feedback_message_hash=9e107d9e, retry_count=2",
                "send.failed 2025-10-01T15:52:02Z subject=DR1854952, \(members), "
                    + "feedback_message_hash=9e107d9e",
                "send.attempted 2025-10-01T16:53:02+02:00 subject=DR1854953, \(members)",
                "noted pending",
            ])
        #expect(Set(found.compactMap { $0.draft?.identity }).count == 6)
    }

    @Test func `again adds nothing, and a later one its new attempts`() throws {
        let first = try elements(head + "7,DR1,2025-10-01 16:51:02+02,ab,0,,pending\n")
        let later = try elements(
            head + "7,DR1,2025-10-01 16:51:02+02,ab,1,2025-10-01 17:51:02+02,sent\n")
        #expect(first[0].draft?.identity == later[0].draft?.identity)
        #expect(first[0].draft?.digest == later[0].draft?.digest)
        #expect(
            later.compactMap { $0.draft?.type } == [.sendAttempted, .sendAttempted, .sendAccepted])
    }

    @Test func `keeps what it does not know, and puts bad rows aside`() throws {
        let found = try elements(
            "status,id,drop_number,feedback_sent_at,agent\n"
                + "resent by hand,7,DR1,2025-10-01 16:51:02+02,Thandi\nsent,8,,2025-10-01 16:51:02Z,\n"
                + "sent,9,DR1,soon,\nsent,10,DR1\n")
        #expect(
            found.map(\.told) == [
                "send.attempted 2025-10-01T16:51:02+02:00 subject=DR1, account=+27110000001, "
                    + "agent=Thandi, chat=120363000000000007@g.us",
                "quarantined unknown", "quarantined invalid", "quarantined invalid",
                "quarantined invalid",
            ])
        #expect(found.dropFirst().allSatisfy { !$0.raw.isEmpty && $0.line != nil })
    }

    @Test func `needs a zone where its times have none`() throws {
        let row = head + "7,DR1,2025-07-01 16:51:02.5,ab,0,,sent\n"
        let error = #expect(throws: EventError.self) { try elements(row) }
        #expect(error?.message.contains("--zone") == true)
        let found = try elements(row, zone: "Europe/Berlin")
        #expect(found[0].draft?.json["time"] as? String == "2025-07-01T16:51:02.5+02:00")
    }

    @Test(arguments: [
        "", "id,drop_number\n", "id;drop_number;feedback_sent_at\n",
        "id,id,drop_number,feedback_sent_at\n",
    ])
    func `refuses titles that are not its own`(_ text: String) throws {
        #expect(throws: EventError.self) { try elements(text) }
    }
}

@Suite struct `A table of spam rules` {
    private func elements(_ text: String) throws -> [Element] {
        var reader = SpamRules(AdapterOptions())
        for row in try CSVReader.rows(Array(text.utf8)) { try reader.take(row) }
        try reader.finish()
        return reader.drain()
    }

    private let head = "pattern,mode,brand,enabled,note\n"

    @Test func `becomes one set of rules, with bad rows aside`() throws {
        let found = try elements(
            head + "buy now,Contains,Acme,TRUE,\nY,LONE,,false,\"a, b\"\n"
                + "Buy Now,contains,acme,TRUE,auto: duplicate phrase+brand+mode\n"
                + "(open,Regex,,TRUE,\nx,Fuzzy,,TRUE,\ny,Lone,,TRUE,\n,Lone,,TRUE,\nz,Lone,,maybe,\n"
                + "^win \\d+,Regex,,TRUE,\n")
        #expect(
            found.map(\.told).prefix(6) == [
                "noted duplicate", "quarantined invalid", "quarantined invalid",
                "quarantined conflict", "quarantined invalid", "quarantined invalid",
            ])
        #expect(found.prefix(6).map(\.line) == [4, 5, 6, 7, 8, 9])
        let draft = try #require(found.last?.draft)
        #expect(found.count == 7 && draft.type == .rulesetChanged)
        let set = try #require(draft.data["ruleset"] as? [String: Any])
        let rules = try #require(set["rules"] as? [[String: Any]])
        #expect(rules.map { $0["pattern"] as? String } == ["buy now", "Y", "^win \\d+"])
        #expect(rules.map { $0["mode"] as? String } == ["contains", "lone", "regex"])
        #expect(rules.map { $0["enabled"] as? Bool } == [true, false, true])
        #expect(rules[1]["note"] as? String == "a, b" && rules[1]["brand"] == nil)
        #expect((draft.data["hash"] as? String)?.count == 64)
    }

    @Test func `again is the same event, and changed another`() throws {
        let first = try elements(head + "a,Lone,,TRUE,\n")
        let again = try elements(head + "\na,LONE,,true,\n")
        let other = try elements(head + "a,Lone,,FALSE,\n")
        #expect(first[0].draft?.identity == again[0].draft?.identity)
        #expect(first[0].draft?.digest == again[0].draft?.digest)
        #expect(first[0].draft?.identity != other[0].draft?.identity)
    }

    @Test func `that no record holds comes in parts`() throws {
        let rows = (0..<2_000).map { "spam phrase number \($0),Contains,Brand,TRUE,note \($0)\n" }
        let found = try elements(head + rows.joined())
        let sets = found.compactMap { $0.draft?.data["ruleset"] as? [String: Any] }
        #expect(sets.count == found.count && sets.count > 2)
        #expect(sets.map { $0["part"] as? Int } == (1...sets.count).map { $0 })
        #expect(sets.allSatisfy { $0["parts"] as? Int == sets.count })
        #expect(sets.reduce(0) { $0 + (($1["rules"] as? [Any])?.count ?? 0) } == 2_000)
        #expect(Set(found.compactMap { $0.draft?.data["hash"] as? String }).count == 1)
    }
}

@Suite struct `Tables that are damaged` {
    @Test func `are read without fail, and every row is in an element`() throws {
        var random = SeededGenerator(seed: 11)
        let samples = [
            "id,drop_number,feedback_sent_at,retry_count,last_retry_at,status\n"
                + "7,DR1,2025-10-01 16:51:02+02,0,,sent\n8,\"DR,2\",2025-10-01 16:51Z,1,,failed\n",
            "pattern,mode,brand,enabled,note\nbuy,Contains,,TRUE,\n\"a\"\"b\",Regex,x,FALSE,n\n",
        ].map { Array($0.utf8) }
        var silent = 0
        for turn in 0..<10_000 {
            var bytes = samples[turn % 2]
            let titles = bytes.firstIndex(of: 0x0A)! + 1
            for _ in 0..<Int.random(in: 1...5, using: &random) where bytes.count > titles {
                let at = Int.random(in: titles..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2:
                    bytes.insert([0x22, 0x2C, 0x0A, 0x0D].randomElement(using: &random)!, at: at)
                default: bytes.removeSubrange(at...)
                }
            }
            var reader = CSVReader()
            reader.take(bytes.span)
            reader.finish()
            let rows = reader.drain()
            var feedback = PostgresFeedback(AdapterOptions())
            var rules = SpamRules(AdapterOptions())
            var elements: [Element] = []
            for row in rows {
                do {
                    if turn % 2 == 0 { try feedback.take(row) } else { try rules.take(row) }
                } catch { #expect(error.message.hasSuffix(".")) }
            }
            if turn % 2 == 1 { try rules.finish() }
            elements += feedback.drain() + rules.drain()
            if elements.isEmpty, rows.count > 1, turn % 2 == 1 { silent += 1 }
        }
        #expect(silent == 0)
    }
}

@Suite struct `The encoding of a text` {
    private func problem(_ bytes: [UInt8], isWhole: Bool = true) -> String? {
        TextEncoding.problem(in: bytes.span, isWhole: isWhole)?.message
    }

    @Test func `is UTF-8, with or without a mark, and may be cut in a letter`() {
        #expect(problem([]) == nil)
        #expect(problem(Array("Grüße 🤓".utf8)) == nil)
        #expect(problem([0xEF, 0xBB, 0xBF] + Array("é".utf8)) == nil)
        #expect(problem(Array("🤓".utf8.dropLast()), isWhole: false) == nil)
        #expect(problem(Array("🤓".utf8.dropLast())) != nil)
        #expect(problem(Array("Grüße".utf8) + [0xE9]) == nil)
    }

    @Test func `of another kind is named, with what to do`() {
        let text = Array("2025/10/01, 16:51 - A: one".utf16)
        let little = text.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let big = text.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        #expect(problem([0xFF, 0xFE] + little)?.contains("iconv -f UTF-16 ") == true)
        #expect(problem([0xFE, 0xFF] + big)?.contains("iconv -f UTF-16 ") == true)
        #expect(problem(little)?.contains("UTF-16LE") == true)
        #expect(problem(big)?.contains("UTF-16BE") == true)
        #expect(problem([0xFF, 0xFE, 0, 0])?.contains("UTF-32") == true)
        #expect(problem(Array("Gr".utf8) + [0xFC, 0xDF, 0x65])?.contains("WINDOWS-1252") == true)
    }
}
