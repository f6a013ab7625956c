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

/// Something that was sealed before it was queued, and may have to be sealed once more.
///
/// Between sealing and the write lock an owner may be erased, or another process may give a new
/// alias its owner first. Only the thread that holds the write lock seals again.
class SealedWork: @unchecked Sendable {
    /// The owners that the writer has to look after.
    fileprivate(set) var mints: [Mint] = []
    /// How many owners had been erased when it was sealed.
    fileprivate(set) var erasures: UInt64 = 0
    /// What seals it.
    let sealer: EventSealer

    init(_ sealer: EventSealer) { self.sealer = sealer }

    /// Seals it, or seals it again.
    final func seal() throws(LedgerError) {
        do {
            (mints, erasures) = try sealer.keyring.trying { vault in
                var session = SealingSession(vault: vault, today: sealer.today)
                let erasures = vault.erasures
                try sealer.keyring.sealers.lend { tools throws(VaultError) in
                    try seal(with: tools, &session)
                }
                return (session.mints, erasures)
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
    private let clear: [Draft]
    /// For events that speak of a reservation and name nobody: its holder.
    private let holders: [Fingerprint?]
    /// The events as they are stored.
    private(set) var drafts: [Draft] = []
    /// Those that persons wrote to us.
    let heard: HeardMessages

    init(_ clear: [Draft], _ sealer: EventSealer) throws(LedgerError) {
        self.clear = clear
        heard = HeardMessages(clear)
        holders = try sealer.holders(of: clear)
        super.init(sealer)
        try seal()
    }

    /// About how many bytes the events take, as they were given and as they are stored.
    var byteCount: Int { clear.reduce(0) { $0 + 2 * $1.bytes.count + 512 } }

    override func seal(
        with tools: Sealer, _ session: inout SealingSession
    ) throws(VaultError) {
        var sealed: [Draft] = []
        sealed.reserveCapacity(clear.count)
        for (index, draft) in clear.enumerated() {
            sealed.append(
                try session.seal(draft, with: tools, holder: holders.isEmpty ? nil : holders[index])
            )
        }
        drafts = sealed
    }
}

extension SealedDrafts {
    /// An event as it was given.
    func clear(_ index: Int) -> Draft { clear[index] }

    /// The fingerprint of the account that an event names, or none.
    func account(_ index: Int) -> Fingerprint {
        let draft = clear[index]
        guard let place = draft.text(of: .account) else { return .none }
        return draft.bytes.span.extracting(place).fingerprint()
    }
}

/// A request to send.
final class SealedRequest: SealedWork, @unchecked Sendable {
    /// The request, its members sealed.
    private(set) var request: PreparedRequest
    /// What was looked up for it; nil where that is left to the writer.
    let lookup: Lookup?

    init(
        _ request: PreparedRequest, _ lookup: Lookup?, _ sealer: EventSealer
    ) throws(LedgerError) {
        self.request = request
        self.lookup = lookup
        super.init(sealer)
        try seal()
    }

    override func seal(
        with tools: Sealer, _ session: inout SealingSession
    ) throws(VaultError) {
        request = try session.seal(request.request, with: tools)
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
        super.init(sealer)
        try seal()
    }

    override func seal(
        with tools: Sealer, _ session: inout SealingSession
    ) throws(VaultError) {
        (fields, message) = try session.seal(report, with: tools, holder: holder)
    }
}
