import Bytes
import Events
import Gate
import Ledger
import TestSupport
import Testing
import Views

private let ann = Authority(by: "ann", why: "asked for it")
private let phone = "+27820000001"
private let lid = "2233445566@lid"

/// An event that says who is who, as an adapter or a verb makes it.
private func saying(
    _ type: EventType, _ one: String, _ other: String, id: String, seconds: Int64 = 3
) -> Draft {
    var builder = DraftBuilder(type, source: "adapter/1", id: id)
    builder.happened(at: at(seconds))
    builder.add(.person, text: one)
    builder.add(.alias, text: other)
    builder.add(.evidence, text: "contacts")
    return builder.finish()!
}

private func withdrawing(_ person: String, id: String) -> Draft {
    var builder = DraftBuilder(.consentWithdrawn, source: "adapter/1", id: id)
    builder.happened(at: at(2))
    builder.add(.person, text: person)
    return builder.finish()!
}

@Suite struct `Links in a ledger` {
    @Test func `name both persons at their head, and make who is not known yet`() async throws {
        try await withLedger { ledger in
            let link = saying(.identityLinked, phone, lid, id: "1")
            _ = try await ledger.append([link], as: .house)
            let ids = (try ledger.living(phone), try ledger.living(lid))
            #expect(ids.0 != ids.1)
            let head = try ledger.withEvent(at: 0) {
                (
                    person: $0.person, other: $0.otherPerson, holder: $0.holder,
                    alias: $0.text(.alias)
                )
            }
            #expect(head.person == ids.0)
            #expect(head.other == ids.1)
            #expect(head.holder == ids.0)
            #expect(head.alias == nil, "it is sealed")
            #expect(try ledger.withOpenEvent(at: 0) { $0.text(.alias) } == lid)
            let again = try await ledger.append([link], as: .house)
            #expect(again[0].isDuplicate)
            let message = personal(1, ["x", "y", "2233445566:9@lid", "m"])
            _ = try await ledger.append([message])
            #expect(try ledger.withEvent(at: 1) { $0.person } == ids.1)
            for alias in [phone, lid] {
                var found: [Position] = []
                try ledger.forEachEvent(
                    to: 2, where: EventFilter(types: [.identityLinked], person: alias)
                ) {
                    found.append($0.position)
                    return true
                }
                #expect(found == [0], "found by \(alias)")
            }
            #expect(try ledger.verify().isEmpty)
        }
    }

