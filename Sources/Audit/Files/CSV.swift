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
        var cells = [
            String(event.position), Timestamp.text(event.recorded), Timestamp.text(event.time),
            event.type?.name ?? "unknown.\(event.typeNumber)",
        ]
        for field in texts { cells.append(event.text(field) ?? "") }
        cells.append(CloudEvent.text(event))
        write(cells, into: &bytes)
    }

    /// Appends a row.
    static func write(_ cells: [String], into bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(cell, into: &bytes)
        }
        bytes += [0x0D, 0x0A]
    }

    private static func write(_ cell: String, into bytes: inout [UInt8]) {
        let first = cell.utf8.first
        let isFormula = first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let isQuoted = cell.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        if isQuoted { bytes.append(0x22) }
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        for byte in cell.utf8 {
            if byte == 0x22 { bytes.append(0x22) }
            bytes.append(byte)
        }
        if isQuoted { bytes.append(0x22) }
    }
}
