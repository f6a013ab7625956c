import Bytes
import Events
import Storage
import Views

/// The views as one thread sees them: the tables over a checkpoint, and how far they are folded.
///
/// This is the protocol of the views: C is the count of the checkpoint, H the count folded. Below C
/// nothing is folded again. A row that is held and last changed below C is what the checkpoint
/// holds, whatever C is, so it stays as a copy until memory runs short.
final class ViewState {
    let source: CheckpointSource
    var tables: Tables
    /// C: the count of the checkpoint that the tail lies over.
    private(set) var base: Position = 0
    /// H: the count of events that the tables hold.
    private(set) var applied: Position = 0
    /// The checksum of the record before `applied`; 0 where it is not known.
    private(set) var lastChecksum: UInt64 = 0

    init(_ store: CheckpointStore, _ log: LogStore) {
        source = CheckpointSource(store, log)
        tables = Tables(tags: log.identity.tags, over: source)
    }

    /// Begins a call: the checkpoint as it is now.
    ///
    /// The caller begins the log's transaction after.
    func renew() throws {
        try source.begin()
        let count = source.header.count
        if count > applied {
            tables.clear(at: count)
            applied = count
            lastChecksum = source.header.lastChecksum
        } else if count != base {
            tables.rebase(to: count)
        }
        base = count
    }

    /// Makes room: forgets copies of rows that have not changed for long.
    ///
    /// Nothing may be frozen meanwhile.
    func trim() {
        guard byteCount > Self.byteCountMax else { return }
        let recent = applied - min(applied, Self.recentMax)
        tables.forget(before: min(base, recent))
        owned = nil
    }

    /// The bytes that the tables take; what rows own elsewhere as it was up to 16,384 events ago.
    var byteCount: Int {
        if let known = owned, known.at <= applied, applied - known.at < Self.ownedInterval {
            return tables.byteCount + known.bytes
        }
        let bytes = tables.ownedByteCount
        owned = (bytes, applied)
        return tables.byteCount + bytes
    }

    /// What rows owned elsewhere, and how many events were folded then.
    private var owned: (bytes: Int, at: Position)?
    /// After how many events rows are asked again.
    private static let ownedInterval: Position = 16_384

    /// The bytes of rows beyond which copies are forgotten.
    static let byteCountMax = 256 << 20
    /// Rows that changed within the last so many events stay.
    static let recentMax: Position = 65_536

    /// Folds one record that follows the last.
    ///
    /// - Parameter half: The half of the tables that it changes; nil for both.
    func apply(_ event: borrowing EventView, _ half: Fold.Half? = nil) {
        precondition(event.position == applied, "events are folded in order, each once")
        if let half {
            Fold.evolve(&tables, by: event, half)
        } else {
            Fold.evolve(&tables, by: event)
        }
        applied += 1
        lastChecksum = event.bytes.load(at: event.bytes.count - 8, as: UInt64.self)
    }

    /// Forgets the whole tail: a commit failed, so that it may hold what never happened.
    func reset() {
        base = source.header.count
        tables.clear(at: base)
        applied = base
        lastChecksum = source.header.lastChecksum
    }

    /// Takes frozen rows back: their flush wrote nothing.
    func thaw() { tables.rebase(to: base) }

    /// Copies the tail out for flushing.
    func freeze() -> CheckpointStore.Flush {
        CheckpointStore.Flush(
            tables: tables.freeze(at: applied), base: base, count: applied,
            lastChecksum: lastChecksum)
    }

    /// Moves out the rows that last changed before `position`, for a checkpoint that is being built
    /// and holds no event until its end.
    func spill(before position: Position) -> CheckpointStore.Flush {
        CheckpointStore.Flush(
            tables: tables.spill(before: position), base: base, count: base, lastChecksum: 0)
    }

    /// Fails where something that was read since ``renew()`` turned out to be damaged.
    func refuseDamage() throws {
        if let damage = source.damage { throw ViewDamage(what: damage) }
    }
}

/// A row, a run or a checkpoint does not hold its checksum: the views are rebuilt from the log.
struct ViewDamage: Error {
    let what: String
}
