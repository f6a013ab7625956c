/// Lines of a stream: one that is longer than ``lineBytesMax`` comes in pieces.
struct LineSplitter {
    /// The most bytes of a line.
    static let lineBytesMax = 256 << 10

    private var rest: [UInt8] = []

    /// The lines that these bytes end, without their line feeds.
    mutating func feed(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            guard byte != 0x0A, rest.count < Self.lineBytesMax else {
                lines.append(rest)
                rest = byte == 0x0A ? [] : [byte]
                continue
            }
            rest.append(byte)
        }
        return lines
    }

    /// The last line, unless the stream ended with a line feed.
    mutating func finish() -> [[UInt8]] {
        defer { rest = [] }
        return rest.isEmpty ? [] : [rest]
    }
}
