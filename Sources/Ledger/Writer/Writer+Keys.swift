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
                _ = try current(transaction).change { change throws(VaultError) in
                    try change.destroyDays(before: day)
                }
                keyring.sealers.forget()
            case .rotate(let master):
                group.nextVault = try rotate(to: master, transaction)
            case .mend:
                let vault = try current(transaction)
                try vault.change { _ throws(VaultError) in }
                try vault.mend()
                _ = try vault.sweep()
            case .acceptLoss(let draft):
                return try acceptLoss(draft, now, transaction)
            }
        } catch { throw LedgerError(any: error) }
        return []
    }

    private func rotate(
        to master: MasterKey, _ transaction: borrowing WriteTransaction
    ) throws -> UInt64 {
        let generation = try current(transaction).rotate(to: master)
        var row: [UInt8] = []
        row.append(littleEndian: generation)
        try transaction.put(MetaKey.vault.bytes.span, row.span, in: log.main)
        return generation
    }

    private func reapply(
        _ aliases: [ErasedAlias], _ group: inout Group, _ transaction: borrowing WriteTransaction
    ) throws {
        var vault = try current(transaction)
        if !vault.hasRoom(for: aliases.count) {
            vault = try grow(vault, for: aliases.count, &group, transaction)
        }
        for start in stride(from: 0, to: aliases.count, by: 512) {
            let some = aliases[start..<min(start + 512, aliases.count)]
            try vault.change { change throws(VaultError) in
                for alias in some {
                    let flags = OwnerFlags(optOut: alias.optOut, isAsked: alias.isAsked)
                    try change.eraseAlias(alias.alias, keeping: flags)
                }
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
        let vault = try current(transaction)
        for person in persons where !vault.isLiving(person) {
            throw LedgerError(.notFound, "the person was erased already, or never was")
        }
        // What cannot be told must not be begun.
        guard persons.allSatisfy({ Self.draft(erasureOf: $0, authority) != nil }) else {
            throw LedgerError(.invalid, "the reason is too long; shorten it")
        }
        var lines: [ErasureIntent.Line] = []
        for person in persons {
            let flags = remembered(of: person)
            for alias in try vault.aliases(of: person) {
                lines.append(.init(person: person, alias: alias, flags: flags))
            }
        }
        let intent = ErasureIntent(authority: authority, lines: lines)
        try Descriptor.replace(ErasureIntent.path(keyring.keys), Array(intent.text.utf8))
        try vault.change { change throws(VaultError) in
            for line in lines { try change.set(line.flags, alias: line.alias) }
            for person in persons { _ = try change.erase(person) }
        }
        _ = try vault.sweep()
        keyring.sealers.forget()
        return try tell(intent, &group, now, transaction)
    }

    /// Records that each person was erased, and adds the aliases to the list of erasures.
    ///
    /// The list is written before the commit, while nobody else can write it: the keys are gone
    /// whatever becomes of the commit.
    private func tell(
        _ intent: ErasureIntent, _ group: inout Group, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> [Position] {
        var places: [Fingerprint: Position] = [:]
        for person in intent.persons {
            places[person] = try record(erasureOf: person, intent.authority, now, transaction)
        }
        do {
            let path = keyring.keys + "/erasures"
            var list = try ErasureList(file: path)
            list.add(
                intent.lines.map {
                    ErasedAlias(
                        position: places[$0.person] ?? 0, alias: $0.alias,
                        optOut: $0.flags.optOut, isAsked: $0.flags.isAsked)
                })
            try Descriptor.replace(path, Array(list.text.utf8))
        } catch { throw LedgerError(any: error) }
        group.erased = intent
        return intent.persons.compactMap { places[$0] }
    }

    /// What is to be remembered of a person: withdrawals, its own and of those whom it is linked
    /// with, and whether consent was asked for.
    private func remembered(of person: Fingerprint) -> OwnerFlags {
        var flags = OwnerFlags()
        let group = state.tables.group(of: person)
        guard let row = state.tables.person(group) else { return flags }
        for category in ConsentCategory.allCases {
            if row[category].isWithdrawn { flags.optOut |= category.erasedBit }
        }
        if row.request > 0 { flags.isAsked = true }
        return flags
    }

    private func record(
        erasureOf person: Fingerprint, _ authority: Authority, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> Position {
        let draft = Self.draft(erasureOf: person, authority)
        if let draft, let known = state.tables.ids.position(of: draft.identity) { return known }
        return try emit(draft, now, transaction)
    }

    private static func draft(erasureOf person: Fingerprint, _ authority: Authority) -> Draft? {
        var builder = DraftBuilder(
            .personErased, source: Ledger.ownSource, id: "erased-\(person.hex)")
        authority.add(to: &builder)
        var seal = Seal(digest: person)
        seal[.person] = person
        builder.seal([], [], ends: [], as: seal)
        return builder.finish()
    }

    /// Records an erasure that a process which died had begun.
    func finishErasure(
        _ group: inout Group, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws {
        // In a group whose new owners did not fit, the file that it goes on in counts already.
        let vault = try group.nextVault == nil ? current(transaction) : keyring.vault()
        let erasures = vault.erasures
        // Who is about to write an intent looks for one that is there, whatever the vault says.
        guard knownErasures != erasures || group.jobs.contains(where: \.changesKeys) else { return }
        keyring.sealers.forget()
        // A file of keys that counts no more, left by a process that died, holds the key too.
        if group.nextVault == nil { _ = try vault.sweep() }
        let path = ErasureIntent.path(keyring.keys)
        if Folder.exists(path) {
            let text = try Descriptor.contents(of: path, byteMax: 1 << 20)
            guard let intent = ErasureIntent(text: text.span.string) else {
                throw LedgerError(
                    .damaged, "\(path) is damaged; see whom it names, and remove it by hand")
            }
            // What a power cut left in the journal lies in the slots before anything is said of it.
            try vault.change { _ throws(VaultError) in }
            if intent.persons.contains(where: vault.isLiving) {
                // Its keys were not touched: it was not begun.
                try Folder.remove(path)
                knownErasures = erasures
            } else {
                _ = try tell(intent, &group, now, transaction)
            }
        } else {
            knownErasures = erasures
        }
    }

    /// After the commit: the log tells of the erasure, and the intent is removed, unless another
    /// process has ended this one and begun the next.
    func endErasure(_ group: inout Group) throws {
        guard let erased = group.erased else { return }
        let path = ErasureIntent.path(keyring.keys)
        try log.environment.write { _ in
            guard Folder.exists(path) else { return }
            let text = try Descriptor.contents(of: path, byteMax: 1 << 20)
            // As it was written: a line break of the reason is a space there.
            guard text.span.string == erased.text else { return }
            try Folder.remove(path)
            try Folder.sync(keyring.keys)
        }
        group.erased = nil
        knownErasures = try keyring.vault().erasures
    }
}
