import Bytes
import Events

/// Events as rows of RFC 4180: commas, CRLF, cells in double quotes where they need them.
///
/// A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return would be a formula to a
/// spreadsheet; it gets an apostrophe before it. The last cell holds the whole event as JSON.
enum CSV {
    private static let texts: [Field] = [
        .source, .id, .subject, .account, .chat, .person, .message, .text,
    ]

    /// The first row.
    static var titles: [UInt8] {
        var row: [UInt8] = []
        let names = ["position", "recordedtime", "time", "type"] + texts.map(\.name) + ["event"]
        write(names, into: &row)
        return row
    }

    /// Appends an event as a row.
    static func write(_ event: borrowing EventView, into bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(event.position).utf8)
        bytes.append(comma)
        Timestamp.write(event.recorded, into: &bytes)
        bytes.append(comma)
        Timestamp.write(event.time, into: &bytes)
        bytes.append(comma)
        bytes.append(contentsOf: (event.type?.name ?? "unknown.\(event.typeNumber)").utf8)
        for field in texts {
            bytes.append(comma)
            if let range = event.range(of: field) {
                write(event.bytes.extracting(range), into: &bytes)
            }
        }
        bytes.append(comma)
        bytes.append(quote)
        let start = bytes.count
        CloudEvent.write(event, into: &bytes)
        double(from: start, in: &bytes)
        bytes.append(quote)
        bytes += [0x0D, 0x0A]
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")

    /// Doubles the quotes from `start` on, in place: from the end, so that nothing is overwritten.
    private static func double(from start: Int, in bytes: inout [UInt8]) {
        let count = bytes.count
        var quotes = 0
        for index in start..<count where bytes[index] == quote { quotes += 1 }
        bytes.append(contentsOf: repeatElement(0, count: quotes))
        var target = bytes.count
        var source = count
        while target > source {
            source -= 1
            target -= 1
            let byte = bytes[source]
            bytes[target] = byte
            if byte == quote {
                target -= 1
                bytes[target] = quote
            }
        }
    }

    /// Appends a row.
    static func write(_ cells: [String], into bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(cell.utf8Span.span, into: &bytes)
        }
        bytes += [0x0D, 0x0A]
    }

    private static func write(_ cell: Span<UInt8>, into bytes: inout [UInt8]) {
        var isQuoted = false
        for index in 0..<cell.count {
            switch cell[index] {
            case 0x22, 0x2C, 0x0A, 0x0D: isQuoted = true
            default: break
            }
        }
        if isQuoted { bytes.append(quote) }
        if cell.count > 0 {
            switch cell[0] {
            case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09,
                0x0D:
                bytes.append(UInt8(ascii: "'"))
            default: break
            }
        }
        let start = bytes.count
        bytes.append(cell)
        guard isQuoted else { return }
        double(from: start, in: &bytes)
        bytes.append(quote)
    }
}
