public import Events

/// Random events of all families about few people, subjects and chats, so that they collide.
///
/// Every event has an id of its own. Times go forward in small steps; some events are late.
public struct RandomEvents {
    /// The chance behind it.
    public var random: SeededGenerator
    /// The latest time given so far, in seconds since 1970.
    public var seconds: Int64 = 1_000_000
    private var number = 0

    /// Events of that seed.
    public init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A number below `bound`.
    public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    /// Whether something of the probability 1 to `odds` happens.
    public mutating func isOne(in odds: Int) -> Bool { below(odds) == 0 }

    /// An event that anyone may append.
    public mutating func next() -> Draft {
        let type = Self.types[below(Self.types.count)]
        seconds += Int64(below(isOne(in: 40) ? 40_000 : 30))
        return draft(type) { builder, events in
            builder.happened(at: events.moment())
            events.name(&builder)
            events.detail(type, &builder)
        }
    }

    /// An event that only a verb may append.
    public mutating func nextOrder() -> Draft {
        let types: [EventType] = [
            .sendingPaused, .sendingResumed, .sendingStopped, .cooldownReset,
        ]
        let type = types[below(types.count)]
        return draft(type) { builder, events in
            builder.happened(at: events.moment())
            if events.isOne(in: 2) { builder.add(.account, text: events.account) }
            if type == .cooldownReset, events.isOne(in: 2) {
                builder.add(.subject, text: events.subject)
            }
            if type == .sendingPaused {
                builder.add(.until, instant: events.moment().advanced(by: .seconds(600)))
            }
            builder.add(.by, text: "test")
            builder.add(.why, text: "a random history")
        }
    }

    /// A granted request, as the gate records it.
    public mutating func nextReservation() -> Draft {
        draft(.sendReserved) { builder, events in
            events.name(&builder)
            if events.isOne(in: 2) { builder.add(.key, text: "key \(events.number)") }
            builder.add(.text, text: "answer \(events.below(4))")
            if events.isOne(in: 2) { builder.add(.steps, texts: ["photo", "cable"]) }
            if events.isOne(in: 2) { builder.add(.submission, integer: Int64(events.below(3))) }
            builder.add(.notBefore, instant: events.now)
            builder.add(.expires, instant: events.now.advanced(by: .seconds(30)))
            builder.add(.instance, text: "instance \(events.below(3))")
        }
    }

    /// What becomes of a reservation.
    public mutating func nextOutcome(of reservation: Reservation) -> Draft {
        let types: [EventType] = [
            .sendAttempted, .sendAccepted, .sendFailed, .sendCancelled, .sendExpired,
            .messageDelivered,
        ]
        return draft(types[below(types.count)]) { builder, events in
            builder.add(.reservation, reservation: reservation)
            if events.isOne(in: 2) { builder.add(.message, text: "wamid.\(events.below(50))") }
        }
    }

    /// The latest time given so far.
    public var now: Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    private var account: String { mutating get { "+2700000000\(below(2))" } }
    private var subject: String { mutating get { "DR\(1_854_000 + below(8))" } }

    private mutating func moment() -> Instant {
        let late = isOne(in: 5) ? Int64(below(100_000)) : 0
        return Instant(nanoseconds: (seconds - late) * 1_000_000_000 + Int64(below(1000)))
    }

    private mutating func draft(
        _ type: EventType, _ build: (inout DraftBuilder, inout RandomEvents) -> Void
    ) -> Draft {
        number += 1
        var builder = DraftBuilder(type, source: "random/\(below(3))", id: "\(number)")
        build(&builder, &self)
        Self.complete(&builder, type.shape)
        return builder.finish()!
    }

    /// Adds what an event of the type cannot do without; no chance is used up.
    private static func complete(_ builder: inout DraftBuilder, _ shape: Shape) {
        for field in shape.required where !builder.has(field) {
            builder.add(field, text: field == .person ? "+27600000000" : "some \(field.name)")
        }
        if !shape.anyOf.isEmpty, !shape.anyOf.contains(where: { builder.has($0) }) {
            builder.add(.subject, text: "DR1854000")
        }
    }

    private mutating func name(_ builder: inout DraftBuilder) {
        if !isOne(in: 6) { builder.add(.account, text: account) }
        if !isOne(in: 3) { builder.add(.chat, text: "\(below(3))@g.us") }
        if !isOne(in: 4) { builder.add(.person, text: "+2760000000\(below(6))") }
        if !isOne(in: 5) { builder.add(.subject, text: subject) }
    }

