import Bytes
import Events
import Gate
import Glibc
import Ledger
import Storage
import TestSupport
import Testing

/// What everybody may read of the folder says nothing of a person.
@Suite struct `A sealed ledger` {
    @Test func `holds no personal text in any of its files`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_minute: 9\n", now: at(1))
            let words = ["Thandi Nkosi", "meet me at seven", "+27820000001", "wamid.HBgLMjc4"]
            for number in 0..<300 {
                _ = try await ledger.append([personal(number, words)], now: at(2))
            }
            var request = SendRequest()
            (request.person, request.text, request.key) = (words[2], words[1], "key of Thandi")
            let asked = try await ledger.ask(PreparedRequest(request), now: at(3))
            var report = SendReport(try #require(asked.reservation), .accepted)
            report.message = words[3] + "9"
            _ = try await ledger.report(report, now: at(4))
            _ = try await ledger.erase(
                words[2], by: Authority(by: "ann", why: "asked"))
            _ = try ledger.signCheckpoint()
            ledger.close()
            let found = search(ledger.folder, for: words + ["key of Thandi"])
            #expect(found.isEmpty, "\(found)")
            #expect(search(ledger.folder, for: ["DR1854951"]).count == 1, "the search finds")
        }
    }

    @Test func `seals what we changed of a message to whom it went`() async throws {
        try await withLedger { ledger in
            for (number, recipient) in ["+27820000001", "120363000000000001@g.us"].enumerated() {
                var event = DraftBuilder(.messageEdited, source: "app", id: "\(number)")
                event.add(.message, text: "wamid.1")
                event.add(.text, text: "meet me at eight")
                event.add(.recipient, text: recipient)
                _ = try await ledger.append([event.checked()])
            }
            _ = try await ledger.erase("+27820000001", by: Authority(by: "ann", why: "asked"))
            var texts: [String?] = []
            var holders: [HolderKind] = []
            try ledger.forEachEvent { event in
                guard event.type == .messageEdited else { return true }
                holders.append(event.holderKind)
                texts.append(try ledger.withOpened(event) { $0.text(.text) })
                return true
            }
            #expect(holders == [.person, .ledger])
            #expect(texts == [nil, "meet me at eight"])
        }
    }

    @Test func `gives every event back as it came`() async throws {
        try await withLedger { ledger in
            var events = RandomEvents(seed: 11)
            var drafts: [Draft] = []
            for _ in 0..<40 {
                let batch = (0..<20).map { _ in events.next() }
                drafts += batch
                _ = try await ledger.append(batch)
            }
            var index = 0
            var sealed = 0
            try ledger.forEachEvent { event in
                let clear = drafts[index].sealed(at: event.position, recorded: event.recorded)
                var plain = ""
                if let view = EventView(clear.span) { plain = CloudEvent.text(view) }
                let opened = try ledger.withOpened(event) { CloudEvent.text($0) }
                #expect(opened == plain)
                if event.isSealed {
                    sealed += 1
                    #expect(event.range(of: .id) == nil)
                    #expect(event.range(of: .person) == nil)
                    #expect(event.range(of: .text) == nil)
                }
                index += 1
                return true
            }
            #expect(index == drafts.count)
            #expect(sealed > 600)
        }
    }

    @Test func `knows one person by all spellings of a number`() async throws {
        try await withLedger { ledger in
            let spellings = [
                "+27820000001", "27820000001", "27820000001@s.whatsapp.net",
                "27820000001:4@s.whatsapp.net", "27820000001@c.us", "whatsapp:+27820000001",
            ]
            for (index, alias) in spellings.enumerated() {
                _ = try await ledger.append([personal(index, ["x", "y", alias, "m\(index)"])])
            }
            _ = try await ledger.append([personal(9, ["x", "y", "+27820000002", "m"])])
            var persons: [Fingerprint] = []
            try ledger.forEachEvent {
                persons.append($0.person)
                #expect($0.chat == $0.person)
                return true
            }
            #expect(Set(persons.dropLast()).count == 1)
            #expect(persons.last != persons.first)
            for alias in spellings {
                #expect(try ledger.fingerprint(of: alias, as: .person) == persons[0])
            }
            #expect(try ledger.positions(where: EventFilter(person: spellings[4])).count == 6)
        }
    }

    @Test func `gives an alias one owner, whichever process is first`() async throws {
        try await withLedger { ledger in
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            await withTaskGroup(of: Void.self) { group in
                for (part, writer) in [ledger, other, ledger, other].enumerated() {
                    group.addTask {
                        for number in 0..<50 {
                            // Everybody writes of the same fifty persons, in the same order.
                            let alias = "+2782000\(1_000 + number)"
                            _ = try? await writer.append([
                                personal(part * 1_000 + number, ["n", "t", alias, "m\(part)"])
                            ])
                        }
                    }
                }
            }
            #expect(try ledger.count() == 200)
            var persons: [String: Set<Fingerprint>] = [:]
            try ledger.forEachEvent { event in
                let alias = try ledger.withOpened(event) { $0.text(.person) }
                persons[alias ?? "sealed", default: []].insert(event.person)
                return true
            }
            #expect(persons.count == 50)
            #expect(persons.values.allSatisfy { $0.count == 1 })
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `takes a batch that names more new persons than the vault has room for`()
        async throws
    {
        try await withLedger { ledger in
            let drafts = try (0..<6_000).map { number in
                var builder = DraftBuilder(.messageReceived, source: "test", id: "\(number)")
                builder.add(.person, text: "+2782\(1_000_000 + number)")
                return try #require(builder.finish())
            }
            #expect(try await ledger.append(drafts, now: at(1)).count == 6_000)
            let last = try ledger.withOpenEvent(at: 5_999) { $0.text(.person) }
            #expect(last == "+27821005999")
        }
    }

    @Test func `grows with the persons, and leaves no old file of keys`() async throws {
        try await withLedger { ledger in
            for batch in 0..<5 {
                _ = try await ledger.append(
                    (0..<700).map { number in
                        let name = batch * 700 + number
                        return personal(name, ["n", "t", "+278\(20_000_000 + name)", "m\(name)"])
                    })
            }
            var opened = 0
            try ledger.forEachOpenEvent { event in
                if event.text(.person) != nil { opened += 1 }
                return true
            }
            #expect(opened == 3_500)
            let files = Folder.names(in: ledger.folder + "/keys").filter {
                $0.hasPrefix("vault-")
            }
            #expect(files.count == 1)
            let reader = try Ledger.open(ledger.folder)
            defer { reader.close() }
            #expect(try reader.withOpenEvent(at: 0) { $0.text(.person) } == "+27820000000")
        }
    }

    @Test func `without its master key says so, and is verified all the same`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([personal(1, ["n", "t", "+27820000001", "m"])])
            ledger.close()
            try Folder.rename(ledger.folder + ".key", to: ledger.folder + ".gone")
            let reader = try Ledger.open(ledger.folder)
            defer { reader.close() }
            #expect(try reader.verify().isEmpty)
            #expect(try reader.withEvent(at: 0) { $0.isSealed })
            let refused = await code {
                _ = try await reader.append([personal(2, ["n", "t", "+27820000001", "m"])])
            }
            #expect(refused == .keys)
            let unread = await code { _ = try reader.withOpenEvent(at: 0) { $0.position } }
            #expect(unread == .keys)
            #expect(try reader.count() == 1)
        }
    }

    @Test func `says which position holds a seal that was tampered with`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([personal(1, ["n", "t", "+27820000001", "m"])])
            try ledger.withEvent(at: 0) { event in
                var bytes = event.bytes.array
                let field = try #require(event.sealedFields.last)
                bytes[field.range.lowerBound + 32] ^= 1
                let altered = bytes
                let error = #expect(throws: LedgerError.self) {
                    let view = EventView(altered.span)!
                    _ = try ledger.withOpened(view) { $0.position }
                }
                #expect(error?.code == .damaged)
                #expect(error?.position == 0)
            }
        }
    }
}

