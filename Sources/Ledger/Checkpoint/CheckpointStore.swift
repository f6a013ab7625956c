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
    private let tables: [Table]

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
        tables = names.map { [environment] in environment.table($0) }
        self.generation = generation
        self.tag = tag
    }

    /// The table of a number, counted from 1.
    func table(_ number: UInt8) -> Table { tables[Int(number) - 1] }

    func runPath(_ number: UInt64) -> String { folder + "/\(number).run" }

    /// What the checkpoint holds now.
    func header() throws -> CheckpointHeader {
        let key = Self.headerKey
        return try environment.read { transaction in
            guard let bytes = try transaction.value(of: key.span, in: main) else {
                return CheckpointHeader(tag: tag)
            }
            guard let header = CheckpointHeader(bytes) else {
                throw StorageError(.damaged, "\(folder): the checkpoint is damaged")
            }
            return header
        }
    }

    /// The key of a row on disk: big-endian, so that LMDB's order is the order of keys.
    static func key(_ key: Fingerprint) -> InlineArray<16, UInt8> {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        var rest = key.bits
        for index in stride(from: 15, through: 0, by: -1) {
            bytes[index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
        return bytes
    }

    /// The row's members and the position that last changed it, or nil where the checksum fails.
    static func row(_ bytes: Span<UInt8>) -> (count: Int, last: Position)? {
        guard bytes.count >= 16 else { return nil }
        let end = bytes.count - 8
        guard bytes.extracting(0..<end).checksum == bytes.load(at: end, as: UInt64.self) else {
            return nil
        }
        return (bytes.count - 16, bytes.load(at: end - 8, as: UInt64.self))
    }
}
