import Bytes
public import Events
public import Gate
public import Ledger
import Views

/// How consent is kept: who was asked and what they said, who left and after what, who asked for
/// help, and on which days something went far beyond the days before.
///
/// It is counted anew from the log for each call. Days are those of UTC.
public struct Compliance: Sendable {
    /// A person about whom something is listed, by an event that names them.
    public struct Listed: Sendable {
        /// An alias, as an event spells it; nil where the person was erased.
        public let person: String?
        /// Since when.
        public let time: Instant
        /// The position of the event.
        public let position: Position
    }

    /// A message in which a word to opt out stands, and which was not read as an opt-out.
    public struct Missed: Sendable {
        /// The position of the message.
        public let position: Position
        /// The word.
        public let word: String
    }

    /// Of the persons whose first message lies so long back, how many wrote again.
    public struct Retention: Sendable {
        /// After so many days.
        public let days: Int
        /// Persons whose first message lies in the range, and at least so long before its end.
        public let persons: Int
        /// Those of them who wrote at least so long after it.
        public let returned: Int
    }

    /// The beginning of the range.
    public let from: Instant
    /// Its end; that moment is out of it.
    public let to: Instant
    /// Persons who were asked in the range.
    public private(set) var asked = 0
    /// Those of them who agreed.
    public private(set) var yes = 0
    /// Those who did not, or opted out.
    public private(set) var no = 0
    /// Those who said nothing yet.
    public var unanswered: Int { asked - yes - no }
    /// The days on which anything happened, in order.
    public private(set) var days: [(name: String, day: ComplianceDay)] = []
    /// What was sent, by campaign, the largest first.
    public private(set) var campaigns: [CampaignCount] = []
    /// After 1, 7 and 30 days.
    public private(set) var retention: [Retention] = []
    /// To whom nothing is sent until a review decides what was meant, longest first; at most
    /// ``listedMax``.
    public private(set) var held: [Listed] = []
    /// Who was asked longest ago and said nothing; at most ``listedMax``.
    public private(set) var waiting: [Listed] = []
    /// Who was written to and has not written for 30 days, longest first; at most ``listedMax``.
    public private(set) var silent: [Listed] = []
    /// How many are silent.
    public private(set) var silentCount = 0
    /// Words to opt out inside of other messages; at most 50.
    public private(set) var missed: [Missed] = []
    /// How many there are.
    public private(set) var missedCount = 0
    /// How often the question of satisfaction was put.
    public private(set) var questions = 0
    /// How often each answer came, within a day of the question.
    public private(set) var answers: [(answer: String, count: Int)] = []
    /// The findings, in the order of days.
    public private(set) var flags: [RedFlag] = []

    /// The most persons of a list.
    public static let listedMax = 20
    /// Above how long without a message a person is silent.
    static let silence: Nanoseconds = .seconds(30 * 86_400)

    /// Counts what lies in [from, to).
    ///
    /// - Parameters:
    ///   - policy: the policy in force: its words and its question of satisfaction.
    ///   - progress: called with positions that have been reached.
    /// - Throws: ``LedgerError`` with `damaged`, `storage`.
    public init(
        _ ledger: Ledger, from: Instant, to: Instant, under policy: Policy?,
        progress: (Position) -> Void = { _ in }
    ) throws {
        self.from = from
        self.to = to
        var walk = try ComplianceWalk(ledger, from: from, to: to, under: policy)
        try ledger.forEachEvent { event in
            if event.position % 65_536 == 0 { progress(event.position) }
            try walk.add(event)
            return true
        }
        count(walk)
        list(walk)
        try listHeld(ledger)
        campaigns = walk.campaigns.map { key, count in
            var named = count
            named.name = Self.name(key, count, ledger)
            return named
        }
        campaigns.sort { ($1.accepted, $0.name) < ($0.accepted, $1.name) }
        missed = walk.missed.map { Missed(position: $0.position, word: $0.word) }
        missedCount = walk.missedCount
        questions = walk.questions
        let names = policy?.consent.satisfaction.answers ?? []
        answers = zip(names, walk.satisfaction).map { ($0, $1) }
        findFlags(walk)
    }

