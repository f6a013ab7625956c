import Bytes
import Events
import Testing

/// Makes random events: every kind of known member, unknown ones, Unicode, numbers, spellings.
struct EventMaker {
    var random: SeededGenerator

    mutating func pick<Element>(_ list: [Element]) -> Element {
        list[Int.random(in: 0..<list.count, using: &random)]
    }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    mutating func text() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: text.unicodeScalars.append(scalar(0...0x10FFFF))
            case 1: text.unicodeScalars.append(scalar(0...0x7FF))
            case 2: text += pick(["\"", "\\", "\n", "\u{0}", "/", "\u{2028}", "👩‍👩‍👧", "é", "שלום"])
            default: text += pick(["DR1854951", "done", " ", "photo", "1", "-"])
            }
        }
        return text
    }

    mutating func scalar(_ range: ClosedRange<UInt32>) -> Unicode.Scalar {
        Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "\u{FFFD}"
    }

    mutating func number() -> String {
        pick([
            "0", "-0", "7", "-12", "1.50", "1e3", "1E+30", "0.1e-7", "9007199254740993",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "123456789012345678901234567890",
        ])
    }

    mutating func value(_ depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &random) {
        case 0: return .null
        case 1: return .flag(chance(50))
        case 2: return .number(number())
        case 3: return .text(text())
        case 4:
            return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth + 1) })
        default: return object(depth + 1)
        }
    }

    mutating func object(_ depth: Int) -> JSONValue {
        var members: [JSONValue.Member] = []
        for index in 0..<Int.random(in: 0...3, using: &random) {
            members.append(.init("\(text())\(index)", value(depth)))
        }
        return .object(members)
    }

    mutating func time() -> String {
        let form = TimeForm(
            bits: UInt8.random(in: 0...9, using: &random) | pick([0, 16, 64 | 16, 128, 128 | 16]),
            offset: 0)
        let offset = form.bits & 16 != 0 ? 0 : Int16.random(in: -1_439...1_439, using: &random)
        let instant = Instant(
            nanoseconds: Int64.random(in: 0...Instant.latest.nanoseconds, using: &random))
        var bytes: [UInt8] = []
        Timestamp.write(instant, form: TimeForm(bits: form.bits, offset: offset), into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func known(_ field: Field) -> JSONValue {
        switch pick(field.kinds) {
        case .text: .text(text())
        case .integer:
            .number(
                String(
                    Int64.random(
                        in: field == .count ? 1...1_000_000 : 0...(.max), using: &random)))
        case .boolean: .flag(chance(50))
        case .time: .text(time())
        case .texts: .array([.text(text()), .text("")])
        case .json, .findings: .array([.number(number()), object(2)])
        case .bytes: .text(pick(["", "QQ==", "QUI=", "QUJD", "////"]))
        case .reservation:
            .text(
                Reservation(
                    position: random.next() >> 1, tag: UInt32(truncatingIfNeeded: random.next())
                )
                .description)
        }
    }

    /// A whole event, its members in the order in which the ledger writes them.
    mutating func event() -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("specversion", .text("1.0")), .init("id", .text(text())),
            .init("source", .text(text())), .init("type", .text("message.received")),
        ]
        if chance(80) { members.append(.init("time", .text(time()))) }
        if chance(50) { members.append(.init("subject", .text(text()))) }
        for index in 0..<Int.random(in: 0...2, using: &random) {
            members.append(.init("ext\(index)", value()))
        }
        var data: [JSONValue.Member] = []
        for field in Field.allCases.sorted(by: { $0.rawValue < $1.rawValue })
        where !field.isEnvelope && field != .extras && field != .category && chance(20) {
            data.append(.init(field.name, known(field)))
        }
        for index in 0..<Int.random(in: 0...2, using: &random) {
            data.append(.init("\(text())-\(index)", value()))
        }
        members.append(.init("data", .object(data)))
        return .object(members)
    }
}

@Suite struct `The round trip of an event` {
    /// The members without the two that the ledger gives.
    func given(_ value: JSONValue) -> JSONValue {
        .object(value.members.filter { $0.name != "sequence" && $0.name != "recordedtime" })
    }

    func text(_ value: JSONValue) -> String {
        var json = JSONWriter()
        value.write(to: &json)
        return json.text
    }

    @Test func `loses nothing`() throws {
        let seed = UInt64.random(in: 0...(.max))
        print("round trip seed \(seed)")
        var maker = EventMaker(random: SeededGenerator(state: seed))
        for round in 0..<2_000 {
            let event = maker.event()
            let first = try parse(text(event)).get()
            let line = written(first)
            let back = try JSONValue.parse(line)
            try #require(given(back) == event, "seed \(seed), round \(round): \(text(event))")
            let second = try parse(line).get()
            try #require(second.draft.bytes == first.draft.bytes, "seed \(seed), round \(round)")
        }
    }

    @Test func `never crashes on mangled JSON`() throws {
        let seed = UInt64.random(in: 0...(.max))
        print("mangled JSON seed \(seed)")
        var maker = EventMaker(random: SeededGenerator(state: seed))
        var refused = 0
        for _ in 0..<4_000 {
            var bytes = Array(text(maker.event()).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &maker.random) where bytes.count > 1 {
                let index = Int.random(in: 0..<bytes.count, using: &maker.random)
                switch Int.random(in: 0..<3, using: &maker.random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &maker.random)
                case 1: bytes.remove(at: index)
                default: bytes.removeLast(bytes.count - max(1, index))
                }
            }
            do throws(EventError) {
                let event = try CloudEvent.parse(bytes.span)
                let line = Array(written(event).utf8)
                let again = try CloudEvent.parse(line.span)
                #expect(again.draft.bytes == event.draft.bytes, "seed \(seed)")
            } catch {
                refused += 1
                #expect(error.offset != nil && error.line != nil, "seed \(seed): \(error)")
            }
        }
        #expect(refused > 1_000)
    }
}
