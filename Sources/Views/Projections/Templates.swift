public import Bytes
public import Events

/// Templates: what the platform says of each, and how often it was used and answered.
///
/// An event that names a template without a language holds for all its languages; it goes to a row
/// of its own: see ``Fingerprint/templateFamily``.
enum Templates: Projection {
    static let name = "templates"
    static let version = 2

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .templateStatus, .templateQuality, .templateCategory:
            let key = happened.event.template
            guard key != .none else { return }
            let slot = touch(&tables, key, happened.position)
            tables.templates[slot].hear(happened)
        case .sendAccepted, .sendFailed, .messageFailed:
            let key = tables.sendKeys(of: happened).template
            guard key != .none else { return }
            let slot = touch(&tables, key, happened.position)
            if happened.type == .sendAccepted {
                tables.templates[slot].accepted += 1
            } else {
                tables.templates[slot].failed += 1
            }
        case .messageReceived: answer(&tables, happened)
        default: return
        }
    }

    /// A send with a template is a use of it until it is given back.
    static func apply(_ change: SendChange, to tables: inout Tables) {
        guard change.keys.template != .none else { return }
        let counted = change.from != .nowhere
        let counts = change.to != .nowhere
        if counted != counts {
            let slot = touch(&tables, change.keys.template, change.position)
            if counts {
                tables.templates[slot].uses += 1
            } else if tables.templates[slot].uses > 0 {
                tables.templates[slot].uses -= 1
            }
        }
        guard change.keys.person != .none, let settled = change.settled else { return }
        let slot = tables.prompts.touch(change.keys.person, at: change.position)
        guard tables.prompts[slot].sent <= settled else { return }
        tables.prompts[slot].template = change.keys.template
        tables.prompts[slot].sent = settled
    }

    /// The first message of a person within 24 hours answers the template that went last.
    private static func answer(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        guard happened.person != .none, let found = tables.prompts.find(happened.person) else {
            return
        }
        let prompt = tables.prompts[found]
        guard prompt.template != .none, prompt.sent.time <= happened.effective,
            happened.effective.since(prompt.sent.time) <= .day
        else { return }
        let slot = touch(&tables, prompt.template, happened.position)
        tables.templates[slot].answers += 1
        let answered = tables.prompts.touch(happened.person, at: happened.position)
        tables.prompts[answered].template = .none
    }

    private static func touch(
        _ tables: inout Tables, _ key: Fingerprint, _ position: Position
    ) -> Int {
        let slot = tables.templates.touch(key, at: position)
        if tables.templates[slot].named == 0 { tables.templates[slot].named = position + 1 }
        return slot
    }
}

/// What the platform lets a template do.
public enum TemplateState: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Nothing was said.
    case unknown
    /// It may be used.
    case approved
    /// It may not be used for a while.
    case paused
    /// It may not be used.
    case disabled
    /// It was never allowed, or is no longer there.
    case rejected

    /// What a word of the platform means; nil for one that changes nothing.
    init?(_ word: String) {
        switch word {
        case "APPROVED", "UNPAUSE", "UNPAUSED", "REINSTATED", "FLAGGED", "ACTIVE": self = .approved
        case "PAUSED", "FIRST_PAUSE", "SECOND_PAUSE", "RATE_LIMITING_PAUSE": self = .paused
        case "DISABLED": self = .disabled
        case "REJECTED", "PENDING", "IN_APPEAL", "LOCKED", "ARCHIVED", "DELETED",
            "PENDING_DELETION", "LIMIT_EXCEEDED":
            self = .rejected
        default: return nil
        }
    }
}

/// One template in one language, or in all.
public struct TemplateRow: TableRow {
    /// One more than the position of an event that names the template.
    public var named: Position = 0
    /// What it may do.
    public private(set) var state = TemplateState.unknown
    /// When that was said.
    public private(set) var stated = Stamp.never
    /// When a pause ends.
    public private(set) var pausedUntil = Instant.epoch
    /// How often it was paused since it was last reinstated.
    public private(set) var pauses: UInt32 = 0
    /// Its quality.
    public private(set) var rating = Rating.unknown
    /// When that was said.
    public private(set) var rated = Stamp.never
    /// What it was approved for; `all` where nothing was said.
    public private(set) var category = ConsentCategory.all
    /// When that was said.
    public private(set) var categorised = Stamp.never
    /// Permissions to send it, and imported attempts.
    public internal(set) var uses: UInt64 = 0
    /// How often a provider accepted it.
    public internal(set) var accepted: UInt64 = 0
    /// How often it failed.
    public internal(set) var failed: UInt64 = 0
    /// How often a person wrote within 24 hours after it.
    public internal(set) var answers: UInt64 = 0

