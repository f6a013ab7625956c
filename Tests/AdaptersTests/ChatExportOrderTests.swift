import Bytes
import Events
import Testing

@testable import Adapters

@Suite struct `The date order of an exported chat` {
    private func order(_ dates: [String], asked: DateOrder? = nil) throws -> DateOrder {
        var survey = ChatExportSurvey()
        for date in dates {
            let line = Array("\(date), 08:00 - A: 1".utf8)
            survey.take(line.span)
        }
        return try survey.dialect(order: asked).order
    }

    @Test func `is told by a value above 12`() throws {
        #expect(try order(["01/02/25", "13/02/25"]) == .dmy)
        #expect(try order(["01/02/25", "02/13/25"]) == .mdy)
        #expect(try order(["2025/02/01"]) == .ymd)
        #expect(try order(["01/02/2025", "25/02/2025"]) == .dmy)
    }

    @Test func `is told by dates that would go back`() throws {
        #expect(try order(["11/01/25", "12/01/25", "01/02/25", "02/02/25"]) == .dmy)
        #expect(try order(["01/11/25", "01/12/25", "02/01/25", "02/02/25"]) == .mdy)
    }

    @Test func `with two digits of a year in front is told by what the others cannot read`() throws
    {
        #expect(try order(["25/06/13", "25/06/30", "25/07/01"]) == .ymd)
        #expect(try order(["20/01/19", "20/02/19"]) == .dmy)
        let error = #expect(throws: EventError.self) { try order(["18/6/13", "18/6/30"]) }
        #expect(error?.message.contains("--date-order ymd") == true)
        #expect(try order(["18/6/13", "18/6/30"], asked: .ymd) == .ymd)
    }

    @Test func `is taken as either where the two say the same`() throws {
        #expect(try order(["05/05/2025"]) == .dmy)
    }

    @Test func `is asked for where it cannot be decided`() throws {
        let error = #expect(throws: EventError.self) { try order(["01/02/2025", "02/02/2025"]) }
        #expect(error?.message.contains("--date-order dmy") == true)
        #expect(error?.message.contains("--date-order mdy") == true)
        #expect(try order(["01/02/2025", "02/02/2025"], asked: .mdy) == .mdy)
    }

    @Test func `refuses dates that fit none, or not the one that was given`() {
        let none = #expect(throws: EventError.self) { try order(["31/31/2025", "32/01/2025"]) }
        #expect(none?.message.contains("fit no order") == true)
        #expect(none?.line == 1)
        let given = #expect(throws: EventError.self) {
            try order(["01/02/2025", "31/01/2025"], asked: .mdy)
        }
        #expect(given?.message.contains("31/01/2025") == true)
        #expect(given?.line == 2)
        #expect(throws: EventError.self) { try order([]) }
    }

    @Test func `survives a damaged date, which is put aside`() throws {
        var lines = (1...30).map { "\($0)/06/2025, 08:00 - A: \($0)" }
        lines.insert("45/06/2025, 08:00 - A: x", at: 9)
        let elements = try exported(lines.joined(separator: "\n"))
        #expect(elements.count == 31)
        #expect(elements[9].told == "quarantined invalid")
        #expect(elements[9].raw == Array("45/06/2025, 08:00 - A: x".utf8))
        #expect(elements[9].line == 10)
    }

    @Test func `is that of 29 February, where there is one`() throws {
        #expect(try order(["29/02/2024"]) == .dmy)
        #expect(throws: EventError.self) { try order(["29/02/2025"]) }
    }
}

@Suite struct `The time of an exported message` {
    private func time(_ head: String, _ zone: String) throws -> [String] {
        try exported("\(head) - A: 1\n2025/12/31, 08:00 - A: 2", .export(zone: zone))
            .compactMap { $0.draft?.json["time"] as? String }
    }

    @Test func `is that of the zone's clocks`() throws {
        #expect(try time("2025/07/01, 16:51", "Europe/Berlin")[0] == "2025-07-01T16:51:00+02:00")
        #expect(try time("2025/01/01, 16:51", "Europe/Berlin")[0] == "2025-01-01T16:51:00+01:00")
        #expect(try time("2025/01/01, 16:51", "Asia/Kolkata")[0] == "2025-01-01T16:51:00+05:30")
    }

    @Test func `is the first of two where clocks are set back`() throws {
        #expect(try time("2025/10/26, 02:30", "Europe/Berlin")[0] == "2025-10-26T02:30:00+02:00")
    }

