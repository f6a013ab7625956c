import Ledger
import Storage
import Vault

extension Examination {
    /// The keys of persons: whether they open, and what a crash left half done.
    func vault() throws -> Check {
        let status: Ledger.VaultStatus
        do { status = try ledger.vaultStatus() } catch {
            return Check("vault", error.message, isWell: false)
        }
        let counts = status.counts
        if let trouble = try ledger.keysTrouble() {
            return Check("vault", trouble.message, isWell: false)
        }
        if counts.damaged > 0 {
            return Check(
                "vault",
                "\(counts.damaged) slots of keys/ are damaged; bring keys/ back from a backup, or "
                    + "see 'ledger vault recover' for what is lost", isWell: false)
        }
        if !counts.isHeaderWhole {
            return Check(
                "vault", "one of two headers is damaged: run 'ledger vault recover'", isWell: false)
        }
        if status.hasRotation {
            return Check(
                "vault", "a rotation was begun: 'ledger vault recover' ends it", isWell: false)
        }
        if status.hasErasure {
            return Check("vault", "an erasure was begun: the next commit ends it")
        }
        let place = MasterKeyOptions.place(status.master, ledger.folder)
        return Check(
            "vault",
            "\(counts.persons) persons, \(counts.erased) aliases erased; master key: \(place)")
    }
}
