import CLMDB
import CPosix
import Glibc

/// One LMDB folder with its tables, opened once per process.
///
/// The map is 256 GiB of address space from the start (halved where the system refuses it), so
/// there is no size to configure but where address space is short. Files are 0600, the folder 0700.
@safe
public final class Environment: @unchecked Sendable {
    /// Guards what follows; who waits for it waits for transactions to end.
    let gate = Signal()
    /// LMDB's environment; nil where one that failed could not be opened again.
    var opened: OpaquePointer?
    /// How often it was opened; a transaction of an earlier opening is worth nothing.
    var epoch: UInt64 = 0
    /// Transactions that are under way.
    var active = 0
    let tables: [String: UInt32]
    let options: Options
    /// The folder.
    public let path: String
    /// Whether its file system is mounted read-only: nobody writes, and locks nothing.
    public let isReadOnly: Bool

    /// How an environment is opened.
    public struct Options: Sendable {
        /// Named tables with byte-string keys.
        public var tables: [String] = []
        /// Named tables with 64-bit integer keys.
        public var integerTables: [String] = []
        /// Leaves flushing to the caller; only for a folder that is thrown away after a crash.
        public var noSync = false
        /// The address space to map, in bytes.
        ///
        /// It is 256 GiB, or `LEDGER_MAP_BYTES` of the environment, for machines that bound it. A
        /// file that is larger is mapped whole.
        public var mapBytes = Environment.mapBytesDefault

        /// Options with these tables.
        public init(tables: [String] = [], integerTables: [String] = [], noSync: Bool = false) {
            self.tables = tables
            self.integerTables = integerTables
            self.noSync = noSync
        }
    }

    /// What is mapped where the options name nothing else, bytes: at least 16 MiB, whole MiB.
    public static let mapBytesDefault: Int = {
        let named = unsafe getenv("LEDGER_MAP_BYTES").flatMap { Int(unsafe String(cString: $0)) }
        return (max(named ?? 256 << 30, 16 << 20) >> 20) << 20
    }()

    private let entry: OpenEnvironments.Entry

    /// Opens the environment in `path`, and creates it with its tables where it is missing.
    ///
    /// A folder is opened once per process: the same object is answered while it is in use.
    /// - Throws: ``StorageError`` with `damaged` for a truncated or foreign file, `notPermitted`,
    ///   `diskFull`, `networkFileSystem`.
    public static func open(path: String, options: Options) throws(StorageError) -> Environment {
        try Folder.create(path)
        return try OpenEnvironments.open(Folder.canonical(path), options.noSync) {
            (entry) throws(StorageError) in
            try Environment(path: path, options: options, entry: entry)
        }
    }

    private init(
        path: String, options: Options, entry: OpenEnvironments.Entry
    ) throws(StorageError) {
        self.entry = entry
        let file = path + "/data.mdb"
        let isNew = !Folder.exists(file)
        // LMDB believes every page: what it meets first is looked at before.
        if !isNew { try PageCheck.refuseDamagedRoots(file) }
        let (handle, isReadOnly) = unsafe try Self.openHandle(path, options)
        self.isReadOnly = isReadOnly
        self.options = options
        do throws(StorageError) {
            if !isNew { unsafe try Self.refuseTruncated(handle, file) }
            unsafe tables = try Self.openTables(handle, options)
            if isNew { try Folder.sync(path) }
            var dead: Int32 = 0
            unsafe mdb_reader_check(handle, &dead)
        } catch {
            unsafe mdb_env_close(handle)
            throw error
        }
        unsafe opened = handle
        self.path = path
    }

    deinit {
        if let opened = unsafe opened { unsafe mdb_env_close(opened) }
        entry.close()
    }

