import Bytes
import Events
import Storage
import Vault

/// The vault of a ledger, opened when a key is first needed, and what seals and opens with it.
///
/// ```
/// keys/vault-GENERATION    the file of keys; the log's main table says which generation counts
/// keys/master              where the master key lies: see ``MasterKeySource``
/// ```
final class Keyring: Sendable {
    let folder: String
    let origin: String
    let environment: Environment
    let sealers = Sealers()
    private let open: Locked<VaultFile?> = Locked(nil)
    private let erased = Locked(Erased())

    /// The persons that were erased before a position.
    private struct Erased {
        var persons: Set<Fingerprint> = []
        var next: Position = 0
    }

    init(folder: String, origin: String, environment: Environment) {
        self.folder = folder
        self.origin = origin
        self.environment = environment
    }

    var keys: String { folder + "/keys" }

    /// Makes keys and vault of a new ledger, flushed; the log names generation 1 afterwards.
    static func create(
        folder: String, origin: String, master source: MasterKeySource
    ) throws(LedgerError) {
        let keys = folder + "/keys"
        do {
            try Folder.create(keys)
            try source.make(folder)
            guard let master = try source.keys(folder).first else {
                throw VaultError(.masterKey, "there is no master key")
            }
            try Descriptor.replace(keys + "/master", Array(source.text(of: folder).utf8))
            // One that a making which was cut short left is finished: no commit names it yet.
            try VaultFile.create(in: keys, origin: origin, master: master, finishing: true)
            try Folder.sync(keys)
        } catch {
            throw LedgerError(any: error)
        }
    }

    /// The vault as this process knows it.
    func vault() throws(LedgerError) -> VaultFile {
        let result = open.withLock { open -> Result<VaultFile, LedgerError> in
            if let open { return .success(open) }
            return Result { () throws(LedgerError) in
                let file = try load()
                open = file
                return file
            }
        }
        return try result.get()
    }

    /// The vault of the generation that counts now, if it is another than the one known.
    ///
    /// - Returns: whether there is another.
    func follow() throws(LedgerError) -> Bool {
        let known = try vault().generation
        let now = lasting(try generation())
        guard known != now else { return false }
        let file = try load()
        open.withLock { $0 = file }
        return true
    }

    /// Goes on with another file.
    func adopt(_ file: VaultFile) { open.withLock { $0 = file } }

    /// Where the master key lies.
    func source() throws(LedgerError) -> MasterKeySource {
        do {
            guard Folder.exists(keys + "/master") else {
                throw LedgerError(
                    .keys,
                    "\(keys)/master is missing, and with it the keys that personal fields are sealed "
                        + "under; bring keys/ back from a backup")
            }
            let text = try Descriptor.contents(of: keys + "/master", byteMax: 1 << 16)
            guard let source = MasterKeySource(text: text.span.string) else {
                throw LedgerError(
                    .keys,
                    "\(keys)/master does not say where the master key lies; bring it back "
                        + "from a backup of keys/")
            }
            return source
        } catch { throw LedgerError(any: error) }
    }

    /// The generation that the log names.
    func generation() throws(LedgerError) -> UInt64 {
        do {
            let main = environment.table("")
            let key = MetaKey.vault.bytes
            return try environment.read { transaction in
                try transaction.number(of: key.span, in: main) ?? 1
            }
        } catch { throw LedgerError(any: error) }
    }

    /// The master keys that may open the vault: more than one while a rotation goes on.
    func masters() throws(LedgerError) -> [MasterKey] {
        do {
            let source = try source()
            let next = keys + "/master.next"
            guard Folder.exists(next) else { return try beside(source) ?? source.keys(folder) }
            let text = try Descriptor.contents(of: next, byteMax: 1 << 16)
            let target = MasterKeySource(text: text.span.string)
            let keys = ((try? source.keys(folder)) ?? []) + ((try? target?.keys(folder)) ?? [])
            return keys.isEmpty ? try source.keys(folder) : keys
        } catch { throw LedgerError(any: error) }
    }

    /// The key of a folder that was renamed or moved since: beside it under the old name, or where
    /// it was.
    ///
    /// - Returns: nil where the key lies where it is looked for.
    private func beside(_ source: MasterKeySource) throws -> [MasterKey]? {
        guard source == .beside, let path = source.path(folder), !Folder.exists(path),
            !Folder.exists(MasterKey.nextPath(path))
        else { return nil }
        let text = try Descriptor.contents(of: keys + "/master", byteMax: 1 << 16)
        guard let former = MasterKeySource.formerPath(text.span.string), former != path else {
            return nil
        }
        let name = former.split(separator: "/").last.map(String.init) ?? former
        for place in [Folder.parent(of: path) + "/" + name, former] where Folder.exists(place) {
            return [try MasterKey.read(place, outside: folder)]
        }
        throw LedgerError(
            .keys,
            "there is no master key in \(path), nor in \(former), where it was when the ledger was "
                + "made; bring it to \(path) from where you keep its copy")
    }

