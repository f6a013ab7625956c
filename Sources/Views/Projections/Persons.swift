import Bytes
public import Events

/// Consent per category, last inbound and last outbound per person.
enum Persons: Projection {
    static let name = "persons"
    static let version = 4

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .sendAccepted, .sendAttempted:
            send(&tables, happened)
            return
        case .personErased:
            erase(&tables, by: happened)
            return
        default: break
        }
        guard happened.person != .none else { return }
        switch happened.type {
        case .messageReceived, .messageReacted, .messageEdited:
            let slot = touch(&tables, happened.person, happened)
            tables.persons[slot].lastInbound = max(tables.persons[slot].lastInbound, happened.stamp)
            tables.persons[slot].inbound += 1
            if let kind = happened.event.text(.kind), kind == "support" || kind == "privacy" {
                tables.persons[slot].support = max(tables.persons[slot].support, happened.stamp)
            }
        case .messageClassified:
            guard Conversations.isOwnReading(happened.event),
                let lane = happened.event.text(.lane), lane == "support" || lane == "privacy"
            else { return }
            let slot = touch(&tables, happened.person, happened)
            tables.persons[slot].support = max(tables.persons[slot].support, happened.stamp)
        case .consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn:
            let slot = touch(&tables, happened.person, happened)
            let category = ConsentCategory(happened.event)
            tables.persons[slot].consent(category, by: happened)
        default: return
        }
    }

    /// A report names its reservation, and the reservation its person.
    private static func send(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        var person = happened.person
        if let reservation = happened.reservation {
            guard tables.tags.include(reservation),
                let row = tables.reservations.find(Fingerprint(UInt128(reservation.position)))
            else { return }
            person = tables.reservations[row].keys.person
        }
        guard person != .none else { return }
        let slot = touch(&tables, person, happened)
        tables.persons[slot].lastOutbound = max(tables.persons[slot].lastOutbound, happened.stamp)
        if happened.type == .sendAccepted { tables.persons[slot].outbound += 1 }
    }

    /// Notes that a reservation asks for consent or confirms what was said, or does so no more.
    static func hold(
        _ tables: inout Tables, _ row: ReservationRow, at position: Position,
        by happened: borrowing Occurrence
    ) {
        guard row.purpose == .confirmation || row.purpose == .consentRequest,
            row.keys.person != .none
        else { return }
        let slot = touch(&tables, row.keys.person, happened)
        let isConfirmation = row.purpose == .confirmation
        let held = isConfirmation ? tables.persons[slot].confirmation : tables.persons[slot].asking
        let now: Position
        if row.state.holds {
            now = max(held, position + 1)
        } else if held == position + 1 {
            now = 0
        } else {
            return
        }
        if isConfirmation {
            tables.persons[slot].confirmation = now
        } else {
            tables.persons[slot].asking = now
        }
    }

    /// Everything personal about a person was forgotten.
    static func erase(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let prefix = "erased-"
        guard let id = happened.event.text(.id), id.hasPrefix(prefix),
            let person = Fingerprint(hex: id.dropFirst(prefix.utf8.count))
        else { return }
        let slot = tables.persons.touch(person, at: happened.position)
        tables.persons[slot].erased = happened.position + 1
    }

    private static func touch(
        _ tables: inout Tables, _ person: Fingerprint, _ happened: borrowing Occurrence
    ) -> Int {
        let slot = tables.persons.touch(person, at: happened.position)
        if tables.persons[slot].named == 0, happened.person == person {
            tables.persons[slot].named = happened.position + 1
        }
        return slot
    }
}

/// What a consent is for; `all` where an event names no category.
public enum ConsentCategory: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case all, utility, marketing, authentication, service

    init(_ event: borrowing EventView) {
        guard let range = event.range(of: .category) else {
            self = .all
            return
        }
        self.init(event.bytes.extracting(range))
    }

    /// The category of that name in UTF-8; anything else means all.
    init(_ name: Span<UInt8>) {
        self = .all
        for category in Self.allCases {
            let own = Self.names[Int(category.rawValue)]
            if name.equals(own.span) { self = category }
        }
    }

    private static let names = allCases.map { Array($0.name.utf8) }

    /// The category of that name; anything else means all.
    public init(name: String?) {
        self = Self.allCases.first { $0.name == name } ?? .all
    }

    /// The bit by which a withdrawal is remembered after an erasure.
    public var erasedBit: UInt8 { 1 << rawValue }

    /// The name in JSON.
    public var name: String {
        switch self {
        case .all: "all"
        case .utility: "utility"
        case .marketing: "marketing"
        case .authentication: "authentication"
        case .service: "service"
        }
    }
}

/// What is known of a person's consent in one category.
public struct Consent: Sendable, Equatable {
    /// When it was first asked for.
    public var requested = Stamp.never
    /// The latest grant.
    public private(set) var granted = Stamp.never
    /// The latest refusal that no grant has beaten.
    public private(set) var declined = Stamp.never
    /// The latest withdrawal that no grant has beaten.
    public private(set) var withdrawn = Stamp.never

    /// Whether a withdrawal holds.
    public var isWithdrawn: Bool { withdrawn.isSet }

