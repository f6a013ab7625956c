public import Bytes

extension VaultChange {
    /// Sets what is remembered of all aliases of an owner that lives.
    ///
    /// - Throws: ``VaultError`` `full`; `damaged`.
    public mutating func remember(
        _ flags: OwnerFlags, of id: Fingerprint
    ) throws(VaultError) {
        let index = try whole()
        for number in index.slots.indices
        where index.slots[number].state == .living && index.slots[number].id == id {
            try set(flags, alias: index.slots[number].alias)
        }
    }
}
