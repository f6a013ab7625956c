public import Bytes
public import Events
import Views

/// What is said of two aliases.
public enum LinkState: Sendable, Equatable {
    /// They lead to one person: no link is needed.
    case same
    /// They are linked, by that event.
    case linked(Position)
    /// Others link them, though nothing links these two; the last event about them parted them,
    /// if there is one.
    case throughOthers(parted: Position?)
    /// They were parted by that event.
    case parted(Position)
    /// Nothing was ever said of them.
    case apart
}

/// Somebody whom links make one with a person.
public struct LinkedPerson: Sendable {
    /// The id.
    public let person: Fingerprint
    /// The alias that the link gives; nil where the key of whoever it is sealed to was erased.
    public let alias: String?
    /// The member of the group that the link joins it with.
    public let with: Fingerprint
    /// The event that links them.
    public let position: Position
    /// When it was recorded.
    public let recorded: Instant
    /// What proves it, as text; nil where nothing is said.
    public let evidence: String?
    /// Who says so, where a person did.
    public let by: String?
}

extension Ledger {
    /// What is said of two persons.
    ///
    /// - Throws: ``LedgerError`` with `notFound` where an alias leads to nobody.
    public func link(of one: String, and other: String) throws -> LinkState {
        let ids = (try living(one), try living(other))
        return try withState { moment in
            guard ids.0 != ids.1 else { return .same }
            let last = moment.tables.link(ids.0, ids.1)
            if let last, last.isLinked { return .linked(last.position) }
            if moment.tables.group(of: ids.0).contains(ids.1) {
                return .throughOthers(parted: last?.position)
            }
            return last.map { .parted($0.position) } ?? .apart
        }
    }

    /// How many members the group of two would have if they were linked.
    public func members(of one: String, and other: String) throws -> (count: Int, isMore: Bool) {
        let ids = (try living(one), try living(other))
        return try withState { moment in
            let groups = (moment.tables.group(of: ids.0), moment.tables.group(of: ids.1))
            let members = Set(groups.0.members).union(groups.1.members)
            return (members.count, groups.0.isTooLarge || groups.1.isTooLarge)
        }
    }

    /// Those whom links make one with a person, nearest first; at most
    /// ``PersonGroup/membersMax`` - 1.
    public func linked(with person: Fingerprint) throws -> [LinkedPerson] {
        let found = try withState { moment -> [(GroupRow.Link, Fingerprint)] in
            let members = moment.tables.group(of: person).members
            guard members.count > 1 else { return [] }
            var seen: Set<Fingerprint> = [person]
            var found: [(GroupRow.Link, Fingerprint)] = []
            for member in members {
                guard let slot = moment.tables.groups.find(member) else { continue }
                for link in moment.tables.groups[slot].links
                where link.isLinked && members.contains(link.person)
                    && seen.insert(link.person).inserted
                {
                    found.append((link, member))
                }
            }
            return found
        }
        return try found.map { link, member in
            try withOpenEvent(at: link.position) { event in
                let names = event.person == link.person ? Field.person : .alias
                return LinkedPerson(
                    person: link.person, alias: event.text(names), with: member,
                    position: link.position, recorded: event.recorded,
                    evidence: event.text(.evidence), by: event.text(.by))
            }
        }
    }

    /// Leaves out links that say nothing new, so that an adapter may report what it sees each time.
    ///
    /// A link is new where nothing was ever said of the two persons: what a person took apart by
    /// hand, no adapter links again. Links of one alias with itself, and the second of two that are
    /// the same, are left out too. Other events are handed back as they are, in their order.
    /// - Throws: ``LedgerError`` with `keys` where the vault cannot be opened.
    public func withoutKnownLinks(_ drafts: [Draft]) throws -> [Draft] {
        guard drafts.contains(where: { $0.type == .identityLinked }) else { return drafts }
        var table = FieldTable()
        var seen: Set<Set<Fingerprint>> = []
        var pairs: [(Int, Fingerprint, Fingerprint)] = []
        for (index, draft) in drafts.enumerated() where draft.type == .identityLinked {
            table.read(draft)
            guard let one = table.text(.person), let other = table.text(.alias) else { continue }
            let bytes = draft.bytes.span
            let ids = (
                try sealer.fingerprint(of: bytes.extracting(one).string, as: .person),
                try sealer.fingerprint(of: bytes.extracting(other).string, as: .person)
            )
            pairs.append((index, ids.0, ids.1))
        }
        let known = try withState { moment in
            Set(
                pairs.filter { _, one, other in
                    one == other || !seen.insert([one, other]).inserted
                        || moment.tables.link(one, other) != nil
                }.map(\.0))
        }
        return drafts.indices.filter { !known.contains($0) }.map { drafts[$0] }
    }
}