/// A direct message with a name, a text, an alias and a message's id.
func personal(_ number: Int, _ words: [String], seconds: Int64 = 2) -> Draft {
    var builder = DraftBuilder(.messageReceived, source: "test/1", id: "\(words[3])-\(number)")
    builder.happened(at: at(seconds))
    builder.add(.subject, text: "DR1854951")
    builder.add(.account, text: "+27000000001")
    builder.add(.chat, text: words[2])
    builder.add(.person, text: words[2])
    builder.add(.message, text: "\(words[3])\(number)")
    builder.add(.text, text: words[1])
    builder.add(.name, text: words[0])
    return builder.finish()!
}

/// In which files of a folder one of the words stands, in clear or in base64.
func search(_ folder: String, for words: [String]) -> [String] {
    var needles = words.map { Array($0.utf8) }
    for word in words {
        for shift in 0..<3 {
            // Of a text within base64, what does not depend on its neighbours.
            let shifted = Array(repeating: UInt8(ascii: "x"), count: shift) + Array(word.utf8)
            var text: [UInt8] = []
            Base64.write(shifted.span, into: &text)
            let whole = Array(
                text.dropFirst(shift == 0 ? 0 : 4).prefix(word.utf8.count / 3 * 4 - 4))
            if whole.count >= 8 { needles.append(whole) }
        }
    }
    var found: [String] = []
    func look(_ path: String) {
        for name in Folder.names(in: path) {
            let inner = path + "/" + name
            if Folder.isFolder(inner) {
                look(inner)
                continue
            }
            guard let bytes = try? Descriptor.contents(of: inner) else { continue }
            for needle in needles where holds(bytes, needle) {
                found.append("\(inner): \(String(decoding: needle, as: UTF8.self))")
            }
        }
    }
    look(folder)
    return found
}

/// Whether some bytes stand among others, by memchr: a search in Swift takes minutes in debug.
func holds(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
    guard let first = wanted.first else { return false }
    return bytes.withUnsafeBytes { bytes in
        wanted.withUnsafeBytes { wanted in
            guard var at = bytes.baseAddress, let part = wanted.baseAddress else { return false }
            let end = at + bytes.count
            while end - at >= wanted.count,
                let found = memchr(at, Int32(first), end - at - wanted.count + 1)
            {
                if memcmp(found, part, wanted.count) == 0 { return true }
                at = UnsafeRawPointer(found) + 1
            }
            return false
        }
    }
}
