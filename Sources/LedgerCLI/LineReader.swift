import Bytes
import Storage

/// Lines from a descriptor, as soon as they are there.
struct LineReader {
    /// The most bytes of one line; what is longer is told as such and passed over.
    static let lineBytesMax = 4 << 20

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Up to where the buffer was searched for a line's end.
    private var searched = 0
    /// Whether the rest of a line that is too long is being passed over.
    private var isSkipping = false
    /// The number of the last line, the first being 1.
    private(set) var line = 0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Waits for input and lends each line that is whole; nil stands for one that is too long.
    ///
    /// Answers false at the end of the input, whose last line needs no line feed.
    mutating func read(_ body: (Span<UInt8>?, Int) -> Void) throws(StorageError) -> Bool {
        let part = try Descriptor.read(descriptor, byteMax: 1 << 16)
        buffer += part
        var start = 0
        while true {
            let end = buffer.span.endOfLine(from: max(start, searched))
            guard end < buffer.count else { break }
            lend(start..<end, body)
            start = end + 1
        }
        if part.isEmpty {
            if start < buffer.count || isSkipping { lend(start..<buffer.count, body) }
            buffer = []
            return false
        }
        buffer.removeFirst(start)
        searched = buffer.count
        if buffer.count > Self.lineBytesMax {
            isSkipping = true
            buffer.removeAll()
            searched = 0
        }
        return true
    }

    private mutating func lend(_ range: Range<Int>, _ body: (Span<UInt8>?, Int) -> Void) {
        line += 1
        searched = 0
        if isSkipping || range.count > Self.lineBytesMax {
            isSkipping = false
            body(nil, line)
        } else {
            body(buffer.span.extracting(range), line)
        }
    }
}
