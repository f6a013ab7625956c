public import Bytes
public import Events

/// What the platform says of each account: its rating, its tier, its restrictions.
enum Accounts: Projection {
    static let name = "accounts"
    static let version = 3

    /// A tier holds for the whole portfolio, which a ledger is: it goes to the ledger's row too.
    ///
    /// So does a restriction whose scope is `ledger`.
    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let account = RateScope.account.key(happened.account)
        switch happened.type {
        case .accountQuality:
            let rating = Rating(happened.event)
            let slot = touch(&tables, account, happened)
            tables.accounts[slot].rate(rating, at: happened.stamp)
        case .accountTier:
            guard let tier = MessagingTier(happened.event) else { return }
            for key in [account, RateScope.ledger.key()] {
                let slot = touch(&tables, key, happened)
                guard tables.accounts[slot].tiered <= happened.stamp else { continue }
                tables.accounts[slot].tier = tier
                tables.accounts[slot].tiered = happened.stamp
            }
        case .accountRestricted:
            let until = happened.event.instant(.until) ?? .latest
            let kind = happened.event.text(.kind)?.asciiUppercased ?? ""
            let isOfAll = happened.event.text(.scope) == "ledger"
            for key in isOfAll ? [account, RateScope.ledger.key()] : [account] {
                let slot = touch(&tables, key, happened)
                guard tables.accounts[slot].restricted <= happened.stamp else { continue }
                tables.accounts[slot].restricted = happened.stamp
                tables.accounts[slot].restrictedUntil = until
                tables.accounts[slot].closesAnswers = AccountRow.closing.contains {
                    kind.contains($0)
                }
            }
        default: return
        }
    }

    private static func touch(
        _ tables: inout Tables, _ key: Fingerprint, _ happened: borrowing Occurrence
    ) -> Int {
        let slot = tables.accounts.touch(key, at: happened.position)
        if tables.accounts[slot].named == 0 { tables.accounts[slot].named = happened.position + 1 }
        return slot
    }
}

/// The quality rating of an account or a template.
public enum Rating: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case unknown, green, yellow, red

    init(_ event: borrowing EventView) {
        let text = event.text(.rating)?.asciiUppercased
        self = Self.allCases.first { $0.name == text } ?? .unknown
    }

    /// The name by which the platform calls it, such as GREEN.
    public var name: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .green: "GREEN"
        case .yellow: "YELLOW"
        case .red: "RED"
        }
    }
}

/// How many persons a portfolio may write to in 24 hours outside their service windows.
public enum MessagingTier: Sendable, Equatable, BitwiseCopyable {
    /// Nothing was said.
    case unknown
    /// So many.
    case persons(Int)
    /// Any number.
    case unlimited

    /// Reads `tier`, or else `limit`, of an `account.tier`; nil where neither means anything.
    init?(_ event: borrowing EventView) {
        for field in [Field.tier, .limit] {
            switch event.kind(of: field) {
            case .integer:
                if let tier = event.integer(field).flatMap(Self.init(number:)) {
                    self = tier
                    return
                }
            case .text, .json:
                if let tier = event.text(field).flatMap(Self.init(text:)) {
                    self = tier
                    return
                }
            default: break
            }
        }
        return nil
    }

    private init?(number: Int64) {
        guard number >= -1 else { return nil }
        self = number == -1 ? .unlimited : .persons(Int(number))
    }

    /// `TIER_250`, `TIER_1K`, `TIER_2K`, `TIER_10K`, `TIER_100K`, `UNLIMITED`, `2000`, `-1`.
    public init?(text: String) {
        var word = text.asciiUppercased[...]
        if word.hasPrefix("\""), word.hasSuffix("\""), word.count > 2 {
            word = word.dropFirst().dropLast()
        }
        if word.hasPrefix("TIER_") { word = word.dropFirst(5) }
        if word == "UNLIMITED" {
            self = .unlimited
            return
        }
        var scale: Int64 = 1
        if word.hasSuffix("K") {
            scale = 1_000
            word = word.dropLast()
        }
        guard let number = Int64(word), (-1...1_000_000_000).contains(number) else { return nil }
        self.init(number: number == -1 ? -1 : number * scale)
    }

    init(decoding number: Int64) {
        self = number == -2 ? .unknown : number == -1 ? .unlimited : .persons(Int(number))
    }

    var number: Int64 {
        switch self {
        case .unknown: -2
        case .unlimited: -1
        case .persons(let count): Int64(count)
        }
    }
}

/// One account, or the ledger, as the platform sees it.
public struct AccountRow: TableRow {
    /// One more than the position of an event that names the account.
    public var named: Position = 0
    /// The official rating.
    public internal(set) var rating = Rating.unknown
    /// When it was said.
    public internal(set) var rated = Stamp.never
    /// The tier.
    public internal(set) var tier = MessagingTier.unknown
    /// When it was said.
    public internal(set) var tiered = Stamp.never
    /// When the account was last restricted.
    public internal(set) var restricted = Stamp.never
    /// Until when; the last of all moments where it has no end.
    public internal(set) var restrictedUntil = Instant.latest
    /// Whether the restriction holds for answers too, and not only for what the business begins.
    public internal(set) var closesAnswers = false

    /// What the kind of a restriction says that closes answers too.
    static let closing = [
        "CUSTOMER_INITIATED", "DISABLE", "BAN", "DELETED", "LOCKED", "OFFBOARDED",
    ]

    /// An empty row.
    public init() {}

    mutating func rate(_ rating: Rating, at stamp: Stamp) {
        guard rated <= stamp else { return }
        self.rating = rating
        rated = stamp
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        rating = Rating(rawValue: reader.get()) ?? .unknown
        rated = reader.stamp()
        tier = MessagingTier(decoding: reader.get())
        tiered = reader.stamp()
        restricted = reader.stamp()
        restrictedUntil = reader.instant()
        closesAnswers = reader.flag()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(rating.rawValue)
        writer.put(rated)
        writer.put(tier.number)
        writer.put(tiered)
        writer.put(restricted)
        writer.put(restrictedUntil)
        writer.put(closesAnswers)
    }
}

extension Tables {
    /// What the platform says of an account, or nil.
    public mutating func account(_ account: Fingerprint) -> AccountRow? {
        guard account != .none else { return nil }
        return accounts.find(RateScope.account.key(account)).map { accounts[$0] }
    }

    /// The rows that may hold a restriction of an account: its own, and that of all accounts.
    public mutating func restrictions(of account: Fingerprint) -> [AccountRow] {
        var rows: [AccountRow] = []
        if let row = self.account(account), row.restricted.isSet { rows.append(row) }
        if let slot = accounts.find(RateScope.ledger.key()), accounts[slot].restricted.isSet {
            rows.append(accounts[slot])
        }
        return rows
    }

    /// The tier that was said last, of whichever account, and by which event.
    public mutating func tier() -> (tier: MessagingTier, position: Position)? {
        guard let slot = accounts.find(RateScope.ledger.key()), accounts[slot].tiered.isSet else {
            return nil
        }
        return (accounts[slot].tier, accounts[slot].tiered.position)
    }
}
