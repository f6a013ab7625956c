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

    private static func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? 0x30 : 0x57) }
}
