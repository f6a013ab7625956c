import CLMDB
import Glibc

extension Environment {
    /// How long it is waited for transactions of other threads to end.
    private static let patience: Int64 = 5_000_000_000

    /// Opens the file anew where LMDB gave it up, because it could not write its first pages; the
    /// caller has no transaction under way.
    ///
    /// What is on disk then says what became of the commit that failed.
    ///
    /// - Returns: whether it was given up.
    /// - Throws: ``StorageError`` with `busy` where others do not end, or why it does not open.
    @available(*, noasync)
    @discardableResult
    public func reopenWhereLost() throws(StorageError) -> Bool {
        guard isLost() else { return false }
        let end = SystemClock.monotonic + Self.patience
        let result = gate.withLock { () -> Result<Bool, StorageError> in
            while active > 0 {
                let left = end - SystemClock.monotonic
                guard left > 0 else {
                    return .failure(
                        StorageError(.busy, "\(path) is still read by another thread; try again"))
                }
                gate.wait(nanoseconds: left)
            }
            return Result { () throws(StorageError) -> Bool in
                try openAgain()
                return true
            }
        }
        return try result.get()
    }

    private func isLost() -> Bool {
        guard unsafe gate.withLock({ unsafe opened }) != nil else { return true }
        do throws(StorageError) {
            let transaction = unsafe try begin(readOnly: true).handle
            unsafe mdb_txn_abort(transaction)
            leave()
            return false
        } catch { return error.number == MDB_PANIC }
    }

    private func openAgain() throws(StorageError) {
        if let old = unsafe opened { unsafe mdb_env_close(old) }
        unsafe opened = nil
        epoch += 1
        let handle = unsafe try Self.openHandle(path, options).0
        do throws(StorageError) {
            // They are opened in the same order, and so have the same numbers.
            guard unsafe try Self.openTables(handle, options) == tables else {
                throw Self.lost(path)
            }
        } catch {
            unsafe mdb_env_close(handle)
            throw error
        }
        unsafe opened = handle
    }

    /// What is answered where the file was given up, and could not be opened again.
    static func lost(_ path: String) -> StorageError {
        StorageError.of(MDB_PANIC, "opening \(path)")
    }
}
