public import Bytes
public import Events

/// What a person's conversation about consent has come to, beside the consent itself: what is held
/// for review, what was suggested, and which opt-out a confirmation belongs to.
///
/// Only persons who said something about consent, or were asked, have a row.
enum Conversations: Projection {
    static let name = "conversations"
    static let version = 1

    /// The `ruleset` of what the ledger itself reads in a message.
    private static let ruleset = Array("consent".utf8)
    private static let review = Array("review".utf8)
    private static let request = Array("consent_request".utf8)
    private static let supportReply = Array("support_reply".utf8)

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .messageClassified: hold(&tables, happened)
        case .messageLabelled: release(&tables, happened)
        case .sendQueued: suggest(&tables, happened)
        default: return
        }
    }

    /// Applies an event of consent to the person, and notes what it changed.
    static func consent(_ tables: inout Tables, by happened: borrowing Occurrence) {
        guard happened.person != .none else { return }
        let category = ConsentCategory(happened.event)
        let before = tables.persons.find(happened.person).map { tables.persons[$0] } ?? PersonRow()
        Persons.evolve(&tables, by: happened)
        guard happened.type != .consentRequested,
            let found = tables.persons.find(happened.person)
        else { return }
        let after = tables.persons[found]
        let slot = touch(&tables, happened)
        let wasHeld = tables.conversations[slot].held.isSet
        if wasHeld, tables.conversations[slot].held < happened.stamp {
            tables.conversations[slot].held = .never
        }
        if happened.type != .consentGranted { tables.conversations[slot].hasRefused = true }
        guard before[category].state != after[category].state else { return }
        tables.conversations[slot].changed = happened.position + 1
        if happened.type == .consentWithdrawn, !before.isWithdrawn(category) {
            tables.conversations[slot].closed = happened.position + 1
        }
    }

    /// A word to opt out with a tail holds what would be sent until somebody decides.
    private static func hold(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        guard happened.person != .none, isOwnReading(happened.event),
            let lane = happened.event.range(of: .lane),
            happened.event.bytes.extracting(lane).equals(review.span)
        else { return }
        let slot = touch(&tables, happened)
        guard tables.conversations[slot].held < happened.stamp else { return }
        tables.conversations[slot].held = happened.stamp
        tables.conversations[slot].message = happened.event.message
    }

    /// Whether an event says what the ledger itself read in a message.
    static func isOwnReading(_ event: borrowing EventView) -> Bool {
        guard let range = event.range(of: .ruleset) else { return false }
        return event.bytes.extracting(range).equals(ruleset.span)
    }

    /// A label of the message that is held decides: a person looked at it.
    private static func release(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        guard happened.person != .none,
            let found = tables.conversations.find(happened.person),
            tables.conversations[found].held.isSet,
            tables.conversations[found].message == happened.event.message
        else { return }
        let slot = touch(&tables, happened)
        tables.conversations[slot].held = .never
        tables.conversations[slot].message = .none
    }

    private static func suggest(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        guard happened.person != .none, let purpose = happened.event.range(of: .purpose) else {
            return
        }
        let name = happened.event.bytes.extracting(purpose)
        if name.equals(request.span) {
            let slot = touch(&tables, happened)
            tables.conversations[slot].asked = happened.position + 1
        } else if name.equals(supportReply.span) {
            let slot = touch(&tables, happened)
            tables.conversations[slot].answered = happened.stamp
        }
    }

    private static func touch(_ tables: inout Tables, _ happened: borrowing Occurrence) -> Int {
        let slot = tables.conversations.touch(happened.person, at: happened.position)
        if tables.conversations[slot].named == 0 {
            tables.conversations[slot].named = happened.position + 1
        }
        return slot
    }
}

