import Bytes
public import Events
import Gate
import Storage
public import Views

extension Ledger {
    /// The state of the views at one moment.
    public struct Moment {
        /// All tables.
        ///
        /// Reading may copy rows up from the checkpoint; changes are thrown away.
        public var tables: Tables
        /// The number of events that the tables hold.
        public let count: Position
        /// The ledger's time: of its clock, or of the event that `--at` names.
        public let now: Instant
        /// The count of the checkpoint that the tables lie over; 0 for a fold from the beginning.
        public let base: Position
        /// The checkpoint itself; nil for a fold from the beginning.
        let store: CheckpointStore?
    }

    /// Runs `body` on the views as of the last committed event.
    ///
    /// The ledger is only read: nothing is appended, and a lease that has ended shows as expired
    /// only to who compares it with `now`.
    public func withState<V>(_ body: (inout Moment) throws -> V) throws -> V {
        for attempt in 0..<3 {
            let store = try servingViews()
            let state = ViewState(store, log)
            defer { state.source.end() }
            do {
                try state.renew()
                try catchUp(state)
                var moment = Moment(
                    tables: state.tables, count: state.applied, now: try now(), base: state.base,
                    store: store)
                let value = try body(&moment)
                try state.refuseDamage()
                return value
            } catch let error as LedgerError where error.code == .busy && attempt < 2 {
                continue
            } catch let damage as ViewDamage where attempt < 2 {
                let rebuilt = try Rebuild.run(log, because: damage.what, progress: progress).store
                views.withLock { $0 = rebuilt }
            }
        }
        throw LedgerError(.damaged, "the views are damaged again and again; check the disk")
    }

    /// Runs `body` on the views as the first `count` events make them: a fold from the beginning.
    public func withState<V>(
        after count: Position, progress: (Position) -> Void = { _ in },
        _ body: (inout Moment) throws -> V
    ) throws -> V {
        var tables = Tables(tags: identity.tags)
        var now = Instant.epoch
        try foldEvents(to: count, into: &tables) { event in
            now = event.recorded
            if event.position % 65_536 == 0 { progress(event.position) }
        }
        var moment = Moment(tables: tables, count: count, now: now, base: 0, store: nil)
        return try body(&moment)
    }

    private func catchUp(_ state: ViewState) throws {
        while true {
            let start = state.applied
            try log.environment.read { transaction in
                try transaction.scan(log.log, from: start) { position, bytes in
                    guard position < start + Position(Self.pageRecords) else { return false }
                    state.apply(try LogStore.view(bytes, at: position))
                    return true
                }
            }
            try state.refuseDamage()
            if state.applied < start + Position(Self.pageRecords) { return }
        }
    }

    /// The views that serve now: another process may have rebuilt them.
    private func servingViews() throws -> CheckpointStore {
        guard let generation = try Rebuild.serving(log) else {
            return views.withLock { $0 }
        }
        return try views.withLock { store in
            if store.generation != generation {
                store = try CheckpointStore(
                    ledger: log.folder, generation: generation, tag: log.identity.tag)
            }
            return store
        }
    }

    /// The ledger's time: what a decision made now would be recorded at.
    ///
    /// It is read; nothing moves.
    public func now() throws(LedgerError) -> Instant {
        let row = try clockRow()
        if identity.isDevelopment { return row?.ledger ?? .epoch }
        do throws(LedgerError) { return try LedgerClock.read(clock, after: row).now } catch {
            guard error.code == .clock else { throw error }
            return Instant(nanoseconds: clock.wall())
        }
    }

    /// How far the views on disk are behind the log.
    public struct ViewsStatus: Sendable {
        /// The count of the checkpoint.
        public let checkpoint: Position
        /// The number of committed events.
        public let count: Position
        /// How long ago the first event beyond the checkpoint was recorded; zero where there is
        /// none.
        public let behind: Nanoseconds
        /// The generation that serves.
        public let generation: UInt64
        /// Files of sorted runs.
        public let runs: Int
        /// Why they could not be written the last time that a process tried, and when that was; nil
        /// where they could.
        public let fault: (message: String, time: Instant)?
    }

    /// How far the views on disk are behind the log: the tail is folded by whoever asks.
    public func viewsStatus() throws -> ViewsStatus {
        let store = try servingViews()
        let header = try store.header()
        let count = try count()
        var behind = Nanoseconds(0)
        if header.count < count {
            let first = try withEvent(at: header.count) { $0.recorded }
            behind = max(Nanoseconds(0), try now().since(first))
        }
        return ViewsStatus(
            checkpoint: header.count, count: count, behind: behind, generation: store.generation,
            runs: header.runs.count, fault: flushFault())
    }

    private func flushFault() -> (message: String, time: Instant)? {
        let time = log.page[LogStore.Slot.flushFailed]
        guard time > 0 else { return nil }
        let number = UInt32(truncatingIfNeeded: log.page[LogStore.Slot.flushNumber])
        let cause =
            number == 0
            ? "the last flush failed"
            : StorageError.system(Int32(bitPattern: number), "writing the views").message
        return (cause, Instant(nanoseconds: Int64(clamping: time)))
    }

    /// Rebuilds all views beside the serving ones, compares them row by row, and switches.
    public func rebuild(
        progress: @Sendable (RebuildProgress) -> Void
    ) throws(LedgerError) -> RebuildReport {
        close()
        do {
            let (store, report) = try Rebuild.run(
                log, because: "asked for", comparing: { try self.flushTail(to: $0) },
                progress: progress)
            views.withLock { $0 = store }
            return report
        } catch { throw LedgerError(any: error) }
    }

    /// Writes the tail to the checkpoint, so that a comparison covers every event.
    private func flushTail(to store: CheckpointStore) throws {
        // Whoever holds the lock writes the same tail.
        guard store.flushLock.tryLock() else { return }
        defer { store.flushLock.unlock() }
        let state = ViewState(store, log)
        defer { state.source.end() }
        try state.renew()
        try catchUp(state)
        if state.applied > state.base { _ = try store.write(state.freeze()) }
    }

    /// The text and hash of the policy in force, or nil.
    public func policyInForce() throws -> (position: Position, text: String)? {
        let position = try withState { $0.tables.policyPosition }
        guard let position else { return nil }
        return try withEvent(at: position) { (position, $0.text(.text) ?? "") }
    }
}
