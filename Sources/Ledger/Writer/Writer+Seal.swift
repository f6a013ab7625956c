import Bytes
import Events
import Storage
import Vault
import Views

extension Writer {
    /// Gives new owners their slots in the vault, before the log names them, and seals again what
    /// was sealed under an owner that is none any more.
    func settle(_ group: inout Group, _ transaction: borrowing WriteTransaction) throws {
        let work = group.jobs.flatMap(\.sealed)
        guard !work.isEmpty else { return }
        var vault = try current(transaction)
        // What a process that died left half done is ended first: it may have erased somebody under
        // whose key this group sealed.
        try vault.change { _ throws(VaultError) in }
        for item in work where item.erasures != vault.erasures { try item.seal() }
        let door = Door(try? policyInForce(transaction), gate.numbers)
        for item in work { try? item.pass(door) }
        for _ in 0..<3 {
            var new: [Fingerprint: Mint] = [:]
            for item in work {
                for mint in item.mints where mint.isNew {
                    new[mint.alias] = new[mint.alias] ?? mint
                }
            }
            if new.isEmpty { break }
            if !vault.hasRoom(for: new.count) {
                vault = try grow(vault, for: new.count, &group, transaction)
            }
            let mints = Array(new.values)
            let taken = try vault.change { change throws(VaultError) in
                var taken: Set<Fingerprint> = []
                for mint in mints {
                    let owner = try change.settle(mint.owner, alias: mint.alias, day: mint.day)
                    if owner.id != mint.owner.id { taken.insert(mint.alias) }
                }
                return taken
            }
            if taken.isEmpty { break }
            for item in work where item.mints.contains(where: { taken.contains($0.alias) }) {
                try item.seal()
            }
        }
        for item in work {
            group.returning += item.mints.filter { $0.flags != OwnerFlags() }
            group.twins += item.twins
        }
    }

    /// The vault as of this moment: nobody else changes it while the write lock is held.
    ///
    /// The log says which file counts: who went on in another one may have died before the old
    /// one was marked.
    func current(_ transaction: borrowing WriteTransaction) throws -> VaultFile {
        let key = MetaKey.vault.bytes
        let named = try transaction.number(of: key.span, in: log.main)
        if let named, try keyring.vault().generation != named { _ = try keyring.follow() }
        for _ in 0..<3 {
            let vault = try keyring.vault()
            do throws(VaultError) {
                try vault.refresh()
            } catch {
                guard error.code == .moved else { throw error }
                guard try keyring.follow() else { break }
                continue
            }
            try refuseOlder(vault, transaction)
            return vault
        }
        throw LedgerError(.damaged, "the vault's file is not the one that the log names")
    }

    /// Goes on in a file with at least twice as many slots, which counts once this transaction is
    /// committed.
    func grow(
        _ vault: VaultFile, for count: Int, _ group: inout Group,
        _ transaction: borrowing WriteTransaction
    ) throws -> VaultFile {
        let generation = try vault.grow(for: count)
        var row: [UInt8] = []
        row.append(littleEndian: generation)
        try transaction.put(MetaKey.vault.bytes.span, row.span, in: log.main)
        group.nextVault = generation
        let next = try keyring.load(generation)
        next.takeProposals(of: vault)
        group.nextFile = next
        return next
    }

    /// After the commit: everybody goes on in the file that it named, and the old one is destroyed.
    func adoptVault(_ group: inout Group) throws {
        guard let generation = group.nextVault else { return }
        let old = try keyring.vault()
        keyring.adopt(
            try old.adopt(generation, origin: log.identity.firstOrigin, masters: keyring.masters()))
        (group.nextVault, group.nextFile) = (nil, nil)
    }

    /// Whether the key that the event was sealed under is gone.
    func isErased(_ event: borrowing EventView) throws -> Bool {
        guard event.isSealed else { return false }
        return try keyring.owner(id: event.holder) == nil
    }

    /// Records for persons that come back after an erasure what was remembered of them.
    ///
    /// The ids of these events are those of the persons: what stands in the log already is not
    /// recorded again.
    func remember(
        _ returning: [Mint], _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        for mint in returning {
            for category in ConsentCategory.allCases
            where mint.flags.optOut & category.erasedBit != 0 {
                try remember(.consentWithdrawn, category, mint, now, transaction)
            }
            if mint.flags.isAsked { try remember(.consentRequested, .all, mint, now, transaction) }
        }
    }

    /// Links persons whom an earlier version told apart, unless something was said of the two.
    func link(
        _ twins: [Twins], _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        for pair in twins where state.tables.link(pair.one, pair.other) == nil {
            var builder = DraftBuilder(
                .identityLinked, source: Ledger.ownSource,
                id: "spelling-\(pair.one.hex)-\(pair.other.hex)")
            builder.add(.person, .text, pair.name.span)
            builder.add(.alias, .text, pair.oldName.span)
            builder.add(.evidence, text: "spelling")
            try derive(builder.finish(), now, transaction, isExact: true)
        }
    }

    private func remember(
        _ type: EventType, _ category: ConsentCategory, _ mint: Mint, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        let id = "\(mint.owner.id.hex)-\(type.name)-\(category.name)"
        var builder = DraftBuilder(type, source: Ledger.ownSource, id: id)
        builder.add(.person, .text, mint.name.span)
        if category != .all { builder.add(.category, text: category.name) }
        builder.add(.evidence, text: "erased")
        try derive(builder.finish(), now, transaction)
    }
}
