public import Bytes
public import Events

/// Applies events to tables.
public enum Fold {
    /// Applies one event to all tables: a pure function of the tables and the record.
    ///
    /// Order matters: sends change first, and what hangs on a send reacts to that change.
    /// - Parameter learntAt: When the ledger shall have learnt of it; nil is when it did. A what-if
    ///   folds history as if each event had been learnt when it happened.
    public static func evolve(
        _ tables: inout Tables, by event: borrowing EventView, learntAt: Instant? = nil
    ) {
        let names = EventNames(event)
        guard let happened = Occurrence(event, names, learntAt: learntAt) else { return }
        prefetchIndex(&tables, for: names)
        prefetchRows(&tables, for: names)
        evolve(&tables, by: happened, .decisions)
        evolve(&tables, by: happened, .names)
    }

    /// Two halves of the tables, of which neither looks at the other: both can be folded at once.
    public enum Half: Sendable {
        /// What decisions rest on.
        case decisions
        /// Ids, messages and times: what the log is searched by.
        case names
    }

    /// Applies one event to one half of the tables.
    public static func evolve(
        _ tables: inout Tables, by event: borrowing EventView, _ half: Half
    ) {
        let names = EventNames(event)
        guard let happened = Occurrence(event, names) else { return }
        if half == .decisions {
            prefetchIndex(&tables, for: names)
            prefetchRows(&tables, for: names)
        }
        evolve(&tables, by: happened, half)
    }

    static func evolve(
        _ tables: inout Tables, by happened: borrowing Occurrence, _ half: Half
    ) {
        switch half {
        case .decisions: evolveDecisions(&tables, by: happened)
        case .names:
            Zones.evolve(&tables, by: happened)
            IDs.evolve(&tables, by: happened)
            Messages.evolve(&tables, by: happened)
        }
    }

