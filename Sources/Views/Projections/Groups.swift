public import Bytes
public import Events

/// Which persons are one: the links between them, as `identity.linked` and `identity.unlinked` say.
///
/// A link joins two persons and holds while the last event about these two, by position, is
/// `identity.linked`. Persons that a chain of links joins are one group. No other table changes:
/// each keeps its rows per person, and what looks at a person looks at all of the group. So the
/// order of links says nothing, and unlinking takes back exactly the link between two.
///
/// An erased person stays linked: what was withdrawn under its alias holds for the others.
enum Groups: Projection {
    static let name = "groups"
    static let version = 1

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let (one, other) = (happened.event.person, happened.event.otherPerson)
        guard one != .none, other != .none, one != other else { return }
        let isLinked = happened.type == .identityLinked
        for (person, other) in [(one, other), (other, one)] {
            let slot = tables.groups.touch(person, at: happened.position)
            tables.groups[slot].enter(
                GroupRow.Link(person: other, position: happened.position, isLinked: isLinked))
        }
    }
}

/// What was said of one person and others: that they are one, or that they are not.
public struct GroupRow: TableRow {
    /// The last word on two persons.
    public struct Link: Sendable, Equatable {
        /// The other person.
        public var person: Fingerprint
        /// The event that says it.
        public var position: Position
        /// Whether they are one.
        public var isLinked: Bool
    }

    /// By the ids of the others, ascending: one for each that anything was ever said of.
    public private(set) var links: [Link] = []

    /// An empty row.
    public init() {}

    /// Enters what an event says; an older event than the last changes nothing.
    mutating func enter(_ link: Link) {
        var low = 0
        var high = links.count
        while low < high {
            let middle = (low + high) / 2
            if links[middle].person < link.person { low = middle + 1 } else { high = middle }
        }
        if low < links.count, links[low].person == link.person {
            if links[low].position < link.position { links[low] = link }
        } else {
            links.insert(link, at: low)
        }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        let count = reader.get(UInt32.self)
        for _ in 0..<count where reader.isValid {
            links.append(
                Link(
                    person: reader.fingerprint(), position: reader.get(), isLinked: reader.flag()))
        }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(UInt32(links.count))
        for link in links {
            writer.put(link.person)
            writer.put(link.position)
            writer.put(link.isLinked)
        }
    }
}

/// A person and all those that links make one with it: of a person without links, itself alone.
public struct PersonGroup: Sendable, Equatable {
    /// How many members are looked at: whoever has more is linked by mistake, and nothing is sent
    /// to any of them.
    public static let membersMax = 64

    /// The person that was asked for.
    public let person: Fingerprint
    /// The others, in the order in which they were found.
    public internal(set) var others: [Fingerprint] = []
    /// The newest event that links two members.
    public internal(set) var linked: Position?
    /// Whether there are more members than ``membersMax``.
    public internal(set) var isTooLarge = false

    /// A person alone.
    public init(_ person: Fingerprint) { self.person = person }

    /// All members, the person first.
    public var members: [Fingerprint] { [person] + others }

    /// Adds a member.
    public mutating func add(_ other: Fingerprint) { others.append(other) }

    /// Whether somebody is a member.
    public func contains(_ other: Fingerprint) -> Bool {
        person == other || others.contains(other)
    }

    /// Their names under which sends of an account to each are counted.
    public func pairs(with account: Fingerprint) -> PersonGroup {
        guard account != .none else { return PersonGroup(.none) }
        var pairs = PersonGroup(account.paired(with: person))
        pairs.others = others.map { account.paired(with: $0) }
        return pairs
    }
}

extension Tables {
    /// The group of a person; one lookup for whoever is linked with nobody.
    public mutating func group(of person: Fingerprint) -> PersonGroup {
        var group = PersonGroup(person)
        guard person != .none, groups.find(person) != nil else { return group }
        var seen: Set<Fingerprint> = [person]
        var next = 0
        var member = person
        while true {
            let links = groups.find(member).map { groups[$0].links } ?? []
            for link in links where link.isLinked {
                group.linked = max(group.linked ?? 0, link.position)
                guard seen.insert(link.person).inserted else { continue }
                guard group.others.count + 1 < PersonGroup.membersMax else {
                    group.isTooLarge = true
                    return group
                }
                group.others.append(link.person)
            }
            guard next < group.others.count else { return group }
            member = group.others[next]
            next += 1
        }
    }

    /// The chat of a send; a direct chat is its person, with all that links make one with it.
    ///
    /// - Parameter group: that of the person whom the send goes to.
    public mutating func chats(of keys: SendKeys, _ group: PersonGroup) -> PersonGroup {
        keys.chat == keys.person ? group : self.group(of: keys.chat)
    }

    /// What was last said of two persons: the event, and whether they are one; nil for nothing.
    public mutating func link(_ one: Fingerprint, _ other: Fingerprint) -> GroupRow.Link? {
        guard let slot = groups.find(one) else { return nil }
        return groups[slot].links.first { $0.person == other }
    }
}
