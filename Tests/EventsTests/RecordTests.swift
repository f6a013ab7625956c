import Bytes
import Events
import Testing

@Suite struct `A record` {
    /// Reads everything that can be read of a record.
    func readAll(_ bytes: [UInt8]) -> Int {
        guard let event = EventView(bytes.span) else { return 0 }
        var sum = CloudEvent.text(event).utf8.count
        for field in Field.allCases {
            sum &+= event.text(field)?.utf8.count ?? 0
            sum &+= Int(truncatingIfNeeded: event.integer(field) ?? 0)
            sum &+= event.texts(field).count
            sum &+= event.flag(field) ? 1 : 0
            sum &+= Int(truncatingIfNeeded: event.instant(field)?.nanoseconds ?? 0)
            if case .text? = event.scalar(field) { sum &+= 1 }
        }
        for index in 0..<event.fieldCount { sum &+= event.entry(index).range.count }
        sum &+= event.findings.count
        sum &+= Int(truncatingIfNeeded: event.reservation?.position ?? 0)
        sum &+= Int(truncatingIfNeeded: event.person.low ^ event.chat.low ^ event.message.low)
        return sum &+ (event.isIntact ? 1 : 0)
    }

    /// Lanes or none, on every processor: the sums are those of Debian's libxxhash 0.8.
    @Test func `is summed as XXH3 sums it, at every length`() {
        let bytes = (0..<700).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var checksums: UInt64 = 0
        var fingerprints: UInt64 = 0
        for count in 0...700 {
            let part = bytes.span.extracting(0..<count)
            checksums = checksums &* 31 &+ part.checksum
            let fingerprint = part.fingerprint()
            fingerprints = fingerprints &* 31 &+ (fingerprint.low ^ fingerprint.high)
        }
        #expect(checksums == 0xF715_2BFC_8D66_3EC9)
        #expect(fingerprints == 0xEFF3_B14D_683B_6372)
    }

    @Test func `never crashes its reader, whatever its bytes`() throws {
        let seed = UInt64.random(in: 0...(.max))
        print("record seed \(seed)")
        var random = SeededGenerator(state: seed)
        let records = try EventType.allCases.map { type in
            try CloudEvent.parse(contents("Tests/Fixtures/events/\(type.name).v1.json").span)
                .draft.sealed(at: 1, recorded: recorded)
        }
        var detected = 0
        for round in 0..<20_000 {
            let original = records[round % records.count]
            var bytes = original
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            case 1:
                let header = min(bytes.count, 160)
                bytes[Int.random(in: 0..<header, using: &random)] ^= UInt8(
                    1 << Int.random(in: 0..<8, using: &random))
            case 2:
                for _ in 0..<8 {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                        UInt8.random(in: 0...255, using: &random)
                }
            default:
                bytes = (0..<Int.random(in: 0..<400, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                if !bytes.isEmpty { bytes[0] = 1 }
            }
            _ = readAll(bytes)
            if bytes != original, EventView(bytes.span)?.isIntact != true { detected += 1 }
        }
        #expect(detected > 19_900)
    }

    @Test func `reads every member in place`() throws {
        var builder = DraftBuilder(.sendAccepted, source: "s", id: "i")
        builder.add(.steps, texts: ["a", "", "é"])
        builder.add(.submission, integer: 3)
        builder.add(.critical, flag: true)
        builder.add(.chat, text: "c")
        builder.add(.until, instant: recorded)
        builder.add(.reservation, reservation: Reservation(position: 9, tag: 1))
        builder.happened(at: recorded)
        let draft = try #require(builder.finish())
        #expect(draft.time == recorded)
        let later = recorded.advanced(by: .seconds(-1))
        let bytes = draft.sealed(at: 42, recorded: later)
        let event = try view(bytes) { event in
            (
                event.position, event.effective, event.texts(.steps), event.integer(.submission),
                event.flag(.critical), event.chat, event.instant(.until),
                event.reservation?.position, event.isIntact, event.version
            )
        }
        #expect(event.0 == 42)
        #expect(event.1 == later)
        #expect(event.2 == ["a", "", "é"])
        #expect(event.3 == 3)
        #expect(event.4)
        #expect(event.5 == Fingerprint(of: "c"))
        #expect(event.6 == recorded)
        #expect(event.7 == 9)
        #expect(event.8)
        #expect(event.9 == 1)
    }

    @Test func `has the same identity for the same source and id only`() throws {
        func identity(_ source: String, _ id: String) throws -> Fingerprint {
            try #require(DraftBuilder(.messageRead, source: source, id: id).finish()).identity
        }
        #expect(try identity("a", "bc") == identity("a", "bc"))
        #expect(try identity("a", "bc") != identity("ab", "c"))
    }
}
