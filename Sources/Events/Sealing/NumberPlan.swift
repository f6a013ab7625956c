import Bytes

/// Countries in which one mobile number has two international spellings, and who writes which
/// changes: WhatsApp's ids keep the old one, E.164 has the new.
///
/// | country | the same number | canonical |
/// |---|---|---|
/// | Mexico | `52 1 55 1234 5678`, `52 55 1234 5678` | without the 1 |
/// | Brazil, mobiles | `55 31 8765 4321`, `55 31 9 8765 4321` | with the ninth digit |
/// | Argentina | `54 9 11 …`, `54 11 15 …`, `54 11 …` | with the 9, without 15 |
///
/// Source: E.164 plans of ITU-T for Mexico (2019-08), Brazil (Anatel 553/2010), Argentina.
enum NumberPlan {
    private static let nine: UInt8 = 0x39

    /// Whether the country of the digits is one of them.
    static func isPlanned(_ digits: Span<UInt8>) -> Bool {
        guard digits.count >= 12, digits[0] == 0x35 else { return false }
        return digits[1] == 0x32 || digits[1] == 0x34 || digits[1] == 0x35
    }

    /// The canonical digits of a number of them; the digits as they are of any other.
    static func canonical(_ digits: [UInt8]) -> [UInt8] {
        guard isPlanned(digits.span) else { return digits }
        let rest = Array(digits[2...])
        switch digits[1] {
        case 0x32 where rest.count == 11 && rest[0] == 0x31: return [0x35, 0x32] + rest[1...]
        case 0x35 where rest.count == 10 && isOldMobile(rest[2]):
            return [0x35, 0x35] + rest[..<2] + [nine] + rest[2...]
        case 0x34: return [0x35, 0x34] + argentine(rest)
        default: return digits
        }
    }

    /// The other spellings of canonical digits.
    static func others(of digits: Span<UInt8>) -> [[UInt8]] {
        guard isPlanned(digits) else { return [] }
        let all = digits.array
        let rest = Array(all[2...])
        switch all[1] {
        case 0x32 where rest.count == 10: return [[0x35, 0x32, 0x31] + rest]
        case 0x35 where rest.count == 11 && rest[2] == nine && isOldMobile(rest[3]):
            return [[0x35, 0x35] + rest[..<2] + rest[3...]]
        case 0x34 where rest.count == 11 && rest[0] == nine:
            let number = Array(rest[1...])
            let area = areaCount(number)
            return [
                [0x35, 0x34] + number,
                [0x35, 0x34] + number[..<area] + [0x31, 0x35] + number[area...],
            ]
        default: return []
        }
    }

    private static func isOldMobile(_ digit: UInt8) -> Bool { digit >= 0x36 && digit <= nine }

    /// The digits behind 54: with the 9 of mobiles, without the 15 behind the area.
    private static func argentine(_ rest: [UInt8]) -> [UInt8] {
        var number = rest
        if rest.count == 10, rest[0] == nine { return rest }
        if number[0] == nine { number.removeFirst() }
        if number.count == 12 {
            let area = areaCount(number)
            guard number[area] == 0x31, number[area + 1] == 0x35 else { return rest }
            number.removeSubrange(area..<area + 2)
        }
        return number.count == 10 && number[0] != 0x30 ? [nine] + number : rest
    }

    /// How many digits the area of an Argentine number has.
    private static func areaCount(_ number: [UInt8]) -> Int {
        if number[0] == 0x31, number[1] == 0x31 { return 2 }
        return areasOfThree.contains(String(decoding: number[..<3], as: UTF8.self)) ? 3 : 4
    }

    private static let areasOfThree: Set<String> = [
        "220", "221", "223", "230", "236", "237", "249", "260", "261", "263", "264", "266", "280",
        "291", "294", "297", "298", "299", "336", "341", "342", "343", "345", "348", "351", "353",
        "358", "362", "364", "370", "376", "379", "380", "381", "383", "385", "387", "388",
    ]
}
