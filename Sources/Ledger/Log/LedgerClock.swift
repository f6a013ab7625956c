import Bytes
import Events
import Storage

/// Where the ledger's clocks come from: the machine's, or a test's.
public struct ClockSource: Sendable {
    /// Nanoseconds since 1970 by the wall clock.
    public var wall: @Sendable () -> Int64
    /// Nanoseconds since the machine started, sleep included.
    public var boot: @Sendable () -> Int64
    /// The name of the time since the machine started; nil where it cannot be read.
    public var bootID: @Sendable () -> String?
    /// Whether the wall clock follows a time source; nil where nobody knows.
    public var isSynchronised: @Sendable () -> Bool?

    /// A source from four functions.
    public init(
        wall: @escaping @Sendable () -> Int64, boot: @escaping @Sendable () -> Int64,
        bootID: @escaping @Sendable () -> String?, isSynchronised: @escaping @Sendable () -> Bool?
    ) {
        self.wall = wall
        self.boot = boot
        self.bootID = bootID
        self.isSynchronised = isSynchronised
    }

    /// The machine's own clocks.
    public static let system = ClockSource(
        wall: { SystemClock.wall }, boot: { SystemClock.boot }, bootID: { SystemClock.bootID },
        isSynchronised: { SystemClock.isSynchronised })
}

/// The ledger's clock: never backward, and never fooled by a step of the wall clock.
///
/// - Same start of the machine: the wall clock must have advanced as the boot clock did, since the
///   last commit give or take 5 seconds, and since the first commit of this start give or take 5
///   seconds and 5 more an hour, so that small steps do not add up. Where it has not, time goes on
///   by the boot clock, with an alert.
/// - Another start: a wall clock before the last commit goes on from there by the boot clock; one
///   at most 7 days ahead is taken, with an alert where it follows no time source; one further
///   ahead is refused until an operator accepts it. Where the policy asks for a time source, a
///   clock without one is refused, too.
/// - A development ledger never reads the wall clock: its time is what it was driven to.
enum LedgerClock {
    static let stepMax = Nanoseconds.seconds(5)
    static let absenceMax = Nanoseconds.seconds(7 * 86_400)
    /// By how much the wall clock may drift in an hour.
    static let driftMax = Nanoseconds.seconds(5)

    /// What is told of the clock, once.
    enum Alert: Equatable {
        /// The wall clock stepped, by so much.
        case step(Nanoseconds)
        /// After a restart it is so far behind the last event.
        case behind(Nanoseconds)
        /// After a restart it follows no time source, and is so far ahead of the last event.
        case unsynchronised(Nanoseconds)
    }

    /// A reading of the clock inside a write transaction.
    struct Reading: Equatable {
        /// The ledger's time.
        var now: Instant
        /// The row to store with the commit.
        var row: ClockRow
        /// What was found just now.
        var alert: Alert?
    }

    /// Reads the clocks against the last commit's row.
    ///
    /// - Parameters:
    ///   - last: the row of the last commit; nil before the first.
    ///   - accepted: whether the wall clock is taken as it is.
    ///   - requiresSource: whether the policy asks for a time source; it is looked at after a
    ///     restart.
    /// - Throws: ``LedgerError`` with `clock`.
    static func read(
        _ source: ClockSource, after last: ClockRow?, accepted: Bool = false,
        requiresSource: () -> Bool = { false }
    ) throws(LedgerError) -> Reading {
        guard let name = source.bootID() else { throw unnamed() }
        let wall = Instant(nanoseconds: source.wall())
        var row = ClockRow(bootID: Fingerprint(of: name), boot: source.boot(), ledger: wall)
        guard let last, !accepted else {
            if let last, last.ledger > wall {
                // What was recorded stays: time stands until the wall clock has come so far.
                row = ClockRow(bootID: row.bootID, boot: row.boot, ledger: last.ledger)
                row.hasStepped = true
            }
            return Reading(now: row.ledger, row: row)
        }
        guard last.bootID == row.bootID else {
            return try restarted(source, row, last, requiresSource)
        }
        row.firstBoot = last.firstBoot
        row.firstLedger = last.firstLedger
        let elapsed = max(0, row.boot &- last.boot)
        let drift = wall.nanoseconds &- last.ledger.nanoseconds &- elapsed
        if drift.magnitude <= stepMax.count.magnitude, !hasCrept(row, wall) {
            row.ledger = max(wall, last.ledger)
            return Reading(now: row.ledger, row: row)
        }
        row.ledger = last.ledger.advanced(by: Nanoseconds(elapsed))
        row.hasStepped = true
        return Reading(
            now: row.ledger, row: row, alert: last.hasStepped ? nil : .step(Nanoseconds(drift)))
    }

    /// Whether the wall clock went too far away since the first commit of this start.
    private static func hasCrept(_ row: ClockRow, _ wall: Instant) -> Bool {
        let elapsed = max(0, row.boot &- row.firstBoot)
        let drift = wall.nanoseconds &- row.firstLedger.nanoseconds &- elapsed
        // 5 s an hour are one 720th.
        let allowed = stepMax.count + elapsed / (3_600 / driftMax.seconds)
        return drift.magnitude > allowed.magnitude
    }

    /// Reads the clock for the first time after a restart.
    private static func restarted(
        _ source: ClockSource, _ row: ClockRow, _ last: ClockRow, _ requiresSource: () -> Bool
    ) throws(LedgerError) -> Reading {
        let isFree = source.isSynchronised() == false
        if isFree, requiresSource() {
            throw LedgerError(
                .clock,
                "since the last event the machine was restarted, its clock does not follow a time "
                    + "source, and the policy asks for one (clock.require_sync); " + advice)
        }
        let wall = row.ledger
        let ahead = Nanoseconds(wall.nanoseconds &- last.ledger.nanoseconds)
        guard ahead <= absenceMax else {
            throw LedgerError(
                .clock,
                "since the last event the machine was restarted and its clock is "
                    + "\(ahead.seconds / 86_400) days ahead; " + advice)
        }
        guard ahead.count < 0 else {
            return Reading(now: wall, row: row, alert: isFree ? .unsynchronised(ahead) : nil)
        }
        var row = ClockRow(bootID: row.bootID, boot: row.boot, ledger: last.ledger)
        row.hasStepped = ahead.count < -stepMax.count
        return Reading(
            now: row.ledger, row: row,
            alert: row.hasStepped ? .behind(Nanoseconds(-ahead.count)) : nil)
    }

    private static let advice =
        "check the clock, then run 'ledger doctor --accept-clock --by NAME --why REASON'"

    private static func unnamed() -> LedgerError {
        LedgerError(
            .clock,
            "the kernel's name for this start of the machine cannot be read ("
                + "\(SystemClock.bootIDTrouble ?? "no cause is known")), so that a restart "
                + "cannot be told from a step of the clock; mount /proc")
    }
}

extension LedgerClock.Alert {
    /// The code and the sentence of `alert.raised`.
    var told: (code: String, detail: String) {
        switch self {
        case .step(let step):
            (
                "clock.step",
                "the wall clock stepped by \(step.seconds) s; time goes on by the boot clock"
            )
        case .behind(let behind):
            (
                "clock.behind",
                "after a restart the wall clock is \(behind.seconds) s behind the last event; time "
                    + "goes on from there by the boot clock"
            )
        case .unsynchronised(let ahead):
            (
                "clock.unsynchronised",
                "after a restart the wall clock follows no time source; it is \(ahead.seconds) s "
                    + "ahead of the last event, and taken"
            )
        }
    }
}
