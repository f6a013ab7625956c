import Bytes
public import Events
import Storage
import Views

/// How far a rebuild of the views has come.
public struct RebuildProgress: Sendable {
    /// Why the views are rebuilt: a sentence.
    public let reason: String
    /// Events folded.
    public let done: Position
    /// Events to fold.
    public let total: Position
}

/// What a rebuild found when it compared old and new rows.
public struct RebuildReport: Sendable, Equatable {
    /// Events folded.
    public var events: Position = 0
    /// Rows compared.
    public var rows = 0
    /// Rows that differed.
    public var differing = 0
    /// The table of the first row that differed.
    public var table: String?
    /// The lowest position that last changed a differing row: what it was caused by.
    public var position: Position?
    /// What is wrong with the pages of the old views, which were then not read at all; nil where
    /// nothing is.
    public var damage: String?
}

/// Builds the views beside the serving ones from the whole log, and switches to them.
enum Rebuild {
    /// Opens the views that serve, and rebuilds them where they are missing or do not fit the log.
    static func openViews(
        _ log: LogStore, progress: @Sendable (RebuildProgress) -> Void
    ) throws -> CheckpointStore {
        let (store, reason) = try fitting(log)
        if let store { return store }
        try Folder.create(log.folder + "/views")
        let lock = try FileLock(path: log.folder + "/views/rebuild")
        try lock.lock()
        defer { lock.unlock() }
        // Another process may have rebuilt them while this one waited.
        if let store = try fitting(log).store { return store }
        return try runLocked(log, because: reason, progress: progress).store
    }

    /// The views that serve, if they fit the log; or else why they do not.
    private static func fitting(_ log: LogStore) throws -> (store: CheckpointStore?, reason: String)
    {
        guard let generation = try serving(log),
            Folder.exists(log.folder + "/views/\(generation)/data.mdb")
        else { return (nil, "there are no views") }
        do {
            let store = try CheckpointStore(
                ledger: log.folder, generation: generation, tag: log.identity.tag)
            if let reason = try misfit(store, log) { return (nil, reason) }
            return (store, "")
        } catch let error as StorageError where error.code == .damaged || error.code == .notFound {
            return (nil, error.message)
        }
    }

    /// The generation that the log's main table names.
    static func serving(_ log: LogStore) throws -> UInt64? {
        let key = MetaKey.views.bytes
        return try log.environment.read { transaction in
            try transaction.number(of: key.span, in: log.main)
        }
    }

    /// Why a checkpoint does not fit its log, or nil.
    private static func misfit(_ store: CheckpointStore, _ log: LogStore) throws -> String? {
        let header = try store.header()
        if header.tag != log.identity.tag { return "the views belong to another ledger" }
        if header.versions != CheckpointHeader.currentVersions {
            return "a projection has a new version"
        }
        guard header.count > 0 else { return nil }
        return try log.environment.read { transaction in
            guard let bytes = try transaction.value(at: header.count - 1, in: log.log) else {
                return "the views are ahead of the log"
            }
            guard bytes.count >= 8 else { throw LogStore.damaged(header.count - 1) }
            let checksum = bytes.load(at: bytes.count - 8, as: UInt64.self)
            return checksum == header.lastChecksum ? nil : "the log is not the one the views hold"
        }
    }

    /// Rebuilds; answers the new views.
    ///
    /// - Parameter flush: Writes the tail to the views that serve, so that all of it is compared;
    ///   nil compares nothing.
    static func run(
        _ log: LogStore, because reason: String,
        comparing flush: ((CheckpointStore) throws -> Void)? = nil,
        progress: @Sendable (RebuildProgress) -> Void
    ) throws -> (store: CheckpointStore, report: RebuildReport) {
        try Folder.create(log.folder + "/views")
        let lock = try FileLock(path: log.folder + "/views/rebuild")
        try lock.lock()
        defer { lock.unlock() }
        return try runLocked(log, because: reason, comparing: flush, progress: progress)
    }

