public import Events
import Glibc

/// Random whole events of every type, with the numbers, times, reservations and names at which
/// arithmetic breaks.
///
/// Each holds to the shape of its type and to the kinds of its members, and to nothing else.
public struct ExtremeEvents {
    /// The chance behind it.
    public var random: SeededGenerator
    /// The types that are made.
    private let types: [EventType]
    /// The tag of the reservations that are the ledger's own.
    private let tag: UInt32
    /// Whether values may be such as no JSON can say: times before 1970, negative counts.
    private let isRaw: Bool
    private var number = 0

    /// Events of a seed.
    ///
    /// - Parameters:
    ///   - types: which ones; all by default.
    ///   - tag: of reservations.
    ///   - isRaw: whether values may be such as only a library could give.
    public init(
        seed: UInt64, types: [EventType] = EventType.allCases, tag: UInt32, isRaw: Bool
    ) {
        random = SeededGenerator(seed: seed)
        self.types = types
        self.tag = tag
        self.isRaw = isRaw
    }

    /// How much is tried: 1, unless LEDGER_EFFORT says more.
    public static var effort: Int {
        getenv("LEDGER_EFFORT").flatMap { Int(String(cString: $0)) }.map { max(1, $0) } ?? 1
    }

    /// A number that a variable of the environment gives, or the standard.
    public static func number(_ name: String, standard: Int) -> Int {
        getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
    }

    /// A number below `bound`.
    public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    /// One of several.
    public mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    /// The next event that the shape of its type lets pass.
    public mutating func next() -> Draft {
        while true {
            if let draft = try? event().checked() { return draft }
        }
    }

    /// The same as one line of CloudEvents.
    public mutating func line() -> String {
        let record = next().sealed(at: 0, recorded: .latest)
        guard let view = EventView(record.span) else { return line() }
        return CloudEvent.text(view)
    }

    private mutating func event() -> DraftBuilder {
        number += 1
        let type = one(of: types)
        var builder = DraftBuilder(type, source: "extreme/\(below(3))", id: "\(number)")
        if below(4) > 0 { builder.happened(at: moment()) }
        for field in type.shape.required { add(field, to: &builder, type) }
        if !type.shape.anyOf.isEmpty { add(one(of: type.shape.anyOf), to: &builder, type) }
        // What projections look at comes often, the rest seldom.
        for field in Self.usual where below(2) == 0 { add(field, to: &builder, type) }
        for field in Self.members where below(12) == 0 { add(field, to: &builder, type) }
        return builder
    }

    private static let usual: [Field] = [
        .account, .person, .chat, .message, .subject, .reservation, .text, .role, .instance,
    ]
    private static let members = Field.allCases.filter {
        $0 != .id && $0 != .source && $0 != .extensions && $0 != .extras
    }

    private mutating func add(_ field: Field, to builder: inout DraftBuilder, _ type: EventType) {
        guard !builder.has(field) else { return }
        if let allowed = type.shape.allowed[field] {
            return builder.add(field, text: one(of: allowed))
        }
        switch one(of: field.kinds) {
        case .text: builder.add(field, text: text(field))
        case .integer: builder.add(field, integer: integer(field))
        case .boolean: builder.add(field, flag: below(2) == 0)
        case .time: builder.add(field, instant: moment())
        case .texts: builder.add(field, texts: (0..<below(4)).map { _ in text(field) })
        case .json: builder.add(field, .json, one(of: Self.json).utf8Span.span)
        case .findings: builder.add(findings: (0..<below(4)).map { _ in finding() })
        case .bytes: builder.add(field, .bytes, Array(text(.text).utf8).span)
        case .reservation:
            builder.add(
                .reservation,
                reservation: Reservation(position: position(), tag: below(6) == 0 ? 1 : tag))
        }
    }

    // MARK: - Values

