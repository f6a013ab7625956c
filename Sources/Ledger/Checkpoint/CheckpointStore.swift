import Bytes
import Events
import Storage
import Views

/// One generation of the views on disk: rows in LMDB, external ids in sorted runs.
final class CheckpointStore: Sendable {
    let environment: Environment
    let folder: String
    let generation: UInt64
    let tag: UInt32
    let flushLock: FileLock
    let main: Table
    /// The tables by their numbers, which have gaps.
    private let tables: [Table]
    private let byPosition: [Bool]

    static let headerKey = Array("checkpoint".utf8)

    init(ledger: String, generation: UInt64, tag: UInt32, noSync: Bool = false) throws {
        let parent = ledger + "/views"
        try Folder.create(parent)
        folder = parent + "/\(generation)"
        let names = Tables.names.map { "t\($0.number)" }
        environment = try Environment.open(
            path: folder, options: .init(tables: names, noSync: noSync))
        flushLock = try FileLock(path: folder + "/flush")
        main = environment.table("")
        var byNumber = [Table](repeating: main, count: 1 + Int(UInt8.max))
        var byPosition = [Bool](repeating: false, count: byNumber.count)
        for entry in Tables.names {
            byNumber[Int(entry.number)] = environment.table("t\(entry.number)")
            byPosition[Int(entry.number)] = entry.isByPosition
        }
        tables = byNumber
        self.byPosition = byPosition
        self.generation = generation
        self.tag = tag
    }

    /// Whether the rows of a table lie where their keys say.
    func isByPosition(_ number: UInt8) -> Bool { byPosition[Int(number)] }

    /// The table of a number.
    func table(_ number: UInt8) -> Table { tables[Int(number)] }

    func runPath(_ number: UInt64) -> String { folder + "/\(number).run" }

    /// What a run has to be named.
    func name(of run: CheckpointHeader.Run) -> RunName {
        RunName(tag: tag, family: run.family.rawValue, number: run.number)
    }

    /// Opens a run of the checkpoint, and no other in its place.
    func open(_ run: CheckpointHeader.Run) throws(StorageError) -> RunFile {
        let file = try RunFile(
            path: runPath(run.number), name: name(of: run), checksum: run.checksum)
        guard UInt64(file.count) == run.entries else {
            throw StorageError(
                .damaged, "\(file.path) is damaged; it is rebuilt from the log")
        }
        return file
    }

    /// What the checkpoint holds now.
    func header() throws -> CheckpointHeader {
        try environment.read { try header($0) }
    }

    /// What the checkpoint holds in a transaction.
    func header(_ transaction: borrowing ReadTransaction) throws -> CheckpointHeader {
        let key = Self.headerKey
        guard let bytes = try transaction.value(of: key.span, in: main) else {
            return CheckpointHeader(tag: tag)
        }
        guard let header = CheckpointHeader(bytes) else {
            throw StorageError(.damaged, "\(folder): the checkpoint is damaged")
        }
        return header
    }

    /// The key of a row on disk: its home and the low half of its name, big-endian, so that LMDB's
    /// order is the order of homes.
    static func key(home: Position, _ key: Fingerprint) -> InlineArray<16, UInt8> {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        span.store(home.byteSwapped, at: 0)
        span.store(key.low.byteSwapped, at: 8)
        return bytes
    }

    /// What stands for a row's name in the sorted runs: names of all tables share one family.
    static func hash(_ table: UInt8, _ key: Fingerprint) -> UInt64 {
        (key.high ^ UInt64(table) &* 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD
    }
}

/// A row on disk: its members, the high half of its name (8), the position that last changed it
/// (8), and the checksum of all that (8).
struct StoredBytes {
    /// The bytes of the members.
    var count: Int
    /// The high half of the name.
    var high: UInt64
    /// The position that last changed the row.
    var last: Position

    /// Reads what lies behind the members, or nil where the checksum fails.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= 24 else { return nil }
        let end = bytes.count - 8
        guard bytes.extracting(0..<end).checksum == bytes.load(at: end, as: UInt64.self) else {
            return nil
        }
        count = end - 16
        high = bytes.load(at: end - 16, as: UInt64.self)
        last = bytes.load(at: end - 8, as: UInt64.self)
    }

    /// Writes a row.
    static func write(
        _ row: Span<UInt8>, _ key: Fingerprint, last: Position, into value: inout [UInt8]
    ) {
        value.removeAll(keepingCapacity: true)
        value.append(row)
        value.append(littleEndian: key.high)
        value.append(littleEndian: last)
        value.append(littleEndian: value.span.checksum)
    }
}
