import Bytes
import Crypto
import Events
import Evidence
import Storage

/// Reads the records of a backup from the first to the last, and hashes them on the way.
struct RecordReader: ~Copyable {
    private let path: String
    private var reader: FileReader
    private var buffer: [UInt8] = []
    private var sum = SHA256()
    private var hasher = TreeHasher()
    /// The tree over what was read.
    private(set) var frontier = Frontier()
    /// The recorded time of the last one.
    private(set) var lastRecorded = Instant.epoch

    private static let partBytes = 1 << 20
    /// Where a record says how many bytes it has.
    private static let lengthPlace = 34

    init(path: String) throws {
        self.path = path
        reader = try FileReader(path: path)
    }

    /// Calls `body` with each record of the next part; answers false at the end.
    ///
    /// - Throws: ``LedgerError`` with `damaged` for a record that is not whole or out of place.
    mutating func part(_ body: (Span<UInt8>) throws -> Void) throws -> Bool {
        let bytes = try reader.read(Self.partBytes)
        sum.update(bytes.span)
        guard !bytes.isEmpty else {
            guard buffer.isEmpty else { throw damaged() }
            return false
        }
        var held: [UInt8] = []
        swap(&held, &buffer)
        held += bytes
        var at = 0
        while held.count - at > Self.lengthPlace + 2 {
            let span = held.span
            let length = Int(span.load(at: at + Self.lengthPlace, as: UInt16.self))
            guard length > Self.lengthPlace + 2 else { throw damaged() }
            guard at + length <= held.count else { break }
            let record = span.extracting(at..<at + length)
            guard let event = EventView(record), event.isIntact,
                event.position == frontier.count
            else { throw damaged() }
            lastRecorded = event.recorded
            try body(record)
            frontier.append(hasher.leaf(record), with: &hasher)
            at += length
        }
        buffer = Array(held[at...])
        return true
    }

    /// The SHA-256 of all that was read.
    mutating func digest() -> Digest { sum.finish() }

    private func damaged() -> LedgerError {
        LedgerError(
            .damaged,
            "\(path) is damaged at record \(frontier.count); restore from another backup",
            position: frontier.count)
    }
}
