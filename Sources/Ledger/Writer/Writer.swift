import Bytes
import Events
import Gate
import Glibc
import Storage
import Synchronization
import Views

/// The one thread of a process that writes: it takes all waiting requests, decides and appends them
/// in one transaction, commits, and answers.
final class Writer: @unchecked Sendable {
    let log: LogStore
    let clock: ClockSource
    let keyring: Keyring
    let queue = WorkQueue()
    let gate: PolicyCache
    let shadows = ShadowCache()
    let refusals: Refusals
    let denials = Denials()
    /// Only the writer's thread touches what follows.
    var views: CheckpointStore
    var state: ViewState
    /// The vault's count of erasures when it was last looked at.
    var knownErasures: UInt64?
    /// What conversations about consent go by.
    var terms = ConversationTerms(nil, Policy())
    private var flushing = false
    private var lastFlush: Int64 = 0
    private var lastClearing = SystemClock.monotonic
    private let flushed = Signal()
    private let flushEnd = Guarded<Bool>(false)
    private let ended = Signal()
    private let hasEnded = Guarded<Bool>(false)
    /// Whether the thread waits for the write lock with no request taken.
    private let waitsForLock = Atomic<Bool>(false)
    let rebuild: @Sendable (String) throws -> CheckpointStore

    init(
        log: LogStore, views: CheckpointStore, clock: ClockSource, keyring: Keyring,
        refusals: Refusals,
        gate: PolicyCache,
        rebuild: @escaping @Sendable (String) throws -> CheckpointStore
    ) {
        self.log = log
        self.views = views
        self.clock = clock
        self.keyring = keyring
        self.refusals = refusals
        self.gate = gate
        self.rebuild = rebuild
        state = ViewState(views, log)
    }

    /// Starts the thread, and another that withdraws requests which wait too long.
    func start() {
        SystemThread.start { self.run() }
        SystemThread.start { self.watch() }
    }

    /// Ends the thread once all requests are answered, and waits for it.
    ///
    /// It does not wait for a lock that another process holds once all requests are withdrawn: the
    /// thread has nothing left to write, and ends by itself when it gets the lock.
    func close() {
        queue.close()
        ended.withLock {
            while !hasEnded.value, !(waitsForLock.load(ordering: .acquiring) && queue.isIdle) {
                ended.wait(nanoseconds: 50_000_000)
            }
        }
    }

    private func run() {
        while true {
            switch queue.wait(nanoseconds: 1_000_000_000) {
            case .work: commitGroup()
            case .idle:
                flush(atLeast: 256)
                clearStaleReaders()
            case .closed:
                flush(atLeast: 4096)
                awaitFlush()
                ended.withLock {
                    hasEnded.value = true
                    ended.broadcast()
                }
                return
            }
        }
    }

    private func watch() {
        while !ended.withLock({ waitForEnd(nanoseconds: 200_000_000) }) {
            let late = queue.withdraw(at: SystemClock.monotonic)
            guard !late.isEmpty else { continue }
            let error = busy()
            for job in late { job.answer(.failure(error)) }
        }
    }

    private func waitForEnd(nanoseconds: Int64) -> Bool {
        if !hasEnded.value { ended.wait(nanoseconds: nanoseconds) }
        return hasEnded.value
    }

    /// The answer to a request that was not taken within 5 seconds.
    func busy() -> LedgerError {
        let holder = log.page[LogStore.Slot.holder]
        let waiter = log.page[LogStore.Slot.waiter]
        let pid = holder != 0 ? holder : waiter
        let who = pid == 0 ? "another process" : "process \(pid)"
        return LedgerError(
            .busy,
            "\(who) has held the ledger's write lock for over 5 seconds; try again, and look at that "
                + "process if it does not end")
    }

    // MARK: - One group, one commit

