import Bytes

/// Every type of event, with its number in the record.
///
/// Numbers are stored for ever.
public enum EventType: UInt16, CaseIterable, Sendable {
    // Messages, and what providers say of them.
    case messageReceived = 1, messageEdited, messageRevoked, messageReacted
    case messageSent = 10, messageDelivered, messageRead, messageFailed
    // Sending.
    case sendQueued = 20, sendReserved, sendRefused, sendExpired, sendCancelled, sendJoined
    case sendAttempted = 30, sendAccepted, sendFailed
    // Errors, consent, feedback.
    case errorObserved = 40
    case consentRequested = 50, consentGranted, consentDeclined, consentWithdrawn
    case complaintReported = 60
    // Work items, review, processes.
    case itemFlagged = 70, itemResolved
    case messageClassified = 80, messageLabelled
    case instanceStarted = 90, instanceStopped
    // The platform.
    case accountRestricted = 100, accountQuality, accountTier
    case templateStatus = 110, templateQuality, templateCategory
    // Control: only by their verbs.
    case policyChanged = 120, rulesetChanged, sendingPaused, sendingResumed, sendingStopped
    case modeChanged, cooldownReset, instanceFenced
    // People: only by their verbs and adapters.
    case identityLinked = 140, identityUnlinked, personErased
    // House-keeping: only by the ledger.
    case alertRaised = 150, alertCleared, inputQuarantined, inputNoted, retentionApplied, exportMade
    case ledgerAdopted = 158

    /// The name in CloudEvents' `type`: `message.received`.
    public var name: String { Self.names[Int(rawValue)] }

    /// The type of that name, or nil.
    public init?(name: some StringProtocol) {
        let text = String(name)
        guard let type = Self(utf8: text.utf8Span.span) else { return nil }
        self = type
    }

    /// The type of that name in UTF-8, or nil.
    init?(utf8 name: Span<UInt8>) {
        guard let packed = PackedName(name), let number = Self.byName[packed] else { return nil }
        self.init(rawValue: UInt16(number))
    }

    private static let names: [String] = {
        var names = [String](repeating: "", count: 256)
        for type in allCases { names[Int(type.rawValue)] = dotted(String(describing: type)) }
        return names
    }()

    private static let byName = NameTable(allCases.map { ($0.name, UInt8($0.rawValue)) })

    /// Who may append events of this type.
    public var author: Author {
        switch rawValue {
        case 20..<30: .gate
        case 120..<130, 140..<150: .verb
        case 150...: .ledger
        default: .anyone
        }
    }

    /// Who may append an event.
    public enum Author: Sendable {
        /// Any caller of `append`.
        case anyone
        /// The gate, as it decides.
        case gate
        /// The verb that the type belongs to.
        case verb
        /// The ledger itself.
        case ledger
    }
}

extension EventType {
    /// The numbers of `send.*`.
    public static let sends: Range<UInt16> = 20..<40
    /// The numbers of those that say who is who: their records name two persons at their head.
    public static let identities: Range<UInt16> = 140..<142
    /// The numbers of what providers say of our sends.
    public static let statuses: Range<UInt16> = 10..<20
}
