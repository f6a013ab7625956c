import Bytes
import CLMDB

/// The calls that read and write transactions share, over LMDB's own handles.
enum Raw {
    static func with(_ bytes: Span<UInt8>, _ body: (MDB_val) -> Int32) -> Int32 {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe body(
                MDB_val(
                    mv_size: buffer.count,
                    mv_data: UnsafeMutableRawPointer(mutating: buffer.baseAddress)))
        }
    }

    static func get(
        _ handle: OpaquePointer, _ table: Table, _ key: UInt64
    ) throws(StorageError) -> MDB_val? {
        var key = key
        var value = unsafe MDB_val()
        let code = unsafe withUnsafeMutableBytes(of: &key) { bytes in
            var name = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
            return unsafe mdb_get(handle, table.number, &name, &value)
        }
        if code == MDB_NOTFOUND { return nil }
        try StorageError.check(code, "reading")
        return unsafe value
    }

    static func get(
        _ handle: OpaquePointer, _ table: Table, _ key: Span<UInt8>
    ) throws(StorageError) -> MDB_val? {
        var value = unsafe MDB_val()
        let code = unsafe with(key) { name in
            var name = unsafe name
            return unsafe mdb_get(handle, table.number, &name, &value)
        }
        if code == MDB_NOTFOUND { return nil }
        try StorageError.check(code, "reading")
        return unsafe value
    }

    static func count(_ handle: OpaquePointer, _ table: Table) throws(StorageError) -> Int {
        var stat = MDB_stat()
        unsafe try StorageError.check(mdb_stat(handle, table.number, &stat), "counting")
        return Int(stat.ms_entries)
    }

    static func scan(
        _ handle: OpaquePointer, _ table: Table, from start: UInt64, backwards: Bool,
        _ body: (UInt64, Span<UInt8>) throws -> Bool
    ) throws {
        var opened: OpaquePointer?
        unsafe try StorageError.check(mdb_cursor_open(handle, table.number, &opened), "reading")
        guard let cursor = unsafe opened else { return }
        defer { unsafe mdb_cursor_close(cursor) }
        var key = start
        try unsafe withUnsafeMutableBytes(of: &key) { bytes in
            var name = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
            var value = unsafe MDB_val()
            var code = unsafe mdb_cursor_get(cursor, &name, &value, MDB_SET_RANGE)
            if backwards {
                // SET_RANGE finds the first key at or above; going down wants the last at or below.
                if code == MDB_NOTFOUND {
                    code = unsafe mdb_cursor_get(cursor, &name, &value, MDB_LAST)
                } else if code == 0, unsafe name.integer > start {
                    code = unsafe mdb_cursor_get(cursor, &name, &value, MDB_PREV)
                }
            }
            let step = backwards ? MDB_PREV : MDB_NEXT
            var page: UInt = 0
            while code == 0 {
                if !backwards { unsafe page = shim_prefetch_walk(value.mv_data, page) }
                guard unsafe try body(name.integer, value.span) else { return }
                code = unsafe mdb_cursor_get(cursor, &name, &value, step)
            }
            if code != MDB_NOTFOUND { try StorageError.check(code, "reading") }
        }
    }

    /// Walks forwards, with each value shown to `ahead` some entries before its turn.
    static func scan(
        _ handle: OpaquePointer, _ table: Table, from start: UInt64, distance: Int,
        ahead: (Span<UInt8>) -> Void, _ body: (UInt64, Span<UInt8>) throws -> Bool
    ) throws {
        var opened: OpaquePointer?
        unsafe try StorageError.check(mdb_cursor_open(handle, table.number, &opened), "reading")
        guard let cursor = unsafe opened else { return }
        defer { unsafe mdb_cursor_close(cursor) }
        precondition(distance > 0 && distance <= 32, "at most 32 entries are held")
        var ring = unsafe InlineArray<32, (key: UInt64, value: MDB_val)>(
            repeating: unsafe (0, MDB_val()))
        var key = start
        try unsafe withUnsafeMutableBytes(of: &key) { bytes in
            var name = unsafe MDB_val(mv_size: 8, mv_data: bytes.baseAddress)
            var value = unsafe MDB_val()
            var code = unsafe mdb_cursor_get(cursor, &name, &value, MDB_SET_RANGE)
            var page: UInt = 0
            var seen = 0
            var done = 0
            while true {
                while code == 0, seen - done < distance {
                    unsafe page = shim_prefetch_walk(value.mv_data, page)
                    unsafe ahead(value.span)
                    unsafe ring[seen & 31] = unsafe (name.integer, value)
                    seen += 1
                    code = unsafe mdb_cursor_get(cursor, &name, &value, MDB_NEXT)
                }
                guard done < seen else { break }
                let next = unsafe ring[done & 31]
                guard unsafe try body(next.key, next.value.span) else { return }
                done += 1
            }
            if code != MDB_NOTFOUND { try StorageError.check(code, "reading") }
        }
    }

    static func scan(
        _ handle: OpaquePointer, _ table: Table, from start: Span<UInt8>,
        _ body: (Span<UInt8>, Span<UInt8>) throws -> Bool
    ) throws {
        var opened: OpaquePointer?
        unsafe try StorageError.check(mdb_cursor_open(handle, table.number, &opened), "reading")
        guard let cursor = unsafe opened else { return }
        defer { unsafe mdb_cursor_close(cursor) }
        try unsafe start.withUnsafeBytes { buffer in
            var name = unsafe MDB_val(
                mv_size: buffer.count,
                mv_data: UnsafeMutableRawPointer(mutating: buffer.baseAddress))
            var value = unsafe MDB_val()
            let first = buffer.count == 0 ? MDB_FIRST : MDB_SET_RANGE
            var code = unsafe mdb_cursor_get(cursor, &name, &value, first)
            while code == 0 {
                guard unsafe try body(name.span, value.span) else { return }
                code = unsafe mdb_cursor_get(cursor, &name, &value, MDB_NEXT)
            }
            if code != MDB_NOTFOUND { try StorageError.check(code, "reading") }
        }
    }
}

