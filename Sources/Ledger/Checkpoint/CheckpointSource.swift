import Bytes
import Events
import Storage
import Views

/// The rows and ids of a checkpoint, as the tables read them: renewed for each call, one thread.
final class CheckpointSource: RowSource, IDSource {
    let store: CheckpointStore
    private let log: LogStore
    private let session: ReadSession
    private let records: ReadSession
    private var runs: [[RunFile]] = Array(repeating: [], count: IDFamily.allCases.count + 1)
    private var files: [UInt64: RunFile] = [:]
    private(set) var header: CheckpointHeader
    /// What was found damaged; the tables are then worthless, and the views are rebuilt.
    private(set) var damage: String?

    init(_ store: CheckpointStore, _ log: LogStore) {
        self.store = store
        self.log = log
        session = ReadSession(store.environment)
        records = ReadSession(log.environment)
        header = CheckpointHeader(tag: store.tag)
    }

    /// Begins anew: lookups see the checkpoint as it is now.
    ///
    /// - Throws: ``ViewDamage`` where the header, or a run that it names, is damaged or missing.
    func begin() throws {
        for attempt in 0..<10 {
            do {
                try beginOnce()
                return
            } catch let error as StorageError where error.code == .notFound && attempt < 9 {
                // A flush merged runs away between the header that was read and their opening.
                continue
            } catch let error as StorageError
                where error.code == .notFound || error.code == .damaged
            {
                throw ViewDamage(what: error.message)
            }
        }
    }

    private func beginOnce() throws {
        try session.begin()
        let key = CheckpointStore.headerKey
        let found = try session.withValue(of: key.span, in: store.main) {
            CheckpointHeader($0)
        }
        switch found {
        case .none: header = CheckpointHeader(tag: store.tag)
        case .some(.none): throw ViewDamage(what: "the checkpoint in \(store.folder) is damaged")
        case .some(.some(let new)):
            if new.runs != header.runs { try open(new.runs) }
            header = new
        }
        try records.begin()
    }

    /// Ends the transactions; nothing may be read until the next ``begin()``.
    func end() {
        session.end()
        records.end()
    }

    private func open(_ wanted: [CheckpointHeader.Run]) throws {
        var opened: [UInt64: RunFile] = [:]
        for run in wanted {
            // A number is used for one run of a generation only.
            if let file = files[run.number], file.checksum == run.checksum {
                opened[run.number] = file
            } else {
                opened[run.number] = try store.open(run)
            }
        }
        runs = Array(repeating: [], count: IDFamily.allCases.count + 1)
        for run in wanted {
            if let file = opened[run.number] { runs[Int(run.family.rawValue)].append(file) }
        }
        // The newest and smallest first: what repeats, repeats soon.
        for family in runs.indices { runs[family].reverse() }
        files = opened
    }

    func withRow(
        _ table: UInt8, _ key: Fingerprint, _ body: (Span<UInt8>, Position, Position) -> Void
    ) {
        if store.isByPosition(table) {
            _ = read(table, key, at: key.low, body)
            return
        }
        let named = runs[Int(IDFamily.rows.rawValue)]
        guard !named.isEmpty else { return }
        let hash = CheckpointStore.hash(table, key)
        for run in named { run.prefetch(hash) }
        do {
            var isFound = false
            for run in named where !isFound {
                try run.positions(of: hash) { home in
                    if !isFound { isFound = read(table, key, at: home, body) }
                }
            }
        } catch {
            damage = "\(error.message)"
        }
    }

    /// Reads the row at a home, if it is the one that is sought.
    private func read(
        _ table: UInt8, _ key: Fingerprint, at home: Position,
        _ body: (Span<UInt8>, Position, Position) -> Void
    ) -> Bool {
        do {
            let name = CheckpointStore.key(home: home, key)
            let found = try session.withValue(of: name.span, in: store.table(table)) { bytes in
                guard let stored = StoredBytes(bytes) else {
                    damage = "a row of table \(Tables.named(table)?.name ?? "")"
                    return true
                }
                guard stored.high == key.high else { return false }
                body(bytes.extracting(0..<stored.count), home, stored.last)
                return true
            }
            return found ?? false
        } catch {
            damage = "\(error)"
            return true
        }
    }

    func position(of id: Fingerprint, in family: IDFamily) -> Position? {
        var found: Position?
        do {
            let all = runs[Int(family.rawValue)]
            for run in all { run.prefetch(id.high) }
            for run in all {
                try run.positions(of: id.high) { position in
                    if found == nil, verifies(position, id, family) { found = position }
                }
                if found != nil { break }
            }
        } catch {
            damage = "\(error.message)"
        }
        return found
    }

    private func verifies(_ position: Position, _ id: Fingerprint, _ family: IDFamily) -> Bool {
        do {
            let matches = try records.withValue(at: position, in: log.log) { bytes -> Bool in
                let event = try LogStore.view(bytes, at: position)
                switch family {
                case .identities: return event.identity == id
                case .messages, .sends, .failures: return event.message == id
                case .likenesses: return event.likeness == id
                case .requests: return event.nameFingerprint(.key) == id
                case .rows: return false
                }
            }
            return matches ?? false
        } catch {
            damage = "the record at \(position), which an id names"
            return false
        }
    }
}
