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
    private(set) var twins: [Twins] = []
    /// What was said for the numbers of the event.
    var said: [(number: String, said: String)] = []
    /// Whether names are taken as they stand, because they are spelt canonically or as of old.
    var isExact = false
    /// Owners that were looked up, by the fingerprints of their names: most events of a batch name
    /// few.
    private var known: [Fingerprint: (name: [UInt8], owner: Owner)] = [:]
    // What is used again for each event.
    private var table = FieldTable()
    private var fields: [SealedField] = []
    private var sealed: [UInt8] = []

    init(vault: VaultFile, today: Instant) {
        self.vault = vault
        self.today = today
    }

    // MARK: - Events, requests, reports

    /// Seals an event that was built in clear.
    ///
    /// - Parameter hint: under whose key, where it names nobody.
    mutating func seal(
        _ draft: Draft, saidAs said: Draft? = nil, with tools: Sealer, holder hint: Fingerprint?
    ) throws(VaultError) -> Draft {
        table.read(draft)
        let bytes = draft.bytes.span
        let isOwn = draft.isFrom(Ledger.ownSource)
        let identity = Self.identity(of: draft, table, tools, vault.names)
        // What is compared is what was said, whatever the names were by then.
        let content = (said ?? draft).bytes
        let seal = try seal(
            bytes, of: draft.type, at: draft.time, content: content.span, with: tools, holder: hint,
            sealsID: !isOwn)
        var bits: UInt128 = 0
        for field in fields { bits |= 1 << UInt128(field.number) }
        let values = sealed
        guard
            let record = draft.sealed(
                table, bits, values.span, overhead: SealedField.commitmentByteCount,
                excess: SealedField.sealByteCount, as: seal, identity: identity)
        else {
            throw VaultError(
                .full,
                "sealed, the event would exceed \(Draft.recordBytesMax) bytes; shorten its text")
        }
        return record
    }

    /// Seals a request, and hashes what it is judged by.
    mutating func seal(
        _ asked: SendRequest, with tools: Sealer
    ) throws(VaultError) -> PreparedRequest {
        let request = asked.addressed
        var builder = DraftBuilder(.sendReserved)
        builder.add(request)
        let content = PreparedRequest.content(of: request)
        let seal = try seal(&builder, content: content, with: tools, holder: nil)
        let steps = SendKeys.steps(request.steps.map { Fingerprint(of: $0) })
        var keys = SendKeys(
            account: request.account.map { Alias.account($0) } ?? .none,
            chat: seal[.chat], person: seal[.person], subject: plain(request.subject))
        keys.content = SendKeys.content(seal[.text], chat: keys.chat, person: keys.person)
        keys.business = SendKeys.business(
            subject: keys.subject, steps: steps, submission: request.submission)
        return PreparedRequest(
            request, keys: keys.completed(by: request, template: seal[.template]),
            text: seal[.text], key: seal[.key], digest: seal.digest, fields: builder)
    }

    /// Seals what a report says beyond the reservation; answers the name of the message, too.
    mutating func seal(
        _ report: SendReport, with tools: Sealer, holder hint: Fingerprint?
    ) throws(VaultError) -> (fields: DraftBuilder, message: Fingerprint) {
        var builder = report.fields
        let content = builder.valueBytes.array
        let seal = try seal(&builder, content: content, with: tools, holder: hint)
        return (builder, seal[.message])
    }

    private mutating func seal(
        _ builder: inout DraftBuilder, content: [UInt8], with tools: Sealer,
        holder hint: Fingerprint?
    ) throws(VaultError) -> Seal {
        table.read(builder)
        let seal = try seal(
            builder.valueBytes, of: builder.eventType, at: builder.happened, content: content.span,
            with: tools, holder: hint, sealsID: false)
        var ends: [Int] = []
        var end = 0
        for field in fields {
            end += SealedField.sealedByteCount(field.range.count, isFirst: end == 0)
            ends.append(end)
        }
        builder.seal(
            fields.map { FieldPlace(number: $0.number, kind: $0.kind, range: $0.range) }, sealed,
            ends: ends, as: seal)
        return seal
    }

    // MARK: - One seal

    /// Seals the fields of ``table``; leaves them in ``fields``, and their values in ``sealed``.
    private mutating func seal(
        _ values: Span<UInt8>, of type: EventType, at time: Instant?, content: Span<UInt8>,
        with tools: Sealer, holder hint: Fingerprint?, sealsID: Bool
    ) throws(VaultError) -> Seal {
        var seal = Seal()
        var holder: Owner?
        let chat = table.text(.chat)
        let isGroup = chat.map { ChatName.isGroup(values.extracting($0)) } ?? false
        if let person = table.text(.person) {
            let owner = try owner(values.extracting(person), .person, tools)
            seal[.person] = owner.id
            seal.holder = .person
            holder = owner
        }
        if let chat {
            if isGroup {
                seal[.chat] = Alias.group(values.extracting(chat))
            } else {
                let owner = try owner(values.extracting(chat), .person, tools)
                seal[.chat] = owner.id
                holder = holder ?? owner
            }
        }
        if EventType.identities.contains(type.rawValue), let alias = table.text(.alias) {
            seal[.other] = try owner(values.extracting(alias), .person, tools).id
        }
        for (slot, field, kind) in Self.slots {
            guard let place = table.range(of: field) else { continue }
            switch slot {
            case .template: seal[slot] = template(values, place, tools, kind)
            case .text where !EventType.sends.contains(type.rawValue):
                seal[slot] = likeness(values, place, of: type, tools)
            default:
                seal[slot] = tools.fingerprint(kind, values.extracting(place), keys: vault.names)
            }
        }
        choose(type, sealsChat: !isGroup, sealsID)
        sealed.removeAll(keepingCapacity: true)
        if !fields.isEmpty, seal.holder != .person {
            if holder == nil, chat == nil, hint == nil { holder = try recipient(of: values, tools) }
            holder = try self.holder(
                holder, chat.map { values.extracting($0).array }, type, time, hint, tools)
            seal.holder = holder.map { HolderKind($0.kind) } ?? .none
            seal[.holder] = holder?.id ?? .none
        }
        guard let holder, !fields.isEmpty else {
            fields.removeAll(keepingCapacity: true)
            seal.holder = .none
            seal.digest = content.fingerprint()
            return seal
        }
        seal.digest = tools.digest(of: content, under: holder.key)
        tools.seal(fields, of: values, identity: seal.digest, under: holder.key, into: &sealed)
        return seal
    }

    private static let slots: [(NameSlot, Field, NameKind)] = [
        (.message, .message, .message), (.key, .key, .key), (.text, .text, .text),
        (.template, .template, .template),
    ]

    /// The name of the folded text of a message that says where it was read, so that the same
    /// message is known again in another format; no other text has a name.
    private func likeness(
        _ values: Span<UInt8>, _ place: Range<Int>, of type: EventType, _ tools: Sealer
    ) -> Fingerprint {
        guard type == .messageReceived, table.range(of: .provenance) != nil else { return .none }
        let folded = FoldedText.bytes(of: values.extracting(place).string)
        return folded.isEmpty ? .none : tools.fingerprint(.text, folded.span, keys: vault.names)
    }

    private func template(
        _ values: Span<UInt8>, _ place: Range<Int>, _ tools: Sealer, _ kind: NameKind
    ) -> Fingerprint {
        let names = vault.names
        guard let language = table.range(of: .language) else {
            return TemplateName.fingerprint(values.extracting(place), language: nil) {
                tools.fingerprint(kind, $0, keys: names)
            }
        }
        return TemplateName.fingerprint(
            values.extracting(place), language: values.extracting(language)
        ) { tools.fingerprint(kind, $0, keys: names) }
    }

    /// Which fields are sealed.
    private mutating func choose(_ type: EventType, sealsChat: Bool, _ sealsID: Bool) {
        fields.removeAll(keepingCapacity: true)
        for place in table.places {
            guard let field = Field(rawValue: place.number), field.isPersonal(in: type),
                field != .chat || sealsChat, field != .id || sealsID
            else { continue }
            fields.append(
                SealedField(number: place.number, kind: place.kind, range: place.range))
        }
    }

    /// The person whom an event without another name went to; nil where it was a group.
    private mutating func recipient(
        of values: Span<UInt8>, _ tools: Sealer
    ) throws(VaultError) -> Owner? {
        guard let place = table.text(.recipient), !place.isEmpty else { return nil }
        let name = values.extracting(place)
        return ChatName.isGroup(name) ? nil : try owner(name, .person, tools)
    }

    /// Under whose key an event without a person is sealed: the direct chat's or
    /// the recipient's, the group's, the one of the send that it speaks of, the day's, or the
    /// ledger's.
    private mutating func holder(
        _ direct: Owner?, _ chat: [UInt8]?, _ type: EventType, _ time: Instant?,
        _ hint: Fingerprint?, _ tools: Sealer
    ) throws(VaultError) -> Owner? {
        if let direct { return direct }
        if let chat { return try owner(chat.span, .chat, tools) }
        if let hint {
            do throws(VaultError) { return try vault.owner(id: hint) } catch {
                guard error.code == .keyGone else { throw error }
                // It comes after the erasure of whom it went to, and must not stay for ever.
                return try owner(ofDay: time ?? today, tools)
            }
        }
        if type == .inputQuarantined { return try owner(ofDay: time ?? today, tools) }
        guard type.author == .anyone else { return nil }
        return try owner(tools.ledgerAlias(keys: vault.names), .ledger)
    }

    private mutating func owner(
        _ name: Span<UInt8>, _ kind: OwnerKind, _ tools: Sealer
    ) throws(VaultError) -> Owner {
        let quick = name.fingerprint(seed: UInt64(kind.rawValue))
        if let known = known[quick], name.equals(known.name.span) { return known.owner }
        let names = vault.names
        let alias =
            isExact
            ? tools.alias(kind, name, keys: names)
            : Alias.withCanonical(name) { tools.alias(kind, $0, keys: names) }
        var proposal = try vault.proposal(alias: alias, orNew: kind)
        if kind == .person, !isExact { try look(for: name, alias, &proposal, tools) }
        if proposal.isNew || proposal.flags != OwnerFlags() {
            note(Mint(alias: alias, name: name.array, proposal))
        }
        known[quick] = (name.array, proposal.owner)
        return proposal.owner
    }

    /// Looks for a person under the spellings that an earlier version told apart.
    ///
    /// Where only one of them is known, that is the person; where several are, the writer links
    /// them.
    private mutating func look(
        for name: Span<UInt8>, _ alias: Fingerprint, _ proposal: inout Proposal, _ tools: Sealer
    ) throws(VaultError) {
        var old = Alias.oldSpellings(of: name)
        for entry in said where name.equals(entry.number.utf8Span.span) {
            old += [Array(entry.said.utf8), Array((Alias.national(entry.said) ?? "").utf8)]
        }
        let names = vault.names
        let canonical = Alias.withCanonical(name) { $0.array }
        for spelling in old where spelling != canonical {
            let hash = tools.alias(.person, spelling.span, keys: names)
            if let known = try vault.owner(alias: hash) {
                if proposal.isNew {
                    proposal = Proposal(owner: known, isNew: false, flags: proposal.flags)
                } else if known.id != proposal.owner.id {
                    twins.append(
                        Twins(
                            one: proposal.owner.id, other: known.id, name: canonical,
                            oldName: spelling))
                }
            } else if let (flags, isErased) = vault.flags(alias: hash), isErased {
                proposal.flags.optOut |= flags.optOut
                proposal.flags.isAsked = proposal.flags.isAsked || flags.isAsked
            }
        }
    }

    private mutating func owner(
        _ alias: Fingerprint, _ kind: OwnerKind, day: UInt32 = 0
    ) throws(VaultError) -> Owner {
        let proposal = try vault.proposal(alias: alias, orNew: kind)
        if proposal.isNew { note(Mint(alias: alias, name: [], proposal, day: day)) }
        return proposal.owner
    }

    /// The key of the day on which it happened: of input that was put aside, and of what is told
    /// about somebody who was erased.
    private mutating func owner(
        ofDay time: Instant, _ tools: Sealer
    ) throws(VaultError) -> Owner {
        let day = UInt32(clamping: time.nanoseconds / 86_400_000_000_000)
        return try owner(tools.alias(day: day, keys: vault.names), .day, day: day)
    }

    private mutating func note(_ mint: Mint) {
        if !mints.contains(where: { $0.alias == mint.alias }) { mints.append(mint) }
    }

    /// The fingerprint by which an event in clear is found: keyed, but for the ledger's own.
    static func identity(
        of draft: Draft, _ table: FieldTable, _ tools: Sealer, _ names: NameKeys
    ) -> Fingerprint {
        guard !draft.isFrom(Ledger.ownSource), let source = table.range(of: .source),
            let id = table.range(of: .id)
        else { return draft.identity }
        let bytes = draft.bytes.span
        return tools.identity(
            source: bytes.extracting(source), id: bytes.extracting(id), keys: names)
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
