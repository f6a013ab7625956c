import Events

/// One key of a policy file: the row from which parsing, schema and `policy show` are made.
public struct PolicyKey: Sendable {
    /// The section and the key, such as `rate_limits.messages_per_minute`.
    public let path: String
    /// What the key means, in one sentence.
    public let summary: String
    /// What the value is and how it is held.
    let kind: Kind

    /// What a value is: how it is written, in which range, and where the policy keeps it.
    enum Kind: Sendable {
        /// A whole number; nil when the key is missing.
        case count(NumberForm, any Place<Int?>)
        /// A whole number; the value of `Policy()` when the key is missing.
        case countOrDefault(NumberForm, any Place<Int>)
        /// Seconds; nil when the key is missing.
        case seconds(NumberForm, any Place<Nanoseconds?>)
        /// Seconds; the value of `Policy()` when the key is missing.
        case secondsOrDefault(NumberForm, any Place<Nanoseconds>)
        /// The shortest and the longest time, `[25, 35]`; nil when the key is missing.
        case spread(NumberForm, any Place<Policy.Pacing.Spread?>)
        /// `true` or `false`; the value of `Policy()` when the key is missing.
        case flag(any Place<Bool>)
        /// One word of a list; the value of `Policy()` when the key is missing.
        case word([String], any Place<String>)
        /// Text of so many characters.
        case text(ClosedRange<Int>, any Place<String?>)
        /// A list of texts of so many characters; empty when the key is missing.
        case texts(ClosedRange<Int>, any Place<[String]>)
        /// A list of regular expressions; the value of `Policy()` when the key is missing.
        case patterns(any Place<[String]>)
        /// A list or a map of items with members of their own; empty when the key is missing.
        case items(any ItemsForm)
        /// The scopes: policies inside the policy.
        case scopes
        /// The preset that the policy begins with.
        case base
    }

    /// A member of ``Policy``.
    typealias Place<Value> = WritableKeyPath<Policy, Value> & Sendable

    init(_ path: String, _ summary: String, _ kind: Kind) {
        self.path = path
        self.summary = summary
        self.kind = kind
    }

    /// The unit of a number, such as `messages` or `seconds`, or else what the value is, such as
    /// `text`.
    public var unit: String {
        switch kind {
        case .count(let form, _), .countOrDefault(let form, _), .seconds(let form, _),
            .secondsOrDefault(let form, _), .spread(let form, _):
            form.unit
        case .flag: "flag"
        case .word: "word"
        case .text, .base: "text"
        case .texts: "texts"
        case .patterns: "regular expressions"
        case .items(let form): form.isMap ? "map" : "list"
        case .scopes: "list"
        }
    }

    /// The numbers that the key takes, or nil if it takes something else than one number.
    public var range: ClosedRange<Int64>? {
        switch kind {
        case .count(let form, _), .countOrDefault(let form, _), .seconds(let form, _),
            .secondsOrDefault(let form, _):
            form.range
        default: nil
        }
    }

    /// Whether a scope may say something else of it: what is taken in is the same for all.
    var differsByScope: Bool {
        path != "name" && !["accounts", "ingest", "subjects", "clock"].contains(names[0])
    }

    /// The names from the outermost to the innermost.
    var names: [String] { path.split(separator: ".").map(String.init) }

    /// Every key, in the order in which `policy show` and the schema list them.
    public static let all: [PolicyKey] =
        general + rates + limits + persons + work + processes + platform + content + quiet + pacing
        + breaker + critical + quality + queue + ingest
        + clock + [
            PolicyKey(
                "scopes",
                "What differs for an account, a group, a role or a category; later ones win.",
                .scopes)
        ]

    /// The key of that path.
    static func named(_ path: String) -> PolicyKey? { byPath[path] }

    private static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

    private static let general = [
        PolicyKey(
            "name", "A name for people; nothing is decided by it.", .text(1...100, \.name)),
        PolicyKey(
            "extends", "The preset that the policy begins with; each key here replaces one of it.",
            .base),
        PolicyKey(
            "zone", "The zone of the accounts, such as Africa/Harare: when their day begins.",
            .text(1...64, \.zone)),
        PolicyKey(
            "accounts",
            "Our accounts, each with its other names: all are one account, with one budget.",
            .items(AccountsForm())),
    ]
}

/// Which numbers a key takes.
struct NumberForm: Sendable {
    /// The least and the most.
    let range: ClosedRange<Int64>
    /// How many digits may follow the point, 0 to 3.
    var decimals = 0
    /// What is counted.
    let unit: String

    /// Messages or whatever else: from 1, because a limit of 0 could be meant as "none may go" and
    /// as "no limit".
    static func count(_ unit: String = "messages", max: Int64 = 1_000_000_000_000) -> NumberForm {
        NumberForm(range: 1...max, unit: unit)
    }

    /// Seconds.
    static func seconds(_ range: ClosedRange<Int64>, decimals: Int = 0) -> NumberForm {
        NumberForm(range: range, decimals: decimals, unit: "seconds")
    }

    /// So many of 10,000.
    static let rate = NumberForm(range: 0...10_000, unit: perTenThousand)

    static let perTenThousand = "per 10,000"
    /// Windows are at most 24 hours.
    static let daySeconds: Int64 = 86_400
    static let yearSeconds: Int64 = 31_536_000
}