    /// An empty row.
    public init() {}

    /// How long the first and the second pause last; after the third the template is disabled.
    static let pauseHours: [Int64] = [3, 6]

    mutating func hear(_ happened: borrowing Occurrence) {
        switch happened.type {
        case .templateStatus:
            let reason = happened.event.text(.reason)?.asciiUppercased ?? ""
            let status = happened.event.text(.status)?.asciiUppercased ?? ""
            state(status, reason, at: happened.stamp)
        case .templateQuality:
            guard rated <= happened.stamp else { return }
            rating = Rating(happened.event)
            rated = happened.stamp
        default:
            guard categorised <= happened.stamp else { return }
            category = ConsentCategory(happened.event)
            categorised = happened.stamp
        }
    }

    /// A second word about the same pause changes nothing; one that says which pause it is, does.
    private mutating func state(_ status: String, _ reason: String, at stamp: Stamp) {
        guard stated <= stamp, let new = TemplateState(reason) ?? TemplateState(status) else {
            return
        }
        let isRunning = state == .paused && stamp.time < pausedUntil
        let nth: UInt32
        switch reason == "" ? status : reason {
        case "FIRST_PAUSE": nth = 1
        case "SECOND_PAUSE": nth = 2
        default: nth = isRunning ? pauses : pauses &+ 1
        }
        stated = stamp
        state = new
        if status == "REINSTATED" || reason == "REINSTATED" { pauses = 0 }
        guard new == .paused, !isRunning || nth != pauses else { return }
        pauses = nth
        guard nth <= UInt32(Self.pauseHours.count) else {
            state = .disabled
            return
        }
        pausedUntil = stamp.time.advanced(by: .seconds(3_600 * Self.pauseHours[Int(nth) - 1]))
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        state = TemplateState(rawValue: reader.get()) ?? .unknown
        stated = reader.stamp()
        pausedUntil = reader.instant()
        pauses = reader.get()
        rating = Rating(rawValue: reader.get()) ?? .unknown
        rated = reader.stamp()
        category = ConsentCategory(rawValue: reader.get()) ?? .all
        categorised = reader.stamp()
        uses = reader.get()
        accepted = reader.get()
        failed = reader.get()
        answers = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(state.rawValue)
        writer.put(stated)
        writer.put(pausedUntil)
        writer.put(pauses)
        writer.put(rating.rawValue)
        writer.put(rated)
        writer.put(category.rawValue)
        writer.put(categorised)
        for number in [uses, accepted, failed, answers] { writer.put(number) }
    }
}

/// The template that a person was sent last and has not answered.
public struct PromptRow: TableRow {
    /// The template; none where it was answered.
    public internal(set) var template = Fingerprint.none
    /// When it was sent.
    public internal(set) var sent = Stamp.never

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        template = reader.fingerprint()
        sent = reader.stamp()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(template)
        writer.put(sent)
    }
}

extension Tables {
    /// What was said of a template: of all its languages and of its own, the latter last.
    public mutating func templateRows(_ template: Fingerprint) -> [TemplateRow] {
        let family = template.templateFamily
        var rows: [TemplateRow] = []
        if let slot = templates.find(family) { rows.append(templates[slot]) }
        if family != template, let slot = templates.find(template) { rows.append(templates[slot]) }
        return rows
    }

    /// The keys of the send that an event speaks of: those of its reservation, or else its own.
    mutating func sendKeys(of happened: borrowing Occurrence) -> SendKeys {
        if let reservation = happened.reservation, tags.include(reservation),
            reservation.position < happened.position,
            let slot = reservations.find(Fingerprint(UInt128(reservation.position)))
        {
            return reservations[slot].keys
        }
        var keys = happened.keys
        if keys.template == .none { keys.template = happened.event.template }
        if keys.category == .all { keys.category = ConsentCategory(happened.event) }
        return keys
    }
}