    @Test func `are written by verbs and the house alone`() async throws {
        try await withLedger { ledger in
            for type in [EventType.identityLinked, .identityUnlinked] {
                await #expect(throws: LedgerError.self) {
                    try await ledger.append([saying(type, phone, lid, id: "1")])
                }
            }
            #expect(try ledger.count() == 0)
            _ = try await ledger.append([saying(.identityLinked, phone, lid, id: "1")], as: .verb)
            #expect(try ledger.count() == 1)
        }
    }

    @Test func `are told by what was last said, and by what is new`() async throws {
        try await withLedger { ledger in
            let link = saying(.identityLinked, phone, lid, id: "1")
            let drafts = [
                personal(1, ["x", "y", phone, "m"]), link,
                saying(.identityLinked, lid, phone, id: "2"),
                saying(.identityLinked, phone, "whatsapp:\(phone)", id: "3"),
            ]
            let new = try ledger.withoutKnownLinks(drafts)
            #expect(new.map(\.bytes) == drafts[..<2].map(\.bytes))
            _ = try await ledger.append(new, as: .house)
            #expect(try ledger.link(of: phone, and: lid) == .linked(1))
            #expect(try ledger.link(of: phone, and: "27820000001@c.us") == .same)
            let third = saying(.identityLinked, lid, "US.1349", id: "4")
            _ = try await ledger.append([third], as: .house)
            #expect(try ledger.link(of: phone, and: "US.1349") == .throughOthers(parted: nil))
            #expect(try ledger.linked(with: ledger.living("US.1349")).map(\.alias) == [lid, phone])
            let parted = saying(.identityUnlinked, lid, phone, id: "5")
            _ = try await ledger.append([parted], as: .verb)
            #expect(try ledger.link(of: phone, and: lid) == .parted(3))
            #expect(try ledger.link(of: phone, and: "US.1349") == .apart)
            #expect(
                try ledger.withoutKnownLinks([saying(.identityLinked, phone, lid, id: "6")])
                    .isEmpty,
                "what was parted by hand stays so")
            #expect(throws: LedgerError.self) { try ledger.link(of: phone, and: "nobody") }
        }
    }

    @Test func `reach a checkpoint and a rebuild like all else`() async throws {
        try await withLedger { ledger in
            for number in 0..<40 {
                let (one, other) = ("person \(number % 7)", "person \(number * 3 % 11)")
                let type = number % 5 == 4 ? EventType.identityUnlinked : .identityLinked
                _ = try await ledger.append(
                    [saying(type, one, other, id: "\(number)")], as: .house)
            }
            #expect(try ledger.stateDifference() == nil)
            #expect(try ledger.rebuild { _ in }.differing == 0)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `let one withdrawal refuse a send to the other, for good`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("name: test\n", now: at(1))
            _ = try await ledger.append([
                withdrawing(lid, id: "1"), personal(1, ["x", "y", phone, "m"]),
            ])
            var request = SendRequest()
            (request.account, request.person, request.text) = ("a", phone, "hello")
            let before = try await ledger.ask(PreparedRequest(request), now: at(4))
            #expect(before.decision.verdict == .send)
            let link = saying(.identityLinked, phone, lid, id: "2", seconds: 5)
            _ = try await ledger.append([link], now: at(5), as: .house)
            let report = SendReport(try #require(before.reservation), .attempted)
            #expect(try await ledger.report(report, now: at(6)).go == false)
            let after = try await ledger.ask(PreparedRequest(request), now: at(60))
            #expect(after.decision[.consent]?.verdict == .refuse)
            // Whoever is forgotten stays opted out, by whatever name it was said.
            let erased = try await ledger.erase(phone, by: ann)
            #expect(erased.linked.map(\.alias) == [lid])
            #expect(erased.alsoErased.isEmpty)
            _ = try await ledger.append([personal(2, ["x", "y", phone, "m"], seconds: 90)])
            let last = try ledger.withEvent(at: ledger.count() - 2) { ($0.type, $0.person) }
            #expect(last.0 == .consentWithdrawn)
            #expect(last.1 == (try ledger.living(phone)))
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `let an erasure name the others, or take them along`() async throws {
        try await withLedger { ledger in
            let drafts = [
                personal(1, ["x", "y", phone, "m"]), personal(2, ["x", "y", lid, "m"]),
                saying(.identityLinked, phone, lid, id: "1"),
                saying(.identityLinked, lid, "US.1349", id: "2"),
            ]
            _ = try await ledger.append(drafts, as: .house)
            let looked = try await ledger.erase(lid, by: nil)
            #expect(Set(looked.linked.map(\.alias)) == [phone, "US.1349"])
            #expect(looked.mentions == [2], "sealed to the one it is linked with")
            #expect(looked.events == 2)
            let erased = try await ledger.erase(lid, withLinked: true, by: ann)
            #expect(erased.alsoErased.count == 2)
            #expect(erased.mentions.isEmpty)
            #expect(erased.events == 4)
            for alias in [phone, lid, "US.1349"] {
                #expect(throws: LedgerError.self) { try ledger.living(alias) }
            }
            for position in 0..<4 {
                let person = try ledger.withOpenEvent(at: Position(position)) { $0.text(.person) }
                #expect(person == nil)
            }
            #expect(try ledger.count() == 7)
            #expect(try ledger.verify().isEmpty)
            #expect(try ledger.stateDifference() == nil)
        }
    }
}

extension Decision {
    fileprivate subscript(rule: Rule) -> Finding? { findings.first { $0.rule == rule } }
}
