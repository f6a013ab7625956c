import Bytes
public import Events
public import Evidence
import Storage

extension Ledger {
    /// What a ledger that went on is known by.
    public struct GoneOn: Sendable {
        /// Where the event that says so stands.
        public let position: Position
        /// The new name.
        public let origin: String
        /// The key that verifies what is signed under it.
        public let key: VerifierKey
    }

    /// Goes on under a new name, although the log is not the one that was signed.
    ///
    /// What was signed is kept in `keys/past`, the key that signed it is destroyed, and
    /// reservations are granted under another tag from here on. The ledger must be opened anew
    /// afterwards.
    ///
    /// - Parameters:
    ///   - name: Who orders it.
    ///   - why: The reason, for the record.
    ///   - acceptsClock: Whether the machine's clock is taken as it is, too.
    ///   - progress: Called with the number of records checked and their total.
    /// - Throws: ``LedgerError`` with `invalid` if the log is the one that was signed.
    public func acceptRollback(
        by name: String, why: String, acceptsClock: Bool = false,
        progress: (Position, Position) -> Void = { _, _ in }
    ) async throws(LedgerError) -> GoneOn {
        if let refusal = elsewhere() { throw refusal }
        guard try needsRollback(progress) else {
            throw LedgerError(
                .invalid,
                "there is nothing to accept: the log is the one that was signed, or nothing was")
        }
        return try await goOn("rollback", by: name, why: why, acceptsClock: acceptsClock)
    }

    /// Goes on under a new name, and records why; `code` says what for.
    func goOn(
        _ code: String, by name: String, why: String, acceptsClock: Bool
    ) async throws(LedgerError) -> GoneOn {
        var builder = DraftBuilder(
            .alertCleared, source: Self.ownSource, id: "\(code)-\(SystemClock.wall)")
        builder.add(.code, text: code)
        builder.add(.by, text: name)
        builder.add(.why, text: why)
        guard let draft = builder.finish() else {
            throw LedgerError(.invalid, "the reason is too long")
        }
        let result = await withCheckedContinuation { continuation in
            submit(.acceptRollback(draft, acceptsClock: acceptsClock), now: nil) {
                continuation.resume(returning: $0)
            }
        }
        guard case .appended(let places) = try result.get() else {
            throw LedgerError(.invalid, "no answer")
        }
        do {
            let identity = try log.identityNow()
            log.page[LogStore.Slot.doubt] = 0
            return GoneOn(
                position: places[0].position, origin: identity.origin,
                key: try renewKeys(identity).verifier)
        } catch { throw LedgerError(any: error) }
    }

    func renewKeys(_ identity: LedgerIdentity) throws -> SignerKey {
        let keys = SigningKeys(ledger: folder, identity: identity)
        return try keys.withLock {
            if keys.nameThere() != identity.origin { try keys.putAway() }
            return try keys.signer()
        }
    }

    /// Whether something does not fit that only a new name gets rid of.
    private func needsRollback(
        _ progress: (Position, Position) -> Void
    ) throws(LedgerError) -> Bool {
        if standing() != nil { return true }
        do {
            if try keys.withLock({ try keys.trouble() }) != nil { return true }
            _ = try verify(progress: progress)
            return standing() != nil
        } catch { throw LedgerError(any: error) }
    }
}

extension Writer {
    /// Appends the event that a ledger goes on, and gives it its next name in the same commit.
    func goOn(
        _ draft: Draft, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> [Appended] {
        let identity = log.identity.renamed(after: state.applied)
        let position = try emit(draft, now, transaction)
        do {
            let rows = [
                (MetaKey.origin.bytes, Array(identity.origin.utf8)),
                (MetaKey.past.bytes, identity.pastBytes),
            ]
            for (key, value) in rows { try transaction.put(key.span, value.span, in: log.main) }
        } catch { throw LedgerError(any: error) }
        return [Appended(position: position, isDuplicate: false)]
    }
}
