public import Bytes
public import Events
import Storage
import Vault

/// What is known of a person before it is forgotten.
public struct Erasure: Sendable {
    /// The person's id, which stays in records and says nothing.
    public internal(set) var person = ""
    /// How many events are about the person; their sealed fields become unreadable.
    public internal(set) var events = 0
    /// Where others wrote about the person, or links name it as the other: what is sealed to others
    /// is theirs, and stays.
    public internal(set) var mentions: [Position] = []
    /// Exports that were made before, which may hold what is forgotten: out of reach.
    public internal(set) var exports: [(position: Position, time: Instant, format: String)] = []
    /// Whom links make one with the person, as of before.
    public internal(set) var linked: [LinkedPerson] = []
    /// Those of them that were erased with the person, or would be, and lived.
    public internal(set) var alsoErased: [Fingerprint] = []
    /// Where it is recorded; nil for one that was only looked at.
    public internal(set) var position: Position?
}

extension Ledger {
    /// Forgets a person: overwrites the key that all its fields are sealed under.
    ///
    /// The id and the key are overwritten in place and flushed before it is recorded; withdrawals
    /// of consent and that consent was asked for are remembered under the alias's keyed hash. A
    /// later message from the same alias is of a new person.
    ///
    /// - Parameters:
    ///   - alias: Any alias of the person.
    ///   - withLinked: Whether all that links make one with the person are forgotten in the same
    ///     order; else they stay as they are.
    ///   - authority: Who orders it; nil only looks.
    ///   - progress: Told how many events were searched for mentions.
    /// - Throws: ``LedgerError`` with `notFound` for nobody, or for one who was erased already.
    public func erase(
        _ alias: String, withLinked: Bool = false, by authority: Authority?,
        progress: (Position) -> Void = { _ in }
    ) async throws(LedgerError) -> Erasure {
        let person = try living(alias)
        var erasure: Erasure
        do {
            let linked = try linked(with: person)
            let others =
                withLinked
                ? try linked.filter { try keyring.owner(id: $0.person) != nil }.map(\.person) : []
            erasure = try look(at: [person] + others, alias, progress)
            erasure.linked = linked
            erasure.alsoErased = others
        } catch {
            throw LedgerError(any: error)
        }
        guard let authority else { return erasure }
        let places = try await carryOut(.erase([person] + erasure.alsoErased, authority))
        erasure.position = places.first
        return erasure
    }

    /// The id of the person that an alias leads to.
    ///
    /// - Throws: ``LedgerError`` with `notFound` and whether there ever was one.
    public func living(_ alias: String) throws(LedgerError) -> Fingerprint {
        let vault = try keyring.vault()
        _ = try keyring.renew(vault)
        let hashes = try sealer.hashes(of: alias)
        do {
            let file = try keyring.vault()
            for hash in hashes {
                if let owner = try file.owner(alias: hash) { return owner.id }
            }
            let was = hashes.contains { file.flags(alias: $0)?.isErased ?? false }
            throw LedgerError(
                .notFound,
                was
                    ? "\(alias) was erased already, and no event came from it since"
                    : "nobody with the alias \(alias) is known; an alias is given as it stands in "
                        + "the events, such as +27821234567")
        } catch { throw LedgerError(any: error) }
    }

    func carryOut(_ order: KeyOrder) async throws(LedgerError) -> [Position] {
        let result = await withCheckedContinuation { continuation in
            submit(.keys(order), now: nil) { continuation.resume(returning: $0) }
        }
        guard case .carriedOut(let places) = try result.get() else {
            throw LedgerError(.invalid, "no answer")
        }
        return places
    }

    private func look(
        at persons: [Fingerprint], _ alias: String, _ progress: (Position) -> Void
    ) throws -> Erasure {
        var erasure = Erasure()
        erasure.person = persons[0].hex
        var mentions = persons.map { Mentions(of: $0) }
        mentions[0].add(alias)
        let end = try count()
        try forEachEvent(to: end) { event in
            if event.type == .exportMade {
                erasure.exports.append(
                    (event.position, event.recorded, event.text(.format) ?? "audit"))
            }
            guard let at = persons.firstIndex(where: { event.concerns($0) }) else { return true }
            if event.otherPerson != .none, !persons.contains(event.holder) {
                // Sealed to the one it is linked with, who is not forgotten.
                erasure.mentions.append(event.position)
                return true
            }
            erasure.events += 1
            try withOpened(event) { opened in
                for field in event.namesOf(persons[at]) {
                    if let name = opened.text(field) { mentions[at].add(name) }
                }
            }
            return true
        }
        progress(end / 2)
        try forEachEvent(to: end) { event in
            if event.position % 65_536 == 0 { progress(end / 2 + event.position / 2) }
            guard !persons.contains(where: { event.concerns($0) }) else { return true }
            if try mentions.contains(where: { try $0.isOne(event, self) }) {
                erasure.mentions.append(event.position)
            }
            return true
        }
        erasure.mentions.sort()
        progress(end)
        return erasure
    }
}

extension EventView {
    /// The members that name the person: of a link, its own of the two.
    fileprivate func namesOf(_ id: Fingerprint) -> [Field] {
        if otherPerson == .none { return [.person, .name, .alias] }
        return otherPerson == id ? [.alias] : [.person, .name]
    }
}
