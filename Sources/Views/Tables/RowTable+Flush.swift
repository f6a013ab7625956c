import Bytes
import Events

/// What happens to the rows of a tail: they are copied out, and stay as copies of the checkpoint's.
extension RowTable {
    /// The bytes that the rows take, without what they own elsewhere.
    var byteCount: Int { entries.count * (MemoryLayout<Entry>.stride + 16) }

    /// How many rows of a large table are asked for what they own.
    private static var askedMax: Int { 1_024 }

    /// About how many bytes the rows own elsewhere: what each takes on disk beyond an empty one.
    var ownedByteCount: Int {
        guard !entries.isEmpty else { return 0 }
        let step = max(1, entries.count / Self.askedMax)
        var writer = RowWriter()
        Row().encode(into: &writer)
        let empty = writer.bytes.count
        var total = 0
        for slot in stride(from: 0, to: entries.count, by: step) {
            writer.bytes.removeAll(keepingCapacity: true)
            entries[slot].row.encode(into: &writer)
            total += step * max(0, writer.bytes.count - empty)
        }
        return total
    }

    /// Copies out the rows that changed since the last freeze; `count` events are folded.
    ///
    /// Rows of a freeze whose flush has not ended go with them.
    mutating func freeze(at count: Position) -> [Entry] {
        gatherPending(from: 0)
        let frozen = dirty.map { entries[Int($0)] }
        pending = dirty
        dirty = []
        mark = count
        return frozen
    }

    /// Lays the rows over the checkpoint of `count` events: those that changed since are the tail.
    mutating func rebase(to count: Position) {
        gatherPending(from: count)
        dirty.removeAll { entries[Int($0)].last < count }
        mark = count
    }

    /// Forgets rows that last changed before `position`; the checkpoint must hold them.
    mutating func forget(before position: Position) {
        precondition(pending.isEmpty && position <= mark, "only what the checkpoint holds can go")
        let old = entries
        clear(at: mark)
        keep(old, from: position)
    }

    /// Moves out the rows that last changed before `position`, but for those that the checkpoint
    /// holds; all others stay.
    ///
    /// For a checkpoint that nobody reads yet: its rows need not be of one moment until the end.
    mutating func spill(before position: Position) -> [Entry] {
        precondition(pending.isEmpty && position >= mark, "a spill goes on where the last ended")
        let old = entries
        let written = mark
        clear(at: position)
        keep(old, from: position)
        return old.filter { $0.last >= written && $0.last < position }
    }

    private mutating func keep(_ old: LargeArray<Entry>, from position: Position) {
        for entry in old where entry.last >= position {
            let slot = insert(entry)
            if entry.last >= mark { dirty.append(UInt32(truncatingIfNeeded: slot)) }
        }
    }

    /// Forgets all rows in memory, over a checkpoint of `count` events.
    mutating func clear(at count: Position) {
        index = EntryIndex()
        entries = []
        dirty = []
        pending = []
        missing = InlineArray(repeating: .none)
        newest = -1
        mark = count
    }

    /// Takes rows back that a flush held: those that changed again are listed already.
    private mutating func gatherPending(from count: Position) {
        for slot in pending {
            let last = entries[Int(slot)].last
            if last < mark, last >= count { dirty.append(slot) }
        }
        pending = []
    }
}