    private mutating func count(_ walk: ComplianceWalk) {
        for (number, day) in walk.days.sorted(by: { $0.key < $1.key })
        where ComplianceDay.start(number + 1) > from && ComplianceDay.start(number) < to {
            days.append((ComplianceDay.name(number), day))
        }
        var retained: [(persons: Int, returned: Int)] = Array(
            repeating: (0, 0), count: Self.lengths.count)
        for person in walk.people.values {
            if person.asked.isSet, walk.holds(person.asked.time) {
                asked += 1
                if person.answer == .consentGranted {
                    yes += 1
                } else if person.answer != nil {
                    no += 1
                }
            }
            guard walk.holds(person.first) else { continue }
            let returned = [person.returned.0, person.returned.1, person.returned.2]
            for (index, length) in Self.lengths.enumerated()
            where to.since(person.first) >= .seconds(Int64(length) * 86_400) {
                retained[index].persons += 1
                if returned[index] { retained[index].returned += 1 }
            }
        }
        retention = zip(Self.lengths, retained).map {
            Retention(days: $0, persons: $1.persons, returned: $1.returned)
        }
    }

    private static let lengths = [1, 7, 30]

    private mutating func list(_ walk: ComplianceWalk) {
        let open = walk.people.values.filter { $0.asked.isSet && $0.answer == nil }
            .map(\.asked).sorted().prefix(Self.listedMax)
        waiting = open.map { Self.listed($0, walk.ledger) }
        let quiet = walk.people.values.filter {
            $0.last.isSet && $0.sent > $0.last && to.since($0.last.time) > Self.silence
        }
        silentCount = quiet.count
        silent = quiet.map(\.last).sorted().prefix(Self.listedMax).map {
            Self.listed($0, walk.ledger)
        }
    }

    private mutating func listHeld(_ ledger: Ledger) throws {
        let readings = try ledger.withState { moment in
            var readings: [Stamp] = []
            try moment.forEachRow(of: \.conversations) { _, row, _ in
                if row.held.isSet { readings.append(row.held) }
            }
            return readings
        }
        held = readings.sorted().prefix(Self.listedMax).map { Self.listed($0, ledger) }
    }

    private static func listed(_ stamp: Stamp, _ ledger: Ledger) -> Listed {
        let name = try? ledger.withOpenEvent(at: stamp.position) {
            $0.text(.person) ?? $0.text(.chat)
        }
        return Listed(person: name ?? nil, time: stamp.time, position: stamp.position)
    }

    private static func name(
        _ campaign: Campaign, _ count: CampaignCount, _ ledger: Ledger
    ) -> String {
        if campaign.template != .none {
            let name = try? ledger.withOpenEvent(at: count.example) { event -> String? in
                guard let text = event.text(.template) else { return nil }
                let json = try? JSONValue.parse(text)
                return json?["name"]?.text ?? json?.text ?? text
            }
            if let name = name ?? nil { return "template \(name)" }
        }
        let words = [campaign.category, campaign.purpose].filter { !$0.isEmpty && $0 != "message" }
        return words.isEmpty ? "messages" : words.joined(separator: " ")
    }

    /// A day is flagged where something happened at least 3 times, and more than 3 times as often
    /// as on the mean of the 7 days before it; of a younger ledger, of those that it has.
    private mutating func findFlags(_ walk: ComplianceWalk) {
        guard let earliest = walk.days.keys.min() else { return }
        for (number, day) in walk.days.sorted(by: { $0.key < $1.key })
        where ComplianceDay.start(number + 1) > from && ComplianceDay.start(number) < to {
            let length = Int(min(7, number - earliest))
            guard length > 0 else { continue }
            for (kind, path) in RedFlag.kinds {
                let count = day[keyPath: path]
                let before = (number - Int64(length)..<number).reduce(0) {
                    $0 + (walk.days[$1]?[keyPath: path] ?? 0)
                }
                guard count >= RedFlag.least, count * length > RedFlag.times * before else {
                    continue
                }
                flags.append(
                    RedFlag(
                        kind: kind, day: ComplianceDay.name(number), count: count, before: before,
                        days: length,
                        preceding: walk.preceding[.init(kind: kind, day: number)] ?? []))
            }
        }
    }
}
