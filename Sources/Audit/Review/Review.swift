import Bytes
import Events
import TimeZones

/// What a person wants to know of the events of an export, counted while they pass.
///
/// The memory that it takes does not grow with the number of events: days, categories and rules
/// are few, and of lists only the first rows are kept, with the number of the others.
struct Review {
    /// What happened on one day, in UTC.
    struct Day {
        var received = 0
        var sent = 0
        var failed = 0
        var waited = 0
        var refused = 0
    }

    /// What became of consent in one category.
    struct Consents {
        var requested = 0
        var granted = 0
        var declined = 0
        var withdrawn = 0
    }

    /// How often a rule spoke against a request.
    struct Objections {
        var wait = 0
        var refuse = 0
    }

    /// An order of an operator, or an erasure.
    struct Notice {
        let position: Position
        let time: Instant
        let what: String
        let scope: String
        let by: String
        let why: String
    }

    static let noticesMax = 200
    /// Time is what senders say it is: whoever invents days fills no memory.
    static let daysMax = 4_096

    private(set) var days: [Int64: Day] = [:]
    private(set) var daysBeyond = 0
    private(set) var consents: [String: Consents] = [:]
    private(set) var rules: [Rule: Objections] = [:]
    private(set) var orders: [Notice] = []
    private(set) var ordersBeyond = 0
    private(set) var erasures: [Notice] = []
    private(set) var erasuresBeyond = 0
    private(set) var sends = SendReview()

    mutating func add(_ event: borrowing EventView) {
        switch event.type {
        case .messageReceived: count(event) { $0.received += 1 }
        case .sendReserved, .sendAttempted, .sendAccepted, .sendCancelled, .sendExpired:
            if sends.add(event) { count(event) { $0.sent += 1 } }
        case .sendFailed:
            _ = sends.add(event)
            count(event) { $0.failed += 1 }
        case .messageFailed: count(event) { $0.failed += 1 }
        case .sendRefused: addRefusal(event)
        case .consentRequested: consent(event) { $0.requested += 1 }
        case .consentGranted: consent(event) { $0.granted += 1 }
        case .consentDeclined: consent(event) { $0.declined += 1 }
        case .consentWithdrawn: consent(event) { $0.withdrawn += 1 }
        case .personErased: Self.note(event, &erasures, &erasuresBeyond)
        case .policyChanged, .rulesetChanged, .sendingPaused, .sendingResumed, .sendingStopped,
            .modeChanged, .cooldownReset, .instanceFenced, .retentionApplied, .exportMade,
            .ledgerAdopted:
            Self.note(event, &orders, &ordersBeyond)
        default: break
        }
    }

    private mutating func count(_ event: borrowing EventView, _ body: (inout Day) -> Void) {
        let day = (event.effective.nanoseconds / 1_000_000_000).flooredDays
        guard days.count < Self.daysMax || days[day] != nil else {
            daysBeyond += 1
            return
        }
        body(&days[day, default: Day()])
    }

    private mutating func consent(
        _ event: borrowing EventView, _ body: (inout Consents) -> Void
    ) {
        body(&consents[event.text(.category) ?? "all", default: Consents()])
    }

    private mutating func addRefusal(_ event: borrowing EventView) {
        let count = max(1, Int(clamping: event.integer(.count) ?? 1))
        let waits = event.text(.verdict) == Verdict.wait.name
        self.count(event) { day in
            if waits { day.waited &+= count } else { day.refused &+= count }
        }
        for finding in event.findings where finding.verdict != .send {
            if finding.verdict == .wait {
                rules[finding.rule, default: Objections()].wait &+= count
            } else {
                rules[finding.rule, default: Objections()].refuse &+= count
            }
        }
    }

    private static func note(
        _ event: borrowing EventView, _ notices: inout [Notice], _ beyond: inout Int
    ) {
        guard notices.count < noticesMax else {
            beyond += 1
            return
        }
        let scopes: [Field] = [.account, .chat, .subject, .role, .instance, .mode, .format]
        notices.append(
            Notice(
                position: event.position, time: event.effective, what: event.type?.name ?? "",
                scope: scopes.compactMap { event.text($0) }.joined(separator: " "),
                by: event.text(.by) ?? "", why: event.text(.why) ?? ""))
    }
}