    static func openHandle(
        _ path: String, _ options: Options
    ) throws(StorageError) -> (OpaquePointer, isReadOnly: Bool) {
        var map = options.mapBytes
        var mode = options.noSync ? MDB_NOSYNC : 0
        try reserveReaders(path)
        while true {
            var created: OpaquePointer?
            unsafe try StorageError.check(mdb_env_create(&created), "opening \(path)")
            guard let handle = unsafe created else {
                throw StorageError(.failed, "opening \(path): no environment")
            }
            let count = options.tables.count + options.integerTables.count
            unsafe mdb_env_set_maxdbs(handle, UInt32(count))
            unsafe mdb_env_set_maxreaders(handle, readersMax)
            if Crashes.areExplained {
                unsafe mdb_env_set_assert(handle) { _, _ in Crashes.explain() }
            }
            unsafe mdb_env_set_mapsize(handle, map)
            let code = unsafe mdb_env_open(handle, path, UInt32(MDB_NOTLS | mode), 0o600)
            if code == 0 { return unsafe (handle, mode == MDB_RDONLY) }
            unsafe mdb_env_close(handle)
            if code == ENOMEM, map > 64 << 20 {
                map /= 2
            } else if code == EROFS, mode == 0 {
                mode = MDB_RDONLY
            } else {
                throw StorageError.of(code, "opening \(path)")
            }
        }
    }

    /// How many transactions may read at once, of all processes.
    private static let readersMax: UInt32 = 510
    /// The size of LMDB's file of locks: a head and a line of the cache for each reader.
    private static let lockBytes = 128 + 64 * Int(readersMax - 1)

    /// Gives the file of locks its blocks: LMDB maps it, and touching a page that a full disk has
    /// no room for would die of SIGBUS.
    private static func reserveReaders(_ path: String) throws(StorageError) {
        let descriptor = unsafe shim_open(path + "/lock.mdb", O_RDWR | O_CREAT, 0o600)
        // What stands in the way of that stands in the way of LMDB, which says so.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let code = posix_fallocate(descriptor, 0, off_t(lockBytes))
        guard code == ENOSPC || code == EDQUOT else { return }
        throw StorageError.of(code, "opening \(path)")
    }

    /// LMDB maps the file and would die of SIGBUS beyond its end: compare before anything is read.
    private static func refuseTruncated(
        _ handle: OpaquePointer, _ file: String
    ) throws(StorageError) {
        var info = unsafe MDB_envinfo()
        var stat = MDB_stat()
        unsafe mdb_env_info(handle, &info)
        unsafe mdb_env_stat(handle, &stat)
        let needed = unsafe (info.me_last_pgno + 1) * Int(stat.ms_psize)
        let found = Folder.size(of: file)
        if found < needed {
            throw StorageError(
                .damaged,
                "\(file) is truncated: \(found) bytes where its own pages need \(needed); "
                    + "restore it from a backup (views/ can be deleted, log/ cannot)")
        }
    }

    /// Opens the tables; where all are there, in a read transaction, which waits for no writer.
    static func openTables(
        _ handle: OpaquePointer, _ options: Options
    ) throws(StorageError) -> [String: UInt32] {
        if let found = unsafe try openTables(handle, options, creates: false) { return found }
        return unsafe try openTables(handle, options, creates: true) ?? [:]
    }

    /// Opens or creates the tables; nil where one is missing and none are created.
    static func openTables(
        _ handle: OpaquePointer, _ options: Options, creates: Bool
    ) throws(StorageError) -> [String: UInt32]? {
        var tables: [String: UInt32] = [:]
        var transaction: OpaquePointer?
        let mode = UInt32(creates ? 0 : MDB_RDONLY)
        unsafe try StorageError.check(
            mdb_txn_begin(handle, nil, mode, &transaction), "opening tables")
        let named =
            options.tables.map { ($0, Int32(0)) }
            + options.integerTables.map { ($0, MDB_INTEGERKEY) }
        for (name, flags) in named {
            var table: UInt32 = 0
            let all = UInt32(flags | (creates ? MDB_CREATE : 0))
            let code = unsafe mdb_dbi_open(transaction, name, all, &table)
            if code != 0 {
                unsafe mdb_txn_abort(transaction)
                if code == MDB_NOTFOUND, !creates { return nil }
                throw StorageError.of(code, "opening table \(name)")
            }
            tables[name] = table
        }
        var main: UInt32 = 0
        let code = unsafe mdb_dbi_open(transaction, nil, 0, &main)
        if code != 0 {
            unsafe mdb_txn_abort(transaction)
            throw StorageError.of(code, "opening the main table")
        }
        tables[""] = main
        unsafe try StorageError.check(mdb_txn_commit(transaction), "opening tables")
        return tables
    }