    private mutating func detail(_ type: EventType, _ builder: inout DraftBuilder) {
        switch type {
        case .messageReceived, .messageEdited, .messageRevoked, .messageSent, .messageDelivered,
            .messageRead, .messageFailed, .messageReacted:
            builder.add(.message, text: "wamid.\(below(50))")
            if type == .messageFailed { builder.add(.code, text: code) }
            if type == .messageReceived, number % 2 == 0 {
                builder.add(.text, text: "photo \(number / 6 % 2)")
                sight(&builder)
            }
        case .sendAttempted, .sendAccepted, .sendFailed:
            builder.add(.text, text: "answer \(below(4))")
            builder.add(.instance, text: "instance \(below(3))")
            if isOne(in: 2) { builder.add(.submission, integer: Int64(below(3))) }
            if isOne(in: 3) { builder.add(.message, text: "wamid.\(below(50))") }
            if isOne(in: 3) { template(&builder) }
            if type == .sendFailed, !isOne(in: 4) { builder.add(.code, text: code) }
            if type == .sendAttempted, number % 2 == 0 { sight(&builder) }
        case .consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn:
            if isOne(in: 2) { builder.add(.category, text: ["marketing", "utility"][below(2)]) }
        case .complaintReported: builder.add(.kind, text: ["block", "report"][below(2)])
        case .itemFlagged: builder.add(.steps, texts: ["photo", "step \(below(3))"])
        case .messageLabelled: builder.add(.label, text: "label \(below(4))")
        case .instanceStarted, .instanceStopped:
            builder.add(.instance, text: "instance \(below(3))")
            builder.add(.role, text: "monitor")
        case .errorObserved: builder.add(.code, text: isOne(in: 2) ? "\(below(5))" : code)
        default: platform(type, &builder)
        }
    }

    /// Read from one of three sources, in one of few minutes; no chance is used up.
    private func sight(_ builder: inout DraftBuilder) {
        builder.add(.provenance, text: Provenance.allCases[number / 2 % 3].name)
        let minute = seconds / 600 * 600
        builder.happened(at: Instant(nanoseconds: (minute + Int64(number % 60)) * 1_000_000_000))
    }

    private var code: String {
        mutating get { ["131026", "463", "131049", "131056", "429", "100"][below(6)] }
    }

    private mutating func template(_ builder: inout DraftBuilder) {
        builder.add(.template, text: "template \(below(2))")
        if !isOne(in: 3) { builder.add(.language, text: ["en", "de"][below(2)]) }
    }

    /// What the platform says of accounts and templates.
    private mutating func platform(_ type: EventType, _ builder: inout DraftBuilder) {
        switch type {
        case .accountQuality: builder.add(.rating, text: ["GREEN", "YELLOW", "RED"][below(3)])
        case .accountTier: builder.add(.tier, text: ["TIER_250", "TIER_2K", "UNLIMITED"][below(3)])
        case .accountRestricted:
            builder.add(.kind, text: "RESTRICTED_BIZ_INITIATED_MESSAGING")
            if isOne(in: 2) { builder.add(.until, instant: now.advanced(by: .seconds(600))) }
        case .templateStatus:
            template(&builder)
            builder.add(.status, text: ["APPROVED", "PAUSED", "DISABLED"][below(3)])
        case .templateQuality:
            template(&builder)
            builder.add(.rating, text: ["GREEN", "RED"][below(2)])
        case .templateCategory:
            template(&builder)
            builder.add(.category, text: ["marketing", "utility"][below(2)])
        default: break
        }
    }

    private static let types: [EventType] = [
        .messageReceived, .messageReceived, .messageReceived, .messageEdited, .messageRevoked,
        .messageReacted, .messageSent, .messageDelivered, .messageRead, .messageFailed,
        .sendAttempted, .sendAttempted, .sendAccepted, .sendFailed, .errorObserved,
        .consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn,
        .complaintReported, .itemFlagged, .itemResolved, .messageClassified, .messageLabelled,
        .instanceStarted, .instanceStopped, .accountQuality, .accountTier,
        .accountRestricted, .templateStatus, .templateStatus, .templateQuality, .templateCategory,
    ]
}
