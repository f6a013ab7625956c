import Bytes
public import Events

/// What one day counted, by UTC.
public struct ComplianceDay: Sendable {
    /// Messages that came in.
    public var received = 0
    /// Persons whose first message of the day came in.
    public var persons = 0
    /// Requests for consent.
    public var asked = 0
    /// Grants.
    public var granted = 0
    /// Refusals.
    public var declined = 0
    /// Persons who opted out; what they repeat is not counted.
    public var optOuts = 0
    /// Questions for support.
    public var support = 0
    /// Questions about privacy.
    public var privacy = 0
    /// Messages that may be an opt-out and were put to review.
    public var held = 0
    /// Messages that the provider accepted.
    public var accepted = 0
    /// Messages that the provider refused, or calls that failed.
    public var failed = 0
    /// Messages that the provider took and could not deliver.
    public var bounced = 0
    /// Blocks and reports as spam.
    public var complaints = 0

    /// The name of each count with its place.
    static let counts: [(name: String, path: any KeyPath<Self, Int> & Sendable)] = [
        ("received", \.received), ("persons", \.persons), ("asked", \.asked),
        ("granted", \.granted), ("declined", \.declined), ("opt_outs", \.optOuts),
        ("support", \.support), ("privacy", \.privacy), ("held", \.held),
        ("accepted", \.accepted), ("failed", \.failed), ("bounced", \.bounced),
        ("complaints", \.complaints),
    ]

    /// The number of a moment's day since 1970, by UTC.
    static func number(_ time: Instant) -> Int64 {
        let day: Int64 = 86_400_000_000_000
        let nanoseconds = time.nanoseconds
        return nanoseconds >= 0 ? nanoseconds / day : (nanoseconds + 1) / day - 1
    }

    /// When a day begins.
    static func start(_ number: Int64) -> Instant {
        Instant(nanoseconds: number * 86_400_000_000_000)
    }

    /// A day as `2025-10-01`.
    static func name(_ number: Int64) -> String {
        String(Timestamp.text(start(number)).prefix(10))
    }
}

/// What messages were sent as: the template, or else the category and what they were for.
struct Campaign: Hashable {
    var template = Fingerprint.none
    var category = ""
    var purpose = ""
}

/// What became of one campaign.
public struct CampaignCount: Sendable {
    /// The template's name, or the category and purpose; `messages` for neither.
    public internal(set) var name = ""
    /// Messages that the provider accepted.
    public internal(set) var accepted = 0
    /// Persons who opted out within 7 days after one, as the last message to them.
    public internal(set) var optOuts = 0
    /// A message of it.
    var example: Position = 0
}

/// A day on which something happened far more often than in the 7 days before it.
public struct RedFlag: Sendable {
    /// `opt_outs`, `failed`, `bounced` or `complaints`.
    public let kind: String
    /// The day, as `2025-10-01`.
    public let day: String
    /// How often.
    public let count: Int
    /// How often in the days before, at most 7, together.
    public let before: Int
    /// How many days those are.
    public let days: Int
    /// The positions of the messages that came before each, without repeats; at most 20.
    public let preceding: [Position]

    /// More than so many times the mean of the days before.
    static let times = 3
    /// At least so many.
    static let least = 3
    /// The most positions that a finding names.
    static let precedingMax = 20

    /// The kinds, with their counts.
    static let kinds: [(name: String, path: any KeyPath<ComplianceDay, Int> & Sendable)] = [
        ("opt_outs", \.optOuts), ("failed", \.failed), ("bounced", \.bounced),
        ("complaints", \.complaints),
    ]
}
