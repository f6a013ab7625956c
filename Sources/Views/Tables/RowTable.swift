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
public struct RowTable<Row: TableRow> {
    /// The table's number on disk.
    public let number: UInt8
    /// The table's name.
    public let name: String
    private var index = KeyIndex()
    /// The keys, in the order of their slots.
    public private(set) var keys: [Fingerprint] = []
    private var rows: [Row] = []
    private var lasts: [Position] = []
    private var frozen: Frozen?
    private var source: (any RowSource)?

    /// An empty table, over the rows of `source` where there is one.
    public init(_ number: UInt8, _ name: String, over source: (any RowSource)? = nil) {
        self.number = number
        self.name = name
        self.source = source
    }

    /// The number of rows held in memory.
    public var count: Int { keys.count }

    /// The row in a slot; valid until the next `find`, `touch` or `rebase`.
    public subscript(slot: Int) -> Row {
        get { rows[slot] }
        _modify { yield &rows[slot] }
    }

    /// The position that last changed the row in a slot.
    public func last(_ slot: Int) -> Position { lasts[slot] }

    /// The slot of an existing row, or nil. Never creates one.
    public mutating func find(_ key: Fingerprint) -> Int? {
        if let slot = index.slot(of: key, keys) { return slot }
        return load(key)
    }

    /// The slot of a row that `position` is about to change; creates an empty one where none is.
    public mutating func touch(_ key: Fingerprint, at position: Position) -> Int {
        if let slot = index.slot(of: key, keys) ?? load(key) {
            lasts[slot] = position
            return slot
        }
        return insert(key, Row(), position)
    }

    private mutating func insert(_ key: Fingerprint, _ row: Row, _ last: Position) -> Int {
        let slot = keys.count
        keys.append(key)
        rows.append(row)
        lasts.append(last)
        index.insert(slot, keys)
        return slot
    }

    /// Copies a row up from the frozen rows or from the checkpoint.
    private mutating func load(_ key: Fingerprint) -> Int? {
        if let frozen, let slot = frozen.index.slot(of: key, frozen.keys) {
            return insert(key, frozen.rows[slot], frozen.lasts[slot])
        }
        guard let source else { return nil }
        var loaded: (Row, Position)?
        source.withRow(number, key) { bytes, last in
            var reader = RowReader(bytes)
            loaded = (Row(decoding: &reader), last)
        }
        guard let (row, last) = loaded else { return nil }
        return insert(key, row, last)
    }

    /// A key, its row and the position that last changed it, for each row held in memory.
    public func forEach(_ body: (Fingerprint, Row, Position) -> Void) {
        for slot in keys.indices { body(keys[slot], rows[slot], lasts[slot]) }
        guard let frozen else { return }
        for slot in frozen.keys.indices where index.slot(of: frozen.keys[slot], keys) == nil {
            body(frozen.keys[slot], frozen.rows[slot], frozen.lasts[slot])
        }
    }
}

extension RowTable {
    /// Rows that are being flushed; they change no more.
    final class Frozen: Sendable {
        let index: KeyIndex
        let keys: [Fingerprint]
        let rows: [Row]
        let lasts: [Position]

        init(index: KeyIndex, keys: [Fingerprint], rows: [Row], lasts: [Position]) {
            self.index = index
            self.keys = keys
            self.rows = rows
            self.lasts = lasts
        }
    }

    /// Sets all rows aside for flushing; a new tail grows above them.
    mutating func freeze() -> Frozen {
        let frozen = Frozen(index: index, keys: keys, rows: rows, lasts: lasts)
        self.frozen = frozen
        index = KeyIndex()
        keys = []
        rows = []
        lasts = []
        return frozen
    }

    /// Forgets all rows but those changed at or after `count`: the checkpoint holds the others.
    mutating func rebase(to count: Position) {
        let old = (keys, rows, lasts, frozen)
        clear()
        if let frozen = old.3 {
            for slot in frozen.keys.indices where frozen.lasts[slot] >= count {
                _ = insert(frozen.keys[slot], frozen.rows[slot], frozen.lasts[slot])
            }
        }
        for slot in old.0.indices where old.2[slot] >= count {
            if let slotBelow = index.slot(of: old.0[slot], keys) {
                rows[slotBelow] = old.1[slot]
                lasts[slotBelow] = old.2[slot]
            } else {
                _ = insert(old.0[slot], old.1[slot], old.2[slot])
            }
        }
    }

    /// Forgets all rows in memory.
    mutating func clear() {
        index = KeyIndex()
        keys = []
        rows = []
        lasts = []
        frozen = nil
    }
}