    /// A grant beats what came before it at an earlier time; what comes after it, at whatever time,
    /// holds against it: to beat, both the time and the position must be later.
    mutating func grant(_ stamp: Stamp) {
        granted = max(granted, stamp)
        if declined.isSet, stamp.time > declined.time { declined = .never }
        if withdrawn.isSet, stamp.time > withdrawn.time { withdrawn = .never }
    }

    mutating func decline(_ stamp: Stamp) { declined = max(declined, stamp) }

    mutating func withdraw(_ stamp: Stamp) { withdrawn = max(withdrawn, stamp) }

    /// Takes what was said under another alias, where no grant of this one beats it.
    mutating func take(strictest other: Consent) {
        granted = max(granted, other.granted)
        declined = max(declined, other.declined)
        withdrawn = max(withdrawn, other.withdrawn)
    }

    /// `unknown`, `asked`, `granted`, `declined` or `withdrawn`.
    public var state: String {
        if isWithdrawn { return "withdrawn" }
        if declined.isSet { return "declined" }
        if granted.isSet { return "granted" }
        return requested.isSet ? "asked" : "unknown"
    }

    init() {}

    init(decoding reader: inout RowReader) {
        requested = reader.stamp()
        granted = reader.stamp()
        declined = reader.stamp()
        withdrawn = reader.stamp()
    }
}

/// A person.
public struct PersonRow: TableRow {
    /// One more than the position of an event that names the person.
    public var named: Position = 0
    /// The last message from the person.
    public var lastInbound = Stamp.never
    /// The last send to the person.
    public var lastOutbound = Stamp.never
    /// Messages from the person.
    public var inbound: UInt32 = 0
    /// Accepted sends to the person.
    public var outbound: UInt32 = 0
    /// One more than the position of the last reservation of a confirmation; 0 for none.
    public var confirmation: Position = 0
    /// One more than the position of the last reservation of a consent request; 0 for none.
    public var asking: Position = 0
    /// One more than the position of the event that the person was forgotten; 0 for none.
    public internal(set) var erased: Position = 0
    /// When the person last asked for support, or about privacy.
    public var support = Stamp.never
    /// Consent by the raw value of ``ConsentCategory``; empty where nothing is known.
    public private(set) var consents: [Consent] = []

    /// An empty row.
    public init() {}

    /// What is known for a category alone.
    public subscript(category: ConsentCategory) -> Consent {
        consents.isEmpty ? Consent() : consents[Int(category.rawValue)]
    }

    /// Whether sends of a category are withdrawn: for it, or for all.
    public func isWithdrawn(_ category: ConsentCategory) -> Bool {
        self[.all].isWithdrawn || self[category].isWithdrawn
    }

    /// Whether a grant holds for a category, of its own or for all.
    public func isGranted(_ category: ConsentCategory) -> Bool {
        if isWithdrawn(category) || self[category].declined.isSet { return false }
        if self[category].granted.isSet { return true }
        return self[.all].granted.isSet && !self[.all].declined.isSet
    }

    /// One more than the position of the request for consent that went out or was granted; 0 for
    /// none.
    public var request: Position {
        let asked = consents.filter(\.requested.isSet).map { $0.requested.position + 1 }.min()
        return asked ?? asking
    }

    /// The latest refusal that holds, in any category.
    public var declined: Stamp { consents.map(\.declined).max() ?? .never }

    /// Whether the person asked for support within the last 24 hours.
    public func isSupported(at now: Instant) -> Bool {
        support.isSet && support.time <= now && now.since(support.time) <= .day
    }

    mutating func consent(_ category: ConsentCategory, by happened: borrowing Occurrence) {
        if consents.isEmpty {
            consents = Array(repeating: Consent(), count: ConsentCategory.allCases.count)
        }
        let stamp = happened.stamp
        let at = Int(category.rawValue)
        switch happened.type {
        case .consentRequested:
            if !consents[at].requested.isSet { consents[at].requested = stamp }
        case .consentGranted: consents[at].grant(stamp)
        case .consentDeclined: consents[at].decline(stamp)
        default: consents[at].withdraw(stamp)
        }
    }

    /// Takes the consent of another who is the same.
    mutating func join(consents others: [Consent]) {
        if consents.isEmpty {
            consents = others
        } else if !others.isEmpty {
            for at in consents.indices { consents[at] = consents[at].joined(with: others[at]) }
        }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        lastInbound = reader.stamp()
        lastOutbound = reader.stamp()
        inbound = reader.get()
        outbound = reader.get()
        confirmation = reader.get()
        asking = reader.get()
        erased = reader.get()
        support = reader.stamp()
        if reader.flag() {
            for _ in ConsentCategory.allCases {
                consents.append(Consent(decoding: &reader))
            }
        }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(lastInbound)
        writer.put(lastOutbound)
        writer.put(inbound)
        writer.put(outbound)
        writer.put(confirmation)
        writer.put(asking)
        writer.put(erased)
        writer.put(support)
        writer.put(!consents.isEmpty)
        for consent in consents {
            writer.put(consent.requested)
            writer.put(consent.granted)
            writer.put(consent.declined)
            writer.put(consent.withdrawn)
        }
    }
}