    func load(_ generation: UInt64) throws(LedgerError) -> VaultFile {
        let masters = try masters()
        do {
            let file = try VaultFile.open(
                in: keys, generation: generation, origin: origin, masters: masters)
            try tellMark(file)
            return file
        } catch { throw LedgerError(any: error) }
    }

    /// Tells a file of keys what the log knows of it.
    func tellMark(_ vault: VaultFile) throws(LedgerError) {
        do {
            let (main, key) = (environment.table(""), MetaKey.keys.bytes)
            let mark = try environment.read { transaction in
                guard let bytes = try transaction.value(of: key.span, in: main) else {
                    return VaultMark?.none
                }
                return VaultMark(bytes)
            }
            if let mark { vault.expect(mark) }
        } catch { throw LedgerError(any: error) }
    }

    /// The persons that the log tells were erased; looked up only where the file of keys is older
    /// than the log.
    func erasedPersons() throws(LedgerError) -> Set<Fingerprint> {
        do {
            return try erased.withLock { erased in
                let (log, start) = (environment.table("log"), erased.next)
                try environment.read { transaction in
                    try transaction.scan(log, from: start) { position, bytes in
                        let event = try LogStore.view(bytes, at: position)
                        if event.type == .personErased { erased.persons.insert(event.person) }
                        erased.next = position + 1
                        return true
                    }
                }
                return erased.persons
            }
        } catch { throw LedgerError(any: error) }
    }

    private func load() throws(LedgerError) -> VaultFile {
        for attempt in 0..<3 {
            let generation = try lasting(generation())
            do throws(LedgerError) { return try load(generation) } catch {
                // Another process may have gone on to the next file meanwhile.
                guard try lasting(self.generation()) != generation, attempt < 2 else {
                    throw error
                }
            }
        }
        throw LedgerError(.busy, "the vault is replaced again and again; try again")
    }

    /// The generation, or the newest where its file is gone: an older log was put back, and the
    /// keys went on meanwhile.
    private func lasting(_ generation: UInt64) -> UInt64 {
        if Folder.exists(keys + "/vault-\(generation)") { return generation }
        let newest = Folder.names(in: keys).compactMap {
            $0.hasPrefix("vault-") ? UInt64($0.dropFirst(6)) : nil
        }.max()
        return max(generation, newest ?? 0)
    }

    /// The owner with that id; nil where it was erased.
    func owner(id: Fingerprint) throws(LedgerError) -> Owner? {
        for attempt in 0..<2 {
            let vault = try vault()
            // What an older file of keys still holds was forgotten, and stays so.
            if vault.isOlder, try erasedPersons().contains(id) { return nil }
            do throws(VaultError) { return try vault.owner(id: id) } catch {
                guard error.code == .keyGone else { throw LedgerError(error) }
            }
            // Another process may have made it since, or gone on to another file.
            if attempt == 0, try !renew(vault) { return nil }
        }
        return nil
    }

    /// Runs `body` on the vault as it is known, and again on the next file where it went on in
    /// another one meanwhile.
    ///
    /// Whether it may take somebody for new, only the log knows for sure: it is asked again before
    /// that is refused.
    func trying<V>(_ body: (VaultFile) throws -> V) throws -> V {
        for attempt in 0... {
            let vault = try vault()
            do { return try body(vault) } catch let error as VaultError {
                guard attempt < Self.attemptsMax else { throw error }
                switch error.code {
                case .moved: _ = try follow()
                case .older, .damaged:
                    guard attempt == 0 else { throw error }
                    try tellMark(vault)
                default: throw error
                }
            }
        }
        preconditionFailure("attempts are counted")
    }

    /// Lets go of owners that nobody will mint: what they were proposed for was withdrawn.
    func release(_ mints: [Mint]) {
        guard !mints.isEmpty, let vault = open.withLock({ $0 }) else { return }
        vault.release(mints.filter(\.isNew).map(\.alias))
    }

    /// How often a file of keys may grow or be replaced while one thing is sealed.
    private static let attemptsMax = 8

    /// Takes in what other processes did; answers whether there was anything.
    func renew(_ vault: VaultFile) throws(LedgerError) -> Bool {
        do throws(VaultError) {
            try vault.refresh()
        } catch {
            guard error.code == .moved else { throw LedgerError(error) }
            return try follow()
        }
        return true
    }
}
