import Events
import Ledger
import Storage
import TestSupport
import Testing

@testable import Audit

private let alias = "+27821234567"
private let other = "+27829999999"
private let ann = Authority(by: "ann", why: "asked for it")

@Suite struct `An export of a person` {
    @Test func `holds what is theirs under any spelling, and counts what others wrote`()
        async throws
    {
        try await withLedger { ledger in
            try await fill(ledger)
            let record = try PersonRecord.gather(ledger, "whatsapp:27821234567")
            #expect(record.aliases == [alias, "27821234567@s.whatsapp.net"])
            #expect(record.names == ["Thandi", "Thandi Mokoena"])
            #expect(record.inbound == 2)
            #expect(record.events == 4)
            let (result, json) = try await export(ledger, record)
            #expect(result.events == 4)
            #expect(result.positions == 0...4)
            let events = json["events"]?.elements ?? []
            #expect(events.map { $0["id"]?.text } == ["1", "2", "4", "5"])
            #expect(events.compactMap { $0["data"]?["text"]?.text } == ["hello", "again"])
            // One by name in a group, one in the person's chat under the key of who wrote it.
            #expect(json["mentions"]?.integer == 2)
            #expect(json["counts"]?["message.received"]?.integer == 2)
        }
    }

    @Test func `says what consent rests on`() async throws {
        try await withLedger { ledger in
            try await fill(ledger)
            let json = try await export(ledger, PersonRecord.gather(ledger, alias)).json
            let basis = json["consent"]?.elements ?? []
            #expect(basis.count == 1)
            #expect(basis.first?["category"]?.text == "marketing")
            #expect(basis.first?["state"]?.text == "granted")
            #expect(basis.first?["type"]?.text == "consent.granted")
            #expect(basis.first?["position"]?.integer == 4)
            #expect(basis.first?["evidence"]?["message"]?.text == "wamid.1")
            #expect(basis.first?["wording"]?.text == "May we?")
            _ = try await ledger.append([
                try event("9", "consent.withdrawn", "\"person\":\"\(alias)\"")
            ])
            let record = try PersonRecord.gather(ledger, alias)
            #expect(record.consents.map(\.category) == ["all", "marketing"])
            #expect(record.consents.map(\.state) == ["withdrawn", "granted"])
        }
    }

    @Test func `holds nothing of who was there before an erasure`() async throws {
        try await withLedger { ledger in
            try await fill(ledger)
            _ = try await ledger.append([
                try event("9", "consent.withdrawn", "\"person\":\"\(alias)\"")
            ])
            _ = try await ledger.erase(alias, by: ann)
            #expect(throws: LedgerError.self) { try PersonRecord.gather(ledger, alias) }
            let more = "\"person\":\"\(alias)\",\"text\":\"new here\""
            _ = try await ledger.append([try event("10", "message.received", more)])
            let record = try PersonRecord.gather(ledger, alias)
            #expect(record.names.isEmpty)
            #expect(record.consents.map(\.state) == ["withdrawn"])
            #expect(record.consents.map(\.evidence) == ["erased"])
            let json = try await export(ledger, record).json
            let texts = json["events"]?.elements.compactMap { $0["data"]?["text"]?.text }
            #expect(texts == ["new here"])
        }
    }

