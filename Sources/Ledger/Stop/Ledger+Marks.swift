public import Events
import Storage
import Views

extension Ledger {
    /// Leaves a mark in a ledger's folder: from now on every decision of every process is made
    /// under it.
    ///
    /// It needs no key, no lock and no room on the disk. Its event is appended by ``tell(of:now:)``
    /// or by the next commit of any process that can.
    ///
    /// - Parameters:
    ///   - mark: An order for the ledger, an account or a group chat.
    ///   - folder: The folder of a ledger, open or not.
    /// - Throws: ``LedgerError`` with `notFound` where there is no ledger, `invalid` for a direct
    ///   chat, `storage` where the folder takes no file.
    public static func leave(_ mark: StopMark, in folder: String) throws(LedgerError) {
        try LogStore.refuseMissing(folder)
        guard mark.canBeLeft else {
            throw LedgerError(
                .invalid,
                "whose chat \(mark.chat ?? "") is, only the keys say; stop the account or the ledger"
            )
        }
        do throws(StorageError) { try MarkFile(folder).leave(mark) } catch {
            throw LedgerError(error)
        }
    }

    /// The orders that lie in the folder, the oldest first, but for pauses that are over.
    public func marks() throws(LedgerError) -> [StopMark] {
        let marks = MarkFile(folder).read()
        if marks.isEmpty { return [] }
        let now = try now()
        return marks.filter { $0.until ?? .latest > now }
    }

    /// Where the event of a mark stands; nil where the log does not tell of it yet.
    public func position(of mark: StopMark) throws -> Position? {
        guard let draft = mark.draft(isDriven: identity.isDevelopment) else { return nil }
        return try withState { $0.tables.ids.position(of: draft.identity) }
    }

    /// Appends the event of a mark that was left in the folder.
    ///
    /// - Parameters:
    ///   - mark: What was left.
    ///   - now: What a development ledger's clock is moved to.
    /// - Returns: Where its event stands, whoever appended it.
    /// - Throws: ``LedgerError`` with `busy`, `clock`, `storage` and so on; the mark holds all the
    ///   same.
    public func tell(of mark: StopMark, now: Instant? = nil) async throws(LedgerError) -> Appended {
        try await carryOut(.tell(mark), now)
    }

    /// Resumes sending for the ledger, an account or a group chat, and takes its marks away.
    ///
    /// - Parameters:
    ///   - order: What is recorded.
    ///   - id: The id of the event, unlike any other.
    ///   - now: What a development ledger's clock is moved to.
    /// - Throws: ``LedgerError`` with `invalid`, `busy`, `clock`, `storage`.
    public func resume(
        _ order: SendingResumed, id: String, now: Instant? = nil
    ) async throws(LedgerError) -> Appended {
        let work = ResumeWork(order: order, id: id)
        let draft = try work.draft()
        var mark = StopMark(.stop, id: id, by: order.by ?? "")
        mark.chat = order.names.chat
        // Of a direct chat no mark was left.
        guard mark.canBeLeft else { return try await append([draft], now: now, as: .verb)[0] }
        return try await carryOut(.resume(work), now)
    }

    private func carryOut(_ work: Job.Work, _ now: Instant?) async throws(LedgerError) -> Appended {
        let result = await withCheckedContinuation { continuation in
            submit(work, now: now) { continuation.resume(returning: $0) }
        }
        guard case .appended(let places) = try result.get(), let place = places.first else {
            throw LedgerError(.invalid, "no answer")
        }
        return place
    }
}

/// What is recorded where sending goes on.
struct ResumeWork: Sendable {
    let order: SendingResumed
    /// The id of the event; of one for another name of the account, what it begins with.
    let id: String

    /// The event, or the one for another name of its account.
    func draft(ofAccount other: String? = nil) throws(LedgerError) -> Draft {
        var order = order
        if let other { order.names.account = other }
        do throws(EventError) {
            return try order.draft(
                source: Ledger.ownSource, id: other.map { "\(id)/\($0)" } ?? id)
        } catch { throw LedgerError(.invalid, error.message) }
    }
}