    private static func runLocked(
        _ log: LogStore, because reason: String,
        comparing flush: ((CheckpointStore) throws -> Void)? = nil,
        progress: @Sendable (RebuildProgress) -> Void
    ) throws -> (store: CheckpointStore, report: RebuildReport) {
        let previous = try serving(log) ?? 0
        let names = Folder.names(in: log.folder + "/views").compactMap { UInt64($0) }
        let generation = max(previous, names.max() ?? 0) + 1
        var report = RebuildReport()
        func make(_ total: Position) throws -> CheckpointStore {
            report.events = total
            try build(log, generation, total) { done in
                // A ledger that was made just now has nothing to wait for.
                if total > 0 {
                    progress(RebuildProgress(reason: reason, done: done, total: total))
                }
            }
            return try CheckpointStore(
                ledger: log.folder, generation: generation, tag: log.identity.tag)
        }
        let store: CheckpointStore
        if let flush, let old = try readable(log, previous, &report, flush) {
            // The old views of one moment: others go on writing into them meanwhile.
            store = try old.environment.read { before in
                let new = try make(try old.header(before).count)
                try compareRows(before, old, new, &report)
                return new
            }
        } else {
            store = try make(try log.count())
        }
        let key = MetaKey.views.bytes
        var value: [UInt8] = []
        value.append(littleEndian: generation)
        try log.environment.write { transaction in
            try transaction.put(key.span, value.span, in: log.main)
        }
        for name in names { try? Folder.removeAll(log.folder + "/views/\(name)") }
        return (store, report)
    }

    /// The views that serve, flushed, if every page of them can be read; LMDB would die of one that
    /// cannot.
    private static func readable(
        _ log: LogStore, _ generation: UInt64, _ report: inout RebuildReport,
        _ flush: (CheckpointStore) throws -> Void
    ) throws -> CheckpointStore? {
        guard Folder.exists(log.folder + "/views/\(generation)/data.mdb") else { return nil }
        do {
            let store = try CheckpointStore(
                ledger: log.folder, generation: generation, tag: log.identity.tag)
            report.damage = try store.environment.pageFault()
            guard report.damage == nil else { return nil }
            _ = try store.header()
            try flush(store)
            return store
        } catch let damage as ViewDamage {
            report.damage = damage.what
            return nil
        } catch let error as StorageError where error.code == .damaged {
            report.damage = error.message
            return nil
        }
    }

    /// Writes a whole generation without flushing, then flushes it; nobody else sees it yet.
    private static func build(
        _ log: LogStore, _ generation: UInt64, _ total: Position, _ progress: (Position) -> Void
    ) throws {
        let store = try CheckpointStore(
            ledger: log.folder, generation: generation, tag: log.identity.tag, noSync: true)
        try RebuildFold(log, store, total).run(progress)
        try store.environment.sync()
        try Folder.sync(store.folder)
    }

    /// Compares two checkpoints row by row.
    static func compareRows(
        _ before: borrowing ReadTransaction, _ old: CheckpointStore, _ new: CheckpointStore,
        _ report: inout RebuildReport
    ) throws {
        for (number, name, _) in Tables.names {
            var lowest: Position?
            try new.environment.read { after in
                try before.compare(old.table(number), with: after, new.table(number)) {
                    one, other in
                    report.rows += 1
                    if let one, let other, one.equals(other) { return }
                    report.differing += 1
                    lowest = min(lowest ?? .max, cause(one, other))
                }
            }
            if let lowest, lowest < report.position ?? .max {
                report.position = lowest
                report.table = name
            }
        }
    }

    /// The position that made two rows differ: the earlier of those that last changed them.
    private static func cause(_ one: Span<UInt8>?, _ other: Span<UInt8>?) -> Position {
        var lowest = Position.max
        if let one, let row = StoredBytes(one) { lowest = min(lowest, row.last) }
        if let other, let row = StoredBytes(other) { lowest = min(lowest, row.last) }
        return lowest
    }
}
