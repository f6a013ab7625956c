import Bytes
import Events
import Gate
import Storage
import Vault
import Views

/// The words and texts of the policy in force.
struct ConversationTerms {
    /// What one account goes by; a class, because it is looked at for each message.
    final class Voice: Sendable {
        let words: ConsentWords
        let consent: Policy.ConsentTerms
        /// Whether new persons are asked for consent.
        let asks: Bool

        init(_ consent: Policy.ConsentTerms) {
            words = ConsentWords(consent.words)
            self.consent = consent
            asks = consent.texts.request != nil
        }
    }

    /// The position of `policy.changed`; nil where none was applied.
    let position: Position?
    private let policy: Policy
    private let standard: Voice
    /// By the overlays that hold.
    private var voices: [UInt64: Voice] = [:]

    init(_ position: Position?, _ policy: Policy) {
        self.position = position
        self.policy = policy
        standard = Voice(policy.consent)
    }

    /// What an account goes by.
    mutating func voice(of account: @autoclosure () -> Fingerprint) -> Voice {
        guard !policy.overlays.isEmpty else { return standard }
        let overlays = policy.overlays(for: SendKeys(account: account()))
        guard overlays != 0 else { return standard }
        if let known = voices[overlays] { return known }
        let made = Voice(policy.effective(for: overlays).consent)
        voices[overlays] = made
        return made
    }
}

extension Writer {
    /// Appends what follows from a message for its author's consent, in the commit of the message
    /// itself: a crash never parts an opt-out from its withdrawal.
    ///
    /// - Parameters:
    ///   - index: the draft that was just appended.
    ///   - position: where it stands.
    func converse(
        _ events: SealedDrafts, _ index: Int, at position: Position, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        guard let heard = events.heard[index] else { return }
        refreshTerms(transaction)
        let voice = terms.voice(of: events.account(index))
        let reading =
            heard.isLabel
            ? Reading(rule: .optOut, word: "opt_out")
            : events.heard.reading(heard, by: voice.words)
        guard reading != nil || voice.asks else { return }
        let draft = events.drafts[index]
        let named = draft.name(.person)
        let person = named == .none ? draft.name(.chat) : named
        let time = min(draft.time ?? now, now)
        let message = Conversation.Message(
            time: time,
            isLive: !heard.isUncertain && now.since(time) < Conversation.liveFor,
            isInGroup: heard.isInGroup, isEdit: heard.isEdit)
        let outcome = Conversation(with: person, in: &state.tables).hear(reading, message)
        guard outcome != Conversation.Outcome() else { return }
        // The same message from two sources is one: its own id tells, where it has one.
        let isNamed = draft.name(.message) != .none && !heard.isEdit && !heard.isLabel
        let key = isNamed ? draft.name(.message).paired(with: person) : draft.identity
        let said = Said(
            clear: events.clear(index), key: key.hex, position: position, time: time,
            reading: reading, isLabel: heard.isLabel)
        for event in outcome.events { try derive(said.draft(of: event), now, transaction) }
        if let lane = outcome.lane { try derive(said.draft(lane: lane), now, transaction) }
        for reply in outcome.replies {
            guard let text = voice.consent.text(of: reply) else { continue }
            let draft = said.draft(reply, text, role: voice.consent.business.role)
            try derive(draft, now, transaction)
        }
    }

    /// Seals and appends an event of the ledger's own, unless it stands in the log already.
    func derive(
        _ clear: Draft?, _ now: Instant, _ transaction: borrowing WriteTransaction,
        isExact: Bool = false
    ) throws(LedgerError) {
        guard let clear else {
            throw LedgerError(
                .invalid,
                "what follows from the message would exceed 65,535 bytes; shorten its names")
        }
        guard state.tables.ids.position(of: clear.identity) == nil else { return }
        let vault = try keyring.vault()
        var session = SealingSession(vault: vault, today: now)
        session.isExact = isExact
        let draft: Draft
        do {
            draft = try keyring.sealers.lend { tools throws(VaultError) in
                try session.seal(clear, with: tools, holder: nil)
            }
        } catch { throw LedgerError(error) }
        try emit(draft, now, transaction)
    }

    /// Takes the words and texts of the policy in force; where none is, or none that this version
    /// reads, those of every ledger: an opt-out is never lost for want of a policy.
    private func refreshTerms(_ transaction: borrowing WriteTransaction) {
        let position = state.tables.policyPosition
        guard terms.position != position else { return }
        let policy = try? policyInForce(transaction).policy
        terms = ConversationTerms(position, policy ?? Policy())
    }
}

/// What a person said, and where: what derived events are made from.
private struct Said {
    let clear: Draft
    let key: String
    let position: Position
    let time: Instant
    let reading: Reading?
    let isLabel: Bool

    /// The most bytes of the person's words that an evidence repeats.
    static let wordsMax = 200

    private func text(_ field: Field) -> String? {
        clear.text(of: field).map { clear.bytes.span.extracting($0).string }
    }

    /// The chat, where it is a direct one.
    private var directChat: String? {
        guard let chat = clear.text(of: .chat),
            !ChatName.isGroup(clear.bytes.span.extracting(chat))
        else { return nil }
        return text(.chat)
    }

    private var person: String? { text(.person) ?? directChat }

    private func builder(_ type: EventType, _ id: String) -> DraftBuilder {
        var builder = DraftBuilder(type, source: Ledger.ownSource, id: "\(key)-\(id)")
        builder.happened(at: time)
        builder.add(.account, text: text(.account))
        builder.add(.chat, text: directChat)
        builder.add(.person, text: person)
        return builder
    }

    func draft(of event: Conversation.Event) -> Draft? {
        var builder = builder(event.type, "\(event.type.name)-\(event.category.name)")
        if event.category != .all { builder.add(.category, text: event.category.name) }
        var json = JSONWriter()
        json.beginObject()
        json.member("position", position)
        json.member("words", words)
        json.member("rule", isLabel ? "label" : reading?.rule.rawValue ?? "")
        json.endObject()
        builder.add(.evidence, .json, json.finish().span)
        return builder.finish()
    }

    private var words: String {
        let words = text(isLabel ? .label : .text) ?? ""
        return words.prefix(Self.wordsMax / 4).cut(toBytes: Self.wordsMax)
    }

    func draft(lane: String) -> Draft? {
        let type = EventType.messageClassified
        var builder = builder(type, type.name)
        builder.add(.message, text: text(.message) ?? text(.id))
        builder.add(.lane, text: lane)
        builder.add(.reasons, texts: [reading?.rule.rawValue ?? "", reading?.word ?? ""])
        builder.add(.ruleset, text: "consent")
        return builder.finish()
    }

    func draft(_ reply: Conversation.Reply, _ text: String, role: String?) -> Draft? {
        var request = SendRequest()
        request.account = self.text(.account)
        request.chat = directChat
        request.person = person
        if reply != .request { request.category = "service" }
        request.purpose = reply.purpose
        request.text = text
        request.critical = true
        request.role = role
        var builder = DraftBuilder(
            .sendQueued, source: Ledger.ownSource, id: "\(key)-\(reply.rawValue)")
        builder.add(request)
        // After a day even the answer to a question for support may not go any more.
        builder.add(.expires, instant: time.advanced(by: .day))
        return builder.finish()
    }
}
