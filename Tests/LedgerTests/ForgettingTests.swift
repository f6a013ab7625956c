import Bytes
import Crypto
import Events
import Evidence
import Gate
import Ledger
import Storage
import TestSupport
import Testing

private let ann = Authority(by: "ann", why: "asked for it")
private let alias = "+27820000001"

@Suite struct `Proofs that are older than an erasure` {
    @Test(arguments: [false, true])
    func `hold as they did`(byRetention: Bool) async throws {
        try await withLedger { ledger in
            var checkpoints: [Checkpoint] = []
            for size in [1, 2, 7, 64, 255, 256, 257, 300] {
                let start = Int(try ledger.count())
                _ = try await ledger.append(
                    (start..<size).map { number in
                        personal(number, ["Name", "text", "+2782000000\(number % 3)", "m"])
                    }, now: at(10))
                checkpoints.append(try ledger.signCheckpoint().signed.checkpoint)
            }
            // Every proof that could have been taken before.
            var before = Leaves(try ledger.records())
            var inclusions: [(InclusionProof, Digest)] = []
            var growths: [(ConsistencyProof, Digest, Digest)] = []
            for (index, old) in checkpoints.enumerated() {
                for position in 0..<old.size {
                    let proof = try InclusionProof(index: position, size: old.size, from: &before)
                    inclusions.append((proof, old.root))
                }
                for new in checkpoints[index...] {
                    let proof = try ConsistencyProof(
                        from: old.size, to: new.size, from: &before)
                    growths.append((proof, old.root, new.root))
                }
            }
            if byRetention {
                let retention = try ledger.retention(before: at(1_000))
                #expect(retention.persons == 3)
                _ = try await ledger.apply(retention, by: ann)
            } else {
                _ = try await ledger.erase(alias, by: ann)
            }
            #expect(try ledger.withOpenEvent(at: 1) { $0.text(.name) } == nil)
            let after = Leaves(try ledger.records())
            for (proof, root) in inclusions {
                try proof.verify(leaf: after.hashes[Int(proof.index)], root: root)
            }
            for (proof, old, new) in growths { try proof.verify(oldRoot: old, newRoot: new) }
            #expect(inclusions.count == 1_142 && growths.count == 36)
            // And the log goes on from each of them.
            var now = after
            let newest = try ledger.signCheckpoint().signed.checkpoint
            for old in checkpoints {
                let proof = try ConsistencyProof(from: old.size, to: newest.size, from: &now)
                try proof.verify(oldRoot: old.root, newRoot: newest.root)
            }
            #expect(try ledger.verify(against: checkpoints).isEmpty)
        }
    }
}

@Suite struct `One who comes back` {
    @Test func `is somebody new each time, and opted out for ever`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_minute: 9\n", now: at(1))
            _ = try await ledger.append([withdrawal("w")], now: at(2))
            var ids: Set<Fingerprint> = [try ledger.withEvent(at: 1) { $0.person }]
            for round in 1...5 {
                let erased = try await ledger.erase(alias, by: ann)
                #expect(ids.contains { $0.hex == erased.person })
                let places = try await ledger.append([
                    personal(round, ["Thandi", "again", alias, "m"])
                ])
                let new = try ledger.withEvent(at: places[0].position) { $0.person }
                #expect(ids.insert(new).inserted, "round \(round)")
                var request = SendRequest()
                request.person = alias
                let asked = try await ledger.ask(PreparedRequest(request), now: at(9))
                #expect(asked.decision.verdict == .refuse)
                #expect(asked.decision.findings.contains { $0.rule == .consent })
            }
            #expect(ids.count == 6)
            #expect(
                try ledger.positions(where: EventFilter(types: [.consentWithdrawn])).count == 6)
            let list = try ErasureList(file: ledger.folder + "/keys/erasures")
            #expect(list.erasures.count == 1, "the newest erasure of an alias counts")
            #expect(Set(list.erasures.map(\.alias)).count == 1)
            #expect(list.erasures.allSatisfy { $0.optOut != 0 })
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `is answered by the same key as before`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_minute: 9\n", now: at(1))
            var request = SendRequest()
            (request.key, request.person, request.text) = ("k1", alias, "hello")
            request.subject = "DR1"
            let first = try await ledger.ask(PreparedRequest(request), now: at(2))
            #expect(first.decision.verdict == .send)
            _ = try await ledger.erase(alias, by: ann)
            let count = try ledger.count()
            // The request itself cannot be compared any more: nothing is sent a second time.
            let again = try await ledger.ask(PreparedRequest(request), now: at(3))
            #expect(again.decision.code == .inProgress)
            request.text = "something else"
            let other = try await ledger.ask(PreparedRequest(request), now: at(3))
            #expect(other.decision.code == .inProgress)
            let granted = try ledger.positions(where: EventFilter(types: [.sendReserved]))
            #expect(granted.count == 1 && granted[0] < count)
            #expect(try ledger.stateDifference() == nil)
        }
    }

    @Test func `is never sent to under a key that is gone`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_minute: 9000\n", now: at(1))
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            for round in 0..<10 {
                _ = try await other.append([personal(round, ["T", "hello", alias, "m"])])
                async let asks: Void = {
                    for number in 0..<20 {
                        var request = SendRequest()
                        (request.key, request.person) = ("\(round)-\(number)", alias)
                        request.text = "for \(round) \(number)"
                        _ = try await other.ask(PreparedRequest(request))
                    }
                }()
                _ = try await ledger.erase(alias, by: ann)
                try await asks
            }
            // Of each send, and after each erasure: sealed under one who lived at that position.
            var gone: Set<Fingerprint> = []
            var opened = 0
            var late = 0
            let end = try ledger.count()
            try ledger.forEachEvent { event in
                if event.type == .personErased {
                    gone.insert(event.person)
                } else if event.person != .none {
                    if gone.contains(event.person) { late += 1 }
                }
                return true
            }
            try ledger.forEachEvent { event in
                guard event.type == .sendReserved || event.type == .sendRefused else { return true }
                let text = try ledger.withOpened(event) { $0.text(.text) }
                #expect((text == nil) == gone.contains(event.person), "at \(event.position)")
                opened += text == nil ? 0 : 1
                return true
            }
            #expect(late == 0 && gone.count == 10)
            #expect(try ledger.count() == end)
            #expect(try ledger.stateDifference() == nil)
        }
    }
}