    private static func evolveDecisions(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .messageReceived: evolveMessage(&tables, by: happened)
        case .messageEdited, .messageRevoked, .messageReacted:
            Persons.evolve(&tables, by: happened)
            if happened.type != .messageRevoked { Contacts.evolve(&tables, by: happened) }
            Subjects.evolve(&tables, by: happened)
        case .sendReserved, .sendExpired, .sendCancelled, .sendAttempted, .sendAccepted,
            .sendFailed,
            .messageSent, .messageDelivered, .messageRead, .messageFailed:
            evolveSend(&tables, by: happened)
        case .sendRefused:
            if let change = Reservations.observe(&tables, by: happened) {
                Rates.apply(change, to: &tables)
                Cooldowns.apply(change, to: &tables)
                Recipients.apply(change, to: &tables)
            }
            KeyUses.evolve(&tables, by: happened)
            Control.evolve(&tables, by: happened)
            Queue.evolve(&tables, by: happened)
            Shadows.evolve(&tables, by: happened)
            Instances.evolve(&tables, by: happened)
        case .sendJoined:
            _ = Reservations.evolve(&tables, by: happened)
            Instances.evolve(&tables, by: happened)
        case .sendQueued:
            KeyUses.evolve(&tables, by: happened)
            Queue.evolve(&tables, by: happened)
            Conversations.evolve(&tables, by: happened)
        case .errorObserved:
            Errors.evolve(&tables, by: happened)
            Codes.evolve(&tables, by: happened)
        case .accountQuality, .accountTier, .accountRestricted:
            Accounts.evolve(&tables, by: happened)
        case .templateStatus, .templateQuality, .templateCategory:
            Templates.evolve(&tables, by: happened)
        case .consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn:
            Conversations.consent(&tables, by: happened)
        case .messageClassified:
            Persons.evolve(&tables, by: happened)
            Conversations.evolve(&tables, by: happened)
        case .complaintReported:
            Quality.evolve(&tables, by: happened)
        case .itemFlagged, .itemResolved:
            Subjects.evolve(&tables, by: happened)
            Items.evolve(&tables, by: happened)
        case .personErased: Persons.evolve(&tables, by: happened)
        case .identityLinked, .identityUnlinked:
            Groups.evolve(&tables, by: happened)
        case .messageLabelled:
            Reviews.evolve(&tables, by: happened)
            Conversations.evolve(&tables, by: happened)
        case .instanceStarted, .instanceStopped, .instanceFenced:
            Instances.evolve(&tables, by: happened)
        case .sendingPaused, .sendingResumed, .sendingStopped, .policyChanged, .cooldownReset,
            .modeChanged:
            Control.evolve(&tables, by: happened)
            Cooldowns.evolve(&tables, by: happened)
            if happened.type == .policyChanged { Shadows.evolve(&tables, by: happened) }
            Items.evolve(&tables, by: happened)
            Codes.evolve(&tables, by: happened)
        default:
            break
        }
    }

    private static func evolveSend(_ tables: inout Tables, by happened: borrowing Occurrence) {
        // What was answered `go: false` changes nothing.
        guard !happened.event.isDenied else { return }
        guard Sightings.admits(&tables, happened) else { return }
        if let change = Reservations.evolve(&tables, by: happened) {
            Rates.apply(change, to: &tables)
            Cooldowns.apply(change, to: &tables)
            Recipients.apply(change, to: &tables)
            Templates.apply(change, to: &tables)
        }
        Persons.evolve(&tables, by: happened)
        Subjects.evolve(&tables, by: happened)
        Quality.evolve(&tables, by: happened)
        Errors.evolve(&tables, by: happened)
        Codes.evolve(&tables, by: happened)
        Templates.evolve(&tables, by: happened)
        Instances.evolve(&tables, by: happened)
        Paces.evolve(&tables, by: happened)
        Queue.evolve(&tables, by: happened)
        guard happened.type == .sendReserved else { return }
        Control.evolve(&tables, by: happened)
        Shadows.evolve(&tables, by: happened)
    }

    /// The projections, with the version of what each computes: a change of a version rebuilds.
    public static let projections: [(name: String, version: Int)] = [
        (Zones.name, Zones.version), (IDs.name, IDs.version), (Rates.name, Rates.version),
        (Cooldowns.name, Cooldowns.version), (Reservations.name, Reservations.version),
        (Subjects.name, Subjects.version), (Persons.name, Persons.version),
        (Messages.name, Messages.version), (Errors.name, Errors.version),
        (Quality.name, Quality.version), (Reviews.name, Reviews.version),
        (Instances.name, Instances.version), (Control.name, Control.version),
        (Contacts.name, Contacts.version), (Queue.name, Queue.version),
        (Shadows.name, Shadows.version), (Roles.name, Roles.version),
        (Items.name, Items.version), (Baselines.name, Baselines.version),
        (Inbound.name, Inbound.version), (Recipients.name, Recipients.version),
        (Accounts.name, Accounts.version), (Templates.name, Templates.version),
        (Codes.name, Codes.version), (Faults.name, Faults.version),
        (Paces.name, Paces.version), (Groups.name, Groups.version),
        (Conversations.name, Conversations.version), (Sightings.name, Sightings.version),
        (Postings.name, Postings.version), (KeyUses.name, KeyUses.version),
        (SentMessages.name, SentMessages.version),
    ]
}

/// What the events mean, in one respect: pure, without a clock, and unable to fail.
public protocol Projection {
    /// The name of the view.
    static var name: String { get }
    /// Counts up whenever the same events would give other rows.
    static var version: Int { get }
}

/// An event with what most projections ask of it, read once.
public struct Occurrence: ~Escapable {
    /// The record.
    public let event: EventView
    /// The type.
    public let type: EventType
    /// The place in the log.
    public let position: Position
    /// When the ledger learnt of it.
    public let recorded: Instant
    /// When it counts.
    public let effective: Instant
    /// The names that it holds, and for `send.*` the keys under which it counts.
    let keys: SendKeys
    /// The reservation that it speaks of.
    let reservation: Reservation?

    /// Reads an event, or nil for a type that this version does not know.
    ///
    /// `learntAt` stands in for the recorded time, where it is given.
    @_lifetime(copy event)
    @inline(__always)
    init?(_ event: borrowing EventView, _ names: EventNames, learntAt: Instant? = nil) {
        guard let type = event.type else { return nil }
        self.event = copy event
        self.type = type
        position = event.position
        recorded = learntAt ?? event.recorded
        effective = event.effective
        keys = names.keys
        reservation = names.reservation
    }

    /// The account, or none.
    public var account: Fingerprint { keys.account }
    /// The chat, or none.
    public var chat: Fingerprint { keys.chat }
    /// The person, or none.
    public var person: Fingerprint { keys.person }
    /// The subject, or none.
    public var subject: Fingerprint { keys.subject }

    /// The effective time and the position.
    public var stamp: Stamp { Stamp(time: effective, position: position) }
}
