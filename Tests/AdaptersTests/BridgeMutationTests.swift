import Adapters
import Events
import TestSupport
import Testing

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

@Suite(.tags(.memory)) struct `Bodies of bridges that were changed at random` {
    /// Drops, doubles, exchanges and replaces values within a value.
    private static func changed(_ value: JSONValue, _ dice: inout Dice) -> JSONValue {
        guard Int.random(in: 0..<12, using: &dice) > 0 else { return odd(&dice) }
        switch value {
        case .object(let members):
            var kept: [JSONValue.Member] = []
            for member in members where Int.random(in: 0..<14, using: &dice) > 0 {
                kept.append(JSONValue.Member(member.name, changed(member.value, &dice)))
            }
            if kept.count > 1, Int.random(in: 0..<8, using: &dice) == 0 {
                let (one, other) = (kept[0], kept[kept.count - 1])
                kept[0] = JSONValue.Member(one.name, other.value)
            }
            return .object(kept)
        case .array(let elements):
            var kept = elements.map { changed($0, &dice) }
            if let first = kept.first, Bool.random(using: &dice) { kept.append(first) }
            return .array(kept)
        default: return value
        }
    }

    private static func odd(_ dice: inout Dice) -> JSONValue {
        let values: [JSONValue] = [
            .null, .flag(true), .number("-1"), .number("1e99"), .number("99999999999999999999"),
            .text(""), .text("@"), .text("x@g.us"), .text("_@_@_"), .text("true_@_"), .array([]),
            .object([]), .text(String(repeating: "ä", count: 1_100)), .number("1759330262"),
            .array([.array([.text("A")])]), .text("2025-10-01T14:51:02Z"),
            .object([.init("id", .text("z")), .init("message", .object([]))]),
        ]
        return values.randomElement(using: &dice) ?? .null
    }

    private static func bytes(_ value: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        value.write(to: &json)
        return json.finish()
    }

    /// Reads what became of samples, `rounds` times; answers how many elements there were.
    private func check<Adapter: BodyAdapter>(
        _ adapter: Adapter.Type, _ samples: [String], seed: UInt64
    ) throws {
        var dice = Dice(state: seed)
        let trees = try samples.map { try JSONValue.parse($0) }
        for round in 0..<1_000 {
            let tree = trees[round % trees.count]
            let body = Self.bytes(Self.changed(tree, &dice))
            let elements = try Bridge.read(adapter, body)
            let text = String(decoding: body.prefix(2_000), as: UTF8.self)
            #expect(!elements.isEmpty, "seed \(seed), round \(round): \(text)")
            for element in elements {
                #expect(element.range.upperBound <= (element.body ?? body).count)
                if case .quarantined(let code, let reason) = element.meaning {
                    #expect(!code.isEmpty && !reason.isEmpty)
                }
            }
            // The same body has the same ids.
            #expect(Bridge.lines(elements) == Bridge.lines(try Bridge.read(adapter, body)))
            _ = try Adapter.isBody(JSONDocument(body).root)
            // Cut off, or with a byte turned, it is redacted without harm, and read if it is JSON.
            var broken = Array(body.prefix(Int.random(in: 0...body.count, using: &dice)))
            if let index = broken.indices.randomElement(using: &dice) {
                broken[index] = UInt8.random(in: 0...255, using: &dice)
            }
            _ = Adapter.redacted(broken)
            guard let document = try? JSONDocument(broken) else { continue }
            var reading = Reading(Adapter.format, Bridge.options)
            Adapter.read(document.root, into: &reading)
            #expect(!reading.elements.isEmpty)
        }
    }

    @Test func `of GOWA are read to the end`() throws {
        try check(GOWA.self, `Webhooks of GOWA`.samples, seed: 1)
    }

    @Test func `of WAHA are read to the end`() throws {
        try check(WAHA.self, `Webhooks of WAHA`.samples, seed: 2)
    }

    @Test func `of Baileys are read to the end`() throws {
        try check(Baileys.self, `Events of Baileys`.samples, seed: 3)
    }

    @Test func `of Evolution are read to the end`() throws {
        try check(Evolution.self, `Webhooks of Evolution API`.samples, seed: 4)
    }

    @Test func `of Wassenger are read to the end`() throws {
        try check(Wassenger.self, `Webhooks of Wassenger`.samples, seed: 5)
    }

    @Test(arguments: ["null", "1", "\"x\"", "[]", "{}", "[{}]", #"{"event":{}}"#, #"{"data":[]}"#])
    func `into something else give one element`(_ json: String) throws {
        #expect(try Bridge.read(GOWA.self, json).count == 1)
        #expect(try Bridge.read(WAHA.self, json).count == 1)
        #expect(try Bridge.read(Baileys.self, json).count == 1)
        #expect(try Bridge.read(Evolution.self, json).count == 1)
        #expect(try Bridge.read(Wassenger.self, json).count == 1)
    }

    @Test func `into texts too long for a record are put aside`() throws {
        let text = String(repeating: "ä", count: 40_000)
        let body = `Webhooks of GOWA`.message(
            #""from":"27000000002@s.whatsapp.net","body":"\#(text)""#)
        let lines = try Bridge.lines(GOWA.self, body)
        #expect(lines.count == 1 && lines[0].hasPrefix("quarantined too_large: "))
    }

    @Test func `of Twilio are read to the end`() {
        var dice = Dice(state: 6)
        for round in 0..<3_000 {
            let samples = `Webhooks of Twilio`.samples
            var body = Array(samples[round % samples.count].utf8)
            for _ in 0..<Int.random(in: 0..<4, using: &dice) {
                guard let index = body.indices.randomElement(using: &dice) else { break }
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: body[index] = UInt8.random(in: 0...255, using: &dice)
                case 1: body.removeSubrange(index...)
                case 2: body.remove(at: index)
                default: body.insert(contentsOf: Array("&EventType=".utf8), at: index)
                }
            }
            var reading = Reading(Twilio.format, Bridge.options)
            Twilio.read(body, into: &reading)
            #expect((1...2).contains(reading.elements.count), "round \(round)")
        }
    }
}