@Suite struct `The key of an event` {
    @Test func `is that of the day for input that was put aside`() async throws {
        try await withLedger { ledger in
            let day: Int64 = 86_400
            var sources: [String] = []
            for number in 0..<6 {
                var builder = DraftBuilder(
                    .inputQuarantined, source: "ledger", id: "q\(number)")
                builder.happened(at: at(day * Int64(number / 2) + 60))
                builder.add(.format, text: "cloudevents")
                let raw = "number \(number) of +27820000001"
                builder.add(.raw, .bytes, Array(raw.utf8).span)
                sources.append(raw)
                _ = try await ledger.append(
                    [builder.finish()!], now: at(day * 3), as: .house)
            }
            func raw(_ position: Position) throws -> String? {
                try ledger.withOpenEvent(at: position) { event in
                    event.range(of: .raw).map { event.bytes.extracting($0).string }
                }
            }
            var holders: [Fingerprint] = []
            for position in 0..<6 {
                let kind = try ledger.withEvent(at: Position(position)) {
                    holders.append($0.holder)
                    return $0.holderKind
                }
                #expect(kind == .day)
                #expect(try raw(Position(position)) == sources[position])
            }
            #expect(Set(holders).count == 3)
            #expect(holders[0] == holders[1] && holders[1] != holders[2])
            _ = try await ledger.append([personal(1, ["T", "t", alias, "m"])], now: at(day * 3))
            // The first two days end before this.
            let retention = try ledger.retention(before: at(day * 2))
            _ = try await ledger.apply(retention, by: ann)
            for position in 0..<4 { #expect(try raw(Position(position)) == nil) }
            for position in 4..<6 { #expect(try raw(Position(position)) == sources[position]) }
            #expect(try ledger.verify().isEmpty)
            #expect(search(ledger.folder, for: ["number 0 of", "number 5 of"]).isEmpty)
        }
    }

    @Test func `is that of the group, or of the ledger, where it names no person`() async throws {
        try await withLedger { ledger in
            for (number, chat) in ["a@g.us", "a@g.us", "b@g.us", nil, nil].enumerated() {
                var builder = DraftBuilder(.errorObserved, source: "test", id: "e\(number)")
                builder.happened(at: at(2))
                builder.add(.chat, text: chat)
                builder.add(.code, text: "500")
                builder.add(.detail, text: "detail \(number)")
                _ = try await ledger.append([builder.finish()!])
            }
            var holders: [Fingerprint] = []
            var kinds: [HolderKind] = []
            try ledger.forEachEvent { event in
                holders.append(event.holder)
                kinds.append(event.holderKind)
                #expect(event.isSealed && event.text(.detail) == nil)
                return true
            }
            #expect(kinds == [.chat, .chat, .chat, .ledger, .ledger])
            #expect(holders[0] == holders[1] && holders[3] == holders[4])
            #expect(Set(holders).count == 3)
            for number in 0..<5 {
                let detail = try ledger.withOpenEvent(at: Position(number)) { $0.text(.detail) }
                #expect(detail == "detail \(number)")
            }
        }
    }

    @Test func `is of no use to a record that is too long with it`() async throws {
        try await withLedger { ledger in
            // In clear it just fits; sealed it is some hundred bytes longer.
            var length = 65_400
            while long(length) == nil { length -= 1 }
            #expect(long(length + 400) == nil)
            let draft = long(length)!
            #expect(draft.recordBytes <= Draft.recordBytesMax)
            do throws(LedgerError) {
                _ = try await ledger.append([personal(1, ["T", "t", alias, "m"]), draft])
                Issue.record("it was appended")
            } catch {
                #expect(error.code == .invalid)
                #expect(error.message.contains("shorten its text"))
            }
            #expect(try ledger.count() == 0)
            _ = try await ledger.append([personal(1, ["T", "t", alias, "m"]), long(64_000)!])
            #expect(try ledger.count() == 2)
        }
    }

    private func long(_ length: Int) -> Draft? {
        var builder = DraftBuilder(.messageReceived, source: "test", id: "long")
        builder.happened(at: at(2))
        builder.add(.chat, text: alias)
        builder.add(.person, text: alias)
        builder.add(.message, text: "m")
        builder.add(.text, text: String(repeating: "x", count: length))
        return builder.finish()
    }
}

@Suite struct `An erasure whose reason has several lines` {
    @Test func `leaves nothing begun behind`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([personal(1, ["Thandi", "hello", alias, "m"])])
            let authority = Authority(by: "ann", why: "asked\nby letter\r", user: "", login: nil)
            _ = try await ledger.erase(alias, by: authority)
            #expect(!Folder.exists(ledger.folder + "/keys/erasing"))
            #expect(try ledger.withEvent(at: 1) { $0.text(.why) } == "asked\nby letter\r")
        }
    }
}

