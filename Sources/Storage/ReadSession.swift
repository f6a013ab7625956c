import Bytes
import CLMDB

/// A read transaction that is renewed again and again, for lookups that cannot live in one closure.
///
/// It is used by one thread at a time. Between ``end()`` and ``begin()`` it keeps its reader slot
/// but holds no pages, so that it never stops their reuse.
@safe
public final class ReadSession: @unchecked Sendable {
    // The strong reference keeps the environment open until the transaction is gone.
    private let environment: Environment
    private var handle: OpaquePointer?
    /// Which opening of the environment it belongs to.
    private var epoch: UInt64 = 0
    private var isActive = false

    /// A session over `environment`; no transaction is begun yet.
    public init(_ environment: Environment) { self.environment = environment }

    deinit {
        end()
        drop()
    }

    /// Gives the transaction back; one of an earlier opening is gone with that.
    private func drop() {
        guard let old = unsafe handle else { return }
        unsafe environment.withHandle { _ in
            if environment.epoch == epoch { unsafe mdb_txn_abort(old) }
        }
        unsafe handle = nil
    }

    /// Begins, or begins anew: lookups see what is committed now.
    public func begin() throws(StorageError) {
        end()
        if let kept = unsafe handle {
            // It counts as under way before it is, so that nothing is opened anew meanwhile.
            let code = environment.enter(epoch) { unsafe mdb_txn_renew(kept) }
            if let code {
                if code != 0 {
                    environment.leave()
                    throw StorageError.of(code, "renewing a read transaction")
                }
                isActive = true
                return
            }
            unsafe handle = nil
        }
        let begun = unsafe try environment.begin(readOnly: true)
        unsafe (handle, epoch) = begun
        isActive = true
    }

    /// Ends the transaction; what it lent is no longer valid.
    public func end() {
        guard isActive, let handle = unsafe handle else { return }
        unsafe mdb_txn_reset(handle)
        isActive = false
        environment.leave()
    }

    /// Lends the value of a byte-string key to `body`, or nil.
    public func withValue<V>(
        of key: Span<UInt8>, in table: Table, _ body: (Span<UInt8>) throws -> V
    ) throws -> V? {
        guard isActive, let handle = unsafe handle else {
            preconditionFailure("no transaction has begun")
        }
        guard let value = unsafe try Raw.get(handle, table, key) else { return nil }
        return unsafe try body(value.span)
    }

    /// Lends the value of a 64-bit key to `body`, or nil.
    public func withValue<V>(
        at key: UInt64, in table: Table, _ body: (Span<UInt8>) throws -> V
    ) throws -> V? {
        guard isActive, let handle = unsafe handle else {
            preconditionFailure("no transaction has begun")
        }
        guard let value = unsafe try Raw.get(handle, table, key) else { return nil }
        return unsafe try body(value.span)
    }

    /// Walks the entries with 64-bit keys from `start`, until the end or until `body` says false.
    public func scan(
        _ table: Table, from start: UInt64, backwards: Bool = false,
        _ body: (UInt64, Span<UInt8>) throws -> Bool
    ) throws {
        guard isActive, let handle = unsafe handle else {
            preconditionFailure("no transaction has begun")
        }
        unsafe try Raw.scan(handle, table, from: start, backwards: backwards, body)
    }
}