    private func commitGroup() {
        var group = Group()
        for attempt in 0..<3 {
            do {
                try commit(&group)
                while !group.isDecided {
                    scheduleFlush()
                    try commit(&group)
                }
                break
            } catch let damage as ViewDamage where attempt < 2 {
                recover(from: damage, &group)
            } catch {
                fail(&group, LedgerError(any: told(error)))
                break
            }
        }
        // First the hint, then the answers: who was answered may look at it.
        log.page[LogStore.Slot.count] = state.applied
        for (job, outcome) in zip(group.jobs, group.outcomes) { job.answer(outcome) }
        scheduleFlush()
    }

    private func recover(from damage: ViewDamage, _ group: inout Group) {
        group.outcomes = []
        awaitFlush()
        do {
            // Another process may have met the same damage, and rebuilt the views by now.
            if let serving = try Rebuild.serving(log), serving != views.generation {
                views = try CheckpointStore(
                    ledger: log.folder, generation: serving, tag: log.identity.tag)
            } else {
                views = try rebuild(damage.what)
            }
            state = ViewState(views, log)
        } catch {
            fail(&group, LedgerError(any: error))
        }
    }

    /// LMDB calls a write that a full disk cut short an I/O error: the disk tells them apart.
    private func told(_ error: any Error) -> any Error {
        guard let storage = error as? StorageError, storage.number == EIO,
            LocalHost.freeBytes(at: log.folder) ?? .max < 1 << 20
        else { return error }
        return StorageError(
            .diskFull, "committing: the disk is full; free some space and try again")
    }

    /// Answers a whole group with one error; jobs that still wait are left to the next try.
    private func fail(_ group: inout Group, _ error: LedgerError) {
        if group.jobs.isEmpty { group.jobs = queue.take() }
        if group.isDecided, group.reachedCommit, isInLog(group) { return }
        group.outcomes = group.jobs.map { _ in .failure(error) }
        state.reset()
    }

    /// A commit that failed has an unknown outcome: the log itself says what became of it.
    private func isInLog(_ group: Group) -> Bool {
        state.reset()
        let last = group.lastPosition
        let found = try? log.environment.read { transaction -> Bool in
            if let next = group.nextVault {
                let key = MetaKey.vault.bytes
                let named = try transaction.value(of: key.span, in: log.main)
                guard named?.load(at: 0, as: UInt64.self) == next else { return false }
                // Keys alone may have changed, in a log that holds nothing yet.
                if group.lastPosition == .max { return true }
            }
            guard let bytes = try transaction.value(at: last, in: log.log) else { return false }
            return bytes.load(at: bytes.count - 8, as: UInt64.self) == group.lastChecksum
        }
        return found ?? false
    }

    private func commit(_ group: inout Group) throws {
        let page = log.page
        let pid = UInt64(getpid())
        waitsForLock.store(group.jobs.isEmpty, ordering: .releasing)
        defer { waitsForLock.store(false, ordering: .releasing) }
        try log.turnstile.lock()
        page[LogStore.Slot.waiter] = pid
        var holdsTurnstile = true
        defer {
            if holdsTurnstile { log.turnstile.unlock() }
            if page[LogStore.Slot.holder] == pid { page[LogStore.Slot.holder] = 0 }
            state.source.end()
        }
        group.reachedCommit = false
        try log.environment.write { transaction in
            waitsForLock.store(false, ordering: .releasing)
            page[LogStore.Slot.holder] = pid
            page[LogStore.Slot.waiter] = 0
            log.turnstile.unlock()
            holdsTurnstile = false
            try prepare(transaction)
            if group.jobs.isEmpty { group.jobs = queue.take() }
            try settle(&group, transaction)
            try decide(&group, transaction)
            try state.refuseDamage()
            group.reachedCommit = true
            group.lastPosition = state.applied &- 1
            group.lastChecksum = state.lastChecksum
        }
        try adoptVault(&group)
        try endErasure(&group)
    }

