import Adapters
import Bytes
import Events
import Glibc
import TestSupport
import Testing

/// Every format on inputs that were changed at random: no crash, no hang, and each thing counted.
///
/// `LEDGER_FUZZ_RUNS` says how many inputs (2,000 to 10,000, by `LEDGER_EFFORT`), and
/// `LEDGER_FUZZ_SEED` which (1): `tools/fuzz` runs a million under the address sanitizer.
@Suite(.tags(.memory)) struct `Every format, fuzzed` {
    /// A format: what it reads elements from, and inputs to change.
    private struct Target {
        let name: String
        let read: ([UInt8]) throws -> [Element]
        var seeds: [[UInt8]]
    }

    @Test func `answers every input with elements that hold together`() throws {
        var dice = Dice(state: UInt64(Self.number("LEDGER_FUZZ_SEED") ?? 1))
        let runs = Self.number("LEDGER_FUZZ_RUNS") ?? Effort.count(2_000, full: 10_000)
        let targets = Self.targets
        let clock = ContinuousClock()
        for run in 0..<runs {
            let target = targets[run % targets.count]
            let input = Self.changed(target.seeds, &dice)
            let start = clock.now
            let elements = try target.read(input)
            #expect(clock.now - start < .seconds(5), "\(target.name), run \(run): too slow")
            let isBlank = input.allSatisfy { $0 <= 0x20 }
            #expect(
                !elements.isEmpty || isBlank || !Self.demandsElements(target.name, input),
                "\(target.name), run \(run): \(String(decoding: input.prefix(400), as: UTF8.self))")
            for element in elements { check(element, input, target.name, run) }
        }
    }

    /// A piece of commas or brackets alone is no body, and a table of titles alone has no rows.
    private static func demandsElements(_ name: String, _ input: [UInt8]) -> Bool {
        guard name != "chat-export", name != "postgres-feedback", name != "spam-rules" else {
            return false
        }
        return input.contains { $0 > 0x20 && $0 != 0x2C && $0 != 0x5B && $0 != 0x5D && $0 < 0x80 }
    }

    private func check(_ element: Element, _ input: [UInt8], _ name: String, _ run: Int) {
        switch element.meaning {
        case .event(let draft): check(draft, name, run)
        case .noted(let kind): #expect(!kind.isEmpty, "\(name), run \(run)")
        case .quarantined(let code, let reason):
            #expect(!code.isEmpty && !reason.isEmpty, "\(name), run \(run)")
        }
        for link in element.links { check(link, name, run) }
    }

    private func check(_ draft: Draft, _ name: String, _ run: Int) {
        let record = draft.sealed(at: 0, recorded: .epoch)
        guard let event = EventView(record.span) else {
            Issue.record("\(name), run \(run): the draft is no record")
            return
        }
        #expect(event.text(.id)?.isEmpty == false && event.text(.source)?.isEmpty == false)
        // What is exported can be appended again.
        let text = CloudEvent.text(event)
        #expect((try? JSONValue.parse(text)) != nil, "\(name), run \(run): \(text)")
    }

    // MARK: - Changing

    private static let words: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", ",", ":", "\\u0000", "\\ud83d", "null", "true", "-1", "1e999",
            "99999999999999999999", "\n", "\r\n", "\u{200E}", "\u{202F}", "\u{FEFF}", "%", "%00",
            "+",
            "&", "=", "@g.us", "@lid", "2025-13-45", "23:59:60", "STOP", "DR1854951", "wamid.",
        ].map { Array($0.utf8) } + [[0], [0xFF], [0xC3], [0xF0, 0x9F]]

    private static func changed(_ seeds: [[UInt8]], _ dice: inout Dice) -> [UInt8] {
        var input = seeds.randomElement(using: &dice) ?? []
        for _ in 0..<Int.random(in: 0...6, using: &dice) {
            let at = input.isEmpty ? 0 : Int.random(in: 0..<input.count, using: &dice)
            let end = min(input.count, at + Int.random(in: 1...40, using: &dice))
            switch Int.random(in: 0..<8, using: &dice) {
            case 0 where !input.isEmpty: input[at] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
            case 1 where !input.isEmpty: input[at] = UInt8.random(in: 0...255, using: &dice)
            case 2: input.removeSubrange(at..<end)
            case 3: input.insert(contentsOf: Array(input[at..<end]), at: at)
            case 4: input.removeSubrange(at...)
            case 5:
                let other = seeds.randomElement(using: &dice) ?? []
                let from = other.isEmpty ? 0 : Int.random(in: 0..<other.count, using: &dice)
                input.replaceSubrange(at..<end, with: other[from...].prefix(60))
            default: input.insert(contentsOf: words.randomElement(using: &dice) ?? [], at: at)
            }
        }
        return input
    }

    private static func number(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    // MARK: - Formats

    private static var targets: [Target] {
        let shared = Bridge.fixtures
        func files(_ folder: String) -> [[UInt8]] {
            guard let shared else { return [] }
            return Bridge.files(in: shared + "/" + folder).map {
                Bridge.contents("\(shared)/\(folder)/\($0)")
            }
        }
        return [
            Target(
                name: "whatsapp-cloud", read: { try bodies(WhatsAppCloud.self, $0) },
                seeds: FuzzSeeds.cloud + files("pywa/updates")),
            Target(
                name: "wassenger", read: { try bodies(Wassenger.self, $0) },
                seeds: FuzzSeeds.wassenger + files("wassenger")),
            Target(
                name: "gowa", read: { try bodies(GOWA.self, $0) },
                seeds: FuzzSeeds.gowa + files("gowa")),
            Target(name: "waha", read: { try bodies(WAHA.self, $0) }, seeds: FuzzSeeds.waha),
            Target(
                name: "evolution", read: { try bodies(Evolution.self, $0) },
                seeds: FuzzSeeds.evolution),
            Target(
                name: "baileys", read: { try bodies(Baileys.self, $0) }, seeds: FuzzSeeds.baileys),
            Target(name: "twilio", read: forms, seeds: FuzzSeeds.twilio),
            Target(
                name: "chat-export", read: chat,
                seeds: FuzzSeeds.chats
                    + files("chat-exports/chat-miner").filter { $0.first != 0x7B }),
            Target(
                name: "postgres-feedback", read: { try table(PostgresFeedback.self, $0) },
                seeds: FuzzSeeds.feedback),
            Target(
                name: "spam-rules", read: { try table(SpamRules.self, $0) },
                seeds: FuzzSeeds.rules),
        ]
    }

    /// As an import reads: split, parsed, each body read.
    private static func bodies<Adapter: BodyAdapter>(
        _ adapter: Adapter.Type, _ input: [UInt8]
    ) throws -> [Element] {
        var reading = Reading(Adapter.format, Bridge.options)
        for piece in pieces(input) {
            _ = Adapter.redacted(piece.bytes)
            guard piece.fault == nil, let document = try? JSONDocument(piece.bytes) else {
                reading.quarantine("not_json", "It is no JSON.")
                continue
            }
            let root = document.root
            let count = reading.elements.count
            if root.kind == .array {
                for element in root.elements { Adapter.read(element, into: &reading) }
                if root.elements.isEmpty { reading.note("empty") }
            } else if !Adapter.isBody(root),
                root.members.contains(where: { Adapter.isBody($0.value) })
            {
                for (_, value) in root.members { Adapter.read(value, into: &reading) }
            } else {
                Adapter.read(root, into: &reading)
            }
            #expect(reading.elements.count > count, "a body without an element")
        }
        return reading.elements
    }

    private static func pieces(_ input: [UInt8]) -> [BodySplitter.Piece] {
        var splitter = BodySplitter()
        let half = input.count / 2
        return splitter.feed(Array(input[..<half])) + splitter.feed(Array(input[half...]))
            + splitter.finish()
    }

    private static func forms(_ input: [UInt8]) -> [Element] {
        var reading = Reading(Twilio.format, Bridge.options)
        for piece in pieces(input) { Twilio.read(piece.bytes, line: piece.line, into: &reading) }
        return reading.elements
    }

    /// What the whole text does not decide is no input of an element.
    private static func chat(_ input: [UInt8]) throws -> [Element] {
        guard TextEncoding.problem(in: input.span) == nil else { return [] }
        do { return try exported(input) } catch is EventError { return [] }
    }

    private static func table<Table: TableAdapter>(
        _ table: Table.Type, _ input: [UInt8]
    ) throws -> [Element] {
        var options = AdapterOptions.export()
        options.subjects = Bridge.options.subjects
        var table = Table(options)
        var reader = CSVReader()
        reader.take(input.span)
        reader.finish()
        do throws(EventError) {
            for row in reader.drain() { try table.take(row) }
            try table.finish()
        } catch { return [] }
        return table.drain()
    }
}

/// Numbers that come again with the same seed (SplitMix64).
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
