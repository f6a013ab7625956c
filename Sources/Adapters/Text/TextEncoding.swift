import Bytes
public import Events

/// Whether bytes are the UTF-8 that all text formats are read as.
public enum TextEncoding {
    /// What is wrong with the encoding, or nil for UTF-8 with or without a byte order mark.
    ///
    /// UTF-16 and UTF-32 are told by their byte order mark, or by their zero bytes. A file with
    /// bytes that are no UTF-8 is taken for Latin-1, unless it has as many letters that are: then
    /// single messages are damaged, and readers put them aside.
    /// - Parameters:
    ///   - bytes: the beginning of a file, or all of it; 64 KiB tell enough.
    ///   - isWhole: whether nothing follows, so that the last letter must be whole.
    public static func problem(in bytes: Span<UInt8>, isWhole: Bool = false) -> EventError? {
        if let name = wide(bytes) {
            return EventError(
                .invalid,
                "The file is \(name), and not UTF-8; convert it: iconv -f \(name) -t UTF-8.")
        }
        var at = 0
        var good = 0
        var bad: Int?
        var count = 0
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x80 {
                at += 1
                continue
            }
            let length = length(bytes, at)
            if length > 0 {
                good += 1
                at += length
            } else if !isWhole, bytes.count - at < 4, byte >= 0xC2 {
                break
            } else {
                if bad == nil { bad = at }
                count += 1
                at += 1
            }
        }
        guard let bad, count > good else { return nil }
        return EventError(
            .invalid,
            "The file is not UTF-8: the byte at \(bad) is 0x\(String(bytes[bad], radix: 16)), as "
                + "in Latin-1 or Windows-1252; convert it: iconv -f WINDOWS-1252 -t UTF-8.",
            offset: bad)
    }

    private static func wide(_ bytes: Span<UInt8>) -> String? {
        guard bytes.count >= 2 else { return nil }
        if bytes.count >= 4 {
            let word = bytes.load(at: 0, as: UInt32.self)
            if word == 0x0000_FEFF || word == 0xFFFE_0000 { return "UTF-32" }
        }
        let mark = bytes.load(at: 0, as: UInt16.self)
        if mark == 0xFEFF || mark == 0xFFFE { return "UTF-16" }
        // Text of a Latin script in UTF-16 has a zero in every other byte.
        var zeros = (even: 0, odd: 0)
        let end = min(bytes.count, 1024) & ~1
        for at in stride(from: 0, to: end, by: 2) {
            if bytes[at] == 0 { zeros.even += 1 }
            if bytes[at + 1] == 0 { zeros.odd += 1 }
        }
        guard end >= 4 else { return nil }
        if zeros.odd * 4 > end && zeros.even == 0 { return "UTF-16LE" }
        return zeros.even * 4 > end && zeros.odd == 0 ? "UTF-16BE" : nil
    }

    /// How many bytes the letter at `at` has, which begins with one from 0x80; 0 where it is none.
    private static func length(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        let (count, low, high): (Int, UInt8, UInt8)
        switch bytes[at] {
        case 0xC2...0xDF: (count, low, high) = (2, 0x80, 0xBF)
        case 0xE0: (count, low, high) = (3, 0xA0, 0xBF)
        case 0xED: (count, low, high) = (3, 0x80, 0x9F)
        case 0xE1...0xEF: (count, low, high) = (3, 0x80, 0xBF)
        case 0xF0: (count, low, high) = (4, 0x90, 0xBF)
        case 0xF4: (count, low, high) = (4, 0x80, 0x8F)
        case 0xF1...0xF3: (count, low, high) = (4, 0x80, 0xBF)
        default: return 0
        }
        guard at + count <= bytes.count, bytes[at + 1] >= low, bytes[at + 1] <= high else {
            return 0
        }
        for index in at + 2..<at + count where bytes[index] & 0xC0 != 0x80 { return 0 }
        return count
    }
}
