import Bytes
import Events
import Storage
import Vault
import Views

extension Writer {
    /// Does to the vault what was ordered, and records it where it is an event.
    ///
    /// - Returns: where the events stand.
    func carryOut(
        _ order: KeyOrder, _ group: inout Group, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> [Position] {
        do {
            switch order {
            case .erase(let persons, let authority):
                return try erase(persons, authority, &group, now, transaction)
            case .reapply(let aliases):
                try reapply(aliases, &group, transaction)
            case .destroyDays(let day):
                _ = try current().change { change throws(VaultError) in
                    try change.destroyDays(before: day)
                }
                keyring.sealers.forget()
            case .rotate(let master):
                group.nextVault = try rotate(to: master, transaction)
            case .mend:
                let vault = try current()
                try vault.change { _ throws(VaultError) in }
                try vault.mend()
                _ = try vault.sweep()
            }
        } catch { throw LedgerError(any: error) }
        return []
    }

    private func rotate(
        to master: MasterKey, _ transaction: borrowing WriteTransaction
    ) throws -> UInt64 {
        let generation = try current().rotate(to: master)
        var row: [UInt8] = []
        row.append(littleEndian: generation)
        try transaction.put(MetaKey.vault.bytes.span, row.span, in: log.main)
        return generation
    }

    private func reapply(
        _ aliases: [ErasedAlias], _ group: inout Group, _ transaction: borrowing WriteTransaction
    ) throws {
        var vault = try current()
        if !vault.hasRoom(for: aliases.count) {
            vault = try grow(vault, &group, transaction)
        }
        for start in stride(from: 0, to: aliases.count, by: 512) {
            let some = aliases[start..<min(start + 512, aliases.count)]
            try vault.change { change throws(VaultError) in
                for alias in some { try change.eraseAlias(alias.alias, keeping: alias.flags) }
            }
        }
        keyring.sealers.forget()
    }

    // MARK: - Erasing

    /// Overwrites the persons' keys and records that they were erased.
    ///
    /// What is intended lies on disk first. If the process dies before the keys are overwritten,
    /// nothing was begun; if it dies afterwards, whoever commits next records it.
    private func erase(
        _ persons: [Fingerprint], _ authority: Authority, _ group: inout Group, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws -> [Position] {
        let vault = try current()
        for person in persons where !vault.isLiving(person) {
            throw LedgerError(.notFound, "the person was erased already, or never was")
        }
        let intent = ErasureIntent(persons: persons, authority: authority)
        try Descriptor.replace(ErasureIntent.path(keyring.keys), Array(intent.text.utf8))
        let flags = persons.map(remembered)
        try vault.change { change throws(VaultError) in
            for (person, flags) in zip(persons, flags) {
                try change.remember(flags, of: person)
                _ = try change.erase(person)
            }
        }
        _ = try vault.sweep()
        keyring.sealers.forget()
        group.endsErasure = true
        return try persons.map { try record(erasureOf: $0, authority, now, transaction) }
    }

    /// What is to be remembered of a person: withdrawals, and whether consent was asked for.
    private func remembered(of person: Fingerprint) -> OwnerFlags {
        var flags = OwnerFlags()
        guard let slot = state.tables.persons.find(person) else { return flags }
        let row = state.tables.persons[slot]
        for category in ConsentCategory.allCases {
            if row[category].isWithdrawn { flags.optOut |= category.erasedBit }
            if row[category].requested.isSet { flags.isAsked = true }
        }
        return flags
    }

    private func record(
        erasureOf person: Fingerprint, _ authority: Authority, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> Position {
        var builder = DraftBuilder(
            .personErased, source: Ledger.ownSource, id: "erased-\(person.hex)")
        authority.add(to: &builder)
        var seal = Seal(digest: person)
        seal[.person] = person
        builder.seal([], [], ends: [], as: seal)
        let draft = builder.finish()
        if let draft, let known = state.tables.ids.position(of: draft.identity) { return known }
        return try emit(draft, now, transaction)
    }

    /// Records an erasure that a process which died had begun.
    func finishErasure(
        _ group: inout Group, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws {
        let vault = try keyring.vault()
        let erasures = vault.erasures
        guard knownErasures != erasures else { return }
        keyring.sealers.forget()
        let path = ErasureIntent.path(keyring.keys)
        if Folder.exists(path) {
            let text = try Descriptor.contents(of: path, byteMax: 1 << 20)
            guard let intent = ErasureIntent(text: text.span.string) else {
                throw LedgerError(
                    .damaged, "\(path) is damaged; see whom it names, and remove it by hand")
            }
            for person in intent.persons where !vault.isLiving(person) {
                _ = try record(erasureOf: person, intent.authority, now, transaction)
            }
            group.endsErasure = true
        } else {
            knownErasures = erasures
        }
    }

    /// After the commit: the log tells of the erasure, and the intent is gone.
    func endErasure(_ group: inout Group) throws {
        guard group.endsErasure else { return }
        group.endsErasure = false
        let path = ErasureIntent.path(keyring.keys)
        if Folder.exists(path) { try Folder.remove(path) }
        try Folder.sync(keyring.keys)
        knownErasures = try keyring.vault().erasures
    }
}
