import Bytes
import Events
import TestSupport
import Views

/// What a process may get wrong, so that the model can show that it would be found.
enum ProtocolMistake {
    /// A flush writes although another process has moved the checkpoint in between.
    case flushesWithoutComparing
    /// The tail is kept after a commit that failed.
    case keepsTailAfterFailure
    /// Frozen rows are forgotten when the checkpoint moves below them.
    case dropsFrozenRows
}

/// A process as the protocol of the views describes it, over the real tables and the real fold.
final class SimulatedProcess {
    static let tag: UInt32 = 7

    let world: SharedWorld
    let mistake: ProtocolMistake?
    private(set) var tables: Tables
    /// C of the checkpoint that the tail lies over.
    private(set) var base: Position
    /// H: how many events the tables hold.
    private(set) var applied: Position
    private var flush: (tables: FrozenTables, base: Position, end: Position)?

    init(_ world: SharedWorld, _ mistake: ProtocolMistake?) {
        self.world = world
        self.mistake = mistake
        tables = Tables(tag: Self.tag, over: MemorySource(world))
        tables.clear(at: world.count)
        base = world.count
        applied = world.count
    }

    /// Renews the view of the checkpoint.
    func renew() {
        guard world.count != base else { return }
        if world.count > applied {
            forget()
            return
        }
        if mistake == .dropsFrozenRows, let flush { tables.rebase(to: flush.end) }
        tables.rebase(to: world.count)
        base = world.count
        // The checkpoint moved under the frozen rows: they were taken back.
        if let flush, flush.base != base { self.flush = nil }
    }

    /// Folds what others have appended.
    func catchUp() {
        while applied < Position(world.log.count) { fold(world.log[Int(applied)]) }
    }

    /// Decides on the state of this moment and appends; the commit may fail.
    ///
    /// - Returns: whether the events are in the log: of a failed commit, too, one cannot know.
    func append(_ drafts: [Draft], recorded: Instant, failure: CommitFailure?) {
        renew()
        catchUp()
        var records: [[UInt8]] = []
        for draft in drafts {
            let record = draft.sealed(at: applied, recorded: recorded)
            records.append(record)
            fold(record)
        }
        guard let failure else {
            world.log += records
            return
        }
        if failure == .reportedOnly { world.log += records }
        if mistake == .keepsTailAfterFailure {
            applied = min(applied, Position(world.log.count))
            return
        }
        forget()
    }

    /// Sets the tail aside, unless it is aside already.
    func freeze() {
        guard flush == nil else { return }
        flush = (tables.freeze(at: applied), base, applied)
    }

    /// Forgets copies of rows that have not changed for a while, as when memory runs short.
    func trim(keeping recent: Position) {
        guard flush == nil else { return }
        tables.forget(before: min(base, applied - min(applied, recent)))
    }

    /// Writes the frozen tail, or finds that another process was faster.
    func write() throws {
        guard let flush else { return }
        self.flush = nil
        if mistake != .flushesWithoutComparing, world.count != flush.base {
            // What was frozen comes back: nothing of it was written.
            if world.count == base { tables.rebase(to: base) } else { renew() }
            return
        }
        try world.write(flush.tables, from: flush.base, to: flush.end)
        renew()
    }

    private func fold(_ record: [UInt8]) {
        guard let event = EventView(record.span) else { return }
        Fold.evolve(&tables, by: event)
        applied += 1
    }

    private func forget() {
        tables.clear(at: world.count)
        flush = nil
        base = world.count
        applied = world.count
    }
}

/// How a commit fails.
enum CommitFailure {
    /// Nothing was written.
    case nothingWritten
    /// Everything was written, and only the answer says otherwise.
    case reportedOnly
}
