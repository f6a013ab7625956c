import Bytes
import Events
import Gate
import Vault

/// An owner that a caller sealed under, and whom the writer has to look after: no slot of the vault
/// holds it yet, or something is remembered of its alias from before an erasure.
struct Mint: Sendable {
    /// The hash that leads to the slot.
    let alias: Fingerprint
    /// The alias as the event gave it, for what is recorded of one who comes back.
    let name: [UInt8]
    /// Who it is, or is proposed to be.
    let owner: Owner
    /// Whether no slot holds it yet.
    let isNew: Bool
    /// What is remembered.
    let flags: OwnerFlags
    /// For the key of a day, its number.
    let day: UInt32

    init(alias: Fingerprint, name: [UInt8], _ proposal: Proposal, day: UInt32 = 0) {
        self.alias = alias
        self.name = name
        self.day = day
        owner = proposal.owner
        isNew = proposal.isNew
        flags = proposal.flags
    }
}

/// Two persons that an earlier version told apart, because it read a spelling as an alias of its
/// own.
struct Twins: Sendable {
    /// The ids.
    let one: Fingerprint
    let other: Fingerprint
    /// The canonical spelling, and the old one.
    let name: [UInt8]
    let oldName: [UInt8]
}

/// Something that was sealed before it was queued, and may have to be sealed once more.
///
/// Between sealing and the write lock an owner may be erased, or another process may give a new
/// alias its owner first. Only the thread that holds the write lock seals again.
class SealedWork: @unchecked Sendable {
    /// The owners that the writer has to look after.
    fileprivate(set) var mints: [Mint] = []
    /// How many owners had been erased when it was sealed.
    fileprivate(set) var erasures: UInt64 = 0
    /// Persons whom an earlier version told apart by how they were spelt.
    fileprivate(set) var twins: [Twins] = []
    /// Under which names persons and accounts come in.
    fileprivate(set) var door: Door
    /// What seals it.
    let sealer: EventSealer

    init(_ sealer: EventSealer, _ door: Door) {
        self.sealer = sealer
        self.door = door
    }

    /// Seals it again under the names of the policy in force, where they are others.
    final func pass(_ now: Door) throws(LedgerError) {
        guard now.policy != door.policy, now.namesAccounts || door.namesAccounts else { return }
        let before = door
        door = now
        do throws(LedgerError) { try seal() } catch {
            // What came in by the door that it was told of stays in.
            door = before
            throw error
        }
    }

    /// Seals it, or seals it again.
    final func seal() throws(LedgerError) {
        do {
            (mints, twins, erasures) = try sealer.keyring.trying { vault in
                var session = SealingSession(vault: vault, today: sealer.today)
                let erasures = vault.erasures
                try sealer.keyring.sealers.lend { tools throws(VaultError) in
                    try seal(with: tools, &session)
                }
                return (session.mints, session.twins, erasures)
            }
        } catch { throw LedgerError(any: error) }
    }

    func seal(
        with tools: Sealer, _ session: inout SealingSession
    ) throws(VaultError) {
        preconditionFailure("each kind of work seals itself")
    }
}

/// Events of one append.
final class SealedDrafts: SealedWork, @unchecked Sendable {
    private var clear: [Draft]
    private let said: [Draft]
    /// For events that speak of a reservation and name nobody: its holder.
    private let holders: [Fingerprint?]
    /// The events as they are stored.
    private(set) var drafts: [Draft] = []
    /// Those that persons wrote to us.
    let heard: HeardMessages

    init(
        _ said: [Draft], _ sealer: EventSealer, _ door: Door = .open
    ) throws(LedgerError) {
        self.said = said
        clear = said
        heard = HeardMessages(said)
        holders = try sealer.holders(of: said)
        super.init(sealer, door)
        try seal()
    }

    /// About how many bytes the events take, as they were given and as they are stored.
    var byteCount: Int { clear.reduce(0) { $0 + 2 * $1.bytes.count + 512 } }

