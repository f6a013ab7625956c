extension Span where Element == UInt8 {
    /// The bytes as lower-case hexadecimal digits, two a byte.
    public var hex: String {
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for index in indices {
            text.append(Self.digit(self[index] >> 4))
            text.append(Self.digit(self[index] & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes whose hexadecimal digits these are, in either case; nil for anything else.
    public var hexadecimalBytes: [UInt8]? {
        guard count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count / 2)
        for at in stride(from: 0, to: count, by: 2) {
            guard let high = Self.value(self[at]), let low = Self.value(self[at + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        case 0x41...0x46: digit - 0x37
        default: nil
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? 0x30 : 0x57) }
}

extension Fingerprint {
    /// The fingerprint whose bytes these digits are; nil for anything else.
    public init?(hex: some StringProtocol) {
        guard hex.utf8.count == 32, let bytes = Array(hex.utf8).span.hexadecimalBytes else {
            return nil
        }
        self.init(bytes.span, at: 0)
    }
}
