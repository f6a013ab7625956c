import Bytes
import Events

/// Where a send counts in the windows.
enum SendPlace: Equatable, Sendable {
    /// In none.
    case nowhere
    /// In all until the lease ends, and in none after it: nothing was attempted.
    case releasable(Stamp)
    /// In all until the lease ends, and from then on at its end: the outcome is unknown.
    case open(Stamp)
    /// At an instant.
    case settled(Stamp)
}

/// What an event changes in the counts of sends.
struct SendChange {
    let keys: SendKeys
    let position: Position
    let recorded: Instant
    /// Where the send counted before.
    var from = SendPlace.nowhere
    /// Where it counts now.
    var to = SendPlace.nowhere
    /// In a dry run: the observation that counts it; else none.
    var shadow = Fingerprint.none
    /// Whether it goes to a person outside the service window.
    var isOutside = false

    init(keys: SendKeys, by happened: borrowing Occurrence) {
        self.keys = keys
        position = happened.position
        recorded = happened.recorded
    }

    /// The instant at which it counts from now on; nil where it counts at none, or is open.
    var settled: Stamp? { if case .settled(let stamp) = to { stamp } else { nil } }
}
