import Bytes
import Crypto
public import Events
import Evidence
import Storage

extension Ledger {
    /// Copies the log, and with it what was signed and the keys of persons, into a new folder.
    ///
    /// Writers go on meanwhile: records are read in short transactions, and the keys of persons are
    /// compared under the write lock, for as long as it takes to read them. Views are not copied,
    /// nor is the signing key: a copy goes on under a name and key of its own. The copy is read
    /// again, and its root compared with that of the ledger's tree.
    ///
    /// - Parameters:
    ///   - path: A folder that is not there, or empty.
    ///   - hasKeys: Whether the keys of persons are copied; without them what they sealed is lost
    ///     with the original.
    ///   - progress: Called with the number of records copied or checked, and twice their total.
    /// - Throws: ``LedgerError`` with `exists`, `damaged`, `storage`.
    public func backUp(
        to path: String, hasKeys: Bool,
        progress: (Position, Position) -> Void = { _, _ in }
    ) throws(LedgerError) -> BackupManifest {
        let backup = BackupFolder(path: path)
        do { try backup.begin() } catch { throw LedgerError(any: error) }
        do {
            let total = try count()
            try copyRecords(total, to: backup) { progress($0, 2 * total) }
            let rows = try copyKeys(to: backup.file("keys"), isWhole: hasKeys)
            let (root, sum) = try checkCopy(backup, total) { progress(total + $0, 2 * total) }
            let manifest = BackupManifest(
                origin: identity.origin, count: total, root: root,
                made: Instant(nanoseconds: SystemClock.wall), clock: try now(), hasKeys: hasKeys,
                rows: rows)
            try backup.finish(manifest, recordsSum: sum)
            return manifest
        } catch {
            // Half a backup is worth nothing, and takes the room that the next one needs.
            for name in Folder.names(in: path) { try? Folder.removeAll(backup.file(name)) }
            throw LedgerError(any: error)
        }
    }

    private func copyRecords(
        _ total: Position, to backup: BackupFolder, _ progress: (Position) -> Void
    ) throws {
        var writer = try FileWriter(path: backup.file(BackupFolder.records))
        var done: Position = 0
        while done < total {
            done = try forEachEvent(from: done, to: min(total, done + 16_384)) { event in
                try writer.write(event.bytes)
                return true
            }
            progress(done)
        }
        try writer.finish()
    }

    /// Copies `keys/`; answers the rows of the log that hold with them.
    private func copyKeys(to target: String, isWhole: Bool) throws -> [String: [UInt8]] {
        let copy = KeyCopy(source: keys.folder, target: target, isWhole: isWhole)
        var rows: [String: [UInt8]] = [:]
        try copy.run { body in
            try log.turnstile.lock()
            defer { log.turnstile.unlock() }
            // Nothing is written: the transaction is there to make others wait.
            try log.environment.write { _ in
                try body()
                rows = try lastingRows()
            }
        }
        // What lies beside this folder does not lie beside the copy.
        if isWhole, let path = try keyring.source().path(folder) {
            let source = MasterKeySource.file(path)
            try Descriptor.replace(target + "/master", Array(source.text.utf8))
        }
        return rows.isEmpty ? try lastingRows() : rows
    }

    /// The rows that belong to the ledger wherever it lies.
    private func lastingRows() throws -> [String: [UInt8]] {
        let passing = Set(["log"] + [MetaKey.views, .clock, .restoring, .file].map(\.rawValue))
        var rows: [String: [UInt8]] = [:]
        let start: [UInt8] = []
        try log.environment.read { transaction in
            try transaction.scan(log.main, from: start.span) { key, value in
                let name = key.string
                if !passing.contains(name) { rows[name] = value.array }
                return true
            }
        }
        return rows
    }

    /// Reads the copy as a stranger would, and compares its root with that of the tree.
    private func checkCopy(
        _ backup: BackupFolder, _ total: Position, _ progress: (Position) -> Void
    ) throws -> (root: Digest, sum: Digest) {
        var reader = try RecordReader(path: backup.file(BackupFolder.records))
        while try reader.part({ _ in }) { progress(reader.frontier.count) }
        let root = reader.frontier.root
        guard reader.frontier.count == total else { throw backup.altered(BackupFolder.records) }
        for isAnew in [false, true] {
            let isSame = try withTree(of: total, isAnew: isAnew, progress: { _, _ in }) { tree in
                // A damaged tile leads to another root, too: the second round builds them anew.
                (try? tree.root(of: total)) == root
            }
            if isSame { return (root, reader.digest()) }
        }
        throw LedgerError(
            .damaged, "the backup has another root than the log; check disk and memory, try again")
    }
}
