import Bytes
import Events
import Gate
import Glibc
import Storage
import Synchronization
import Vault
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
    /// Whether this group is there to mend the file of keys, or to take it as it is.
    var mendsKeys = false
    /// The generation of an older file of keys that was made to forget again who was erased.
    var reappliedGeneration: UInt64?
    /// What this commit knows of the marks in the folder.
    var marks = HeededMarks()
    var flushing = false
    var lastFlush: Int64 = 0
    private var lastClearing = SystemClock.monotonic
    let flusher = Flusher()
    /// Why the last flush of the views failed; nil where it did not.
    var flushFault: LedgerError?
    /// What a flush found damaged in the views, which are then made anew.
    var damagedViews: String?
    /// Whether the log tells of that.
    var isFaultTold = false
    /// The tail beyond which the writer waits for the flush, and refuses where that fails.
    let tailMax: Position
    /// The views as readers of this process have them.
    private let served: Locked<CheckpointStore>
    private let ended = Signal()
    private let hasEnded = Guarded<Bool>(false)
    /// Whether the thread waits for the write lock with no request taken.
    private let waitsForLock = Atomic<Bool>(false)
    let rebuild: @Sendable (String) throws -> CheckpointStore

    init(
        log: LogStore, views: Locked<CheckpointStore>, clock: ClockSource, keyring: Keyring,
        refusals: Refusals,
        gate: PolicyCache, tailMax: Position,
        rebuild: @escaping @Sendable (String) throws -> CheckpointStore
    ) {
        self.log = log
        served = views
        self.views = views.withLock { $0 }
        self.tailMax = tailMax
        self.clock = clock
        self.keyring = keyring
        self.refusals = refusals
        self.gate = gate
        self.rebuild = rebuild
        state = ViewState(self.views, log)
    }

    /// Starts the thread, and another that withdraws requests which wait too long; answers whether
    /// the system allowed both.
    func start() -> Bool {
        guard SystemThread.tryToStart({ self.run() }) else { return false }
        if SystemThread.tryToStart({ self.watch() }) { return true }
        close()
        return false
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
                followWhileIdle()
                clearStaleReaders()
            case .closed:
                flush(atLeast: 4096)
                awaitFlush()
                flusher.close()
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
            for job in late {
                keyring.release(job.sealed.flatMap(\.mints))
                job.answer(.failure(error))
            }
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

    /// Once a minute: a reader that died would keep old pages from being used again.
    func clearStaleReaders() {
        let now = SystemClock.monotonic
        guard now - lastClearing >= 60_000_000_000 else { return }
        lastClearing = now
        log.environment.clearStaleReaders()
        views.environment.clearStaleReaders()
    }

    // MARK: - One group, one commit

    private func commitGroup() {
        var group = Group()
        if let refusal = tailRefusal() {
            fail(&group, refusal)
            for (job, outcome) in zip(group.jobs, group.outcomes) { job.answer(outcome) }
            return
        }
        for attempt in 0..<3 {
            do {
                try commitWithoutRefused(&group)
                while !group.isDecided {
                    scheduleFlush()
                    try commitWithoutRefused(&group)
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

    /// Commits; where a request was refused half done, again without it, until none is left.
    private func commitWithoutRefused(_ group: inout Group) throws {
        while true {
            do {
                return try commit(&group)
            } catch {
                // What the commit would have recorded stands nowhere: nothing may go by it.
                denials.forget(from: group.start)
                gate.forget()
                shadows.forget()
                terms = ConversationTerms(nil, Policy())
                guard let half = error as? HalfDone else { throw error }
                group.refused[half.place] = half.error
                state.reset()
            }
        }
    }

    private func recover(from damage: ViewDamage, _ group: inout Group) {
        group.outcomes = []
        awaitFlush()
        do {
            // Another process may have met the same damage, and rebuilt the views by now.
            if let serving = try Rebuild.serving(log), serving != views.generation {
                serve(
                    try CheckpointStore(
                        ledger: log.folder, generation: serving, tag: log.identity.tag))
            } else {
                serve(try rebuild(damage.what))
            }
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
        // LMDB gives a file up whose first pages it could not write; until it is opened again it
        // answers nobody.
        do throws(StorageError) { try log.environment.reopenWhereLost() } catch {}
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
                let named = try transaction.number(of: key.span, in: log.main)
                guard named == next else { return false }
                // Keys alone may have changed, in a log that holds nothing yet.
                if group.lastPosition == .max { return true }
            }
            guard let bytes = try transaction.value(at: last, in: log.log) else { return false }
            return bytes.count >= 8
                && bytes.load(at: bytes.count - 8, as: UInt64.self) == group.lastChecksum
        }
        // What can be read may lie in the system's memory only: it is the disk's before it is told.
        guard found == true else { return false }
        do throws(StorageError) { try log.environment.sync() } catch { return false }
        return true
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
        do { try write(&group, pid, &holdsTurnstile) } catch {
            putMarksBack()
            throw error
        }
        try adoptVault(&group)
        try endErasure(&group)
    }

    private func write(_ group: inout Group, _ pid: UInt64, _ holdsTurnstile: inout Bool) throws {
        let page = log.page
        marks = HeededMarks()
        try log.environment.write { transaction in
            waitsForLock.store(false, ordering: .releasing)
            page[LogStore.Slot.holder] = pid
            page[LogStore.Slot.waiter] = 0
            log.turnstile.unlock()
            holdsTurnstile = false
            try prepare(transaction)
            group.start = state.applied
            if group.jobs.isEmpty { group.jobs = queue.take() }
            mendsKeys = group.jobs.contains(where: \.mendsKeys)
            try settle(&group, transaction)
            try decide(&group, transaction)
            try state.refuseDamage()
            try noteKeys(&group, transaction)
            group.reachedCommit = true
            group.lastPosition = state.applied &- 1
            group.lastChecksum = state.lastChecksum
        }
        if group.tellsFlush { isFaultTold = flushFault != nil }
        if let (vault, mark) = group.keysNoted { vault.expect(mark, isCommitted: true) }
    }

    /// Brings the views up to the log as it is inside this transaction.
    private func prepare(_ transaction: borrowing WriteTransaction) throws {
        try log.refuseRenamed(transaction)
        try followGeneration(transaction)
        if let damage = damagedViews {
            damagedViews = nil
            throw ViewDamage(what: damage)
        }
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
        let generation = try transaction.number(of: key.span, in: log.main)
        guard let generation, generation != views.generation else { return }
        awaitFlush()
        serve(
            try CheckpointStore(
                ledger: log.folder, generation: generation, tag: log.identity.tag))
    }

    /// Goes on with other views, and lets go of those before, as all readers of this process do.
    private func serve(_ next: CheckpointStore) {
        views = next
        state = ViewState(next, log)
        served.withLock { $0 = next }
        // What those before suffered from went with them.
        (damagedViews, flushFault) = (nil, nil)
        log.page[LogStore.Slot.flushFailed] = 0
    }

    /// Once in a while, also where nothing is written: views that were rebuilt by others are gone
    /// on with, so that the files of those before are no longer kept.
    func followWhileIdle() {
        guard !flushing, let serving = try? Rebuild.serving(log), serving != views.generation,
            let next = try? CheckpointStore(
                ledger: log.folder, generation: serving, tag: log.identity.tag)
        else { return }
        serve(next)
    }
}

/// The requests of one commit.
struct Group {
    var jobs: [Job] = []
    var outcomes: [Result<Job.Outcome, LedgerError>] = []
    var reachedCommit = false
    /// Where the log ended before it.
    var start: Position = 0
    /// The requests that were refused when a part of them had been appended.
    var refused: [HalfDone.Place: LedgerError] = [:]
    /// Whether the requests were decided; leases that had to be ended first may have filled the
    /// commit.
    var isDecided = false
    /// Persons that come back after an erasure.
    var returning: [Mint] = []
    /// Persons whom an earlier version told apart by their spelling.
    var twins: [Twins] = []
    /// The vault's file that counts from this commit on, where it had to grow or was rotated.
    var nextVault: UInt64?
    /// That file, where it had to grow.
    var nextFile: VaultFile?
    /// The file of keys whose state this commit stores, and that state.
    var keysNoted: (VaultFile, VaultMark)?
    /// The erasure that this commit tells of.
    var erased: ErasureIntent?
    /// Whether this commit tells of a flush that failed, or that it does again.
    var tellsFlush = false
    var lastPosition: Position = 0
    var lastChecksum: UInt64 = 0
}