    override func seal(
        with tools: Sealer, _ session: inout SealingSession
    ) throws(VaultError) {
        var sealed: [Draft] = []
        sealed.reserveCapacity(clear.count)
        session.isExact = door.isExact
        for (index, draft) in said.enumerated() {
            let hint = holders.isEmpty ? nil : holders[index]
            let admitted = try Self.admit(draft, door)
            clear[index] = admitted?.draft ?? draft
            session.said = admitted?.said ?? []
            sealed.append(
                try session.seal(clear[index], saidAs: draft, with: tools, holder: hint))
        }
        drafts = sealed
    }
}

extension SealedDrafts {
    private static func admit(
        _ draft: Draft, _ door: Door
    ) throws(VaultError) -> Door.Admitted? {
        do throws(LedgerError) { return try door.admit(draft) } catch {
            throw VaultError(.refused, error.message)
        }
    }

    /// An event as it was given.
    func clear(_ index: Int) -> Draft { clear[index] }

    /// The fingerprint of the account that an event names, or none.
    func account(_ index: Int) -> Fingerprint {
        let draft = clear[index]
        guard let place = draft.text(of: .account) else { return .none }
        return Alias.account(draft.bytes.span.extracting(place))
    }
}

/// A request to send.
final class SealedRequest: SealedWork, @unchecked Sendable {
    /// The request, its members sealed.
    private(set) var request: PreparedRequest
    private let asked: SendRequest
    /// What the caller said for numbers that it gave in national spelling.
    private let said: [(number: String, said: String)]
    /// What was looked up for it; nil where that is left to the writer.
    let lookup: Lookup?

    init(
        _ request: PreparedRequest, saidAs original: SendRequest? = nil, _ lookup: Lookup?,
        _ sealer: EventSealer
    ) throws(LedgerError) {
        self.request = request
        asked = request.request
        said = original.map { Self.said(for: request.request, in: $0) } ?? []
        self.lookup = lookup
        super.init(sealer, .open)
        try seal()
    }

    /// About how many bytes it takes while it waits.
    var byteCount: Int {
        let texts = [
            asked.text, asked.template, asked.key, asked.person, asked.chat, asked.subject,
            asked.traceparent,
        ]
        // As it was given, and in the record that is prepared.
        return 4_096 + 2 * texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
            + asked.steps.reduce(0) { $0 + 64 + $1.utf8.count }
    }

    override func seal(
        with tools: Sealer, _ session: inout SealingSession
    ) throws(VaultError) {
        var admitted = asked
        admitted.account = asked.account.map(door.account)
        session.said = said
        request = try session.seal(admitted, with: tools)
    }

    private static func said(
        for request: SendRequest, in original: SendRequest
    ) -> [(number: String, said: String)] {
        // Whom a subject led to was not said by the caller.
        guard request.route == nil else { return [] }
        let pairs = [(request.person, original.person), (request.chat, original.chat)]
        return pairs.compactMap { number, said in
            guard let number, let said, Alias.national(said) != nil else { return nil }
            return (number, said)
        }
    }
}

/// A report on a send.
final class SealedReport: SealedWork, @unchecked Sendable {
    /// The report.
    let report: SendReport
    /// Its members, sealed under the key of whoever the send went to.
    private(set) var fields: DraftBuilder
    /// The fingerprint of the provider's id that it names, or none.
    private(set) var message = Fingerprint.none
    private let holder: Fingerprint?

    init(_ report: SendReport, _ sealer: EventSealer) throws(LedgerError) {
        self.report = report
        fields = report.fields
        holder = try sealer.holder(of: report.reservation)
        super.init(sealer, .open)
        try seal()
    }

    /// About how many bytes it takes while it waits.
    var byteCount: Int { 4_096 + 2 * fields.valueBytes.count }

    override func seal(
        with tools: Sealer, _ session: inout SealingSession
    ) throws(VaultError) {
        (fields, message) = try session.seal(report, with: tools, holder: holder)
    }
}
