/// Which time zones a telephone number may lie in, by its calling code.
public enum CallingCodes {
    /// The zones of the country of an international number, as IANA names; empty for a number of no
    /// country, such as a satellite telephone's.
    ///
    /// A country with several zones answers all of them: the number does not say where it is.
    /// - Parameter digits: the number as E.164 without its sign, such as `27821234567`.
    public static func zones(of digits: some Sequence<UInt8>) -> [String] {
        var code = 0
        var found: [String] = []
        for digit in digits.prefix(lengthMax) {
            guard digit >= 0x30, digit <= 0x39 else { break }
            code = code * 10 + Int(digit - 0x30)
            // The longest code that is listed counts: 1242 are the Bahamas, 1 alone North America.
            if let zones = zonesByCode[code] { found = zones }
        }
        return found
    }

    /// Every calling code with the zones of its country.
    public static let zonesByCode: [Int: [String]] = {
        var zones: [Int: [String]] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let code = Int(words[0]) else { continue }
            zones[code, default: []] += words.dropFirst().map(String.init)
        }
        return zones
    }()

    /// The digits of the longest code.
    private static let lengthMax = 4
}
