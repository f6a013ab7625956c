import Events
import Storage
import Views

/// What a group of requests knows of the marks in the folder.
struct HeededMarks {
    /// The word of the shared page when they were last read; nil before the first time.
    var word: UInt64?
    /// Orders that are to be taken away with this commit.
    var resumed: [(account: String?, chat: String?)] = []
    /// What was taken away, until the commit is known to be there.
    var taken: [StopMark] = []
}

extension Writer {
    /// Appends the event of each mark in the folder that the log does not tell of.
    ///
    /// It comes before each decision, so that all that is decided under a mark is decided on a log
    /// that tells of it, and is decided the same way when it is replayed. For all but the first
    /// request of a commit it is one look at a shared number.
    func heedMarks(
        _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        let word = log.page[LogStore.Slot.marks]
        guard marks.word != word else { return }
        marks.word = word
        for mark in MarkFile(log.folder).read() {
            guard let draft = mark.draft(isDriven: log.identity.isDevelopment) else { continue }
            guard state.tables.ids.position(of: draft.identity) == nil else { continue }
            try emit(draft, now, transaction)
        }
    }

    /// Where the event of a mark stands.
    func place(of mark: StopMark) throws(LedgerError) -> Appended {
        guard let draft = mark.draft(isDriven: log.identity.isDevelopment),
            let position = state.tables.ids.position(of: draft.identity)
        else {
            throw LedgerError(.notFound, "the order was resumed before its event was appended")
        }
        return Appended(position: position, isDuplicate: false)
    }

    /// Appends that sending goes on; the marks that it takes back go with the same commit.
    ///
    /// What was stopped under another name that the policy has for the account goes on with it.
    func resume(
        _ work: ResumeWork, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> Appended {
        let names = work.order.names
        let position = try emit(work.draft(), now, transaction)
        marks.resumed.append((names.account, names.chat))
        guard let account = names.account, names.chat == nil else {
            return Appended(position: position, isDuplicate: false)
        }
        let others = try Door(policyInForce(transaction), gate.numbers).names(ofAccount: account)
        for other in others where state.tables.isHeld(account: Alias.account(other)) {
            try emit(work.draft(ofAccount: other), now, transaction)
            marks.resumed.append((other, nil))
        }
        return Appended(position: position, isDuplicate: false)
    }

    /// Takes away, just before the commit, the marks that were resumed.
    ///
    /// Their events stand in the log, or are part of this commit: what was left after it was told
    /// is not meant.
    func takeMarks() throws(LedgerError) {
        guard !marks.resumed.isEmpty else { return }
        let isDriven = log.identity.isDevelopment
        do throws(StorageError) {
            marks.taken = try MarkFile(log.folder).take { mark in
                guard let draft = mark.draft(isDriven: isDriven) else { return true }
                return state.tables.ids.position(of: draft.identity) != nil
                    && marks.resumed.contains { mark.isFor(account: $0.account, chat: $0.chat) }
            }
        } catch { throw LedgerError(error) }
        marks.resumed = []
    }

    /// After a commit that failed: what was taken away for it lies there again.
    func putMarksBack() {
        if !marks.taken.isEmpty { MarkFile(log.folder).putBack(marks.taken) }
        marks = HeededMarks()
    }
}
