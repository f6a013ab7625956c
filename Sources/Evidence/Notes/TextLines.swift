/// The lines of a text, each of which must have its end; a carriage return is no end.
struct TextLines {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8)[...] }

    /// The lines of what must be UTF-8; nil if it is not.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        rest = bytes
    }

    /// Whether nothing is left, not even a line without end.
    var isAtEnd: Bool { rest.isEmpty }

    /// The next line without its end; nil if there is no whole line.
    mutating func next() -> String? {
        guard let end = rest.firstIndex(of: 0x0A) else { return nil }
        let line = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        return line
    }

    /// What follows `prefix` in a line, compared byte by byte; nil if it begins otherwise.
    static func rest(of line: String, after prefix: String) -> [UInt8]? {
        guard line.utf8.starts(with: prefix.utf8) else { return nil }
        return Array(line.utf8.dropFirst(prefix.utf8.count))
    }

    /// A number in decimal without sign and leading zeroes, up to 2^63 - 1.
    static func number(_ text: some Collection<UInt8>) -> UInt64? {
        guard let number = UInt64(String(decoding: text, as: UTF8.self)),
            number <= Frontier.countMax, String(number).utf8.elementsEqual(text)
        else { return nil }
        return number
    }
}
