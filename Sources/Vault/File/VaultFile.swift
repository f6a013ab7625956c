import Bytes
import Crypto
import Storage

/// The file of keys: fixed slots that are changed in place, shared by all processes of a ledger.
///
/// Any thread may read at any time. Only the holder of the log's write lock may call
/// ``change(_:)``, ``grow()``, ``rotate(to:)``, ``adopt(_:)``, ``mend()`` and ``sweep()``.
public final class VaultFile: Sendable {
    let state: Locked<VaultState>
    let disk: any Disk
    let folder: String
    let origin: Fingerprint
    /// The keys under which names become fingerprints.
    public let names: NameKeys
    /// Which file it is; the log's meta table says which one counts.
    public let generation: UInt64

    private init(
        _ state: sending VaultState, names: NameKeys, folder: String, disk: any Disk
    ) {
        generation = state.header.generation
        origin = state.header.origin
        self.state = Locked(state)
        self.names = names
        self.folder = folder
        self.disk = disk
    }

    /// Opens the vault's file of a generation.
    ///
    /// - Parameter masters: the keys that may open it; the header says which one does.
    /// - Throws: ``VaultError`` `masterKey` where none of them is the right one; `damaged` where
    ///   the header cannot be read or belongs to another ledger; `storage` where the file is
    ///   missing.
    @available(*, noasync)
    public static func open(
        in folder: String, generation: UInt64, origin: String, masters: [MasterKey]
    ) throws(VaultError) -> VaultFile {
        try open(
            in: folder, generation: generation, origin: origin, masters: masters, disk: RealDisk())
    }

    static func open(
        in folder: String, generation: UInt64, origin: String, masters: [MasterKey],
        disk: any Disk
    ) throws(VaultError) -> VaultFile {
        let path = Layout.path(folder, generation)
        let (file, found) = try VaultError.storing { () throws(StorageError) in
            let file = try PositionedFile(path: path)
            return (file, try Header.read(file))
        }
        guard let header = found?.0, header.generation == generation else {
            throw VaultError(
                .damaged,
                "\(path) has no header that can be read; bring keys/ back from a backup (what was "
                    + "erased since is erased again by 'ledger restore')")
        }
        guard header.origin == Fingerprint(of: origin) else {
            throw VaultError(.damaged, "\(path) belongs to another ledger than \(origin)")
        }
        guard let master = masters.first(where: { $0.tag == header.masterTag }),
            let root = Wrapping.unwrap(
                header.root.span, under: master.wrapping,
                binding: Wrapping.binding(origin: header.origin))
        else {
            throw VaultError(
                .masterKey,
                "the master key does not open \(path); give the one that it was made or rotated "
                    + "with"
            )
        }
        let state = VaultState(file, header, master: master)
        try VaultError.storing { () throws(StorageError) in try state.load() }
        return VaultFile(state, names: NameKeys(root), folder: folder, disk: disk)
    }

    func locked<V>(
        _ body: (VaultState) throws(VaultError) -> V
    ) throws(VaultError) -> V {
        let result = state.withLock { state in
            Result<V, VaultError> { () throws(VaultError) -> V in try body(state) }
        }
        return try result.get()
    }
}
