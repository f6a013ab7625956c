import Events
import Storage

extension Ledger {
    /// What is wrong with the pages of a ledger's log, looked at as bytes.
    ///
    /// LMDB believes its pages, and would end the process at one that is damaged: this comes before
    /// the ledger is opened.
    ///
    /// - Parameters:
    ///   - folder: The ledger's folder.
    ///   - progress: Called with the pages looked at and those in the file.
    /// - Returns: a sentence; nil where every page is what it has to be, or where there is no log.
    /// - Throws: ``LedgerError`` with `storage` where it cannot be read at all.
    @available(*, noasync)
    public static func pageFault(
        in folder: String, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(LedgerError) -> String? {
        let path = folder + "/log"
        guard Folder.exists(path + "/data.mdb") else { return nil }
        do {
            let environment = try Environment.open(
                path: path, options: .init(integerTables: ["log"]))
            let fault = try environment.pageFault(progress)
            return fault.map { "the log is damaged: \($0)" }
        } catch { throw LedgerError(any: error) }
    }

    /// Refuses a ledger whose log has a page that is damaged, before LMDB meets it.
    ///
    /// - Throws: ``LedgerError`` with `damaged`.
    @available(*, noasync)
    public static func refuseDamagedPages(in folder: String) throws(LedgerError) {
        guard let fault = try pageFault(in: folder) else { return }
        throw LedgerError(.damaged, "\(fault); restore the log from a backup")
    }
}