@Suite struct `An erasure that cannot be told` {
    @Test func `is not begun, and stops nobody`() async throws {
        try await withLedger { ledger in
            _ = try await ledger.append([personal(1, ["Thandi", "hello", alias, "m"])])
            let long = Authority(by: "ann", why: String(repeating: "y", count: 70_000))
            #expect(await code { _ = try await ledger.erase(alias, by: long) } == .invalid)
            #expect(!Folder.exists(ledger.folder + "/keys/erasing"))
            #expect(try ledger.withOpenEvent(at: 0) { $0.text(.name) } == "Thandi")
            _ = try await ledger.append([personal(2, ["Thandi", "more", alias, "m"])])
            #expect(try ledger.count() == 2)
        }
    }
}

private func withdrawal(_ id: String) -> Draft {
    var builder = DraftBuilder(.consentWithdrawn, source: "test/1", id: id)
    builder.happened(at: at(2))
    builder.add(.person, text: alias)
    return builder.finish()!
}

/// The hashes of all records in memory.
private struct Leaves: HashSource {
    var hashes: [Digest]

    init(_ records: [[UInt8]]) {
        var hasher = TreeHasher()
        hashes = records.map { hasher.leaf($0.span) }
    }

    mutating func stored(level: Int, index: UInt64) throws(EvidenceError) -> Digest {
        let count = 1 << (level * 8)
        let start = Int(index) * count
        var hasher = TreeHasher()
        var frontier = Frontier()
        for hash in hashes[start..<start + count] { frontier.append(hash, with: &hasher) }
        return frontier.root
    }
}

@Suite struct `A report` {
    @Test func `is sealed like its request, also in a process that never saw it`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_minute: 9000\n", now: at(1))
            let other = try Ledger.open(ledger.folder)
            defer { other.close() }
            // The other process has read the vault before the person is in it.
            _ = try await other.append([personal(0, ["T", "t", "+27820000009", "m"])], now: at(1))
            for number in 0..<40 {
                var request = SendRequest()
                (request.person, request.text) = ("+2782000\(1_000 + number)", "hello")
                let asked = try await ledger.ask(PreparedRequest(request), now: at(2))
                var report = SendReport(try #require(asked.reservation), .accepted)
                report.message = "wamid.\(number)"
                let told = try await other.report(report, now: at(3))
                let (kind, holder) = try ledger.withEvent(at: told.position) {
                    ($0.holderKind, $0.holder)
                }
                #expect(kind == .person)
                #expect(try ledger.withEvent(at: asked.position) { $0.person } == holder)
            }
        }
    }

    @Test func `that comes after an erasure does not stay for ever`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits:\n  messages_per_minute: 9000\n", now: at(1))
            var request = SendRequest()
            (request.person, request.text) = (alias, "hello")
            let asked = try await ledger.ask(PreparedRequest(request), now: at(2))
            _ = try await ledger.erase(alias, by: ann)
            var report = SendReport(try #require(asked.reservation), .accepted)
            report.message = "wamid.HBgLMjc4"
            let told = try await ledger.report(report, now: at(3))
            #expect(try ledger.withEvent(at: told.position) { $0.holderKind } == .day)
            let again = try await ledger.report(report, now: at(4))
            #expect(again.position == told.position)
            // It is gone with its day: the clock of a development ledger says which.
            let retention = try ledger.retention(before: at(40_000 * 86_400))
            _ = try await ledger.apply(retention, by: ann)
            #expect(try ledger.withOpenEvent(at: told.position) { $0.text(.message) } == nil)
        }
    }
}