    private static let names: [Field: [String]] = [
        .account: ["+27000000001", "+27000000002"], .chat: ["1@g.us", "+27820000001"],
        .person: ["+27820000001", "+27820000002", "+27820000003"],
        .message: ["wamid.1", "wamid.2", "wamid.3"], .subject: ["DR1", "DR2"],
        .role: ["r", "s"], .instance: ["i", "j"], .kind: ["block", "support", "privacy", "BAN"],
        .tier: ["TIER_-9223372036854775808K", "TIER_1K", "UNLIMITED", "-1", "1000000001"],
        .code: ["131049", "131056", "cloud", "\u{130}"], .label: ["opt_out", "spam"],
        .status: ["FIRST_PAUSE", "PAUSED", "APPROVED", "\u{DF}"], .rating: ["RED", "red"],
        .reason: ["FIRST_PAUSE", "SECOND_PAUSE", "REINSTATED"], .lane: ["support", "review"],
        .provenance: ["webhook", "bridge", "export"], .scope: ["ledger", "account"],
        .text: ["STOP", "yes", "DR1854951 done"], .verdict: ["send", "wait", "refuse"],
        .would: ["send", "wait"], .zone: ["Africa/Johannesburg", "nowhere"],
        .mode: ["live", "dry-run"], .hash: ["0"],
    ]

    private static let texts = [
        "x", "9223372036854775807", "-9223372036854775808", "r18446744073709551615.00000000",
        "\u{0}\u{7F}\u{9B}\u{202E}", "e" + String(repeating: "\u{301}", count: 500),
        String(repeating: "n", count: Field.nameBytesMax), "\u{1F468}\u{200D}\u{1F469}", "a\nb",
    ]

    private static let json = [
        "{}", "[]", "0", "1e400", "-9223372036854775808", "[18446744073709551615,0,1]",
        "\"TIER_-9223372036854775808K\"", #"{"code":131049}"#, #"{"code":null,"name":"t"}"#,
        #"{"name":"t","language":"en"}"#, #"{"engine":4,"random":"ffffffffffffffff","length":-1}"#,
        String(repeating: "[", count: 60) + String(repeating: "]", count: 60), "true", "null",
    ]

    private mutating func text(_ field: Field) -> String {
        if let own = Self.names[field], below(8) > 0 { return one(of: own) }
        if !field.isName, below(16) == 0 { return String(repeating: "long ", count: 6_000) }
        return one(of: Self.texts)
    }

    private mutating func integer(_ field: Field) -> Int64 {
        let extremes: [Int64] = [
            0, 1, 2, 250, 1_000_000, .max, .max - 1, Int64(Int32.max), Int64(UInt32.max),
        ]
        // JSON says no negative numbers but where other JSON may stand, too.
        if isRaw || field.kinds.contains(.json), below(3) == 0 { return one(of: [-1, -2, .min]) }
        return one(of: extremes)
    }

    private mutating func moment() -> Instant {
        let known: [Int64] = [
            0, 1, 999_999_999, Instant.latest.nanoseconds, Instant.latest.nanoseconds - 1,
            1_760_000_000_000_000_000,
        ]
        if isRaw, below(8) == 0 {
            return Instant(nanoseconds: one(of: [.min, .max, -1, .min + 1]))
        }
        if below(3) == 0 { return Instant(nanoseconds: one(of: known)) }
        // Mostly about one time, so that windows and leases meet.
        return Instant(nanoseconds: 1_760_000_000_000_000_000)
            .advanced(by: .seconds(Int64(below(200_000))))
    }

    private mutating func position() -> Position {
        if below(6) == 0 {
            let most = Position(Int64.max)
            return one(of: isRaw ? [most, most - 1, .max, .max - 1] : [most, most - 1])
        }
        return Position(below(max(1, number)))
    }

    private mutating func finding() -> Finding {
        var finding = Finding(
            one(of: Array(Rule.allCases)), scope: one(of: Array(Scope.allCases)),
            verdict: one(of: Array(Verdict.allCases)), observed: one(of: [0, -1, .min, .max]),
            limit: one(of: [0, 1, .max, .min]))
        if below(2) == 0 { finding.retryAt = moment() }
        if below(2) == 0 {
            finding.evidence = Finding.Evidence(
                first: position(), last: position(), count: one(of: [0, 1, .max, .min]))
        }
        return finding
    }
}
