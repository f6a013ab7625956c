import Bytes
public import Events

/// Every table of the views, and the indexes of external ids.
///
/// A value of this type is a state of the views: the fold of a log's first events, held in memory
/// over the rows of a checkpoint, or from nothing.
public struct Tables {
    /// The tags of the ledger: reservations with another tag are not ours.
    public let tags: ReservationTags
    /// Rates per account, chat, person, pair, subject, and for the whole ledger.
    public var rates: RowTable<RateRow>
    /// Chunks of long timelines.
    public var chunks: RowTable<StampChunk>
    /// The newest sends about each subject, for cooldowns.
    public var cooldowns: RowTable<CooldownRow>
    /// The newest sends of each content to each recipient.
    public var contents: RowTable<CooldownRow>
    /// Who holds each business key.
    public var business: RowTable<BusinessRow>
    /// Reservations, by their position.
    public var reservations: RowTable<ReservationRow>
    /// Who posted which subject, and what became of it.
    public var subjects: RowTable<SubjectRow>
    /// Messages that posted subjects.
    public var postings: RowTable<PostingRow>
    /// Consent, last inbound and last outbound per person.
    public var persons: RowTable<PersonRow>
    /// Messages, by the position of the event that first named them.
    public var messages: RowTable<MessageRow>
    /// Errors per account.
    public var errors: RowTable<ErrorRow>
    /// Counts per account and day.
    public var quality: RowTable<QualityRow>
    /// Labels, and how often each was given.
    public var reviews: RowTable<ReviewRow>
    /// Instances of senders.
    public var instances: RowTable<InstanceRow>
    /// Live instances of each role.
    public var roles: RowTable<RoleRow>
    /// Work items by subject.
    public var items: RowTable<ItemRow>
    /// Instances that wait for their first reading of work items.
    public var baselines: RowTable<BaselineRow>
    /// Stops, pauses, policy: per account, per chat, for the whole ledger.
    public var control: RowTable<ControlRow>
    /// When each person last wrote to each account.
    public var contacts: RowTable<ContactRow>
    /// Messages that were queued, by their position.
    public var queued: RowTable<QueuedRow>
    /// What waits for each role.
    public var queues: RowTable<QueueRow>
    /// Shadow policies, and how often they agree with the one in force.
    public var shadows: RowTable<ShadowRow>
    /// What came in for each account within the last seconds.
    public var inbound: RowTable<InboundRow>
    /// The sends to each person outside the service window.
    public var recipients: RowTable<RateRow>
    /// The newest of those sends of each person, over the whole ledger.
    public var reach: RowTable<ReachRow>
    /// What the platform says of each account.
    public var accounts: RowTable<AccountRow>
    /// What the platform says of each template, and how it was used.
    public var templates: RowTable<TemplateRow>
    /// The template that each person was sent last.
    public var prompts: RowTable<PromptRow>
    /// The error codes that each scope has met.
    public var codes: RowTable<CodesRow>
    /// When sends of each account failed.
    public var faults: RowTable<FaultRow>
    /// When the next bulk send of each account may begin.
    public var paces: RowTable<PaceRow>
    /// With whom each person is linked.
    public var groups: RowTable<GroupRow>
    /// What each person's conversation about consent has come to.
    public var conversations: RowTable<ConversationRow>
    /// Which records speak of one message, by the position of the first of its like.
    public var sightings: RowTable<SightingsRow>
    /// Where records count that a better identified one may take the place of, by their position.
    public var counted: RowTable<CountedRow>
    /// The time that the records of each provenance cover in each chat.
    public var coverage: RowTable<CoverageRow>
    /// What holds each idempotency key, by the first position that names it.
    public var keyUses: RowTable<KeyUseRow>
    /// The reservations of message ids, by the event that first named the id.
    public var sent: RowTable<SentRow>
    /// Earliest and latest effective time per 1,024 positions.
    public var zones: RowTable<ZoneRow>
    /// (source, id) to position.
    public var ids: IDTable
    /// The provider's message id to the position that first named it.
    public var messageIDs: IDTable
    /// The caller's idempotency key to the position that first named it.
    public var requestKeys: IDTable
    /// What records of one message have in common to the first of them.
    public var likenesses: IDTable
    /// The message ids of our own messages to the event that first named them.
    public var sentIDs: IDTable
    /// The message ids that failed before anybody named them.
    public var failedIDs: IDTable

