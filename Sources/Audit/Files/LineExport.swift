import Bytes
import Crypto
import Events
import Ledger
import Storage

/// Writes events one a line: as JSON, or as a table of comma-separated values.
enum LineExport {
    static func write(
        _ ledger: Ledger, _ end: Position, _ order: FileExport.Order, _ path: String?,
        _ progress: (Position) -> Void
    ) throws -> FileExport.Result {
        var file = try HashedFile(path)
        if order.format == .csv { try file.write(CSV.titles) }
        var result = FileExport.Result()
        var walk = ExportWalk(order, before: end)
        var text: [UInt8] = []
        let filter = order.filter.events
        let isTable = order.format == .csv
        while try walk.next(
            ledger, filter,
            { event in
                if isTable {
                    CSV.write(event, into: &text)
                } else {
                    CloudEvent.write(event, into: &text)
                    text.append(0x0A)
                }
                result.add(event.position)
            })
        {
            try file.write(text)
            text.removeAll(keepingCapacity: true)
            progress(walk.position)
        }
        result.hash = try file.finish()
        return result
    }
}

/// A file, or standard output, whose digest is taken while it is written.
struct HashedFile: ~Copyable {
    private var writer: FileWriter
    private var hasher = SHA256()

    /// Begins the file, or standard output if `path` is nil.
    init(_ path: String?) throws {
        writer = try path.map { try FileWriter(path: $0) } ?? FileWriter()
    }

    mutating func write(_ bytes: [UInt8]) throws {
        hasher.update(bytes.span)
        try writer.write(bytes.span)
    }

    /// Flushes the file; answers the SHA-256 of all bytes, in hexadecimal.
    mutating func finish() throws -> String {
        try writer.finish()
        return hasher.finish().hex
    }
}
