import Bytes
import Events
import Storage
import Views

/// Folds a whole log into a checkpoint that nobody reads yet: both halves of the tables at once, on
/// two threads.
///
/// Rows that last changed long ago are written and forgotten when memory fills up. What changes
/// often stays until the end, and is written once.
final class RebuildFold: Sendable {
    private let log: LogStore
    private let store: CheckpointStore
    private let total: Position
    private let names = Locked(Course())
    private let ended = Signal()
    /// One half writes at a time: both add to the same header.
    private let writing = Signal()

    /// How far the thread of the names is.
    private struct Course {
        var done: Position = 0
        var hasEnded = false
        var error: (any Error)?
    }

    private let byteCountMax: Int

    /// Prepares to fold the first `total` events.
    ///
    /// - Parameter byteCountMax: The bytes of rows and ids that each half may hold before old ones
    ///   are written.
    init(
        _ log: LogStore, _ store: CheckpointStore, _ total: Position, byteCountMax: Int = 192 << 20
    ) {
        self.log = log
        self.store = store
        self.total = total
        self.byteCountMax = byteCountMax
    }

    /// Folds and writes everything; `progress` is told how many events both halves hold.
    func run(_ progress: (Position) -> Void) throws {
        // Where no thread can be had, one half follows the other.
        if !SystemThread.tryToStart({ [self] in foldNames() }) { foldNames() }
        defer { awaitNames() }
        let state = ViewState(store, log)
        try fold(.decisions, state) { done in progress(min(done, names.withLock { $0.done })) }
        awaitNames(progress)
        if let error = names.withLock({ $0.error }) { throw error }
        var last = state.spill(before: total)
        last.count = total
        last.lastChecksum = state.lastChecksum
        try write(last)
    }

    private func foldNames() {
        var course = Course(done: total, hasEnded: true)
        do {
            let state = ViewState(store, log)
            state.tables.ids.isSought = false
            try fold(.names, state) { done in names.withLock { $0.done = done } }
            try write(state.spill(before: total))
        } catch { course.error = error }
        ended.withLock {
            names.withLock { [course] in $0 = course }
            ended.broadcast()
        }
    }

    private func awaitNames(_ progress: (Position) -> Void = { _ in }) {
        ended.withLock {
            while !names.withLock({ $0.hasEnded }) {
                ended.wait(nanoseconds: 200_000_000)
                progress(names.withLock { $0.done })
            }
        }
    }

    private func fold(_ half: Fold.Half, _ state: ViewState, _ progress: (Position) -> Void) throws
    {
        var spilled: Position = 0
        while state.applied < total {
            try state.renew()
            let start = state.applied
            try log.environment.read { transaction in
                try transaction.scan(log.log, from: start) { position, bytes in
                    guard position < total, position < start + 16_384 else { return false }
                    state.apply(try LogStore.view(bytes, at: position), half)
                    return true
                }
            }
            try state.refuseDamage()
            state.source.end()
            guard state.applied > start else { throw LogStore.damaged(start) }
            progress(state.applied)
            if state.byteCount > byteCountMax {
                spilled += (state.applied - spilled + 1) / 2
                try write(state.spill(before: spilled))
                state.tables.rebaseIDs(to: state.applied)
            }
        }
    }

    private func write(_ flush: CheckpointStore.Flush) throws {
        try writing.withLock {
            guard try store.write(flush) == .written else {
                throw StorageError(.busy, "another process writes into \(store.folder)")
            }
        }
    }
}
