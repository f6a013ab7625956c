import Bytes
import Events
import Storage

/// The log on disk: records by position, and the few rows that a ledger knows of itself.
final class LogStore: Sendable {
    let environment: Environment
    let identity: LedgerIdentity
    let folder: String
    let turnstile: FileLock
    let page: SharedPage
    let log: Table
    let main: Table
    /// Keeps processes of other pid namespaces out.
    private let namespace: NamespaceLock
    /// Whether the log lies in another file than the ledger knows: it is a copy, or was moved.
    let isElsewhere: Locked<Bool>

    /// Slots of the shared page: hints for other processes.
    enum Slot {
        static let waiter = 0
        static let holder = 1
        static let count = 2
        /// 1 where a full check found another log than was signed: all processes look again.
        static let doubt = 3
        /// When a flush of the views failed last, in nanoseconds since 1970; 0 where the last one
        /// did not.
        static let flushFailed = 6
        /// What the system answered to it.
        static let flushNumber = 7
        /// Another number each time that the marks in the folder change: see ``MarkFile``.
        static let marks = 5
    }

    /// Whether it is being restored, and so not anybody's ledger yet.
    private let isRestoring: Bool

    /// Opens the log of an existing ledger, or of one that is being restored.
    init(folder: String, isRestoring: Bool = false) throws(LedgerError) {
        self.folder = folder
        self.isRestoring = isRestoring
        let path = folder + "/log"
        try Self.refuseMissing(folder)
        do {
            namespace = try NamespaceLock(path: path + "/namespace")
            environment = try Environment.open(
                path: path, options: .init(integerTables: ["log"]))
            guard try CommitPages.follow(path: path + "/data.mdb") else {
                throw LedgerError(
                    .damaged,
                    "\(folder): the numbers of the log's last two commits do not follow each other; "
                        + "restore the log from a backup")
            }
            turnstile = try FileLock(path: path + "/turnstile")
            page = try SharedPage(path: path + "/page")
            log = environment.table("log")
            main = environment.table("")
            identity = try Self.identity(environment, folder, isRestoring)
            isElsewhere = Locked(
                try !isRestoring && Self.isElsewhere(environment, path + "/data.mdb"))
            MarkFile(folder).prepareSpare()
        } catch {
            throw LedgerError(any: error)
        }
    }

    /// Makes the log of a new ledger, or finishes one whose making was cut short.
    ///
    /// - Parameter keys: makes the keys, once it is certain that there is no ledger yet.
    static func create(
        folder: String, identity: LedgerIdentity, keys: () throws -> Void
    ) throws(LedgerError) {
        do {
            let wasThere = Folder.exists(folder)
            guard !BackupFolder.isBackup(folder) else { throw Self.backup(folder) }
            // What others prepared, or may still change, is theirs as well.
            for part in ["", "/log", "/keys", "/views"] {
                try Folder.refuseShared(folder + part)
            }
            try Folder.create(folder)
            let path = folder + "/log"
            let environment = try Environment.open(
                path: path, options: .init(integerTables: ["log"]))
            let main = environment.table("")
            // One that was never finished holds its empty table and nothing else.
            guard try environment.read({ try $0.count(of: main) }) <= 1 else {
                throw Self.exists(folder)
            }
            var format: [UInt8] = []
            format.append(littleEndian: identity.format)
            // Whoever was cut short may have made these folders and files and not flushed them. A
            // folder that somebody else made may lie in one that only they can read.
            if wasThere { try? Folder.sync(Folder.parent(of: folder)) }
            try Folder.sync(folder)
            try Folder.sync(path)
            try environment.write { transaction in
                // Another process may have been faster.
                guard try transaction.count(of: main) <= 1 else { throw Self.exists(folder) }
                try keys()
                var generation: [UInt8] = []
                generation.append(littleEndian: UInt64(1))
                try transaction.put(MetaKey.vault.bytes.span, generation.span, in: main)
                try transaction.put(
                    MetaKey.origin.bytes.span, Array(identity.origin.utf8).span, in: main)
                try transaction.put(
                    MetaKey.development.bytes.span, [identity.isDevelopment ? 1 : 0].span, in: main)
                try transaction.put(MetaKey.format.bytes.span, format.span, in: main)
                if let row = LogFile(path: path + "/data.mdb")?.bytes {
                    try transaction.put(MetaKey.file.bytes.span, row.span, in: main)
                }
            }
        } catch {
            throw LedgerError(any: error)
        }
    }

    /// Refuses a folder that holds no ledger, or that hides it from this user.
    static func refuseMissing(_ folder: String) throws(LedgerError) {
        let file = folder + "/log/data.mdb"
        switch Folder.look(at: file) {
        case .there: return
        case .hidden:
            let owner = LocalHost.owner(of: folder).map { "; it is \($0)'s" } ?? ""
            throw LedgerError(
                .storage,
                "\(folder) cannot be looked into by \(LocalHost.user): permission denied\(owner); run "
                    + "this as the owner of the folder")
        case .missing:
            guard !BackupFolder.isBackup(folder) else { throw backup(folder) }
            throw LedgerError(
                .notFound,
                "\(folder) holds no ledger; make one with 'ledger --ledger \(folder) init'")
        }
    }

