import Events
import Gate

/// What a sender does otherwise than README says.
enum Misuse: String, CaseIterable {
    case constantAttempt, constantAtAttempted, noAttempt, noAttemptNoReports, neverAttempted
    case reportWithoutAsk, ignoresGo, failedAfterGoFalse, failedOwnAfterGoFalse
    case cancelAfterGoFalse, cancelOnTimeout, failedOnTimeout, constantAttemptCancels
    case noAttemptKept, lateCall, newKeyEachDelivery, staleAnswers, libraryRepeats

    /// Whether README names it among those that still send twice.
    var isNamed: Bool {
        switch self {
        case .neverAttempted, .ignoresGo, .newKeyEachDelivery, .libraryRepeats, .failedOnTimeout,
            .cancelOnTimeout, .staleAnswers:
            true
        default: false
        }
    }

    /// Whether it calls the provider after its lease.
    var isLate: Bool {
        switch self {
        case .lateCall, .neverAttempted, .ignoresGo, .noAttemptNoReports: true
        default: false
        }
    }

    var isWithoutAttempt: Bool {
        self == .noAttempt || self == .noAttemptNoReports || self == .noAttemptKept
    }

    var isConstant: Bool { self == .constantAttempt || self == .constantAttemptCancels }
    var isSilent: Bool { self == .neverAttempted || self == .noAttemptNoReports }
    var keepsAnswers: Bool { self == .reportWithoutAsk || self == .noAttemptKept }
}

/// One message that a queue delivers, at least once.
struct AttemptTask: Equatable {
    let id: String
    let key: String
    let business: String?

    /// What the provider must see once.
    var name: String { business ?? key }
}

/// A worker that sends what it is handed, step by step: each step is one call at most.
final class AttemptWorker {
    enum Next {
        case ask
        case attempt
        /// Gives the reservation back, and asks again.
        case giveBack(tries: Int, pauses: Bool)
        /// Says that it failed, though another goes.
        case blame(attempt: String?)
        case pause(Int)
        case settle(Provided)
        case report(SendReport.Outcome, message: String?, tries: Int, isDone: Bool)
    }

    enum Provided: Equatable {
        case taken(String)
        case rejected, notReached, timeout
    }

    enum End { case done, dead, later }

    struct Grant {
        let position: Position
        let notBefore: Int
        var expires: Int { notBefore + AttemptModel.lease }
    }

    let misuse: Misuse?
    var task: AttemptTask?
    var next = Next.ask
    var until = 0
    var turns = 0
    /// The reservation that it acts on, and under which attempt.
    var grant: Grant?
    var attempt: String?
    /// Whether it has repeated an `attempted` that was not answered.
    var isUnsure = false
    /// Answers that it takes for those of later questions.
    var stale: [Bool] = []
    var kept: [String: Grant] = [:]

    init(_ misuse: Misuse?) { self.misuse = misuse }

    func begin(_ task: AttemptTask) {
        self.task = task
        next = .ask
        (until, turns) = (0, 0)
    }

    /// Asks again, with a new attempt.
    func again(after moment: Int? = nil) {
        if let task { kept[task.key] = nil }
        next = .ask
        if let moment { until = moment }
    }

    func end() {
        task = nil
        grant = nil
    }

    /// Dies: what it knew is gone.
    func die() {
        end()
        attempt = nil
        stale = []
        if misuse?.keepsAnswers != true { kept = [:] }
    }
}
