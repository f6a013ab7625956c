import Bytes

/// Splits a stream of JSON into bodies: one or many, a line each (NDJSON), behind each other, or as
/// the elements of an array.
///
/// No more than one body is in memory. What is no JSON by its brackets comes out as broken, up to
/// the end of its line where bodies stand on lines of their own: the next line is read again.
public struct BodySplitter: Sendable {
    /// A part of the stream.
    public struct Piece: Sendable {
        /// Its bytes.
        public let bytes: [UInt8]
        /// The number of its first line, from 1.
        public let line: Int
        /// Why it is no body; nil where its brackets are whole.
        public let fault: String?
    }

    /// The most bytes of one body; a webhook has at most 3 MB.
    public static let bodyBytesMax = 16 << 20

    /// Where the next byte stands.
    private enum Place { case between, body, stray }

    private var place = Place.between
    private var piece: [UInt8] = []
    private var depth = 0
    private var isText = false
    private var isEscaped = false
    /// Whether the bodies are the elements of an array.
    private var isArray = false
    private var line = 1
    private var pieceLine = 1
    /// Whether every body so far stood on a line of its own, and at least one did.
    private var isLines = false
    private var count = 0
    private var pieces: [Piece] = []

    /// At the beginning of a stream.
    public init() {}

    /// Takes the next bytes; answers the pieces that ended in them.
    public mutating func feed(_ bytes: [UInt8]) -> [Piece] {
        take(bytes.span)
        defer { pieces.removeAll(keepingCapacity: true) }
        return pieces
    }

    /// Ends the stream; answers what was left of it.
    public mutating func finish() -> [Piece] {
        while !piece.isEmpty { breakOff("The input ends before the JSON value does.") }
        if isArray { end(fault: "The input ends before its array does.") }
        isArray = false
        defer { pieces.removeAll() }
        return pieces
    }

    private mutating func take(_ bytes: Span<UInt8>) {
        var at = 0
        while at < bytes.count {
            switch place {
            case .between: at = begin(bytes, at)
            case .body: at = scan(bytes, at)
            case .stray: at = skip(bytes, at)
            }
        }
    }

    /// Between two bodies: passes over white space and the marks of an array.
    private mutating func begin(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count {
            switch bytes[at] {
            case 0x0A: line += 1
            case 0x20, 0x09, 0x0D, 0x2C: break
            // A byte order mark.
            case 0xEF, 0xBB, 0xBF: if line > 1 || count > 0 { return open(.stray, at) }
            case 0x5B where !isArray: isArray = true
            case 0x5D where isArray: isArray = false
            case 0x7B, 0x5B: return open(.body, at)
            default: return open(.stray, at)
            }
            at += 1
        }
        return at
    }

    private mutating func open(_ next: Place, _ at: Int) -> Int {
        place = next
        pieceLine = line
        return at
    }

    /// Within a body: up to its last bracket.
    private mutating func scan(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            // Where bodies stand on lines of their own, a line that ends early is broken.
            if byte == 0x0A {
                if isLines {
                    piece.append(bytes.extracting(start..<at))
                    end(fault: "The line ends before the JSON value does.")
                    return at
                }
                line += 1
            }
            at += 1
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5C {
                    isEscaped = true
                } else if byte == 0x22 {
                    isText = false
                }
                continue
            }
            switch byte {
            case 0x22: isText = true
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                guard depth == 0 else { continue }
                piece.append(bytes.extracting(start..<at))
                let endsLine = at == bytes.count || bytes[at] == 0x0A || bytes[at] == 0x0D
                isLines = line == pieceLine && !isArray && endsLine && (isLines || count == 0)
                end(fault: nil)
                return at
            default: break
            }
        }
        piece.append(bytes.extracting(start..<at))
        if piece.count > Self.bodyBytesMax { breakOff("The body is over 16 MiB.") }
        return at
    }

    /// Bytes that are no JSON, up to the end of the line.
    private mutating func skip(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        piece.append(bytes.extracting(start..<at))
        if at < bytes.count || piece.count > Self.bodyBytesMax {
            end(fault: "This is no JSON object.")
        }
        return at
    }

    private mutating func end(fault: String?) {
        pieces.append(Piece(bytes: piece, line: pieceLine, fault: fault))
        piece = []
        count += 1
        place = .between
        depth = 0
        isText = false
        isEscaped = false
    }

    /// Gives up on a body whose end did not come.
    ///
    /// If a later line begins another body, only what stands before it is broken, and the rest is
    /// read again as lines.
    private mutating func breakOff(_ fault: String) {
        let held = piece
        guard !isLines, place == .body,
            let end = held.indices.dropLast().first(where: {
                held[$0] == 0x0A && held[$0 + 1] == 0x7B
            })
        else { return self.end(fault: fault) }
        piece = Array(held[..<end])
        line = pieceLine + piece.count { $0 == 0x0A }
        self.end(fault: fault)
        isLines = true
        let rest = Array(held[end...])
        take(rest.span)
    }
}
