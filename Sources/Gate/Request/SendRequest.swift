public import Events

/// What a sender asks before it sends; what does not apply is nil.
public struct SendRequest: Sendable, Equatable {
    /// The caller's idempotency key: under one key one message goes.
    public var key: String?
    /// Our sending identity.
    public var account: String?
    /// The chat that it goes to.
    public var chat: String?
    /// The person that it goes to, or is about.
    public var person: String?
    /// The subject, such as a drop number.
    public var subject: String?
    /// The steps of the work item that it is about; their order says nothing.
    public var steps: [String] = []
    /// Which submission of the subject it answers, from 1.
    public var submission: Int64?
    /// One of ``Shape/categories``.
    public var category: String?
    /// One of ``Shape/purposes``.
    public var purpose: String?
    /// The template as compact JSON text: its name, or an object with name and language.
    public var template: String?
    /// What is to be sent.
    public var text: String?
    /// The person's time zone, as an IANA name.
    public var zone: String?
    /// One of ``Shape/replies``.
    public var reply: String?
    /// Whether it takes the lane of critical answers.
    public var critical = false
    /// What the asking process does.
    public var role: String?
    /// Which process of the role asks.
    public var instance: String?
    /// One try of one worker, made anew for each try: whoever gives one promises to report
    /// `attempted` before the provider is called, so that a lease that ends without is released.
    public var attempt: String?
    /// The W3C trace context of the caller, as it gave it.
    public var traceparent: String?
    /// Whether the answer lists what every rule said, and not only those that did not say send.
    public var explains = false
    /// The positions of the queued messages that it is for, where it is handed out by the queue.
    public var queued: [Position] = []

    /// How it was routed; nil where it goes as it was asked.
    public var route: SendRoute?
    /// Whether throttling is switched off for it, as only a development ledger allows.
    public var overridesThrottle = false

    /// A request without any member; it needs a chat or a person.
    public init() {}

    /// The most bytes of all texts together: the record must hold the findings, too.
    public static let textBytesMax = 60_000

    /// Checks what the gate relies on; what a route added counts too.
    ///
    /// - Throws: `missing_member` without a chat and a person; `too_large` over
    ///   ``textBytesMax`` bytes, or for a name over 1,024.
    public func check() throws(EventError) {
        guard chat != nil || person != nil || (reply != nil && subject != nil) else {
            throw EventError(
                .missingMember,
                "A request needs the member `chat` or `person`: to whom it goes; or `subject` and "
                    + "`reply`, to reach who posted the subject.")
        }
        try Self.checkNames([
            ("key", key), ("account", account), ("chat", chat), ("person", person),
            ("subject", subject), ("category", category), ("purpose", purpose), ("zone", zone),
            ("reply", reply), ("role", role), ("instance", instance), ("attempt", attempt),
            ("traceparent", traceparent),
        ])
        try Self.checkNames(steps.map { ("steps", $0) })
        let texts = [
            key, account, chat, person, subject, category, purpose, template, text, zone, reply,
            role, instance, attempt, traceparent, route?.quote, route?.mention?.name,
        ]
        let bytes =
            texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
            + steps.reduce(0) { $0 + 2 + $1.utf8.count }
        guard bytes <= Self.textBytesMax else {
            throw EventError(
                .tooLarge,
                "The request's texts have \(bytes) bytes, at most \(Self.textBytesMax) can be "
                    + "recorded; shorten `text`.")
        }
    }

    /// Checks that no name is longer than an event may hold.
    ///
    /// - Throws: `too_large` with the member's name.
    public static func checkNames(_ names: [(String, String?)]) throws(EventError) {
        for (name, text) in names where text.map({ $0.utf8.count > Field.nameBytesMax }) ?? false {
            throw EventError(
                .tooLarge, "The member `\(name)` has at most \(Field.nameBytesMax) bytes.")
        }
    }
}
