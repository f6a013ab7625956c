public import Events
public import Evidence
import Storage

extension Ledger {
    /// What a log is that lies in another file than the ledger knows.
    public enum Whereabouts: String, Sendable {
        /// The only one there is: it goes on as it was.
        case moved
        /// A second one: it goes on under another name, so that it does not pass for the first.
        case copy
    }

    /// What became of a ledger that was adopted.
    public struct Adopted: Sendable {
        /// Where the event that says so stands.
        public let position: Position
        /// The name under which it goes on.
        public let origin: String
        /// The key that verifies what is signed from now on; nil where nothing was signed yet.
        public let key: VerifierKey?
    }

    /// Says what a log is that lies in another file than the ledger knows; then it may be written
    /// again.
    ///
    /// A copy gets a new name, another tag for its reservations and another signing key, and must
    /// be opened anew.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - order: Who says so and why; the rest is filled in.
    /// - Throws: ``LedgerError`` with `invalid` where the log lies where the ledger knows it.
    public func adopt(
        as kind: Whereabouts, _ order: LedgerAdopted
    ) async throws(LedgerError) -> Adopted {
        guard elsewhere() != nil else {
            throw LedgerError(
                .invalid,
                "there is nothing to adopt: the log lies in the file that the ledger knows")
        }
        var order = order
        order.kind = kind.rawValue
        order.previous = .text(identity.origin)
        let draft: Draft
        do {
            let id = "adopted-\(SystemClock.wall)"
            draft = try order.draft(source: Self.ownSource, id: id)
        } catch { throw LedgerError(.invalid, error.message) }
        let result = await withCheckedContinuation { continuation in
            submit(.adopt(draft, isCopy: kind == .copy), now: nil) {
                continuation.resume(returning: $0)
            }
        }
        guard case .appended(let places) = try result.get(), let place = places.first else {
            throw LedgerError(.invalid, "no answer")
        }
        log.isElsewhere.withLock { $0 = false }
        do {
            let next = try log.identityNow()
            let key = kind == .copy ? try renewKeys(next).verifier : try verifierKey()
            return Adopted(position: place.position, origin: next.origin, key: key)
        } catch { throw LedgerError(any: error) }
    }
}

extension Writer {
    /// Appends who says what the log is, and writes down the file that it lies in.
    func adopt(
        _ draft: Draft, isCopy: Bool, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> [Appended] {
        do { try log.putFile(transaction) } catch { throw LedgerError(any: error) }
        if isCopy { return try goOn(draft, now, transaction) }
        return [Appended(position: try emit(draft, now, transaction), isDuplicate: false)]
    }
}
