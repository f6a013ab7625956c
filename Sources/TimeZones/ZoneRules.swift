import Bytes

/// How far the clocks of a time zone are ahead of UTC, at any moment.
///
/// Source: RFC 9636, "The Time Zone Information Format (TZif)": version 2 and later, big-endian.
public struct ZoneRules: Sendable {
    private var transitions: [Int64] = []
    private var types: [UInt8] = []
    private var offsets: [Int32] = []
    private var rest: YearlyRule?

    /// Reads a file of /usr/share/zoneinfo; nil where it is none.
    public init?(parsing bytes: Span<UInt8>) {
        guard let first = Header(bytes, at: 0), first.version >= UInt8(ascii: "2"),
            let second = Header(bytes, at: Header.byteCount + first.bodyBytes(timeBytes: 4))
        else { return nil }
        let times = second.end
        let numbers = times + 8 * second.times
        let descriptions = numbers + second.times
        let footer = second.end + second.bodyBytes(timeBytes: 8)
        guard footer < bytes.count, bytes[footer] == 0x0A, second.types > 0 else { return nil }
        for index in 0..<second.times {
            transitions.append(
                Int64(bitPattern: bytes.load(at: times + 8 * index, as: UInt64.self).byteSwapped))
            types.append(bytes[numbers + index])
        }
        for index in 0..<second.types {
            let value = bytes.load(at: descriptions + 6 * index, as: UInt32.self).byteSwapped
            offsets.append(Int32(bitPattern: value))
        }
        guard types.allSatisfy({ $0 < offsets.count }) else { return nil }
        guard bytes[bytes.count - 1] == 0x0A, footer + 1 < bytes.count else { return nil }
        let text = bytes.extracting(footer + 1..<bytes.count - 1).string
        guard !text.isEmpty else { return }
        guard let rule = YearlyRule(text) else { return nil }
        rest = rule
    }

    /// Seconds east of UTC at a moment, in seconds since 1970.
    public func offset(at seconds: Int64) -> Int {
        guard let last = transitions.last, seconds < last else {
            if let rest { return rest.offset(at: seconds) }
            return Int(offsets[Int(types.last ?? 0)])
        }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return Int(offsets[low == 0 ? 0 : Int(types[low - 1])])
    }

    /// The counts at the head of either half of the file.
    private struct Header {
        static let byteCount = 44
        let version: UInt8
        let end: Int
        let counts: [Int]

        var times: Int { counts[3] }
        var types: Int { counts[4] }

        init?(_ bytes: Span<UInt8>, at start: Int) {
            guard start + Self.byteCount <= bytes.count,
                bytes.load(at: start, as: UInt32.self) == 0x6669_5A54
            else { return nil }
            version = bytes[start + 4]
            counts = (0..<6).map {
                Int(bytes.load(at: start + 20 + 4 * $0, as: UInt32.self).byteSwapped)
            }
            end = start + Self.byteCount
            guard counts.allSatisfy({ $0 <= 1 << 16 }) else { return nil }
        }

        func bodyBytes(timeBytes: Int) -> Int {
            times * (timeBytes + 1) + types * 6 + counts[5] + counts[2] * (timeBytes + 4)
                + counts[1] + counts[0]
        }
    }
}