    /// The table of that name; the empty name is the main table.
    public func table(_ name: String) -> Table {
        guard let number = tables[name] else { preconditionFailure("no table \(name)") }
        return Table(number: number)
    }

    /// Runs `body` in a read transaction: one unchanging view of the data.
    @available(*, noasync)
    public func read<V>(_ body: (borrowing ReadTransaction) throws -> V) throws -> V {
        let transaction = unsafe try ReadTransaction(handle: begin(readOnly: true).handle)
        defer {
            transaction.end()
            leave()
        }
        return try body(transaction)
    }

    /// Runs `body` in the one write transaction; return commits durably, throw aborts.
    @available(*, noasync)
    public func write<V>(_ body: (borrowing WriteTransaction) throws -> V) throws -> V {
        let transaction = unsafe try WriteTransaction(handle: begin(readOnly: false).handle)
        defer { leave() }
        let value: V
        do { value = try body(transaction) } catch {
            transaction.abort()
            throw error
        }
        do throws(StorageError) { try transaction.commit() } catch {
            throw explained(error)
        }
        return value
    }

    /// LMDB calls a write that was cut short EIO: where the disk is full, that is why.
    private func explained(_ error: StorageError) -> StorageError {
        guard error.number == EIO, let free = LocalHost.freeBytes(at: path), free < 1 << 20 else {
            return error
        }
        return StorageError.of(ENOSPC, "committing")
    }

    /// Begins a transaction; stale readers of dead processes are cleared where slots ran out.
    ///
    /// Whoever begins one calls ``leave()`` once it has ended.
    func begin(
        readOnly: Bool
    ) throws(StorageError) -> (handle: OpaquePointer, epoch: UInt64) {
        let (entered, epoch) = unsafe gate.withLock {
            active += 1
            return unsafe (opened, self.epoch)
        }
        do throws(StorageError) {
            guard let handle = unsafe entered else { throw Self.lost(path) }
            var transaction: OpaquePointer?
            let flags = UInt32(readOnly ? MDB_RDONLY : 0)
            var code = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
            if code == MDB_READERS_FULL {
                var dead: Int32 = 0
                unsafe mdb_reader_check(handle, &dead)
                code = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
            }
            if code == EACCES, isReadOnly { code = EROFS }
            // A map is never changed while others may read it: the file outgrowing it is an error.
            try StorageError.check(code, "beginning a transaction")
            guard let transaction = unsafe transaction else {
                throw StorageError(.failed, "beginning a transaction: none")
            }
            return unsafe (transaction, epoch)
        } catch {
            leave()
            throw error
        }
    }

    /// Runs `body` as a transaction that is under way from then on, if the environment is still the
    /// one of that opening; nil where it is not.
    func enter(_ epoch: UInt64, _ body: () -> Int32) -> Int32? {
        let isSame = gate.withLock {
            guard epoch == self.epoch, unsafe opened != nil else { return false }
            active += 1
            return true
        }
        return isSame ? body() : nil
    }

    /// Says that a transaction has ended.
    func leave() {
        gate.withLock {
            active -= 1
            if active == 0 { gate.broadcast() }
        }
    }

    /// Lends LMDB's environment, which is not opened anew meanwhile; nil where it is lost.
    func withHandle<V>(_ body: (OpaquePointer) throws -> V) rethrows -> V? {
        let handle = unsafe gate.withLock {
            active += 1
            return unsafe opened
        }
        defer { leave() }
        guard let handle = unsafe handle else { return nil }
        return unsafe try body(handle)
    }

    /// Frees the reader slots of processes that died; answers how many.
    @discardableResult
    public func clearStaleReaders() -> Int {
        var dead: Int32 = 0
        unsafe withHandle { handle in _ = unsafe mdb_reader_check(handle, &dead) }
        return Int(dead)
    }

    /// Flushes what a `noSync` environment has written; one that may only be read has nothing.
    public func sync() throws(StorageError) {
        if isReadOnly { return }
        let code = unsafe withHandle { handle in unsafe mdb_env_sync(handle, 1) }
        try StorageError.check(code ?? MDB_PANIC, "flushing \(path)")
    }
}

/// A table of an ``Environment``.
public struct Table: Sendable {
    let number: UInt32
}
