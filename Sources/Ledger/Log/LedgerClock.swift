import Bytes
import Events
import Storage

/// Where the ledger's clocks come from: the machine's, or a test's.
public struct ClockSource: Sendable {
    /// Nanoseconds since 1970 by the wall clock.
    public var wall: @Sendable () -> Int64
    /// Nanoseconds since the machine started, sleep included.
    public var boot: @Sendable () -> Int64
    /// The name of the time since the machine started.
    public var bootID: @Sendable () -> String
    /// Whether the wall clock follows a time source; nil where nobody knows.
    public var isSynchronised: @Sendable () -> Bool?

    /// A source from four functions.
    public init(
        wall: @escaping @Sendable () -> Int64, boot: @escaping @Sendable () -> Int64,
        bootID: @escaping @Sendable () -> String, isSynchronised: @escaping @Sendable () -> Bool?
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
/// - Same start of the machine: the wall clock must have advanced as the boot clock did, give or
///   take 5 seconds; where it has not, time goes on by the boot clock, with an alert.
/// - Another start: a wall clock over 7 days ahead of the last commit, or one that the kernel calls
///   not synchronised, is refused until an operator accepts it.
/// - A development ledger never reads the wall clock: its time is what it was driven to.
enum LedgerClock {
    static let stepMax = Nanoseconds.seconds(5)
    static let absenceMax = Nanoseconds.seconds(7 * 86_400)

    /// A reading of the clock inside a write transaction.
    struct Reading: Equatable {
        /// The ledger's time.
        var now: Instant
        /// The row to store with the commit.
        var row: ClockRow
        /// How far the wall clock had stepped, where that was found just now.
        var step: Nanoseconds?
    }

    /// Reads the clocks against the last commit's row; `accepted` takes the wall clock as it is.
    static func read(
        _ source: ClockSource, after last: ClockRow?, accepted: Bool = false
    ) throws(LedgerError) -> Reading {
        let wall = Instant(nanoseconds: source.wall())
        let boot = source.boot()
        let bootID = Fingerprint(of: source.bootID())
        var row = ClockRow(bootID: bootID, boot: boot, ledger: wall, hasStepped: false)
        guard let last, !accepted else {
            row.ledger = max(wall, last?.ledger ?? wall)
            return Reading(now: row.ledger, row: row)
        }
        guard last.bootID == bootID else {
            try refuseDoubtful(source, wall, last)
            row.ledger = max(wall, last.ledger)
            return Reading(now: row.ledger, row: row)
        }
        let elapsed = Nanoseconds(max(0, boot - last.boot))
        let drift = wall.since(last.ledger).count - elapsed.count
        if abs(drift) <= stepMax.count {
            row.ledger = max(wall, last.ledger)
            return Reading(now: row.ledger, row: row)
        }
        row.ledger = last.ledger.advanced(by: elapsed)
        row.hasStepped = true
        return Reading(
            now: row.ledger, row: row, step: last.hasStepped ? nil : Nanoseconds(drift))
    }

    private static func refuseDoubtful(
        _ source: ClockSource, _ wall: Instant, _ last: ClockRow
    ) throws(LedgerError) {
        let advice =
            "check the clock, then run 'ledger doctor --accept-clock --by NAME --why REASON'"
        if wall.since(last.ledger) > absenceMax {
            let days = wall.since(last.ledger).seconds / 86_400
            throw LedgerError(
                .clock,
                "since the last event the machine was restarted and its clock is \(days) days ahead; "
                    + advice)
        }
        if source.isSynchronised() == false {
            throw LedgerError(
                .clock,
                "since the last event the machine was restarted, and its clock does not follow a "
                    + "time source; " + advice)
        }
    }
}