    @Test(arguments: PersonExport.Format.allCases)
    func `leaves no file where the person is erased meanwhile`(
        format: PersonExport.Format
    ) async throws {
        try await withLedger { ledger in
            try await withTemporaryFolder { folder in
                try await fill(ledger)
                let record = try PersonRecord.gather(ledger, alias)
                _ = try await ledger.erase(alias, by: ann)
                let path = folder + "/person"
                #expect(throws: LedgerError.self) {
                    try PersonExport.write(record, of: ledger, as: format, to: path)
                }
                // Nor where somebody new has the alias by then.
                let more = "\"person\":\"\(alias)\",\"text\":\"new here\""
                _ = try await ledger.append([try event("10", "message.received", more)])
                #expect(throws: LedgerError.self) {
                    try PersonExport.write(record, of: ledger, as: format, to: path)
                }
                #expect(Folder.names(in: folder).isEmpty)
            }
        }
    }

    @Test func `is harmless in every medium, whatever a name holds`() async throws {
        try await withLedger { ledger in
            let name = "<script>alert(1)</script>|*x*\\u0007\\u001b[2J\\u202e`"
            let text = "# no\\n| a | b |\\n<img src=x>"
            _ = try await ledger.append([
                try event(
                    "1", "message.received",
                    "\"person\":\"\(alias)\",\"name\":\"\(name)\",\"text\":\"\(text)\"")
            ])
            let record = try PersonRecord.gather(ledger, alias)
            #expect(record.isNamed(in: "asked by \(record.names[0].uppercased())"))
            for format in [PersonExport.Format.html, .markdown] {
                let page = try await self.text(ledger, record, format)
                #expect(!page.contains("<script>") && !page.contains("<img"), "\(page)")
                #expect(page.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
                #expect(!page.unicodeScalars.contains("\u{202E}"))
                #expect(page.contains("they wrote"))
                #expect(page.contains("&lt;script&gt;alert(1)"))
            }
            let markdown = try await self.text(ledger, record, .markdown)
            #expect(markdown.contains("\\|\\*x\\*"))
            // A line of the text is no line of the page.
            #expect(!markdown.split(separator: "\n").contains { $0.hasPrefix("# no") })
            #expect(markdown.contains("\\# no \u{23CE} \\| a \\| b \\|"))
            let json = try JSONValue.parse(try await self.text(ledger, record, .json))
            #expect(json["names"]?.elements.first?.text == record.names[0])
        }
    }

    @Test func `writes long conversations in parts, each a table of its own`() async throws {
        try await withLedger { ledger in
            for start in stride(from: 0, to: 1_200, by: 600) {
                _ = try await ledger.append(
                    (start..<start + 600).map {
                        try event(
                            "\($0)", "message.received",
                            "\"person\":\"\(alias)\",\"text\":\"word \($0).\"")
                    })
            }
            let record = try PersonRecord.gather(ledger, alias)
            let page = try await text(ledger, record, .html)
            #expect(page.ranges(of: "<th>words</th>").count == 3)
            #expect(page.ranges(of: "<td>word ").count == 1_200)
            #expect(page.ranges(of: "<h2>2025-10-01</h2>").count == 1)
            let places = (0..<1_200).compactMap { page.firstRange(of: "word \($0).")?.lowerBound }
            #expect(places.count == 1_200 && places == places.sorted())
        }
    }

    // MARK: -

    /// Five events, of which four are the person's; then one that is another's in their chat.
    private func fill(_ ledger: Ledger) async throws {
        let group = "\"chat\":\"g@g.us\""
        _ = try await ledger.append([
            try event(
                "1", "message.received",
                "\"chat\":\"\(alias)\",\"person\":\"\(alias)\",\"name\":\"Thandi\","
                    + "\"text\":\"hello\",\"message\":\"wamid.1\""),
            try event(
                "2", "message.received",
                "\(group),\"person\":\"27821234567@s.whatsapp.net\","
                    + "\"name\":\"Thandi Mokoena\",\"text\":\"again\""),
            try event(
                "3", "message.received",
                "\(group),\"person\":\"\(other)\",\"text\":\"where is THANDI?\""),
            try event(
                "4", "consent.requested",
                "\"person\":\"\(alias)\",\"category\":\"marketing\",\"wording\":\"May we?\""),
            try event(
                "5", "consent.granted",
                "\"person\":\"\(alias)\",\"category\":\"marketing\",\"wording\":\"May we?\","
                    + "\"evidence\":{\"message\":\"wamid.1\"}"),
            try event(
                "6", "message.received",
                "\"chat\":\"\(alias)\",\"person\":\"\(other)\",\"text\":\"a secret of Bob\""),
            try event(
                "7", "message.received", "\"person\":\"\(other)\",\"text\":\"nothing of them\""),
        ])
    }

    private func event(_ id: String, _ type: String, _ data: String) throws -> Draft {
        let text =
            "{\"specversion\":\"1.0\",\"id\":\"\(id)\",\"source\":\"test/1\",\"type\":\"\(type)\","
            + "\"time\":\"2025-10-01T08:00:0\(id.count)Z\",\"data\":{\"account\":\"a\",\(data)}}"
        return try CloudEvent.parse(text.utf8Span.span).draft
    }

    private func export(
        _ ledger: Ledger, _ record: PersonRecord
    ) async throws -> (result: FileExport.Result, json: JSONValue) {
        try await withTemporaryFolder { folder in
            let path = folder + "/person"
            let result = try PersonExport.write(record, of: ledger, as: .json, to: path)
            let bytes = try Descriptor.contents(of: path)
            return (result, try JSONValue.parse(bytes.span))
        }
    }

    private func text(
        _ ledger: Ledger, _ record: PersonRecord, _ format: PersonExport.Format
    ) async throws -> String {
        try await withTemporaryFolder { folder in
            let path = folder + "/person"
            _ = try PersonExport.write(record, of: ledger, as: format, to: path)
            return String(decoding: try Descriptor.contents(of: path), as: UTF8.self)
        }
    }
}
