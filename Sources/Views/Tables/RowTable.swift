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

/// Where a row lies in a checkpoint.
///
/// Names are random, so rows sorted by them would be written all over a B-tree: each change of a
/// few bytes would cost a page. Rows lie in the order of their homes instead, so that those which
/// came up together sit together, and sorted runs lead from names to homes.
public struct RowPlace: Sendable, BitwiseCopyable {
    /// The row's key.
    public var key: Fingerprint
    /// The position of the event that made the row; of a table by position, the key itself.
    public var home: Position
    /// Whether the row was read from a checkpoint.
    public var isStored: Bool

    /// A place.
    @inlinable
    public init(key: Fingerprint, home: Position, isStored: Bool) {
        self.key = key
        self.home = home
        self.isStored = isStored
    }
}

/// The rows of a checkpoint, below a table's own.
public protocol RowSource: AnyObject {
    /// Calls `body` with the row's bytes, its home, and the position that last changed it, if there
    /// is one.
    func withRow(
        _ table: UInt8, _ key: Fingerprint, _ body: (Span<UInt8>, Position, Position) -> Void)
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
        /// The home, and in the highest bit whether the row was read from the checkpoint.
        @usableFromInline let origin: UInt64
        @usableFromInline var row: Row

        @inlinable
        init(key: Fingerprint, last: Position, home: Position, isStored: Bool, row: Row) {
            self.key = key
            self.last = last
            origin = isStored ? home | 1 << 63 : home
            self.row = row
        }

        var place: RowPlace {
            RowPlace(key: key, home: origin & (1 << 63 - 1), isStored: origin >> 63 == 1)
        }
    }

    /// The table's number on disk.
    public let number: UInt8
    /// The table's name.
    public let name: String
    /// Whether the keys are positions, or count like them: such rows need no names.
    public let isByPosition: Bool
    @usableFromInline var index = EntryIndex()
    @usableFromInline var entries = LargeArray<Entry>()
    @usableFromInline var source: (any RowSource)?
    /// Rows that changed at or after this position are neither in the checkpoint nor frozen.
    @usableFromInline var mark: Position = 0
    /// The slots of those rows, each once.
    @usableFromInline var dirty: [UInt32] = []
    /// The slots of the rows that are being flushed; they may have changed again since.
    var pending: [UInt32] = []
    /// Keys that were sought below and are not there: a key is often sought again at once, when it
    /// is made, and some that never come up are sought by every request.
    @usableFromInline var missing = InlineArray<16, Fingerprint>(repeating: .none)
    // Many events in a row touch the same rows: the account's, the day's, the zone's.
    @usableFromInline var newest = -1

    /// An empty table, over the rows of `source` where there is one.
    public init(
        _ number: UInt8, _ name: String, isByPosition: Bool = false,
        over source: (any RowSource)? = nil
    ) {
        self.number = number
        self.name = name
        self.isByPosition = isByPosition
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
        let home = isByPosition ? key.low : position
        newest = insert(Entry(key: key, last: position, home: home, isStored: false, row: Row()))
        dirty.append(UInt32(truncatingIfNeeded: newest))
        return newest
    }

    /// Fetches the index's line for a key that will be sought soon.
    @inline(__always)
    func prefetchIndex(_ key: Fingerprint) { index.prefetch(key) }

    /// Fetches the row of a key that will be sought soon, once its index line is there.
    @inline(__always)
    func prefetchRow(_ key: Fingerprint) {
        if let slot = index.likelySlot(key) { entries.prefetch(slot) }
    }

    @inlinable
    mutating func insert(_ entry: Entry) -> Int {
        let slot = entries.count
        entries.append(entry)
        index.insert(slot, entry.key)
        return slot
    }

    /// Copies a row up from the checkpoint.
    @inlinable
    mutating func load(_ key: Fingerprint) -> Int? {
        guard let source else { return nil }
        let place = Int(truncatingIfNeeded: EntryIndex.mix(key) >> 60)
        if key != .none, missing[place] == key { return nil }
        var loaded: Entry?
        source.withRow(number, key) { bytes, home, last in
            var reader = RowReader(bytes)
            loaded = Entry(
                key: key, last: last, home: home, isStored: true, row: Row(decoding: &reader))
        }
        if let loaded { return insert(loaded) }
        missing[place] = key
        return nil
    }

    /// A key, its row and the position that last changed it, for each row held in memory.
    public func forEach(_ body: (Fingerprint, Row, Position) -> Void) {
        for entry in entries { body(entry.key, entry.row, entry.last) }
    }
}