/// A person's conversation about consent.
public struct ConversationRow: TableRow {
    /// One more than the position of an event that names the person.
    public var named: Position = 0
    /// The reading that holds sends until a review decides; never where none does.
    public var held = Stamp.never
    /// The message that was read so.
    public var message = Fingerprint.none
    /// One more than the position of the withdrawal that ended the last consent; 0 for none.
    ///
    /// Those after it repeated it, and one confirmation is for them all.
    public var closed: Position = 0
    /// One more than the position of the last event that changed a state of consent; 0 for none.
    public var changed: Position = 0
    /// One more than the position of the last queued request for consent; 0 for none.
    public var asked: Position = 0
    /// When an answer to a question for support was last queued.
    public var answered = Stamp.never
    /// Whether consent was ever declined or withdrawn.
    public var hasRefused = false

    /// An empty row.
    public init() {}

    /// Takes in the conversation with another who is the same person.
    mutating func join(_ other: ConversationRow, isWithdrawn: Bool) {
        if other.held > held {
            held = other.held
            message = other.message
        }
        if isWithdrawn, other.closed > 0 {
            closed = closed == 0 ? other.closed : min(closed, other.closed)
        }
        changed = max(changed, other.changed)
        asked = max(asked, other.asked)
        answered = max(answered, other.answered)
        hasRefused = hasRefused || other.hasRefused
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        held = reader.stamp()
        message = reader.fingerprint()
        closed = reader.get()
        changed = reader.get()
        asked = reader.get()
        answered = reader.stamp()
        hasRefused = reader.flag()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(held)
        writer.put(message)
        writer.put(closed)
        writer.put(changed)
        writer.put(asked)
        writer.put(answered)
        writer.put(hasRefused)
    }
}

/// How a person's consent stands in one category.
public enum ConsentStanding: String, CaseIterable, Sendable {
    /// Nothing was asked, nothing said.
    case unknown
    /// The one request was made, and not answered.
    case asked
    /// The person agreed.
    case granted
    /// The person said no.
    case declined
    /// The person took it back.
    case withdrawn
    /// The person agreed after a no or an opt-out.
    case regranted
}

extension Tables {
    /// How a person's consent stands in a category, or for all.
    public mutating func standing(
        of person: Fingerprint, in category: ConsentCategory = .all
    ) -> ConsentStanding {
        let row = knownPerson(person)
        if row.isWithdrawn(category) { return .withdrawn }
        if row.isGranted(category) {
            return conversation(with: person).hasRefused ? .regranted : .granted
        }
        if row[category].declined.isSet || row[.all].declined.isSet { return .declined }
        return row.request > 0 ? .asked : .unknown
    }

    /// The conversation about consent with a person and all that links make one with it; empty
    /// where there was none.
    ///
    /// The one place where it is asked for.
    public mutating func conversation(with person: Fingerprint) -> ConversationRow {
        guard person != .none else { return ConversationRow() }
        var row = conversations.find(person).map { conversations[$0] } ?? ConversationRow()
        let group = group(of: person)
        guard !group.others.isEmpty else { return row }
        // A confirmation is for the first opt-out of those that hold.
        if !isWithdrawn(person) { row.closed = 0 }
        for other in group.others {
            guard let slot = conversations.find(other) else { continue }
            row.join(conversations[slot], isWithdrawn: isWithdrawn(other))
        }
        return row
    }

    private mutating func isWithdrawn(_ person: Fingerprint) -> Bool {
        guard let slot = persons.find(person) else { return false }
        let row = persons[slot]
        return ConsentCategory.allCases.contains { row[$0].isWithdrawn }
    }

    /// What is known of a person and all that links make one with it; empty where nothing is.
    public mutating func knownPerson(_ person: Fingerprint) -> PersonRow {
        guard person != .none else { return PersonRow() }
        let group = group(of: person)
        return self.person(group) ?? PersonRow()
    }

    /// Whether a queued message about consent was overtaken: what the person said since changed
    /// what there is to confirm, or to ask for.
    public mutating func isOvertaken(
        queued position: Position, to person: Fingerprint, for purpose: String?
    ) -> Bool {
        guard purpose == "confirmation" || purpose == "consent_request" else { return false }
        return conversation(with: person).changed > position + 1
    }
}
