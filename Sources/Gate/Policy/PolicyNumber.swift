/// Numbers as a policy writes them: digits, perhaps a point and decimals, read without rounding.
enum PolicyNumber {
    /// Why a text is no number that a key takes; the raw value ends a sentence.
    enum Fault: String, Error {
        case notNumber = "and this is none"
        case negative = "and this is negative"
        case decimals = "and this has too many decimals"
        case huge = "and this is far too large"
    }

    /// Reads a number in thousandths, with at most `decimals` (0...3) digits after the point.
    static func read(_ text: String, decimals: Int) -> Result<Int64, Fault> {
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0)
            .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
        }
        guard isNumber, let whole = parts.first else { return .failure(.notNumber) }
        guard !isNegative else { return .failure(.negative) }
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.count <= decimals else { return .failure(.decimals) }
        let padded = fraction + String(repeating: "0", count: 3 - fraction.count)
        // 15 digits of thousandths stay far inside Int64 when a range multiplies them again.
        guard let value = Int64(whole), value <= 1_000_000_000_000, let rest = Int64(padded) else {
            return .failure(.huge)
        }
        return .success(value * 1_000 + rest)
    }

    /// Writes a number of nanoseconds as seconds, with as many decimals as it needs.
    static func seconds(_ nanoseconds: Int64) -> String {
        let rest = nanoseconds % 1_000_000_000
        guard rest != 0 else { return String(nanoseconds / 1_000_000_000) }
        var digits = String(rest)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(nanoseconds / 1_000_000_000).\(digits)"
    }
}
