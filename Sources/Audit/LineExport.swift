import Bytes
import Crypto
public import Events
public import Ledger
import Storage

/// Writes events one a line: as JSON, or as a table of comma-separated values.
public struct LineExport: ~Copyable {
    /// How a line looks.
    public enum Format: String, Sendable {
        /// CloudEvents as JSON.
        case ndjson
        /// RFC 4180, with a first line of titles.
        case csv
    }

    /// What was written.
    public struct Result: Sendable {
        /// How many events.
        public internal(set) var events: UInt64 = 0
        /// The first and the last of them.
        public internal(set) var positions: ClosedRange<Position>?
        /// The SHA-256 of all bytes, in hexadecimal.
        public internal(set) var hash = ""
    }

    /// Records that one read transaction lends; what they make is written when it has ended.
    private static let page: Position = 1024

    private var writer: FileWriter
    private var hasher = SHA256()
    private var result = Result()

    /// Writes the events of `range` before position `end` into a new file, or to standard output if
    /// `path` is nil.
    ///
    /// - Parameter progress: Called with the position that has been reached.
    /// - Throws: ``LedgerError`` with `exists` where there is such a file.
    public static func write(
        _ ledger: Ledger, before end: Position, _ range: ExportRange, _ format: Format,
        to path: String?, progress: (Position) -> Void = { _ in }
    ) throws -> Result {
        if let path, Folder.exists(path) {
            throw LedgerError(.exists, "\(path) is there already; export into a new file")
        }
        var export = LineExport(
            writer: try path.map { try FileWriter(path: $0) } ?? FileWriter())
        if format == .csv { try export.write(CSV.titles) }
        var next = range.first
        let last = min(end, range.last.map { $0 == .max ? end : $0 + 1 } ?? end)
        while next < last {
            let stop = min(last, next + page)
            var text: [UInt8] = []
            var result = export.result
            try ledger.forEachOpenEvent(from: next, to: stop) { event in
                guard range.contains(event) else { return true }
                switch format {
                case .ndjson:
                    CloudEvent.write(event, into: &text)
                    text.append(0x0A)
                case .csv: CSV.write(event, into: &text)
                }
                result.events += 1
                result.positions = (result.positions?.lowerBound ?? event.position)...event.position
                return true
            }
            export.result = result
            try export.write(text)
            next = stop
            progress(next)
        }
        return try export.finish()
    }

    private init(writer: consuming FileWriter) { self.writer = writer }

    private mutating func write(_ bytes: [UInt8]) throws {
        hasher.update(bytes.span)
        try writer.write(bytes.span)
    }

    private mutating func finish() throws -> Result {
        try writer.finish()
        result.hash = hasher.finish().hex
        return result
    }
}
