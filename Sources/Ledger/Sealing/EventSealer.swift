import Bytes
import Events
import Storage
import Vault

/// Seals what is about to be written, in the caller, and opens what was read.
struct EventSealer: Sendable {
    let keyring: Keyring
    let log: LogStore
    let clock: ClockSource
    /// What is known at the door, where somebody has to read a name in a country.
    var door: @Sendable () -> Door? = { nil }

    /// The day that it is, for the key of a day.
    var today: Instant {
        guard log.identity.isDevelopment else { return Instant(nanoseconds: clock.wall()) }
        let key = MetaKey.clock.bytes
        let row = try? log.environment.read { transaction -> ClockRow? in
            guard let bytes = try transaction.value(of: key.span, in: log.main) else { return nil }
            return ClockRow(bytes)
        }
        return row?.ledger ?? .epoch
    }

    // MARK: - Whose key

    /// The holder of the record that granted a reservation; nil where it is none of this ledger's.
    func holder(of reservation: Reservation) throws(LedgerError) -> Fingerprint? {
        guard log.identity.tags.include(reservation) else { return nil }
        do {
            let holder: Fingerprint? = try log.environment.read { transaction in
                guard let bytes = try transaction.value(at: reservation.position, in: log.log),
                    let event = EventView(bytes), event.isSealed
                else { return nil }
                return event.holder
            }
            // Another process may have made the key just now: then the vault is read anew.
            if let holder { _ = try keyring.owner(id: holder) }
            return holder
        } catch { throw LedgerError(any: error) }
    }

    /// For events that speak of a reservation: the holder of its record.
    ///
    /// - Returns: a holder or nil for each; empty where no event speaks of one.
    func holders(of drafts: [Draft]) throws(LedgerError) -> [Fingerprint?] {
        var holders: [Fingerprint?] = []
        for (index, draft) in drafts.enumerated() {
            guard let reservation = draft.reservation else { continue }
            if holders.isEmpty { holders = Array(repeating: nil, count: drafts.count) }
            holders[index] = try holder(of: reservation)
        }
        return holders
    }

    // MARK: - Opening

    /// The texts and salts of a record's sealed fields, in ascending order.
    ///
    /// - Returns: nil where the key was erased, or where nothing is sealed.
    func disclosures(
        of event: borrowing EventView
    ) throws(LedgerError) -> [Disclosure]? {
        guard event.isSealed, let owner = try keyring.owner(id: event.holder) else { return nil }
        let fields = event.sealedFields.map {
            SealedField(number: $0.number, kind: $0.kind, range: $0.range)
        }
        let (bytes, digest) = (event.bytes, event.digest)
        do throws(VaultError) {
            return try keyring.sealers.lend { tools throws(VaultError) in
                try tools.open(fields, of: bytes, identity: digest, under: owner.key)
            }
        } catch {
            throw LedgerError(
                .damaged, "position \(event.position): \(error.message)", position: event.position)
        }
    }

    /// Lends a record with its sealed fields in clear; where the key was erased, as it is.
    func withOpened<V>(
        _ event: borrowing EventView, _ body: (borrowing EventView) throws -> V
    ) throws -> V {
        guard let disclosures = try disclosures(of: event),
            let bytes = event.opened(with: disclosures.map(\.text)),
            let opened = EventView(bytes.span)
        else { return try body(event) }
        return try body(opened)
    }

    // MARK: - Names

    /// What a name is found by: the id of the person, or a fingerprint.
    ///
    /// A person that nobody knows has a fingerprint that no record holds.
    func fingerprint(of name: String, as field: Field) throws(LedgerError) -> Fingerprint {
        let bytes = Array(name.utf8)
        switch field {
        case .person, .alias, .recipient: return try person(bytes)
        case .chat:
            return ChatName.isGroup(bytes.span) ? Alias.group(bytes.span) : try person(bytes)
        case .account: return Alias.account(door()?.account(name) ?? name)
        case .message: return try keyed(.message, bytes)
        case .key: return try keyed(.key, bytes)
        case .text: return try keyed(.text, bytes)
        case .template:
            return try TemplateName.fingerprint(bytes.span, language: nil) {
                (name) throws(LedgerError) in try keyed(.template, name.array)
            }
        default: return bytes.span.fingerprint()
        }
    }

    /// The fingerprint of a draft's source and id.
    func identity(of draft: Draft) throws(LedgerError) -> Fingerprint {
        let vault = try keyring.vault()
        var table = FieldTable()
        table.read(draft)
        let fields = table
        do {
            return try keyring.sealers.lend { tools in
                SealingSession.identity(of: draft, fields, tools, vault.names)
            }
        } catch { throw LedgerError(error) }
    }

    private func person(_ name: [UInt8]) throws(LedgerError) -> Fingerprint {
        let hashes = try hashes(of: name.span.string)
        do {
            _ = try keyring.renew(keyring.vault())
            for hash in hashes {
                let owner = try keyring.trying { try $0.owner(alias: hash) }
                if let owner { return owner.id }
            }
            return hashes[0]
        } catch { throw LedgerError(any: error) }
    }

    /// The hashes that may lead to a person: of the canonical spelling first, then of those that an
    /// earlier version told apart.
    func hashes(of name: String) throws(LedgerError) -> [Fingerprint] {
        var names = [name]
        if Alias.national(name) != nil, let number = try? door()?.person(name) {
            names.insert(number, at: 0)
        }
        let vault = try keyring.vault()
        do {
            return try keyring.sealers.lend { tools in
                var hashes: [Fingerprint] = []
                for name in names {
                    let bytes = name.utf8Span.span
                    hashes.append(
                        Alias.withCanonical(bytes) { tools.alias(.person, $0, keys: vault.names) })
                    for old in Alias.oldSpellings(of: bytes) {
                        hashes.append(tools.alias(.person, old.span, keys: vault.names))
                    }
                }
                return hashes
            }
        } catch { throw LedgerError(error) }
    }

    private func keyed(_ kind: NameKind, _ name: [UInt8]) throws(LedgerError) -> Fingerprint {
        let vault = try keyring.vault()
        do {
            return try keyring.sealers.lend { tools in
                tools.fingerprint(kind, name.span, keys: vault.names)
            }
        } catch { throw LedgerError(error) }
    }
}
