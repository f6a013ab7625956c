public import Events
import Gate
import Storage

/// A condition that is checked inside the write transaction, before anything is appended.
public struct AppendCondition: Sendable {
    /// The log must hold exactly this many events.
    public var expectedCount: Position?
    /// No event that matches may stand after `after`; nil means from the beginning.
    public var failIf: EventFilter?
    /// The last position that the caller has seen.
    public var after: Position?

    /// A condition; without arguments it always holds.
    public init(
        expectedCount: Position? = nil, failIf: EventFilter? = nil, after: Position? = nil
    ) {
        self.expectedCount = expectedCount
        self.failIf = failIf
        self.after = after
    }
}

extension AppendCondition {
    func resolved(by sealer: EventSealer) throws(LedgerError) -> AppendCondition {
        var condition = self
        condition.failIf = try failIf?.resolved(by: sealer)
        return condition
    }
}

/// Where an event stands.
public struct Appended: Sendable, Equatable {
    /// The position: of the first, if the event was there already.
    public var position: Position
    /// Whether it was there already.
    public var isDuplicate: Bool

    /// A place.
    public init(position: Position, isDuplicate: Bool) {
        self.position = position
        self.isDuplicate = isDuplicate
    }
}

/// One of several batches that follow each other: appended whole, or not at all.
public struct AppendBatch: Sendable {
    /// The events, at most 16,384 in all batches of a series.
    public var drafts: [Draft]
    /// What a development ledger's clock is moved to; nil moves it to the latest time given.
    public var now: Instant?

    /// A batch.
    public init(_ drafts: [Draft], now: Instant? = nil) {
        self.drafts = drafts
        self.now = now
    }
}

/// One of several batches that follow each other, sealed.
struct SealedBatch: Sendable {
    let events: SealedDrafts
    let now: Instant?
}

/// A batch that was checked and sealed, and waits to be submitted.
public struct PreparedBatch: Sendable {
    let sealed: SealedBatch
}

/// What became of a series of batches.
public struct SeriesOutcome: Sendable {
    /// The places of the events of each batch that was appended; the others follow them.
    public var places: [[Appended]] = []
    /// Why the next batch was refused; nil where none was.
    public var refusal: LedgerError?
}

/// A request to the writer; a class, because it goes from hand to hand.
final class Job: Sendable {
    enum Work: Sendable {
        case append(SealedDrafts, AppendCondition?)
        case series([SealedBatch])
        case ask(SealedRequest)
        case claim(ClaimWork)
        /// Nothing but what was counted since the last commit.
        case count
        case report(SealedReport)
        case acceptClock(SealedDrafts)
        case keys(KeyOrder)
        case acceptRollback(Draft, acceptsClock: Bool)
        case start(InstanceStart)
        case fence(String, InstanceFenced)
        /// Where the event of a mark stands, which the commit appends.
        case tell(StopMark)
        case resume(ResumeWork)
        case adopt(Draft, isCopy: Bool)
    }

    enum Outcome: Sendable {
        case appended([Appended])
        case followed(SeriesOutcome)
        case asked(AskOutcome)
        case claimed(ClaimOutcome)
        case counted
        case reported(ReportOutcome)
        case carriedOut([Position])
    }

    let work: Work
    /// What a development ledger's clock is moved to.
    let now: Instant?
    /// When it was asked for, by the machine's monotonic clock.
    let enqueued: Int64
    /// About how many bytes it keeps while it waits.
    let byteCount: Int
    let answer: @Sendable (Result<Outcome, LedgerError>) -> Void

    init(
        work: Work, now: Instant?, enqueued: Int64,
        answer: @escaping @Sendable (Result<Outcome, LedgerError>) -> Void
    ) {
        self.work = work
        self.now = now
        self.enqueued = enqueued
        self.answer = answer
        byteCount = Self.byteCount(of: work)
    }

    private static func byteCount(of work: Work) -> Int {
        switch work {
        case .append(let events, _), .acceptClock(let events): events.byteCount
        case .series(let batches): batches.reduce(0) { $0 + $1.events.byteCount }
        case .claim(let claim): claim.parts.reduce(4096) { $0 + $1.request.byteCount }
        case .ask(let request): request.byteCount
        case .report(let report): report.byteCount
        default: 4096
        }
    }

    /// A request that only records what was counted.
    static var counting: Job {
        Job(work: .count, now: nil, enqueued: SystemClock.monotonic, answer: { _ in })
    }

