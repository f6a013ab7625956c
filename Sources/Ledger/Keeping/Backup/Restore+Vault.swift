import Bytes
import Storage

extension Ledger {
    /// Joins the restored log to its file of keys.
    ///
    /// Keys of the original may be newer than the backup: the newest file counts. A backup without
    /// the keys of persons gets a vault of its own, in which nobody is known.
    static func restoreVault(_ log: LogStore, _ order: RestoreOrder) throws {
        let keyring = Keyring(
            folder: log.folder, origin: log.identity.firstOrigin, environment: log.environment)
        let newest = Folder.names(in: keyring.keys).compactMap { name in
            name.hasPrefix("vault-") ? UInt64(name.dropFirst(6)) : nil
        }.max()
        if newest == nil {
            try Keyring.create(
                folder: log.folder, origin: log.identity.firstOrigin,
                master: order.masterKey ?? .beside)
        } else {
            try nameMaster(keyring, order)
        }
        var row: [UInt8] = []
        row.append(littleEndian: newest ?? 1)
        let key = MetaKey.vault.bytes
        let mark = MetaKey.keys.bytes
        try log.environment.write { transaction in
            try transaction.put(key.span, row.span, in: log.main)
            // A vault of its own has a beginning of its own.
            if newest == nil { try transaction.remove(mark.span, in: log.main) }
        }
    }

    /// What lay beside the original does not lie beside what was made from it.
    private static func nameMaster(_ keyring: Keyring, _ order: RestoreOrder) throws {
        var source = order.masterKey
        if source == nil, let keys = order.keys, try keyring.source() == .beside {
            source = MasterKeySource.beside.path(Folder.parent(of: Folder.canonical(keys)))
                .map { .file($0) }
        }
        guard let source else { return }
        try Descriptor.replace(keyring.keys + "/master", Array(source.text.utf8))
    }
}
