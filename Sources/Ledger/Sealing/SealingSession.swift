import Bytes
import Events
import Gate
import Vault
import Views

/// Seals events one after the other, and notes whom the writer has to look after.
struct SealingSession {
    let vault: VaultFile
    /// The day of what says no time.
    let today: Instant
    private(set) var mints: [Mint] = []

    init(vault: VaultFile, today: Instant) {
        self.vault = vault
        self.today = today
    }

    /// Who is named by an event, and under whose key it is sealed.
    private struct Naming {
        var seal = Seal()
        var holder: Owner?
        var chatIsGroup = false
    }

    // MARK: - Events, requests, reports

    /// Seals an event that was built in clear.
    ///
    /// - Parameter hint: under whose key, where it names nobody.
    mutating func seal(
        _ draft: Draft, with tools: Sealer, holder hint: Fingerprint?
    ) throws(VaultError) -> Draft {
        var builder = DraftBuilder(draft)
        let isOwn = draft.isFrom(Ledger.ownSource)
        let identity = isOwn ? nil : Self.identity(of: builder, tools, vault.names)
        try seal(&builder, content: draft.bytes, with: tools, holder: hint, sealsID: !isOwn)
        guard let sealed = builder.finish(identity: identity) else {
            throw VaultError(
                .full,
                "sealed, the event would exceed \(Draft.recordBytesMax) bytes; shorten its text")
        }
        return sealed
    }

    /// Seals a request, and hashes what it is judged by.
    mutating func seal(
        _ request: SendRequest, with tools: Sealer
    ) throws(VaultError) -> PreparedRequest {
        var builder = DraftBuilder(.sendReserved)
        builder.add(request)
        let content = PreparedRequest.content(of: request)
        let seal = try seal(&builder, content: content, with: tools, holder: nil, sealsID: false)
        let steps = SendKeys.steps(request.steps.map { Fingerprint(of: $0) })
        var keys = SendKeys(
            account: plain(request.account), chat: seal[.chat], person: seal[.person],
            subject: plain(request.subject))
        keys.content = SendKeys.content(seal[.text], chat: keys.chat, person: keys.person)
        keys.business = SendKeys.business(
            subject: keys.subject, steps: steps, submission: request.submission)
        return PreparedRequest(
            request, keys: keys, key: seal[.key], digest: seal.digest, fields: builder)
    }

    /// Seals what a report says beyond the reservation.
    mutating func seal(
        _ report: SendReport, with tools: Sealer, holder hint: Fingerprint?
    ) throws(VaultError) -> DraftBuilder {
        var builder = report.fields
        let content = builder.valueBytes.array
        try seal(&builder, content: content, with: tools, holder: hint, sealsID: false)
        return builder
    }

    // MARK: - One seal

    @discardableResult
    private mutating func seal(
        _ builder: inout DraftBuilder, content: [UInt8], with tools: Sealer,
        holder hint: Fingerprint?, sealsID: Bool
    ) throws(VaultError) -> Seal {
        var naming = try name(builder, tools)
        let fields = builder.places.filter { place in
            guard let field = Field(rawValue: place.number), field.isPersonal else { return false }
            return (field != .chat || !naming.chatIsGroup) && (field != .id || sealsID)
        }
        if !fields.isEmpty {
            try choose(&naming, for: builder, hint: hint, tools)
        }
        guard let holder = naming.holder, !fields.isEmpty else {
            naming.seal.digest = content.span.fingerprint()
            builder.seal([], [], ends: [], as: naming.seal)
            return naming.seal
        }
        let digest = tools.digest(of: content.span, under: holder.key)
        naming.seal.digest = digest
        let sealable = fields.map {
            SealedField(number: $0.number, kind: $0.kind, range: $0.range)
        }
        var sealed: [UInt8] = []
        tools.seal(
            sealable, of: builder.valueBytes, identity: digest, under: holder.key, into: &sealed)
        var ends: [Int] = []
        ends.reserveCapacity(fields.count)
        var end = 0
        for field in fields {
            end += SealedField.sealedByteCount(field.range.count, isFirst: end == 0)
            ends.append(end)
        }
        builder.seal(fields, sealed, ends: ends, as: naming.seal)
        return naming.seal
    }