    /// Empty tables, over the rows and runs of a checkpoint where there is one.
    public init(tags: ReservationTags, over source: (any RowSource & IDSource)? = nil) {
        self.tags = tags
        rates = RowTable(1, "rates", over: source)
        chunks = RowTable(2, "chunks", over: source)
        cooldowns = RowTable(3, "cooldowns", over: source)
        contents = RowTable(4, "contents", over: source)
        business = RowTable(5, "business", over: source)
        reservations = RowTable(6, "reservations", isByPosition: true, over: source)
        subjects = RowTable(7, "subjects", over: source)
        persons = RowTable(8, "persons", over: source)
        messages = RowTable(9, "messages", isByPosition: true, over: source)
        errors = RowTable(10, "errors", over: source)
        quality = RowTable(11, "quality", over: source)
        reviews = RowTable(12, "reviews", over: source)
        instances = RowTable(13, "instances", over: source)
        control = RowTable(14, "control", over: source)
        zones = RowTable(15, "zones", isByPosition: true, over: source)
        contacts = RowTable(16, "contacts", over: source)
        queued = RowTable(17, "queued", isByPosition: true, over: source)
        queues = RowTable(18, "queues", over: source)
        shadows = RowTable(19, "shadows", over: source)
        inbound = RowTable(20, "inbound", over: source)
        recipients = RowTable(21, "recipients", over: source)
        reach = RowTable(22, "reach", over: source)
        accounts = RowTable(23, "accounts", over: source)
        templates = RowTable(24, "templates", over: source)
        prompts = RowTable(25, "prompts", over: source)
        codes = RowTable(26, "codes", over: source)
        faults = RowTable(27, "faults", over: source)
        roles = RowTable(30, "roles", over: source)
        items = RowTable(31, "items", over: source)
        baselines = RowTable(32, "baselines", over: source)
        paces = RowTable(40, "paces", over: source)
        groups = RowTable(50, "groups", over: source)
        conversations = RowTable(55, "conversations", over: source)
        sightings = RowTable(60, "sightings", isByPosition: true, over: source)
        counted = RowTable(61, "counted", isByPosition: true, over: source)
        coverage = RowTable(62, "coverage", over: source)
        postings = RowTable(63, "postings", over: source)
        keyUses = RowTable(64, "keys", isByPosition: true, over: source)
        sent = RowTable(65, "sent", isByPosition: true, over: source)
        ids = IDTable(.identities, over: source)
        messageIDs = IDTable(.messages, over: source)
        requestKeys = IDTable(.requests, over: source)
        likenesses = IDTable(.likenesses, over: source)
        sentIDs = IDTable(.sends, over: source)
        failedIDs = IDTable(.failures, over: source)
    }

    /// Empty tables of a ledger that always had the same name.
    public init(tag: UInt32, over source: (any RowSource & IDSource)? = nil) {
        self.init(tags: ReservationTags(first: tag), over: source)
    }

    /// Names of all row tables, by number, and whether their keys are positions.
    public static let names: [(number: UInt8, name: String, isByPosition: Bool)] = {
        var names: [(UInt8, String, Bool)] = []
        var tables = Tables(tag: 0)
        tables.forEachTable(Namer { names.append(($0, $1, $2)) })
        return names
    }()

    /// The entry of a number in ``names``.
    public static func named(
        _ number: UInt8
    ) -> (number: UInt8, name: String, isByPosition: Bool)? {
        names.first { $0.number == number }
    }

    /// The number of rows and ids held in memory.
    public var count: Int {
        var total = idCount
        var tables = self
        tables.forEachTable(Counter { total += $0 })
        return total
    }

    private var idCount: Int {
        ids.count + messageIDs.count + requestKeys.count + likenesses.count + sentIDs.count
            + failedIDs.count
    }

    /// The bytes that rows and ids take in memory, without what rows own elsewhere.
    public var byteCount: Int {
        var total = 32 * idCount
        var tables = self
        tables.forEachTable(Sizer { total += $0 })
        return total
    }

    /// About how many bytes rows own elsewhere: of small tables all are asked, of large ones 1,024.
    public var ownedByteCount: Int {
        var total = 0
        var tables = self
        tables.forEachTable(OwnedSizer { total += $0 })
        return total
    }

    /// Lends every row table to a visitor, in the order of their numbers.
    public mutating func forEachTable(_ visitor: some TableVisitor) {
        visitor.visit(&rates)
        visitor.visit(&chunks)
        visitor.visit(&cooldowns)
        visitor.visit(&contents)
        visitor.visit(&business)
        visitor.visit(&reservations)
        visitor.visit(&subjects)
        visitor.visit(&persons)
        visitor.visit(&messages)
        visitor.visit(&errors)
        visitor.visit(&quality)
        visitor.visit(&reviews)
        visitor.visit(&instances)
        visitor.visit(&control)
        visitor.visit(&zones)
        visitor.visit(&contacts)
        visitor.visit(&queued)
        visitor.visit(&queues)
        visitor.visit(&shadows)
        visitor.visit(&inbound)
        visitor.visit(&recipients)
        visitor.visit(&reach)
        visitor.visit(&accounts)
        visitor.visit(&templates)
        visitor.visit(&prompts)
        visitor.visit(&codes)
        visitor.visit(&faults)
        visitor.visit(&roles)
        visitor.visit(&items)
        visitor.visit(&baselines)
        visitor.visit(&paces)
        visitor.visit(&groups)
        visitor.visit(&conversations)
        visitor.visit(&sightings)
        visitor.visit(&counted)
        visitor.visit(&coverage)
        visitor.visit(&postings)
        visitor.visit(&keyUses)
        visitor.visit(&sent)
    }
}

/// Something that is done to every row table alike.
public protocol TableVisitor {
    /// Called with each table.
    func visit<Row>(_ table: inout RowTable<Row>)
}

private struct Namer: TableVisitor {
    let body: (UInt8, String, Bool) -> Void
    func visit<Row>(_ table: inout RowTable<Row>) {
        body(table.number, table.name, table.isByPosition)
    }
}

private struct Sizer: TableVisitor {
    let body: (Int) -> Void
    func visit<Row>(_ table: inout RowTable<Row>) { body(table.byteCount) }
}

private struct OwnedSizer: TableVisitor {
    let body: (Int) -> Void
    func visit<Row>(_ table: inout RowTable<Row>) { body(table.ownedByteCount) }
}

private struct Counter: TableVisitor {
    let body: (Int) -> Void
    func visit<Row>(_ table: inout RowTable<Row>) { body(table.count) }
}
