import Bytes
import Crypto
import Storage

extension VaultState {
    /// The owner of an alias; where its slot turns out to have changed, as it is now.
    func freshOwner(alias: Fingerprint) throws(VaultError) -> Owner? {
        do throws(VaultError) { return try owner(alias: alias) } catch {
            guard error.code == .keyGone else { throw error }
            try refresh()
            return try owner(alias: alias)
        }
    }

    func owner(alias: Fingerprint) throws(VaultError) -> Owner? {
        let found = try VaultError.storing { () throws(StorageError) in
            try number(alias: alias)
        }
        guard let number = found, slot(at: number).state == .living else { return nil }
        return try owner(at: number)
    }

    /// The owner whose key a slot holds, unwrapped once and then kept.
    func owner(at number: Int) throws(VaultError) -> Owner {
        let slot = slot(at: number)
        if let owner = owners[slot.id] { return owner }
        let image = try self.image(at: number)
        guard Slot(image.span, number: number)?.id == slot.id else {
            // Another process has just erased it; the next refresh will say so.
            throw VaultError(.keyGone, "the key was erased, or its slot is damaged")
        }
        guard
            let secret = Wrapping.unwrap(
                image.span.extracting(Slot.wrapped), under: master.wrapping,
                binding: Wrapping.binding(slot.kind, slot.id))
        else {
            throw VaultError(
                .damaged,
                "slot \(number) of \(file.path) holds no key that the master key opens; run "
                    + "'ledger vault recover'")
        }
        let owner = Owner(id: slot.id, kind: slot.kind, key: DataKey(secret))
        if owners.count >= Self.ownersMax { owners.removeAll(keepingCapacity: true) }
        owners[slot.id] = owner
        return owner
    }

    /// The bytes of a slot, those of the journal where it stands there.
    func image(at number: Int) throws(VaultError) -> [UInt8] {
        try VaultError.storing { () throws(StorageError) in
            if isUnfinished {
                let journal = try Journal.read(file)
                if let entry = journal.first(where: { $0.number == number }) { return entry.image }
            }
            return try file.read(Slot.byteCount, at: Layout.slotAt(number))
        }
    }
}
