import Events

/// Events for measuring: a group's traffic, made from a number, the same every time.
enum SampleEvents {
    /// A message whose record has exactly 256 bytes.
    static func message256(_ number: Int, source: String) -> Draft {
        var builder = DraftBuilder(.messageReceived, source: source, id: "m\(number)")
        builder.happened(at: Instant(nanoseconds: Int64(number) * 1_000_000))
        builder.add(.account, text: "+27000000001")
        builder.add(.chat, text: "120363000000000001@g.us")
        // header 72, chat 16, checksum 8; five fields of 4 bytes; the values without the text.
        let without = 72 + 16 + 8 + 5 * 4 + source.utf8.count + "m\(number)".utf8.count + 12 + 23
        let padding = Self.padding
        builder.add(.text, .text, padding.span.extracting(0..<max(0, 256 - without)))
        return builder.finish()!
    }

    private static let padding = [UInt8](repeating: UInt8(ascii: "x"), count: 256)

    /// One event of a mixed history: of ten, four messages come in, two attempts go out, each is
    /// accepted, and two statuses come back.
    static func mixed(_ number: Int, persons: Int, start: Int64, gap: Int64) -> Draft {
        let turn = number / 10
        let kind = number % 10
        var state = UInt64(turn &* 4 + kind % 4) &* 0x9E37_79B9_7F4A_7C15
        state ^= state >> 29
        let person = Int(state % UInt64(persons))
        let time = Instant(nanoseconds: start + Int64(number) * gap)
        switch kind {
        case 0, 2, 5, 7: return received(number, person, time)
        case 1, 6: return attempted(number, person, time)
        case 3, 8: return outcome(.sendAccepted, number, number - 2, person, time)
        case 4: return outcome(.messageDelivered, number, number - 3, person, time)
        default: return outcome(.messageRead, number, number - 3, person, time)
        }
    }

    private static func received(_ number: Int, _ person: Int, _ time: Instant) -> Draft {
        var builder = DraftBuilder(.messageReceived, source: "bench/webhook", id: "w\(number)")
        builder.happened(at: time)
        builder.add(.subject, text: "DR\(1_000_000 + person)")
        builder.add(.account, text: "+27000000001")
        builder.add(.chat, text: "12036300000000\(person % 1000)@g.us")
        builder.add(.person, text: "+2782\(1_000_000 + person)")
        builder.add(.message, text: "wamid.in.\(number)")
        builder.add(.text, text: "DR\(1_000_000 + person) done, please check the photos again")
        return builder.finish()!
    }

    private static func attempted(_ number: Int, _ person: Int, _ time: Instant) -> Draft {
        var builder = DraftBuilder(.sendAttempted, source: "bench/sender", id: "s\(number)")
        builder.happened(at: time)
        builder.add(.subject, text: "DR\(1_000_000 + person)")
        builder.add(.account, text: "+27000000001")
        builder.add(.chat, text: "12036300000000\(person % 1000)@g.us")
        builder.add(.person, text: "+2782\(1_000_000 + person)")
        builder.add(
            .text, text: "QA review incomplete: DR\(1_000_000 + person), step \(number % 14)")
        builder.add(.submission, integer: Int64(number % 3))
        return builder.finish()!
    }

    private static func outcome(
        _ type: EventType, _ number: Int, _ message: Int, _ person: Int, _ time: Instant
    ) -> Draft {
        var builder = DraftBuilder(type, source: "bench/sender", id: "o\(number)")
        builder.happened(at: time)
        builder.add(.account, text: "+27000000001")
        builder.add(.person, text: "+2782\(1_000_000 + person)")
        builder.add(.message, text: "wamid.out.\(message)")
        return builder.finish()!
    }
}
