import Bytes

/// What `data` of an event type must hold, beyond what every event may hold.
public struct Shape: Sendable {
    /// The current version of the type's schema.
    public let version: Int
    /// Members without which the event means nothing; texts must not be empty.
    public let required: [Field]
    /// At least one of these must be there, unless it is empty.
    public let anyOf: [Field]
    /// The values that a member may have, where they are numbered.
    public let allowed: [Field: [String]]

    let requiredBits: UInt128
    let anyBits: UInt128
    let allowedBits: UInt128
    let allowedList: [(field: Field, values: [[UInt8]])]

    init(_ required: [Field] = [], anyOf: [Field] = [], allowed: [Field: [String]] = [:]) {
        version = 1
        self.required = required
        self.anyOf = anyOf
        self.allowed = allowed.merging([.category: Shape.categories]) { own, _ in own }
        requiredBits = required.reduce(0) { $0 | $1.bit }
        anyBits = anyOf.reduce(0) { $0 | $1.bit }
        allowedBits = self.allowed.keys.reduce(0) { $0 | $1.bit }
        allowedList = self.allowed.map { ($0.key, $0.value.map { Array($0.utf8) }) }
    }

    /// What a message may be sent as.
    public static let categories = ["utility", "marketing", "authentication", "service"]
    /// What a send may be for.
    public static let purposes = ["message", "consent_request", "confirmation", "support_reply"]
    /// How a reply may reach its reader.
    public static let replies = ["chat", "direct", "mention"]
    /// How a send may end.
    public static let outcomes = ["attempted", "accepted", "failed", "cancelled"]

    private static let sends: [Field: [String]] = [
        .purpose: purposes, .reply: replies, .outcome: outcomes,
    ]

    static func of(_ type: EventType) -> Shape {
        switch type {
        case .messageReceived: Shape()
        case .messageEdited, .messageRevoked, .messageReacted, .messageSent, .messageDelivered,
            .messageRead, .messageFailed, .messageClassified:
            Shape([.message])
        case .messageLabelled: Shape([.message, .label])
        case .sendQueued, .sendReserved: Shape(allowed: sends)
        case .sendRefused:
            Shape([.verdict], allowed: sends.merging([.verdict: ["wait", "refuse"]]) { $1 })
        case .sendExpired, .sendCancelled, .sendJoined: Shape([.reservation], allowed: sends)
        case .sendAttempted, .sendAccepted, .sendFailed:
            Shape(anyOf: [.reservation, .chat, .person, .message, .subject], allowed: sends)
        case .errorObserved: Shape([.code])
        case .consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn:
            Shape([.person])
        case .complaintReported: Shape([.kind], allowed: [.kind: ["block", "report"]])
        case .itemFlagged, .itemResolved: Shape([.subject])
        case .instanceStarted, .instanceStopped: Shape()
        case .accountRestricted: Shape([.account])
        case .accountQuality: Shape([.account, .rating])
        case .accountTier: Shape([.account, .tier])
        case .templateStatus: Shape([.template, .status])
        case .templateQuality: Shape([.template, .rating])
        case .templateCategory: Shape([.template, .category])
        case .policyChanged: Shape([.text, .hash])
        case .rulesetChanged: Shape([.ruleset])
        case .sendingPaused, .sendingStopped: Shape([.by])
        case .sendingResumed: Shape([.by, .why])
        case .modeChanged: Shape([.mode, .by])
        case .cooldownReset: Shape([.by, .why])
        case .instanceFenced: Shape(anyOf: [.instance, .role])
        case .identityLinked, .identityUnlinked: Shape([.person, .alias])
        case .personErased, .alertRaised, .alertCleared, .inputQuarantined, .retentionApplied,
            .exportMade:
            Shape()
        case .inputNoted: Shape([.format, .kind])
        case .ledgerAdopted: Shape([.kind, .by, .why], allowed: [.kind: ["moved", "copy"]])
        }
    }

    static let table: [Shape] = {
        var table = [Shape](repeating: Shape(), count: 256)
        for type in EventType.allCases { table[Int(type.rawValue)] = of(type) }
        return table
    }()
}

extension EventType {
    /// What `data` of this type must hold.
    public var shape: Shape { Shape.table[Int(rawValue)] }

    /// The current version of the type's schema.
    public var version: Int { shape.version }
}

extension Shape {
    /// For how many one event stands at most, whoever says so.
    public static let countMax: Int64 = 1_000_000

    /// Checks that a value is no name longer than ``Field/nameBytesMax``, and no number that counts
    /// more than ``countMax`` where anyone may say it.
    static func checkBound(
        _ number: UInt8, _ kind: UInt8, _ value: Span<UInt8>, of type: EventType
    ) throws(EventError) {
        guard number < 128, FieldTables.bounded & 1 << UInt128(number) != 0 else { return }
        switch FieldKind(rawValue: kind) {
        case .text where value.count > Field.nameBytesMax: throw tooLong(number)
        case .texts:
            var at = 0
            while at + 2 <= value.count {
                let count = Int(value.load(at: at, as: UInt16.self))
                guard count <= Field.nameBytesMax else { throw tooLong(number) }
                at += 2 + count
            }
        case .integer where number == Field.count.rawValue && value.count == 8:
            let count = value.load(at: 0, as: Int64.self)
            guard type.author != .anyone || (1...countMax).contains(count) else {
                throw .wrongMember("count", "it must be a whole number from 1 to \(countMax)")
            }
        default: break
        }
    }

    private static func tooLong(_ number: UInt8) -> EventError {
        EventError(
            .tooLarge,
            "The member `\(FieldTables.names[Int(number)])` has at most \(Field.nameBytesMax) bytes."
        )
    }

    /// Checks what was built against the shape.
    func check(_ builder: DraftBuilder) throws(EventError) {
        let missing = requiredBits & ~builder.present
        if missing != 0 {
            let name = FieldTables.names[missing.trailingZeroBitCount]
            throw EventError(
                .missingMember, "An event `\(builder.type.name)` needs the member `\(name)`.")
        }
        for field in required where builder.range(of: field, .text)?.isEmpty == true {
            throw .wrongMember(field.name, "it is empty")
        }
        if anyBits != 0, anyBits & builder.present == 0 {
            let names = anyOf.map { "`\($0.name)`" }.joined(separator: ", ")
            throw EventError(
                .missingMember, "An event `\(builder.type.name)` needs at least one of \(names).")
        }
        for entry in builder.entries {
            try Self.checkBound(
                entry.number, entry.kind, builder.values.span.extracting(entry.range),
                of: builder.type)
        }
        guard allowedBits & builder.present != 0 else { return }
        for (field, values) in allowedList where builder.has(field) {
            guard let range = builder.range(of: field, .text),
                values.contains(where: { builder.values.span.extracting(range).equals($0.span) })
            else {
                let names = values.map { $0.span.string }.joined(separator: ", ")
                throw .wrongMember(field.name, "it must be one of \(names)")
            }
        }
    }
}
