import Bytes
import Events
import Storage

/// The bytes of a file of events, and how they are laid out.
struct InputText: Sendable {
    /// How events stand in a file.
    enum Layout: Sendable {
        /// One event a line.
        case lines
        /// One event over several lines.
        case single
        /// One JSON array.
        case array
    }

    let bytes: [UInt8]
    let layout: Layout

    /// Reads a file, or standard input for `-`.
    init(path: String) throws(StorageError) {
        try self.init(Self.contents(of: path))
    }

    /// Takes the bytes of a file.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        layout = Self.layout(of: bytes.span)
    }

    /// All bytes of a file, or of standard input for `-`.
    static func contents(of path: String) throws(StorageError) -> [UInt8] {
        guard path == "-" else { return try Descriptor.contents(of: path, byteMax: .max) }
        var all: [UInt8] = []
        while true {
            let part = try Descriptor.read(0, byteMax: 1 << 16)
            if part.isEmpty { return all }
            all += part
        }
    }

    private static func layout(of bytes: Span<UInt8>) -> Layout {
        var start = 0
        while start < bytes.count, bytes[start] <= 0x20 { start += 1 }
        guard start < bytes.count else { return .lines }
        if bytes[start] == UInt8(ascii: "[") { return .array }
        var end = bytes.endOfLine(from: start)
        let next = end + 1
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        // A line that ends its object is one of many; one that does not may begin a pretty-printed
        // event, unless it is a damaged line before others.
        if bytes[end - 1] == UInt8(ascii: "}") { return .lines }
        if (try? CloudEvent.parse(bytes)) != nil { return .single }
        var at = next
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "{") { return .lines }
            at = bytes.endOfLine(from: at) + 1
        }
        return next < bytes.count ? .single : .lines
    }
}

extension Span where Element == UInt8 {
    /// The index of the first line feed from `start` on, or the count: eight bytes at a time.
    func endOfLine(from start: Int) -> Int {
        var at = start
        while at &+ 8 <= count {
            let word = load(at: at, as: UInt64.self) ^ 0x0A0A_0A0A_0A0A_0A0A
            let zero = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zero != 0 { return at &+ zero.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while at < count, self[at] != 0x0A { at &+= 1 }
        return at
    }

    /// Whether there is nothing but white space.
    var isBlank: Bool {
        for index in indices where self[index] > 0x20 { return false }
        return true
    }
}
