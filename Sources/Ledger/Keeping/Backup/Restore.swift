import Bytes
import Crypto
public import Events
import Evidence
import Storage

extension Ledger {
    /// How a ledger is made from a backup.
    public struct RestoreOrder: Sendable {
        /// Who orders it.
        public var by: String
        /// The reason, for the record.
        public var why: String
        /// The folder `keys/` of the original, where it is newer than the backup; nil takes the
        /// backup's own.
        public var keys: String?
        /// Where the master key lies; nil is where the backup says, and beside the folder where it
        /// has no keys.
        public var masterKey: MasterKeySource?

        /// An order that takes the backup as it is.
        public init(by: String, why: String) {
            self.by = by
            self.why = why
        }
    }

    /// What was made from a backup.
    public struct Restored: Sendable {
        /// What the backup holds.
        public let backup: BackupManifest
        /// The name and the key under which the ledger goes on.
        public let next: GoneOn
        /// How many erasures are known.
        public let erasures: Int
    }

    /// Makes a ledger from a backup, under a new name: the original may live on.
    ///
    /// All is checked on the way. Until it is done the folder is refused by ``open(_:options:)``.
    /// - Parameters:
    ///   - path: The backup.
    ///   - folder: A folder that is not there, or empty.
    ///   - progress: Called with the number of records restored and their total.
    /// - Throws: ``LedgerError`` with `exists` if something lies in the folder, `notFound`,
    ///   `damaged` or `newer` for the backup, `storage`.
    public static func restore(
        _ path: String, to folder: String, _ order: RestoreOrder, options: Options = Options(),
        progress: (Position, Position) -> Void = { _, _ in }
    ) async throws(LedgerError) -> Restored {
        do {
            let (manifest, erasures) = try restoreFiles(path, to: folder, order, progress)
            let log = try LogStore(folder: folder, isRestoring: true)
            try restoreVault(log, order)
            let views = try Rebuild.openViews(log, progress: options.progress)
            let ledger = Ledger(log: log, views: views, options: options)
            defer { ledger.close() }
            if !erasures.isEmpty { _ = try await ledger.carryOut(.reapply(erasures)) }
            let next = try await ledger.goOn(
                "restore", by: order.by, why: order.why, acceptsClock: true)
            try ledger.endRestore()
            return Restored(backup: manifest, next: next, erasures: erasures.count)
        } catch { throw LedgerError(any: error) }
    }

    private static func restoreFiles(
        _ path: String, to folder: String, _ order: RestoreOrder,
        _ progress: (Position, Position) -> Void
    ) throws -> (BackupManifest, [ErasedAlias]) {
        let backup = BackupFolder(path: path)
        let (manifest, sum) = try backup.open()
        guard !Folder.exists(folder) || Folder.isFolder(folder) && Folder.names(in: folder).isEmpty
        else {
            throw LedgerError(.exists, "\(folder) holds something already; name a new folder")
        }
        if let keys = order.keys, !Folder.isFolder(keys) {
            throw LedgerError(.notFound, "there is no folder \(keys)")
        }
        let wasThere = Folder.exists(folder)
        do {
            try Folder.create(folder)
            try restoreLog(backup, manifest, sum, to: folder) { progress($0, manifest.count) }
            let erasures = try restoreKeys(backup, order, to: folder + "/keys")
            try Folder.syncAll(folder)
            return (manifest, erasures)
        } catch {
            // What was made here is nobody's yet, and would stand in the way of the next try.
            for name in Folder.names(in: folder) { try? Folder.removeAll(folder + "/" + name) }
            if !wasThere { try? Folder.remove(folder) }
            throw error
        }
    }

    private static func restoreLog(
        _ backup: BackupFolder, _ manifest: BackupManifest, _ sum: String, to folder: String,
        _ progress: (Position) -> Void
    ) throws {
        let environment = try Environment.open(
            path: folder + "/log", options: .init(integerTables: ["log"], noSync: true))
        let (log, main) = (environment.table("log"), environment.table(""))
        let (mark, markKey) = ([UInt8(1)], MetaKey.restoring.bytes)
        try environment.write { try $0.put(markKey.span, mark.span, in: main) }
        try environment.sync()
        var reader = try RecordReader(path: backup.file(BackupFolder.records))
        var hasMore = true
        while hasMore {
            try environment.write { transaction in
                var position = reader.frontier.count
                hasMore = try reader.part { record in
                    try transaction.append(position, byteCount: record.count, in: log) { bytes in
                        for index in record.indices { bytes[index] = record[index] }
                    }
                    position += 1
                }
            }
            progress(reader.frontier.count)
        }
        guard reader.frontier.count == manifest.count, reader.frontier.root == manifest.root,
            reader.digest().hex == sum
        else { throw backup.altered(BackupFolder.records) }
        let clock = ClockRow(
            bootID: .none, boot: 0, ledger: max(manifest.clock, reader.lastRecorded),
            hasStepped: false)
        try environment.write { transaction in
            for (name, value) in manifest.rows where name != MetaKey.file.rawValue {
                try transaction.put(Array(name.utf8).span, value.span, in: main)
            }
            try transaction.put(MetaKey.clock.bytes.span, clock.bytes.span, in: main)
        }
        try environment.sync()
    }

    /// Brings `keys/` over; answers the erasures that the backup or the original knows.
    private static func restoreKeys(
        _ backup: BackupFolder, _ order: RestoreOrder, to target: String
    ) throws -> [ErasedAlias] {
        let own = backup.file("keys")
        try Folder.create(target)
        try KeyCopy(source: order.keys ?? own, target: target, isWhole: true).run { try $0() }
        var list = try ErasureList(file: own + "/erasures")
        if let keys = order.keys { list.merge(try ErasureList(file: keys + "/erasures")) }
        if !list.erasures.isEmpty {
            try Descriptor.replace(target + "/erasures", Array(list.text.utf8))
        }
        return list.erasures
    }

    /// From here on the folder is a ledger.
    private func endRestore() throws {
        let key = MetaKey.restoring.bytes
        try log.environment.write { transaction in
            // What was made here lies where it was made.
            try log.putFile(transaction)
            try transaction.remove(key.span, in: log.main)
        }
    }
}