    /// Brings the views up to the log as it is inside this transaction.
    private func prepare(_ transaction: borrowing WriteTransaction) throws {
        try log.refuseRenamed(transaction)
        try followGeneration(transaction)
        try state.renew()
        if !flushing { state.trim() }
        let count = Position(try transaction.count(of: log.log))
        if state.applied > count { state.reset() }
        guard state.applied < count else { return }
        try transaction.scan(log.log, from: state.applied) { position, bytes in
            state.apply(try LogStore.view(bytes, at: position))
            return true
        }
        try state.refuseDamage()
    }

    /// Another process may have rebuilt the views: the log's main table says which ones serve.
    private func followGeneration(_ transaction: borrowing WriteTransaction) throws {
        let key = MetaKey.views.bytes
        let generation = try transaction.value(of: key.span, in: log.main)?.load(
            at: 0, as: UInt64.self)
        guard let generation, generation != views.generation else { return }
        awaitFlush()
        views = try CheckpointStore(
            ledger: log.folder, generation: generation, tag: log.identity.tag)
        state = ViewState(views, log)
    }
}

/// The requests of one commit.
struct Group {
    var jobs: [Job] = []
    var outcomes: [Result<Job.Outcome, LedgerError>] = []
    var reachedCommit = false
    /// Whether the requests were decided; leases that had to be ended first may have filled the
    /// commit.
    var isDecided = false
    /// Persons that come back after an erasure.
    var returning: [Mint] = []
    /// Persons whom an earlier version told apart by their spelling.
    var twins: [Twins] = []
    /// The vault's file that counts from this commit on, where it had to grow or was rotated.
    var nextVault: UInt64?
    /// The erasure that this commit tells of.
    var erased: ErasureIntent?
    var lastPosition: Position = 0
    var lastChecksum: UInt64 = 0
}

// MARK: - Flushing

extension Writer {
    /// The tail beyond which the writer waits for the flush.
    static let tailMax: Position = 1_000_000
    /// The least time between two flushes: under load they become larger, not more.
    static let flushInterval: Int64 = 1_500_000_000

    private func scheduleFlush() {
        finishFlush()
        let tail = state.applied - state.base
        if tail >= 4096, SystemClock.monotonic - lastFlush >= Self.flushInterval {
            flush(atLeast: 4096)
        }
        if tail >= Self.tailMax { awaitFlush() }
        clearStaleReaders()
    }

    /// Once a minute: a reader that died would keep old pages from being used again.
    private func clearStaleReaders() {
        let now = SystemClock.monotonic
        guard now - lastClearing >= 60_000_000_000 else { return }
        lastClearing = now
        log.environment.clearStaleReaders()
        views.environment.clearStaleReaders()
    }

    /// Hands the tail to a thread that writes it, if it is long enough and nobody else flushes.
    private func flush(atLeast least: Position) {
        finishFlush()
        guard !flushing, state.applied - state.base >= least, views.flushLock.tryLock() else {
            return
        }
        flushing = true
        lastFlush = SystemClock.monotonic
        flushEnd.value = false
        let work = state.freeze()
        let store = views
        SystemThread.start { [flushed, flushEnd] in
            SystemThread.giveWay()
            // A full disk is no error here: the tail stays in memory, and the log is what counts.
            try? store.sweep()
            _ = try? store.write(work)
            store.flushLock.unlock()
            flushed.withLock {
                flushEnd.value = true
                flushed.broadcast()
            }
        }
    }

    /// Takes note of a flush that has ended; rows of one that wrote nothing come back.
    ///
    /// The tail is laid over the new checkpoint at once: a second freeze over the old would take
    /// the place of the first, and rows that are in neither checkpoint nor tail would be lost.
    private func finishFlush() {
        guard flushing, flushed.withLock({ flushEnd.value }) else { return }
        flushing = false
        let base = state.base
        do {
            try state.renew()
            if state.base == base { state.thaw() }
        } catch {
            state.reset()
        }
        state.source.end()
    }

    private func awaitFlush() {
        guard flushing else { return }
        flushed.withLock {
            while !flushEnd.value { flushed.wait() }
        }
        finishFlush()
    }
}
