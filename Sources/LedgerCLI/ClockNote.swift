import Events
import Ledger

/// How the clock of a ledger stands, for `status`, `doctor` and `init`.
struct ClockNote {
    let now: Instant
    /// Whether somebody has to act.
    let isFault: Bool
    /// One sentence; nil where there is nothing to say.
    let sentence: String?
    /// Whether the machine's clock follows a time source; nil where nobody knows, or for a driven
    /// clock.
    let isSynchronised: Bool?

    /// By how much the ledger's clock may differ from the machine's before it is told.
    private static let driftMax = Nanoseconds.seconds(5)

    init(_ ledger: Ledger) throws {
        guard let standing = try ledger.clockStanding() else {
            now = try ledger.now()
            isFault = false
            sentence = nil
            isSynchronised = nil
            return
        }
        now = standing.now
        isSynchronised = standing.isSynchronised
        let drift = standing.drift
        if let refusal = standing.refusal {
            isFault = true
            sentence = refusal.message
        } else if drift.count.magnitude > Self.driftMax.count.magnitude {
            isFault = true
            let seconds = drift.seconds.magnitude
            sentence =
                "the machine's clock is \(seconds) s \(drift.count > 0 ? "ahead of" : "behind") the "
                + "ledger's; check it, then 'ledger doctor --accept-clock --by NAME --why REASON'"
        } else if standing.isSynchronised == false {
            isFault = standing.requiresSource
            sentence = Self.free(standing.requiresSource)
        } else {
            isFault = false
            sentence = nil
        }
    }

    /// What it means that the machine's clock follows no time source.
    static func free(_ isRefused: Bool) -> String {
        isRefused
            ? "the machine's clock follows no time source, so that after a restart it is refused "
                + "(clock.require_sync): start one, such as chrony"
            : "the machine's clock follows no time source: after a restart it is taken, with an "
                + "alert, where it is at most 7 days ahead"
    }
}
