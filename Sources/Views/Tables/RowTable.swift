public import Bytes
public import Events

/// A kind of row: a value type that can be written down and is empty at first.
///
/// A row that equals its empty value is the same as no row; flushing removes it.
public protocol TableRow: Sendable, Equatable {
    /// The empty row.
    init()
    /// Reads what ``encode(into:)`` wrote; anything else yields rows that no checksum would pass.
    init(decoding reader: inout RowReader)
    /// Writes the members, in a fixed order.
    func encode(into writer: inout RowWriter)
}

/// The rows of a checkpoint, below a table's own.
public protocol RowSource: AnyObject {
    /// Calls `body` with the row's bytes and the position that last changed it, if there is one.
    func withRow(_ table: UInt8, _ key: Fingerprint, _ body: (Span<UInt8>, Position) -> Void)
}

/// Rows by key: those changed since the checkpoint, and copies of those read from it.
///
/// A row that is held is right whatever the checkpoint's count is, as long as that is not beyond
/// what was folded: so what a flush has written stays, and need not be read again.
public struct RowTable<Row: TableRow> {
    /// A row with its key and the position that last changed it: side by side, for one cache line.
    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline let key: Fingerprint
        @usableFromInline var last: Position
        @usableFromInline var row: Row

        @inlinable
        init(key: Fingerprint, last: Position, row: Row) {
            self.key = key
            self.last = last
            self.row = row
        }
    }

    /// The table's number on disk.
    public let number: UInt8
    /// The table's name.
    public let name: String
    @usableFromInline var index = EntryIndex()
    @usableFromInline var entries: [Entry] = []
    @usableFromInline var source: (any RowSource)?
    /// Rows that changed at or after this position are neither in the checkpoint nor frozen.
    @usableFromInline var mark: Position = 0
    /// The slots of those rows, each once.
    @usableFromInline var dirty: [UInt32] = []
    /// The slots of the rows that are being flushed; they may have changed again since.
    var pending: [UInt32] = []
    // Many events in a row touch the same rows: the account's, the day's, the zone's.
    @usableFromInline var newest = -1

    /// An empty table, over the rows of `source` where there is one.
    public init(_ number: UInt8, _ name: String, over source: (any RowSource)? = nil) {
        self.number = number
        self.name = name
        self.source = source
    }

    /// The number of rows held in memory.
    public var count: Int { entries.count }

    /// The row in a slot; valid until the next `find`, `touch` or `rebase`.
    @inlinable
    public subscript(slot: Int) -> Row {
        _read { yield entries[slot].row }
        _modify { yield &entries[slot].row }
    }

    /// The position that last changed the row in a slot.
    public func last(_ slot: Int) -> Position { entries[slot].last }

    /// The slot of an existing row, or nil; never creates one.
    @inlinable
    public mutating func find(_ key: Fingerprint) -> Int? {
        if newest >= 0, entries[newest].key == key { return newest }
        guard let slot = index.slot(of: key, { entries[$0].key }) ?? load(key) else { return nil }
        newest = slot
        return slot
    }

    /// The slot of a row that `position` is about to change; creates an empty one where none is.
    @inlinable
    public mutating func touch(_ key: Fingerprint, at position: Position) -> Int {
        if let slot = find(key) {
            if entries[slot].last < mark { dirty.append(UInt32(truncatingIfNeeded: slot)) }
            entries[slot].last = position
            return slot
        }
        newest = insert(Entry(key: key, last: position, row: Row()))
        dirty.append(UInt32(truncatingIfNeeded: newest))
        return newest
    }

    /// Fetches the index's line for a key that will be sought soon.
    func prefetchIndex(_ key: Fingerprint) { index.prefetch(key) }

    /// Fetches the row of a key that will be sought soon, once its index line is there.
    func prefetchRow(_ key: Fingerprint) {
        if let slot = index.likelySlot(key) { entries.prefetch(slot) }
    }

    @inlinable
    mutating func insert(_ entry: Entry) -> Int {
        let slot = entries.count
        entries.append(entry)
        index.insert(slot, entry.key) { entries[$0].key }
        return slot
    }

    /// Copies a row up from the checkpoint.
    @inlinable
    mutating func load(_ key: Fingerprint) -> Int? {
        guard let source else { return nil }
        var loaded: Entry?
        source.withRow(number, key) { bytes, last in
            var reader = RowReader(bytes)
            loaded = Entry(key: key, last: last, row: Row(decoding: &reader))
        }
        return loaded.map { insert($0) }
    }

    /// A key, its row and the position that last changed it, for each row held in memory.
    public func forEach(_ body: (Fingerprint, Row, Position) -> Void) {
        for entry in entries { body(entry.key, entry.row, entry.last) }
    }
}
