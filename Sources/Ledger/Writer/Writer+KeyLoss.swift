import Bytes
public import Events
import Storage
import Vault

/// A file of keys that is older than the log never decides.
extension Writer {
    /// Compares the file of keys with what the log knows of it.
    ///
    /// One that is older stays marked as such, whatever is written into it, and forgets again whom
    /// the log knows to be erased.
    ///
    /// - Throws: ``VaultError`` `older`, unless this group is there to mend that.
    func refuseOlder(_ vault: VaultFile, _ transaction: borrowing WriteTransaction) throws {
        let key = MetaKey.keys.bytes
        if let bytes = try transaction.value(of: key.span, in: log.main) {
            if let mark = VaultMark(bytes) {
                vault.expect(mark)
            } else if !mendsKeys {
                throw LedgerError(
                    .damaged,
                    "what the log knows of keys/ is damaged; see 'ledger vault recover --help'")
            }
        }
        guard vault.isOlder else { return }
        try vault.markOlder()
        if vault.generation != reappliedGeneration {
            try eraseAgain(vault)
            reappliedGeneration = vault.generation
        }
        if !mendsKeys, let trouble = try vault.trouble() { throw trouble }
    }

    /// Forgets again everybody whom the log, or the list of erasures, knows to be erased.
    func eraseAgain(_ vault: VaultFile) throws {
        let erased = try keyring.erasedPersons()
        for person in erased where vault.isLiving(person) {
            _ = try vault.change { change throws(VaultError) in try change.erase(person) }
        }
        for entry in try ErasureList(file: keyring.keys + "/erasures").erasures {
            // Who came back after an erasure is somebody else, who was not erased.
            if try vault.owner(alias: entry.alias) != nil { continue }
            guard vault.hasRoom(for: 1) else { break }
            let flags = OwnerFlags(optOut: entry.optOut, isAsked: entry.isAsked)
            try vault.change { change throws(VaultError) in
                try change.eraseAlias(entry.alias, keeping: flags)
            }
        }
        keyring.sealers.forget()
    }

    /// Takes the file of keys as it is, and records who said so.
    func acceptLoss(
        _ draft: Draft, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws -> [Position] {
        let vault = try current(transaction)
        try eraseAgain(vault)
        _ = try vault.acceptLoss()
        return [try emit(draft, now, transaction)]
    }

    /// Stores with the commit what the file of keys holds by now.
    func noteKeys(_ group: inout Group, _ transaction: borrowing WriteTransaction) throws {
        let vault = try group.nextFile ?? keyring.vault()
        // What an older file holds is not what the log may rely on: the newest can be put back.
        if vault.isOlder { return }
        let (mark, key) = (vault.markNow, MetaKey.keys.bytes)
        let bytes = mark.bytes
        if let known = try transaction.value(of: key.span, in: log.main), known.equals(bytes.span) {
            return
        }
        try transaction.put(key.span, bytes.span, in: log.main)
        group.keysNoted = (vault, mark)
    }
}

extension Ledger {
    /// Why the file of keys must not decide: it is older than the log, or has lost slots; nil where
    /// it may.
    ///
    /// - Throws: ``LedgerError`` with `keys` where it cannot be opened.
    @available(*, noasync)
    public func keysTrouble() throws(LedgerError) -> LedgerError? {
        _ = try keyring.renew(keyring.vault())
        let vault = try keyring.vault()
        try keyring.tellMark(vault)
        do { return try vault.trouble().map { LedgerError($0) } } catch { throw LedgerError(error) }
    }

    /// Takes the file of keys as it is, older or damaged: what it lacks is lost.
    ///
    /// Whom it does not know any more is taken for a new person from here on, opted out or not.
    ///
    /// - Parameters:
    ///   - name: Who orders it.
    ///   - why: The reason, for the record.
    /// - Returns: where it is recorded.
    /// - Throws: ``LedgerError`` with `invalid` where there is nothing to accept.
    public func acceptKeyLoss(by name: String, why: String) async throws(LedgerError) -> Position {
        guard try hasKeysTrouble() else {
            throw LedgerError(.invalid, "there is nothing to accept: no key is missing")
        }
        var builder = DraftBuilder(
            .alertCleared, source: Self.ownSource, id: "keys-\(SystemClock.wall)")
        builder.add(.code, text: "keys")
        builder.add(.by, text: name)
        builder.add(.why, text: why)
        guard let draft = builder.finish() else {
            throw LedgerError(.invalid, "the reason is too long")
        }
        guard let place = try await carryOut(.acceptLoss(draft)).first else {
            throw LedgerError(.invalid, "no answer")
        }
        return place
    }

    private func hasKeysTrouble() throws(LedgerError) -> Bool {
        do { return try keysTrouble() != nil } catch {
            if error.code == .damaged { return true }
            throw error
        }
    }
}
