import Bytes
import Crypto
import Events
import Evidence
import Storage

extension Ledger {
    /// Why nothing may be appended: the log is shorter than what was signed, or another one.
    ///
    /// It is cheap: the number of records and the last one that was signed are compared. Whether
    /// all records before it are the same, ``verify(against:progress:)`` tells; what it found holds
    /// until it finds otherwise.
    /// - Returns: nil if the ledger may be written.
    public func standing() -> LedgerError? {
        if let refusal = elsewhere() { return refusal }
        do {
            guard let fault = try misfit() else { return nil }
            return LedgerError(
                .forked,
                "nothing is written to this ledger: " + fault.message
                    + "; put the right log back, or go on under a new name with 'ledger doctor "
                    + "--accept-rollback --by NAME --why REASON'")
        } catch { return LedgerError(any: error) }
    }

    /// Why a request is refused before it is queued; asked until the log was once found well,
    /// and again once somebody found otherwise.
    func refusal(of work: Job.Work) -> LedgerError? {
        if case .acceptRollback = work { return elsewhere() }
        if case .adopt = work { return nil }
        return isSound.withLock { isSound in
            if isSound, log.page[LogStore.Slot.doubt] == 0 { return nil }
            let refusal = standing()
            isSound = refusal == nil
            return refusal
        }
    }

    /// What is said of a log that lies in another file than the ledger knows.
    func elsewhere() -> LedgerError? {
        guard log.isElsewhere.withLock({ $0 }) else { return nil }
        return LedgerError(
            .moved,
            "nothing is written to this ledger: its log lies in another file than it knows, so that "
                + "it is a copy, which must not grant what the original grants, or was moved; say "
                + "which with 'ledger adopt --moved' or 'ledger adopt --copy', --by NAME --why REASON"
        )
    }

    /// What does not fit between the log and what was signed, as far as it shows at once.
    func misfit() throws -> LedgerError? {
        let path = keys.folder + "/forked"
        if Folder.exists(path) {
            let text = try Descriptor.contents(of: path, byteMax: 1 << 16)
            return LedgerError(.forked, String(decoding: text, as: UTF8.self))
        }
        return try misfitAtTheEdge()
    }

    private func misfitAtTheEdge() throws -> LedgerError? {
        if let edge = try storedEdge() {
            if edge.origin == Fingerprint(of: identity.origin) { return try misfit(edge) }
            if identity.past.contains(where: { Fingerprint(of: $0.origin) == edge.origin }) {
                return nil
            }
        }
        // The edge is missing or damaged, or of no name of this log: the signed notes say more.
        do {
            guard let key = try keys.verifier() else { return nil }
            guard let last = try keys.last(by: key)?.checkpoint else { return nil }
            let count = try count()
            return count < last.size ? Self.cutShort(count, last.size) : nil
        } catch let error as LedgerError where error.code == .forked || error.code == .damaged {
            return error
        } catch let error as EvidenceError {
            return LedgerError(.damaged, "\(keys.folder)/vkey: \(error.message)")
        }
    }

    private func misfit(_ edge: SignedEdge) throws -> LedgerError? {
        let count = try count()
        guard count >= edge.size else { return Self.cutShort(count, edge.size) }
        guard edge.size > 0 else { return nil }
        return try leaf(at: edge.size - 1) == edge.leaf ? nil : Self.forked(edge.size)
    }

    private func storedEdge() throws -> SignedEdge? {
        let path = keys.folder + "/edge"
        guard Folder.exists(path) else { return nil }
        let bytes = try Descriptor.contents(of: path, byteMax: 1 << 16)
        return SignedEdge(bytes.span)
    }

    /// The hash of the last of `count` records; that of nothing where there is none.
    func lastLeaf(of count: Position) throws -> Digest {
        count == 0 ? TreeHasher.emptyRoot : try leaf(at: count - 1)
    }

    private func leaf(at position: Position) throws -> Digest {
        var hasher = TreeHasher()
        // A record that is damaged is no other log's: whoever reads it is told so.
        return try log.environment.read { transaction in
            guard let bytes = try transaction.value(at: position, in: log.log) else {
                throw LedgerError(
                    .damaged, "position \(position) is missing from the log", position: position)
            }
            return hasher.leaf(try LogStore.view(bytes, at: position).bytes)
        }
    }

    /// Keeps in mind what a full check found, so that it holds for every process.
    func remember(fork: LedgerError?) throws {
        let path = keys.folder + "/forked"
        if let fork {
            // What shows at once needs no note, which would outlast the mending of it.
            guard try misfitAtTheEdge() == nil else { return }
            try Folder.create(keys.folder)
            try Descriptor.replace(
                path, Array((fork.message + " ('ledger verify' looks again)").utf8))
            log.page[LogStore.Slot.doubt] = 1
        } else if Folder.exists(path) {
            try Folder.remove(path)
            log.page[LogStore.Slot.doubt] = 0
        }
    }
}
