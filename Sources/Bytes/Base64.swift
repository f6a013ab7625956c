/// Base64 as of RFC 4648 section 4: padded, no line breaks, no spare bits.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Appends the text of `bytes`.
    public static func write(_ bytes: Span<UInt8>, into text: inout [UInt8]) {
        var at = 0
        while at < bytes.count {
            let left = bytes.count - at
            let second = left > 1 ? UInt32(bytes[at + 1]) : 0
            let third = left > 2 ? UInt32(bytes[at + 2]) : 0
            let group = UInt32(bytes[at]) << 16 | second << 8 | third
            text.append(alphabet[Int(group >> 18)])
            text.append(alphabet[Int(group >> 12 & 63)])
            text.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : 0x3D)
            text.append(left > 2 ? alphabet[Int(group & 63)] : 0x3D)
            at += 3
        }
    }

    /// The text of `bytes`.
    public static func text(_ bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        write(bytes, into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text, or nil if it is not exactly what ``write(_:into:)`` would give.
    public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        for at in stride(from: 0, to: text.count, by: 4) {
            let isLast = at + 4 == text.count
            let padding = !isLast || text[at + 3] != 0x3D ? 0 : text[at + 2] == 0x3D ? 2 : 1
            var group: UInt32 = 0
            for index in at..<at + 4 {
                guard let value = value(of: text[index]) ?? (index >= at + 4 - padding ? 0 : nil)
                else { return nil }
                group = group << 6 | value
            }
            guard padding == 0 || group & (padding == 1 ? 0xFF : 0xFFFF) == 0 else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: group >> 16))
            if padding < 2 { bytes.append(UInt8(truncatingIfNeeded: group >> 8)) }
            if padding < 1 { bytes.append(UInt8(truncatingIfNeeded: group)) }
        }
        return bytes
    }

    private static func value(of letter: UInt8) -> UInt32? {
        switch letter {
        case 0x41...0x5A: UInt32(letter - 0x41)
        case 0x61...0x7A: UInt32(letter - 0x47)
        case 0x30...0x39: UInt32(letter + 4)
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
