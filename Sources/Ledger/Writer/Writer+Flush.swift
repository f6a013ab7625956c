import Bytes
import Events
import Storage
import Views

/// The one thread of a writer that writes the tail into the checkpoint.
final class Flusher: Sendable {
    private let signal = Signal()
    private let state = Guarded(State())

    private struct State {
        var work: (@Sendable () throws -> Void)?
        var isRunning = false
        var isClosed = false
        var hasThread = false
        var error: (any Error)?
    }

    /// Runs work on the thread, which is started at the first.
    ///
    /// Where the system has no thread to give, it is done in the calling one. None is under way.
    func run(_ work: @escaping @Sendable () throws -> Void) {
        let hasThread = signal.withLock {
            (state.value.work, state.value.isRunning, state.value.error) = (work, true, nil)
            signal.broadcast()
            return state.value.hasThread
        }
        guard !hasThread else { return }
        let isStarted = SystemThread.tryToStart { [self] in
            SystemThread.giveWay()
            while next() {}
        }
        if isStarted { signal.withLock { state.value.hasThread = true } } else { _ = next() }
    }

    /// Whether work is under way.
    var isBusy: Bool { signal.withLock { state.value.isRunning } }

    /// Waits for the work that is under way.
    func wait() {
        signal.withLock {
            while state.value.isRunning { signal.wait() }
        }
    }

    /// Why the last work failed; nil where it did not.
    var error: (any Error)? { signal.withLock { state.value.error } }

    /// Ends the thread.
    func close() {
        signal.withLock {
            state.value.isClosed = true
            signal.broadcast()
        }
    }

    private func next() -> Bool {
        let work = signal.withLock { () -> (@Sendable () throws -> Void)? in
            while state.value.work == nil, !state.value.isClosed { signal.wait() }
            defer { state.value.work = nil }
            return state.value.work
        }
        guard let work else { return false }
        var failure: (any Error)?
        do { try work() } catch { failure = error }
        signal.withLock {
            (state.value.isRunning, state.value.error) = (false, failure)
            signal.broadcast()
        }
        return true
    }
}

extension Writer {
    /// The least time between two flushes: under load they become larger, not more.
    static let flushInterval: Int64 = 1_500_000_000

    func scheduleFlush() {
        finishFlush()
        let tail = state.applied - state.base
        if tail >= 4096, SystemClock.monotonic - lastFlush >= Self.flushInterval {
            flush(atLeast: 4096)
        }
        if tail >= tailMax { awaitFlush() }
        clearStaleReaders()
    }

    /// Why nothing more is taken: what waits in memory cannot be written, and is as much as may.
    func tailRefusal() -> LedgerError? {
        guard flushFault != nil, state.applied - state.base >= tailMax else { return nil }
        scheduleFlush()
        guard let fault = flushFault, state.applied - state.base >= tailMax else { return nil }
        return LedgerError(
            .storage,
            "\(state.applied - state.base) events wait in memory for the views, which cannot be "
                + "written: \(fault.message)")
    }

    /// Hands the tail to a thread that writes it, if it is long enough and nobody else flushes.
    func flush(atLeast least: Position) {
        finishFlush()
        guard !flushing, state.applied - state.base >= least, views.flushLock.tryLock() else {
            return
        }
        flushing = true
        lastFlush = SystemClock.monotonic
        let work = state.freeze()
        let store = views
        flusher.run {
            defer { store.flushLock.unlock() }
            do {
                try store.sweep()
                _ = try store.write(work)
            } catch {
                // Where LMDB gave the file up, the next one opens it anew.
                do throws(StorageError) { try store.environment.reopenWhereLost() } catch {}
                throw error
            }
        }
    }

    /// Takes note of a flush that has ended; rows of one that wrote nothing come back.
    ///
    /// The tail is laid over the new checkpoint at once: a second freeze over the old would take
    /// the place of the first, and rows that are in neither checkpoint nor tail would be lost.
    func finishFlush() {
        guard flushing, !flusher.isBusy else { return }
        flushing = false
        note(flusher.error)
        let base = state.base
        do {
            try state.renew()
            if state.base == base { state.thaw() }
        } catch {
            state.reset()
        }
        state.source.end()
    }

    func awaitFlush() {
        guard flushing else { return }
        flusher.wait()
        finishFlush()
    }

    /// Keeps why a flush failed, for whoever looks, and for the log.
    ///
    /// What is damaged is found by the next commit as well, which makes the views anew.
    private func note(_ error: (any Error)?) {
        flushFault = error.map { LedgerError(any: $0) }
        let number = (error as? StorageError)?.number ?? 0
        log.page[LogStore.Slot.flushFailed] =
            error == nil ? 0 : UInt64(clamping: SystemClock.wall)
        log.page[LogStore.Slot.flushNumber] = UInt64(UInt32(bitPattern: number))
        if let fault = flushFault, fault.code == .damaged || fault.code == .notFound {
            damagedViews = fault.message
        }
    }

    /// Appends that the views cannot be written, or that they can again, once for each time.
    func tellFlush(
        _ group: inout Group, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        guard (flushFault != nil) != isFaultTold else { return }
        var builder = DraftBuilder(
            flushFault == nil ? .alertCleared : .alertRaised, source: Ledger.ownSource,
            id: "\(state.applied)")
        builder.add(.code, text: "views.flush")
        if let flushFault { builder.add(.detail, text: String(flushFault.message.prefix(1024))) }
        try emit(builder.finish(), now, transaction)
        group.tellsFlush = true
    }
}
