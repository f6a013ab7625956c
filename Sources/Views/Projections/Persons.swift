import Bytes
public import Events

/// Consent per category, last inbound and last outbound per person.
enum Persons: Projection {
    static let name = "persons"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        guard happened.person != .none else { return }
        switch happened.type {
        case .messageReceived, .messageReacted, .messageEdited:
            let slot = touch(&tables, happened)
            tables.persons[slot].lastInbound = max(tables.persons[slot].lastInbound, happened.stamp)
            tables.persons[slot].inbound += 1
        case .sendAccepted, .sendAttempted:
            let slot = touch(&tables, happened)
            tables.persons[slot].lastOutbound = max(
                tables.persons[slot].lastOutbound, happened.stamp)
            if happened.type == .sendAccepted { tables.persons[slot].outbound += 1 }
        case .consentRequested, .consentGranted, .consentDeclined, .consentWithdrawn:
            let slot = touch(&tables, happened)
            let category = ConsentCategory(happened.event)
            tables.persons[slot].consent(category, by: happened)
        default: return
        }
    }

    private static func touch(_ tables: inout Tables, _ happened: borrowing Occurrence) -> Int {
        let slot = tables.persons.touch(happened.person, at: happened.position)
        if tables.persons[slot].named == 0 { tables.persons[slot].named = happened.position + 1 }
        return slot
    }
}

/// What a consent is for; `all` where an event names no category.
public enum ConsentCategory: UInt8, CaseIterable, Sendable {
    case all, utility, marketing, authentication, service

    init(_ event: borrowing EventView) {
        self = ConsentCategory(name: event.text(.category))
    }

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

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        lastInbound = reader.stamp()
        lastOutbound = reader.stamp()
        inbound = reader.get()
        outbound = reader.get()
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
        writer.put(!consents.isEmpty)
        for consent in consents {
            writer.put(consent.requested)
            writer.put(consent.granted)
            writer.put(consent.declined)
            writer.put(consent.withdrawn)
        }
    }
}