extension Raw {
    /// Merges two ordered tables.
    static func compare(
        _ left: OpaquePointer, _ leftTable: Table, _ right: OpaquePointer, _ rightTable: Table,
        _ body: (Span<UInt8>?, Span<UInt8>?) throws -> Void
    ) throws {
        var one = unsafe try Walk(left, leftTable)
        var other = unsafe try Walk(right, rightTable)
        defer {
            unsafe one.close()
            unsafe other.close()
        }
        while unsafe one.isOpen || other.isOpen {
            let order =
                unsafe one.isOpen && other.isOpen
                ? unsafe mdb_cmp(left, leftTable.number, &one.key, &other.key)
                : unsafe one.isOpen ? -1 : 1
            if order == 0 {
                unsafe try body(one.value.span, other.value.span)
                unsafe try one.advance()
                unsafe try other.advance()
            } else if order < 0 {
                unsafe try body(one.value.span, nil)
                unsafe try one.advance()
            } else {
                unsafe try body(nil, other.value.span)
                unsafe try other.advance()
            }
        }
    }

    /// A cursor that walks a table from its first entry.
    @unsafe
    private struct Walk {
        let cursor: OpaquePointer?
        var key = unsafe MDB_val()
        var value = unsafe MDB_val()
        var isOpen = true

        init(_ handle: OpaquePointer, _ table: Table) throws(StorageError) {
            var opened: OpaquePointer?
            unsafe try StorageError.check(mdb_cursor_open(handle, table.number, &opened), "reading")
            unsafe cursor = opened
            unsafe try step(MDB_FIRST)
        }

        mutating func advance() throws(StorageError) { unsafe try step(MDB_NEXT) }

        private mutating func step(_ operation: MDB_cursor_op) throws(StorageError) {
            let code = unsafe mdb_cursor_get(cursor, &key, &value, operation)
            if code == MDB_NOTFOUND {
                unsafe isOpen = false
            } else {
                try StorageError.check(code, "reading")
            }
        }

        func close() { unsafe mdb_cursor_close(cursor) }
    }
}

extension MDB_val {
    /// The bytes, valid as long as the transaction and the map.
    var span: Span<UInt8> {
        @_lifetime(immortal)
        get {
            let start = unsafe mv_data?.assumingMemoryBound(to: UInt8.self)
            let buffer = unsafe UnsafeBufferPointer(start: start, count: mv_size)
            return unsafe _overrideLifetime(Span(_unsafeElements: buffer), borrowing: ())
        }
    }

    /// The 64-bit key.
    var integer: UInt64 { unsafe mv_data.unsafelyUnwrapped.loadUnaligned(as: UInt64.self) }
}