    /// Whether it is to have a commit of its own.
    var changesKeys: Bool {
        if case .keys = work { return true }
        return false
    }

    /// Whether its batches are refused one by one.
    var isSeries: Bool {
        if case .series = work { return true }
        return false
    }

    /// Whether it is carried out without the keys: orders to stop must not wait for them.
    var needsNoKeys: Bool {
        switch work {
        case .tell, .resume, .adopt: true
        default: false
        }
    }

    /// Whether it is there to mend the file of keys, or to take it as it is.
    var mendsKeys: Bool {
        switch work {
        case .keys(.mend), .keys(.acceptLoss): true
        default: false
        }
    }

    /// What of it was sealed before it was queued.
    var sealed: [SealedWork] {
        switch work {
        case .append(let events, _), .acceptClock(let events): [events]
        case .series(let batches): batches.map(\.events)
        case .ask(let request): [request]
        case .claim(let claim): claim.parts.map(\.request)
        case .report(let report): [report]
        case .keys, .acceptRollback, .count, .start, .fence, .tell, .resume, .adopt: []
        }
    }

    /// The number of events that it may append.
    var weight: Int {
        switch work {
        case .append(let events, _): events.drafts.count
        case .series(let batches): batches.reduce(0) { $0 + $1.events.drafts.count }
        case .claim(let claim): claim.parts.count
        default: 1
        }
    }
}

/// The requests that wait for the writer: bounded, and withdrawn after 5 seconds.
final class WorkQueue: Sendable {
    static let jobsMax = 65_536
    /// The bytes that may wait, unless one request has more.
    static let bytesMax = 256 << 20
    static let groupMax = 4096
    static let eventsMax = 16_384
    static let patience: Int64 = 5_000_000_000

    private let signal = Signal()
    private let waiting = Guarded<State>(State())

    private struct State {
        var jobs: [Job] = []
        var bytes = 0
        var isClosed = false
    }

    /// Enters a request; answers false where the queue is full or closed.
    func put(_ job: Job) -> Bool {
        signal.withLock {
            guard !waiting.value.isClosed,
                waiting.value.jobs.count < Self.jobsMax,
                isEmpty || waiting.value.bytes + job.byteCount <= Self.bytesMax
            else { return false }
            waiting.value.bytes += job.byteCount
            waiting.value.jobs.append(job)
            signal.signal()
            return true
        }
    }

    /// Waits for a request.
    enum Wake { case work, idle, closed }

    /// Waits until there is work, until `nanoseconds` have passed, or until the queue is closed.
    func wait(nanoseconds: Int64) -> Wake {
        signal.withLock {
            if isEmpty, !waiting.value.isClosed { signal.wait(nanoseconds: nanoseconds) }
            if !isEmpty { return .work }
            return waiting.value.isClosed ? .closed : .idle
        }
    }

    /// Whether no request waits.
    var isIdle: Bool { signal.withLock { isEmpty } }

    private var isEmpty: Bool { waiting.value.jobs.isEmpty }

    /// Takes the next group: at most 4,096 requests or, beyond the first, 16,384 events.
    func take() -> [Job] {
        signal.withLock {
            var group: [Job] = []
            var events = 0
            for job in waiting.value.jobs {
                if group.count == Self.groupMax { break }
                if !group.isEmpty, events + job.weight > Self.eventsMax { break }
                // What was sealed before keys change is looked at again after it.
                if !group.isEmpty, job.changesKeys { break }
                events = job.changesKeys ? Self.eventsMax : events + job.weight
                group.append(job)
                waiting.value.bytes -= job.byteCount
            }
            // Nothing that was taken is kept alive by the queue.
            waiting.value.jobs.removeFirst(group.count)
            return group
        }
    }

    /// Withdraws the requests that have waited for longer than the patience.
    func withdraw(at now: Int64) -> [Job] {
        signal.withLock {
            let old = Array(
                waiting.value.jobs.prefix { now - $0.enqueued > Self.patience })
            for job in old { waiting.value.bytes -= job.byteCount }
            waiting.value.jobs.removeFirst(old.count)
            return old
        }
    }

    /// Lets no more requests in.
    func close() {
        signal.withLock {
            waiting.value.isClosed = true
            signal.broadcast()
        }
    }
}

/// A value that is only touched with a ``Signal`` held.
final class Guarded<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
}
