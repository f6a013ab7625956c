import Bytes
import Events
import Evidence
import Gate
import Ledger
import Storage
import TestSupport
import Testing

private let ann = Authority(by: "ann", why: "asked for it")
private let alias = "+27820000001"

@Suite struct `An erasure` {
    @Test func `leaves nothing to read, and is told`() async throws {
        try await withLedger { ledger in
            for number in 0..<5 {
                _ = try await ledger.append([personal(number, ["Thandi", "hello", alias, "m"])])
            }
            _ = try await ledger.append([
                personal(9, ["Bob", "is Thandi there?", "+27820000002", "w"])
            ])
            let looked = try await ledger.erase(alias, by: nil)
            #expect(looked.position == nil)
            #expect(looked.events == 5)
            #expect(looked.mentions == [5])
            #expect(try ledger.count() == 6)
            let erased = try await ledger.erase(alias, by: ann)
            #expect(erased.position == 6)
            let event = try ledger.withEvent(at: 6) {
                (type: $0.type, by: $0.text(.by), person: $0.person.hex)
            }
            #expect(event.type == .personErased)
            #expect(event.by == "ann")
            #expect(event.person == erased.person)
            for position in 0..<5 {
                let name = try ledger.withOpenEvent(at: Position(position)) { $0.text(.name) }
                #expect(name == nil)
            }
            #expect(try ledger.withOpenEvent(at: 5) { $0.text(.name) } == "Bob")
            #expect(try ledger.verify().isEmpty)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `takes the key from every file, in the form in which it lay there`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([personal(1, ["Thandi", "hello", alias, "m"])])
            let vault = ledger.folder + "/keys/vault-1"
            let before = try Descriptor.contents(of: vault)
            // Slots begin after the journal; the first one holds the person: id, then wrapped key.
            let slot = 8_192 + 1 << 20
            let id = Array(before[slot + 24..<slot + 40])
            let key = Array(before[slot + 40..<slot + 100])
            #expect(id.contains { $0 != 0 })
            #expect(try ledger.withEvent(at: 0) { $0.person.hex } == id.span.hex)
            _ = try await ledger.erase(alias, by: ann)
            ledger.close()
            let after = try Descriptor.contents(of: vault)
            for start in stride(from: 0, to: key.count, by: 15) {
                let part = Array(key[start..<start + 15])
                #expect(after.firstRange(of: part) == nil)
            }
            #expect(after.firstRange(of: id) == nil)
        }
    }

    @Test func `is refused for nobody, and when it was done`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([personal(1, ["Thandi", "hello", alias, "m"])])
            #expect(await code { _ = try await ledger.erase("+27829999999", by: ann) } == .notFound)
            _ = try await ledger.erase(alias, by: ann)
            #expect(await code { _ = try await ledger.erase(alias, by: ann) } == .notFound)
            #expect(try ledger.types() == [.messageReceived, .personErased])
        }
    }

    @Test func `makes who comes back a new person, still opted out`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_minute: 9\n", now: at(1))
            _ = try await ledger.append([personal(1, ["Thandi", "hello", alias, "m"])], now: at(2))
            _ = try await ledger.append([consent(.consentRequested, "r")], now: at(2))
            _ = try await ledger.append([consent(.consentWithdrawn, "w")], now: at(3))
            let old = try ledger.withEvent(at: 1) { $0.person }
            _ = try await ledger.erase(alias, by: ann)
            _ = try await ledger.append([personal(2, ["Thandi", "again", alias, "m"])], now: at(9))
            #expect(
                try ledger.types().suffix(4)
                    == [.personErased, .consentWithdrawn, .consentRequested, .messageReceived])
            let new = try ledger.withEvent(at: 7) { $0.person }
            #expect(new != old)
            #expect(try ledger.withEvent(at: 5) { $0.person } == new)
            #expect(try ledger.withOpenEvent(at: 5) { $0.text(.evidence) } == "erased")
            var request = SendRequest()
            request.person = alias
            let asked = try await ledger.ask(PreparedRequest(request), now: at(10))
            #expect(asked.decision.verdict == .refuse)
            #expect(asked.decision.findings.contains { $0.rule == .consent })
            // What was remembered is told once.
            _ = try await ledger.append([personal(3, ["Thandi", "hm", alias, "m"])], now: at(11))
            #expect(try ledger.types().last == .messageReceived)
            #expect(try ledger.positions(where: EventFilter(types: [.consentWithdrawn])).count == 2)
        }
    }

    @Test func `does not make an event new that is sent again`() async throws {
        try await withLedger { ledger in
            let first = personal(1, ["Thandi", "hello", alias, "m"])
            _ = try await ledger.append([first])
            _ = try await ledger.erase(alias, by: ann)
            #expect(try await ledger.append([first])[0].position == 0)
            // Nobody can say any more that the content was another.
            let other = personal(1, ["Thandi", "something else", alias, "m"])
            let again = try await ledger.append([other])
            #expect(again == [Appended(position: 0, isDuplicate: true)])
        }
    }

    @Test func `is seen by every process before it seals again`() async throws {
        try await withLedger { ledger in
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            for round in 0..<12 {
                // The other process knows the person before this one erases it, and goes on.
                _ = try await other.append([personal(round, ["T", "hello", alias, "first"])])
                async let more: Void = {
                    for number in 0..<30 {
                        _ = try await other.append([
                            personal(round * 30 + number, ["T", "hello", alias, "m"])
                        ])
                    }
                }()
                _ = try await ledger.erase(alias, by: ann)
                try await more
            }
            // No event is sealed under somebody whose erasure stands before it.
            var gone: Set<Fingerprint> = []
            var late: [Position] = []
            try ledger.forEachEvent { event in
                if event.type == .personErased {
                    gone.insert(event.person)
                } else if gone.contains(event.person) {
                    late.append(event.position)
                }
                return true
            }
            #expect(late.isEmpty)
            #expect(gone.count == 12)
            #expect(
                try ledger.positions(where: EventFilter(types: [.messageReceived])).count == 372)
        }
    }

    @Test func `leaves older proofs as they were`() async throws {
        try await withLedger { ledger in
            for number in 0..<20 {
                _ = try await ledger.append([personal(number, ["Thandi", "hello", alias, "m"])])
            }
            let before = try ledger.signCheckpoint().signed.checkpoint
            _ = try await ledger.erase(alias, by: ann)
            #expect(try ledger.verify(against: [before]).isEmpty)
            #expect(try ledger.signCheckpoint().signed.checkpoint.size == 21)
        }
    }
}

