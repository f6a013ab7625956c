public import Bytes
public import Events
import Gate

/// Reads a number in national spelling: the text, and the country as two letters, such as `ZA`.
///
/// It answers the number as `+` and its digits, or nil where the text is none of that country, and
/// throws where nothing can be read at all.
public typealias NumberReader = @Sendable (String, String) throws(LedgerError) -> String?

/// By which names persons and accounts come in: every name is looked at here once, before anything
/// is looked up or recorded.
///
/// International spellings need no more than `Alias`. What is left is what only the policy knows:
/// in which country national numbers are dialled, and which other names our own accounts have.
struct Door: Sendable {
    /// The position of the policy; nil for none, or one that is not known.
    let policy: Position?
    private let region: String?
    private let senders: [Policy.Sender]
    private let mains: [Fingerprint: Int]
    private let numbers: NumberReader?
    /// Whether names are taken as they stand, as they were where an earlier version wrote them.
    var isExact = false

    /// A door for what nobody has to look up.
    static let open = Door(nil, nil)

    init(_ inForce: PolicyInForce?, _ numbers: NumberReader?) {
        policy = inForce?.position
        region = inForce?.policy.people.region
        senders = inForce?.policy.senders ?? []
        mains = inForce?.policy.senderIndex ?? [:]
        self.numbers = numbers
    }

    /// Whether it changes the name of any account.
    var namesAccounts: Bool { !senders.isEmpty }

    // MARK: - Names

    /// The name that the policy gives an account, or the name itself.
    func account(_ name: String) -> String {
        mains.isEmpty ? name : mains[Alias.account(name)].map { senders[$0].name } ?? name
    }

    /// All fingerprints of an account, under whichever of its names it was recorded.
    func accounts(_ name: String) -> [Fingerprint] {
        let own = Alias.account(name)
        return mains[own].map { senders[$0].fingerprints } ?? [own]
    }

    /// The names that the policy has for an account beside this one; none where it has none.
    func names(ofAccount name: String) -> [String] {
        let own = Alias.account(name)
        guard let index = mains[own] else { return [] }
        return ([senders[index].name] + senders[index].others).filter { Alias.account($0) != own }
    }

    /// The international number that a person's name in national spelling says; nil for a name
    /// that says who it is by itself.
    ///
    /// - Throws: ``LedgerError`` with `invalid` where it cannot be read: it must not become a
    ///   person of its own, which nobody opted out.
    func person(_ name: String) throws(LedgerError) -> String? {
        guard let digits = Alias.national(name) else { return nil }
        guard let region else {
            throw LedgerError(
                .invalid,
                "\u{201C}\(name)\u{201D} looks like a number without its country's code: give it in "
                    + "full, such as +27821234567, or say the country in the policy's "
                    + "people.region, such as ZA")
        }
        guard let number = try numbers?(digits, region) else {
            throw LedgerError(
                .invalid,
                "\u{201C}\(name)\u{201D} looks like a number, and is none that can be dialled in "
                    + "\(region), the policy's people.region: give it in full, such as "
                    + "+27821234567")
        }
        return number
    }

    // MARK: - Requests and events

    /// The request under the names that its account and person go by.
    func admit(_ asked: SendRequest) throws(LedgerError) -> SendRequest {
        var request = asked
        request.account = asked.account.map(account)
        if let person = asked.person, let number = try self.person(person) {
            request.person = number
        }
        if let chat = asked.chat, let number = try person(chat) { request.chat = number }
        return request
    }

    /// The event under those names; nil where it is as it was.
    ///
    /// - Returns: what was said for each number, too.
    func admit(_ draft: Draft) throws(LedgerError) -> Admitted? {
        if isExact { return nil }
        var texts: [(field: Field, text: String)] = []
        var said: [(number: String, said: String)] = []
        for field in Self.persons {
            guard let place = draft.text(of: field) else { continue }
            let name = draft.bytes.span.extracting(place)
            guard Alias.national(name) != nil else { continue }
            let text = name.string
            guard let number = try person(text) else { continue }
            texts.append((field, number))
            said.append((number, text))
        }
        if !mains.isEmpty, let place = draft.text(of: .account) {
            let name = draft.bytes.span.extracting(place).string
            let main = account(name)
            if main != name { texts.append((.account, main)) }
        }
        guard !texts.isEmpty else { return nil }
        guard let new = draft.replacing(texts) else {
            throw LedgerError(.invalid, "the event would exceed \(Draft.recordBytesMax) bytes")
        }
        return Admitted(draft: new, said: said)
    }

    struct Admitted {
        let draft: Draft
        let said: [(number: String, said: String)]
    }

    /// The fields that name persons.
    private static let persons: [Field] = [.person, .chat, .alias, .recipient]

    /// Whether some name has to be read in a country.
    static func needsRegion(_ drafts: [Draft]) -> Bool {
        drafts.contains { draft in
            persons.contains { field in
                draft.text(of: field).map {
                    Alias.national(draft.bytes.span.extracting($0)) != nil
                } ?? false
            }
        }
    }
}

extension Ledger {
    /// Looks at names as the policy last known has them; where that does not do, as the one that is
    /// in force by now.
    private func atDoor<Value>(
        _ body: (Door) throws(LedgerError) -> Value
    ) throws(LedgerError) -> Value {
        if let known = policies.lastKnown {
            do throws(LedgerError) { return try body(Door(known, policies.numbers)) } catch {
                guard error.code == .invalid else { throw error }
            }
        }
        return try body(doorNow())
    }

    /// The door as the policy that is in force by now makes it.
    func doorNow() throws(LedgerError) -> Door {
        do {
            guard let (position, text) = try policyInForce() else {
                return Door(nil, policies.numbers)
            }
            return Door(try policies.policy(position) { text }, policies.numbers)
        } catch { throw LedgerError(any: error) }
    }

    /// Events at the door, to be sealed; which account is which the writer looks at again.
    func admitted(_ drafts: [Draft]) throws(LedgerError) -> SealedDrafts {
        let sealer = sealer
        guard Door.needsRegion(drafts) else {
            return try SealedDrafts(drafts, sealer, Door(policies.lastKnown, policies.numbers))
        }
        return try atDoor { (door) throws(LedgerError) in try SealedDrafts(drafts, sealer, door) }
    }

    /// A request at the door; the writer gives its account the name that the policy has by then.
    func admitted(_ request: SendRequest) throws(LedgerError) -> SendRequest {
        let names = [request.person, request.chat].compactMap(\.self)
        guard names.contains(where: { Alias.national($0) != nil }) else { return request }
        return try atDoor { (door) throws(LedgerError) in try door.admit(request) }
    }

    /// Checks whether the persons of an event can be read.
    ///
    /// - Throws: ``LedgerError`` with `invalid` for a number in national spelling that nobody can
    ///   read.
    public func checkNames(_ draft: Draft) throws(LedgerError) {
        guard Door.needsRegion([draft]) else { return }
        _ = try atDoor { (door) throws(LedgerError) in try door.admit(draft) }
    }

    /// The name of an account and its other names, as the policy has them.
    public func names(ofAccount name: String) throws(LedgerError) -> [Fingerprint] {
        try doorNow().accounts(name)
    }

    /// The international number of a person's name in national spelling; nil for any other name.
    ///
    /// - Throws: ``LedgerError`` with `invalid` where it cannot be read.
    public func number(of name: String) throws(LedgerError) -> String? {
        Alias.national(name) == nil ? nil : try doorNow().person(name)
    }
}
