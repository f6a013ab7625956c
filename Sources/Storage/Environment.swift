import CLMDB
import CPosix
import Glibc

/// One LMDB folder with its tables, opened once per process.
///
/// The map is 256 GiB of address space from the start (halved where the system refuses it), so
/// there is no size to configure but where address space is short. Files are 0600, the folder 0700.
@safe
public final class Environment: @unchecked Sendable {
    let handle: OpaquePointer
    let tables: [String: UInt32]
    /// The folder.
    public let path: String

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
        let handle = unsafe try Self.openHandle(path, options)
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
        unsafe self.handle = handle
        self.path = path
    }

    deinit {
        unsafe mdb_env_close(handle)
        entry.close()
    }

    private static func openHandle(
        _ path: String, _ options: Options
    ) throws(StorageError) -> OpaquePointer {
        var map = options.mapBytes
        while true {
            var created: OpaquePointer?
            unsafe try StorageError.check(mdb_env_create(&created), "opening \(path)")
            guard let handle = unsafe created else {
                throw StorageError(.failed, "opening \(path): no environment")
            }
            unsafe mdb_env_set_maxdbs(handle, 40)
            unsafe mdb_env_set_maxreaders(handle, 510)
            unsafe mdb_env_set_mapsize(handle, map)
            let flags = MDB_NOTLS | (options.noSync ? MDB_NOSYNC : 0)
            let code = unsafe mdb_env_open(handle, path, UInt32(flags), 0o600)
            if code == 0 { return unsafe handle }
            unsafe mdb_env_close(handle)
            if code == ENOMEM, map > 64 << 20 {
                map /= 2
            } else {
                throw StorageError.of(code, "opening \(path)")
            }
        }
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
    private static func openTables(
        _ handle: OpaquePointer, _ options: Options
    ) throws(StorageError) -> [String: UInt32] {
        if let found = unsafe try openTables(handle, options, creates: false) { return found }
        return unsafe try openTables(handle, options, creates: true) ?? [:]
    }

    /// Opens or creates the tables; nil where one is missing and none are created.
    private static func openTables(
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
        let transaction = unsafe try ReadTransaction(handle: begin(readOnly: true))
        defer { transaction.end() }
        return try body(transaction)
    }

    /// Runs `body` in the one write transaction; return commits durably, throw aborts.
    @available(*, noasync)
    public func write<V>(_ body: (borrowing WriteTransaction) throws -> V) throws -> V {
        let transaction = unsafe try WriteTransaction(handle: begin(readOnly: false))
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
    func begin(readOnly: Bool) throws(StorageError) -> OpaquePointer {
        var transaction: OpaquePointer?
        let flags = UInt32(readOnly ? MDB_RDONLY : 0)
        var code = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
        if code == MDB_READERS_FULL {
            clearStaleReaders()
            code = unsafe mdb_txn_begin(handle, nil, flags, &transaction)
        }
        // A map is never changed while others may read it: the file outgrowing it is an error.
        try StorageError.check(code, "beginning a transaction")
        guard let transaction = unsafe transaction else {
            throw StorageError(.failed, "beginning a transaction: none")
        }
        return unsafe transaction
    }

    /// Frees the reader slots of processes that died; answers how many.
    @discardableResult
    public func clearStaleReaders() -> Int {
        var dead: Int32 = 0
        unsafe mdb_reader_check(handle, &dead)
        return Int(dead)
    }

    /// Flushes what a `noSync` environment has written.
    public func sync() throws(StorageError) {
        unsafe try StorageError.check(mdb_env_sync(handle, 1), "flushing \(path)")
    }
}

/// A table of an ``Environment``.
public struct Table: Sendable {
    let number: UInt32
}