    private static func exists(_ folder: String) -> LedgerError {
        LedgerError(.exists, "\(folder) holds a ledger already; nothing was changed")
    }

    private static func backup(_ folder: String) -> LedgerError {
        LedgerError(
            .notFound,
            "\(folder) holds a backup; make a ledger of it with 'ledger restore \(folder) DIR'")
    }

    /// Whether the row `file` names another file; a ledger of an earlier version has none.
    private static func isElsewhere(_ environment: Environment, _ path: String) throws -> Bool {
        let key = MetaKey.file.bytes
        let main = environment.table("")
        let known = try environment.read { transaction -> LogFile? in
            guard let bytes = try transaction.value(of: key.span, in: main) else { return nil }
            return LogFile(bytes)
        }
        guard let known, let found = LogFile(path: path) else { return false }
        return !known.mayBe(found)
    }

    /// Writes which file the log lies in.
    func putFile(_ transaction: borrowing WriteTransaction) throws {
        guard let row = LogFile(path: folder + "/log/data.mdb")?.bytes else { return }
        let key = MetaKey.file.bytes
        try transaction.put(key.span, row.span, in: main)
    }

    /// Writes it where nobody did: in a ledger of an earlier version.
    func putFileIfMissing(_ transaction: borrowing WriteTransaction) throws {
        let key = MetaKey.file.bytes
        if try transaction.value(of: key.span, in: main) == nil { try putFile(transaction) }
    }

    private static func identity(
        _ environment: Environment, _ folder: String, _ isRestoring: Bool
    ) throws -> LedgerIdentity {
        let main = environment.table("")
        return try environment.read { transaction in
            let mark = try transaction.value(of: MetaKey.restoring.bytes.span, in: main)
            guard mark == nil || isRestoring else {
                throw LedgerError(
                    .notFound,
                    "\(folder) holds a ledger whose restoring was cut short; remove the folder and "
                        + "restore again")
            }
            guard let format = try transaction.value(of: MetaKey.format.bytes.span, in: main),
                format.count == 4
            else {
                throw LedgerError(
                    .notFound,
                    "\(folder) holds a ledger whose making was cut short; finish it with 'ledger "
                        + "--ledger \(folder) init'")
            }
            let version = format.load(at: 0, as: UInt32.self)
            guard version <= LedgerIdentity.currentFormat else {
                throw LedgerError(
                    .newer,
                    "\(folder) has format \(version), this version of ledger knows formats up to "
                        + "\(LedgerIdentity.currentFormat); use a newer ledger")
            }
            guard version > 0 else {
                throw LedgerError(
                    .newer,
                    "\(folder) has format 0, of development versions: it keeps personal fields in "
                        + "clear. Export its events with the version that wrote them ('ledger events "
                        + "--json'), and append them to a new ledger")
            }
            // A bit in the name of the table of records would make it a new and empty one.
            let start: [UInt8] = []
            try transaction.scan(main, from: start.span) { key, _ in
                guard MetaKey.known.contains(key.string) else {
                    throw LedgerError(
                        .damaged,
                        "\(folder): the log's main table holds a name that nobody gave; restore the "
                            + "log from a backup")
                }
                return true
            }
            let origin =
                try transaction.value(of: MetaKey.origin.bytes.span, in: main)?.string ?? ""
            let flag = try transaction.value(of: MetaKey.development.bytes.span, in: main)
            let names = try transaction.value(of: MetaKey.past.bytes.span, in: main)?.array ?? []
            guard let past = LedgerIdentity.past(names.span) else {
                throw LedgerError(
                    .damaged, "\(folder): its earlier names are damaged; restore the log")
            }
            return LedgerIdentity(
                format: version, origin: origin, isDevelopment: flag?.array == [1], past: past)
        }
    }

    /// What the ledger knows of itself by now: it may go on under another name since it was opened.
    func identityNow() throws -> LedgerIdentity {
        try Self.identity(environment, folder, isRestoring)
    }

    /// Refuses to write for a ledger that goes on under another name since it was opened.
    func refuseRenamed(_ transaction: borrowing WriteTransaction) throws {
        let name = try transaction.value(of: MetaKey.origin.bytes.span, in: main)?.string
        guard name == identity.origin else {
            throw LedgerError(
                .forked,
                "the ledger goes on as \(name ?? "nothing") since it was opened; open it again")
        }
    }

    /// The number of events that are committed.
    func count() throws(LedgerError) -> Position {
        do { return try environment.read { Position(try $0.count(of: log)) } } catch {
            throw LedgerError(any: error)
        }
    }

    /// What a record that fails its checksum is answered with.
    static func damaged(_ position: Position) -> LedgerError {
        LedgerError(
            .damaged,
            "the record at position \(position) is damaged: its checksum does not hold; restore the "
                + "log from a backup", position: position)
    }

    /// The record as a view if it is whole and stands where it belongs.
    @_lifetime(copy bytes)
    static func view(_ bytes: Span<UInt8>, at position: Position) throws(LedgerError) -> EventView {
        guard let view = EventView(bytes), view.isIntact, view.position == position else {
            throw damaged(position)
        }
        return view
    }
}
