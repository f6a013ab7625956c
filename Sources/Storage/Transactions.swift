import Bytes
import CLMDB

/// One unchanging view of the data; only inside ``Environment/read(_:)``.
@safe
public struct ReadTransaction: ~Copyable {
    let handle: OpaquePointer

    init(handle: OpaquePointer) { unsafe self.handle = handle }

    func end() { unsafe mdb_txn_abort(handle) }

    /// The value of a 64-bit key, in place, or nil.
    @_lifetime(borrow self)
    public func value(at key: UInt64, in table: Table) throws(StorageError) -> Span<UInt8>? {
        guard let found = unsafe try Raw.get(handle, table, key) else { return nil }
        return unsafe _overrideLifetime(found.span, borrowing: self)
    }

    /// The value of a byte-string key, in place, or nil.
    @_lifetime(borrow self)
    public func value(of key: Span<UInt8>, in table: Table) throws(StorageError) -> Span<UInt8>? {
        guard let found = unsafe try Raw.get(handle, table, key) else { return nil }
        return unsafe _overrideLifetime(found.span, borrowing: self)
    }

    /// The number under a byte-string key, or nil.
    ///
    /// - Throws: ``StorageError`` with `damaged` where the value is none of 8 bytes.
    public func number(of key: Span<UInt8>, in table: Table) throws(StorageError) -> UInt64? {
        guard let bytes = try value(of: key, in: table) else { return nil }
        guard bytes.count == 8 else {
            throw StorageError(.damaged, "a number of the ledger takes \(bytes.count) bytes, not 8")
        }
        return bytes.load(at: 0, as: UInt64.self)
    }

    /// The number of entries.
    public func count(of table: Table) throws(StorageError) -> Int {
        unsafe try Raw.count(handle, table)
    }

    /// Walks the entries with 64-bit keys from `start`, until the end or until `body` says false.
    public func scan(
        _ table: Table, from start: UInt64, backwards: Bool = false,
        _ body: (UInt64, Span<UInt8>) throws -> Bool
    ) throws {
        unsafe try Raw.scan(handle, table, from: start, backwards: backwards, body)
    }

    /// Walks the entries with 64-bit keys from `start`, until the end or until `body` says false;
    /// shows each value to `ahead` before, up to `distance` entries before its turn.
    public func scan(
        _ table: Table, from start: UInt64, distance: Int, ahead: (Span<UInt8>) -> Void,
        _ body: (UInt64, Span<UInt8>) throws -> Bool
    ) throws {
        unsafe try Raw.scan(
            handle, table, from: start, distance: distance, ahead: ahead, body)
    }

    /// Walks two tables of byte-string keys together: each key once, with its value in either.
    public func compare(
        _ table: Table, with other: borrowing ReadTransaction, _ otherTable: Table,
        _ body: (Span<UInt8>?, Span<UInt8>?) throws -> Void
    ) throws {
        unsafe try Raw.compare(handle, table, other.handle, otherTable, body)
    }

    /// Walks all entries with byte-string keys from `start`, until `body` says false.
    public func scan(
        _ table: Table, from start: Span<UInt8>, _ body: (Span<UInt8>, Span<UInt8>) throws -> Bool
    ) throws {
        unsafe try Raw.scan(handle, table, from: start, body)
    }
}

/// The one write transaction; only inside ``Environment/write(_:)``.
@safe
public struct WriteTransaction: ~Copyable {
    let handle: OpaquePointer

    init(handle: OpaquePointer) { unsafe self.handle = handle }

    func abort() { unsafe mdb_txn_abort(handle) }

    func commit() throws(StorageError) {
        unsafe try StorageError.check(mdb_txn_commit(handle), "committing")
    }

    /// The value of a 64-bit key, in place until the next write, or nil.
    @_lifetime(borrow self)
    public func value(at key: UInt64, in table: Table) throws(StorageError) -> Span<UInt8>? {
        guard let found = unsafe try Raw.get(handle, table, key) else { return nil }
        return unsafe _overrideLifetime(found.span, borrowing: self)
    }

    /// The value of a byte-string key, in place until the next write, or nil.
    @_lifetime(borrow self)
    public func value(of key: Span<UInt8>, in table: Table) throws(StorageError) -> Span<UInt8>? {
        guard let found = unsafe try Raw.get(handle, table, key) else { return nil }
        return unsafe _overrideLifetime(found.span, borrowing: self)
    }

    /// The number under a byte-string key, or nil.
    ///
    /// - Throws: ``StorageError`` with `damaged` where the value is none of 8 bytes.
    public func number(of key: Span<UInt8>, in table: Table) throws(StorageError) -> UInt64? {
        guard let bytes = try value(of: key, in: table) else { return nil }
        guard bytes.count == 8 else {
            throw StorageError(.damaged, "a number of the ledger takes \(bytes.count) bytes, not 8")
        }
        return bytes.load(at: 0, as: UInt64.self)
    }

    /// The number of entries.
    public func count(of table: Table) throws(StorageError) -> Int {
        unsafe try Raw.count(handle, table)
    }

    /// Walks the entries with 64-bit keys from `start`, until the end or until `body` says false.
    public func scan(
        _ table: Table, from start: UInt64, _ body: (UInt64, Span<UInt8>) throws -> Bool
    ) throws {
        unsafe try Raw.scan(handle, table, from: start, backwards: false, body)
    }

    /// Appends `byteCount` bytes under a key greater than all others; `fill` writes them in place.
    public func append(
        _ key: UInt64, byteCount: Int, in table: Table, _ fill: (inout MutableSpan<UInt8>) -> Void
    ) throws(StorageError) {
        var key = key
        var code: Int32 = 0
        unsafe withUnsafeMutableBytes(of: &key) { bytes in
            var name = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
            var value = unsafe MDB_val(mv_size: byteCount, mv_data: nil)
            let flags = UInt32(MDB_APPEND | MDB_RESERVE)
            code = unsafe mdb_put(handle, table.number, &name, &value, flags)
            if code == 0, let data = unsafe value.mv_data {
                let start = unsafe data.assumingMemoryBound(to: UInt8.self)
                var span = unsafe MutableSpan(_unsafeStart: start, count: byteCount)
                fill(&span)
            }
        }
        try StorageError.check(code, "appending")
    }

    /// Puts a value under a byte-string key, over an older one.
    ///
    /// - Parameter isLast: The key is greater than all others: it goes behind them without a
    ///   search.
    public func put(
        _ key: Span<UInt8>, _ value: Span<UInt8>, in table: Table, isLast: Bool = false
    ) throws(StorageError) {
        let flags = UInt32(isLast ? MDB_APPEND : 0)
        let code = unsafe Raw.with(key) { name in
            unsafe Raw.with(value) { bytes in
                var name = unsafe name
                var bytes = unsafe bytes
                return unsafe mdb_put(handle, table.number, &name, &bytes, flags)
            }
        }
        try StorageError.check(code, "writing")
    }

    /// Removes a byte-string key; a missing one is no error.
    public func remove(_ key: Span<UInt8>, in table: Table) throws(StorageError) {
        let code = unsafe Raw.with(key) { name in
            var name = unsafe name
            return unsafe mdb_del(handle, table.number, &name, nil)
        }
        if code != MDB_NOTFOUND { try StorageError.check(code, "removing") }
    }
}