    @Test func `is when clocks are set forward, where they skip it`() throws {
        #expect(try time("2025/03/30, 02:30", "Europe/Berlin")[0] == "2025-03-30T03:00:00+02:00")
    }
}

@Suite struct `A damaged exported chat` {
    private static let sample = """
        2025/10/01, 16:50 - You created group "Fibre: QA"
        2025/10/01, 16:51 - +27 82 000 0011: DR1854951 done
        second line: still of it
        2025/10/31, 16:52 - Thandi M 🤓: IMG-20251001-WA0001.jpg (file attached)
        2025/10/31, 16:53 - +27 82 000 0011 changed to +27 83 000 0012
        [2025/10/31, 16:53:01] Sipho: \u{200E}<attached: 00000012-PHOTO-2025.jpg>
        2025/10/31, 16:54 - QA bot: Received : thanks \u{200E}<This message was edited>
        """

    @Test func `needs a zone, our name and a name of its own`() {
        func problem(_ change: (inout AdapterOptions) -> Void) -> String {
            var options = AdapterOptions.export()
            change(&options)
            do {
                _ = try exported(Self.sample, options)
                return ""
            } catch { return (error as? EventError)?.message ?? "" }
        }
        #expect(problem { $0.zone = nil }.contains("--zone"))
        #expect(problem { $0.accountName = nil }.contains("--account-name"))
        #expect(problem { $0.chat = nil }.contains("--chat"))
        #expect(problem { _ in }.isEmpty)
    }

    @Test func `takes a head of another build for a part of the message`() throws {
        let texts = try exported(Self.sample).compactMap { $0.draft?.data["text"] as? String }
        #expect(texts == ["DR1854951 done\nsecond line: still of it", "Received : thanks"])
    }

    @Test func `puts lines before the first message aside, and bytes that are no UTF-8`() throws {
        var bytes = Array("\n\nSome title\n2025/10/31, 16:51 - A: a".utf8)
        bytes += [0xE9] + Array("\n2025/10/31, 16:52 - B: b".utf8)
        let elements = try exported(bytes)
        #expect(elements.map(\.told).prefix(2) == ["quarantined unknown", "quarantined invalid"])
        #expect(elements[1].raw.last == 0xE9)
        #expect(elements.count == 3)
    }

    @Test func `holds no message beyond its bound, and loses none of its bytes`() throws {
        let long = String(repeating: "x", count: 99) + "\n"
        let text =
            "2025/10/31, 16:51 - A: a\n2025/10/31, 16:52 - B: b\n"
            + String(repeating: long, count: 6_000) + "2025/10/31, 16:53 - C: c"
        let elements = try exported(text)
        #expect(elements.first?.told.hasPrefix("message.received") == true)
        #expect(elements.last?.told.hasPrefix("message.received") == true)
        let parts = elements.dropFirst().dropLast()
        #expect(parts.allSatisfy { $0.told == "quarantined too_large" && $0.line == 2 })
        #expect(parts.allSatisfy { $0.raw.count <= ChatExportReader.messageBytesMax })
        #expect(
            parts.flatMap(\.raw).count == text.utf8.count - 2
                * "2025/10/31, 16:51 - A: a\n".utf8.count)
        // One that a record cannot hold, but memory can.
        let middle = String(repeating: long, count: 700)
        let record = try exported("2025/10/31, 16:51 - A: \(middle)")
        #expect(record.map(\.told) == ["quarantined too_large"])
        #expect(record[0].raw.count > 70_000)
    }

    @Test func `is read without fail, and every line is in an element`() throws {
        var random = SeededGenerator(seed: 7)
        let sample = Array(Self.sample.utf8)
        var (empty, equal, unsaid) = (0, 0, 0)
        let options = AdapterOptions.export()
        for _ in 0..<10_000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
                case 3: bytes.removeSubrange(at...)
                default: bytes.insert(contentsOf: Array("\n2025/11/02, 9:51 - ".utf8), at: at)
                }
                if bytes.isEmpty { bytes = [0x0A] }
            }
            do {
                let elements = try exported(bytes, options)
                if elements.isEmpty { empty += 1 }
                let ids = elements.compactMap { $0.draft?.identity }
                if Set(ids).count != ids.count { equal += 1 }
            } catch let error as EventError {
                if !error.message.hasSuffix(".") { unsaid += 1 }
            }
        }
        #expect(empty == 0 && equal == 0 && unsaid == 0, "\(empty) \(equal) \(unsaid)")
    }
}

/// A generator whose numbers are the same for the same seed: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
