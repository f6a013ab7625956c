import Bytes
import Events
import Storage
import Vault

extension Ledger {
    /// What is wrong with the files of `keys/`, as far as it shows without the master key, and with
    /// it where it is at hand.
    ///
    /// - Returns: a sentence for each fault; none where all is well.
    @available(*, noasync)
    public func keysFaults() -> [Fault] {
        let checks = [vaultFaults, signedFaults, erasureFaults]
        return checks.flatMap { check -> [String] in
            do { return try check() } catch { return [LedgerError(any: error).message] }
        }.map { Fault(position: nil, message: $0) }
    }

    /// What is wrong with the file of keys.
    ///
    /// Others write into it meanwhile, and may go on in another: what is wrong is wrong each time.
    private func vaultFaults() throws -> [String] {
        for _ in 0..<2 {
            if let faults = try? vaultFaultsNow(), faults.isEmpty { return [] }
        }
        return try vaultFaultsNow()
    }

    private func vaultFaultsNow() throws -> [String] {
        // What the log knows is read first: others go on meanwhile, and the file never lags behind.
        let (main, key) = (log.main, MetaKey.keys.bytes)
        let mark = try log.environment.read { transaction -> VaultMark?? in
            guard let bytes = try transaction.value(of: key.span, in: main) else { return nil }
            return .some(VaultMark(bytes))
        }
        let generation = try keyring.generation()
        let path = "\(keyring.keys)/vault-\(generation)"
        guard Folder.exists(path) else { return [] }
        let report = try VaultFile.examine(in: keyring.keys, generation: generation, masters: [])
        var faults: [String] = []
        if report.header == .lost { faults.append("\(path) has no header that can be read") }
        if !report.damaged.isEmpty {
            faults.append(
                "\(report.damaged.count) slots of \(path) are damaged; see 'ledger vault recover'")
        }
        switch mark {
        case .some(.some(let mark)):
            guard report.isOlder || report.counter.map({ $0 < mark.counter }) ?? false else {
                break
            }
            faults.append("\(path) is older than the log; see 'ledger vault recover'")
        case .some(.none): faults.append("what the log knows of keys/ is damaged")
        case .none: break
        }
        return faults
    }

    private func signedFaults() throws -> [String] {
        var faults: [String] = []
        let folder = keys.folder
        if Folder.exists(folder + "/edge"), !Folder.exists(folder + "/checkpoint") {
            faults.append(
                "\(folder)/checkpoint is missing, and something was signed; 'ledger checkpoint' "
                    + "writes it again")
        }
        // Where it is missing nothing can be signed, but nothing that was signed is in doubt.
        if Folder.exists(folder + "/signing"), let trouble = signingTrouble() {
            faults.append(trouble.message)
        }
        return faults
    }

    /// Compares the list of erasures with the aliases whose keys were erased.
    private func erasureFaults() throws -> [String] {
        let path = keyring.keys + "/erasures"
        let list = try ErasureList(file: path).erasures
        // One that was begun stands in the list once it is recorded.
        guard !Folder.exists(ErasureIntent.path(keyring.keys)) else { return [] }
        let vault: VaultFile
        do {
            _ = try keyring.renew(keyring.vault())
            vault = try keyring.vault()
            guard try vault.trouble() == nil else { return [] }
        } catch { return [] }
        let listed = Set(list.map(\.alias))
        let missing = try vault.erasedAliases().count { !listed.contains($0.alias) }
        if missing > 0 {
            return [
                "\(path) lacks \(missing) aliases that were erased; put the newest copy of it in "
                    + "its place"
            ]
        }
        let unknown = listed.count { vault.flags(alias: $0) == nil }
        guard unknown > 0 else { return [] }
        return ["\(path) names \(unknown) aliases that nobody had; it was changed"]
    }
}