@Suite struct `A retention` {
    @Test func `forgets whom nothing new is about, and nobody else`() async throws {
        try await withLedger { ledger in
            for number in 0..<600 {
                let alias = "+278\(20_000_000 + number % 300)"
                let time = number < 300 ? 1_000 : number % 3 == 0 ? 9_000 : 1_500
                let words = ["N", "t", alias, "m"]
                _ = try await ledger.append([personal(number, words, seconds: Int64(time))])
            }
            let retention = try ledger.retention(before: at(5_000))
            #expect(retention.persons == 200)
            #expect(retention.events == 400)
            #expect(retention.kept == 100)
            let position = try await ledger.apply(retention, by: ann)
            #expect(position == 800)
            #expect(try ledger.positions(where: EventFilter(types: [.personErased])).count == 200)
            let applied = try ledger.withEvent(at: position) { $0.integer(.count) }
            #expect(applied == 200)
            #expect(try ledger.retention(before: at(5_000)).persons == 0)
            #expect(try ledger.withOpenEvent(at: 0) { $0.text(.name) } == "N")
            #expect(try ledger.withOpenEvent(at: 1) { $0.text(.name) } == nil)
        }
    }
}

@Suite struct `The vault of a ledger` {
    @Test func `is wrapped anew, and opens with the new key alone`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([personal(1, ["Thandi", "hello", alias, "m"])])
            let old = try Descriptor.contents(of: ledger.folder + ".key")
            try await rotate(ledger)
            let new = try Descriptor.contents(of: ledger.folder + ".key")
            #expect(new != old)
            #expect(!Folder.exists(ledger.folder + ".key.next"))
            _ = try await ledger.append([personal(2, ["Thandi", "more", alias, "m"])])
            let reader = try Ledger.open(ledger.folder)
            defer { reader.close() }
            #expect(try reader.withOpenEvent(at: 0) { $0.text(.text) } == "hello")
            #expect(try reader.withOpenEvent(at: 1) { $0.text(.text) } == "more")
            #expect(
                try reader.withEvent(at: 0) { $0.person } == reader.withEvent(at: 1) { $0.person })
            try Descriptor.create(ledger.folder + ".key", old)
            let stranger = try Ledger.open(ledger.folder)
            defer { stranger.close() }
            #expect(await code { _ = try stranger.withOpenEvent(at: 0) { $0.position } } == .keys)
        }
    }

    private func rotate(_ ledger: Ledger) async throws {
        let rotation = try prepare(ledger)
        try await ledger.rotate(rotation)
        try end(ledger)
    }

    private func prepare(_ ledger: Ledger) throws -> VaultRotation {
        try ledger.prepareRotation(to: nil)
    }

    private func end(_ ledger: Ledger) throws { try ledger.endRotation() }
}

private func consent(_ type: EventType, _ id: String) -> Draft {
    var builder = DraftBuilder(type, source: "test/1", id: id)
    builder.happened(at: at(3))
    builder.add(.person, text: alias)
    return builder.finish()!
}