    /// The fingerprints of what the event names, and who is named.
    private mutating func name(
        _ builder: borrowing DraftBuilder, _ tools: Sealer
    ) throws(VaultError) -> Naming {
        var naming = Naming()
        if let place = builder.place(of: .person) {
            let owner = try owner(builder, place, .person, tools)
            naming.seal[.person] = owner.id
            naming.seal.holder = .person
            naming.holder = owner
        }
        if let place = builder.place(of: .chat) {
            let name = builder.valueBytes.extracting(place)
            if ChatName.isGroup(name) {
                naming.chatIsGroup = true
                naming.seal[.chat] = name.fingerprint()
            } else {
                let owner = try owner(builder, place, .person, tools)
                naming.seal[.chat] = owner.id
                if naming.holder == nil { naming.holder = owner }
            }
        }
        let isSend = EventType.sends.contains(builder.eventType.rawValue)
        for (slot, field, kind) in Self.slots {
            guard slot != .text || isSend, let place = builder.anyPlace(of: field) else { continue }
            naming.seal[slot] = tools.fingerprint(
                kind, builder.valueBytes.extracting(place), keys: vault.names)
        }
        return naming
    }

    private static let slots: [(NameSlot, Field, NameKind)] = [
        (.message, .message, .message), (.key, .key, .key), (.text, .text, .text),
        (.template, .template, .template),
    ]

    /// Chooses whose key it is: the person's, or the one of whom else there is.
    private mutating func choose(
        _ naming: inout Naming, for builder: borrowing DraftBuilder, hint: Fingerprint?,
        _ tools: Sealer
    ) throws(VaultError) {
        if naming.seal.holder == .person { return }
        if naming.holder == nil, let place = builder.place(of: .chat) {
            naming.holder = try owner(builder, place, .chat, tools)
        }
        if naming.holder == nil, let hint {
            do throws(VaultError) { naming.holder = try vault.owner(id: hint) } catch {
                guard error.code == .keyGone else { throw error }
                // It comes after the erasure of whom it went to, and must not stay for ever.
                naming.holder = try day(of: builder, tools)
            }
        }
        if naming.holder == nil, builder.eventType == .inputQuarantined {
            naming.holder = try day(of: builder, tools)
        }
        if naming.holder == nil, builder.eventType.author == .anyone {
            let name: [UInt8] = []
            let alias = tools.alias(.ledger, name.span, keys: vault.names)
            naming.holder = try owner(alias, .ledger)
        }
        guard let holder = naming.holder else { return }
        naming.seal.holder = HolderKind(holder.kind)
        naming.seal[.holder] = holder.id
    }

    private mutating func owner(
        _ builder: borrowing DraftBuilder, _ place: Range<Int>, _ kind: OwnerKind, _ tools: Sealer
    ) throws(VaultError) -> Owner {
        let name = builder.valueBytes.extracting(place)
        let part = kind == .person ? Alias.canonical(name) : 0..<name.count
        let alias = tools.alias(kind, name.extracting(part), keys: vault.names)
        let proposal = try vault.proposal(alias: alias, orNew: kind)
        if proposal.isNew || proposal.flags != OwnerFlags() {
            note(Mint(alias: alias, name: name.array, proposal))
        }
        return proposal.owner
    }

    private mutating func owner(
        _ alias: Fingerprint, _ kind: OwnerKind, day: UInt32 = 0
    ) throws(VaultError) -> Owner {
        let proposal = try vault.proposal(alias: alias, orNew: kind)
        if proposal.isNew { note(Mint(alias: alias, name: [], proposal, day: day)) }
        return proposal.owner
    }

    private mutating func note(_ mint: Mint) {
        if !mints.contains(where: { $0.alias == mint.alias }) { mints.append(mint) }
    }

    /// The key of the day on which it happened: of input that was put aside, and of what is told
    /// about somebody who was erased.
    private mutating func day(
        of builder: borrowing DraftBuilder, _ tools: Sealer
    ) throws(VaultError) -> Owner {
        let time = builder.happened ?? today
        let day = UInt32(clamping: time.nanoseconds / 86_400_000_000_000)
        return try owner(tools.alias(day: day, keys: vault.names), .day, day: day)
    }

    /// The fingerprint of the source and the id of an event in clear.
    static func identity(
        of builder: borrowing DraftBuilder, _ tools: Sealer, _ names: NameKeys
    ) -> Fingerprint? {
        guard let source = builder.anyPlace(of: .source), let id = builder.anyPlace(of: .id) else {
            return nil
        }
        let values = builder.valueBytes
        return tools.identity(
            source: values.extracting(source), id: values.extracting(id), keys: names)
    }

    private func plain(_ text: String?) -> Fingerprint {
        text.map { Fingerprint(of: $0) } ?? .none
    }
}

extension HolderKind {
    init(_ kind: OwnerKind) {
        switch kind {
        case .person: self = .person
        case .chat: self = .chat
        case .day: self = .day
        case .ledger: self = .ledger
        }
    }
}
