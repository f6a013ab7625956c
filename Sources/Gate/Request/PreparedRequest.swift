public import Bytes
public import Events
public import Views

/// A request with everything that can be computed before the writer's lock is taken.
///
/// A class, because it is handed on by many and changed by none: a copy would retain every text.
public final class PreparedRequest: Sendable, Equatable {
    /// What was asked.
    public let request: SendRequest
    /// The keys under which the send would count.
    public let keys: SendKeys
    /// The fingerprint of the text, or none.
    public let text: Fingerprint
    /// The fingerprint of the idempotency key, or none.
    public let key: Fingerprint
    /// The digest of what is asked: see ``digest(of:)``.
    public let digest: Fingerprint
    /// The fingerprint of the attempt, or none.
    public let attempt: Fingerprint
    /// The positions of the queued messages that it is for; empty where it was asked.
    public let queued: [Position]
    /// The members as fields of the decision's record, sealed where they are personal; nil in
    /// clear.
    public let fields: DraftBuilder?

    /// Prepares a request that passed ``SendRequest/check()``.
    public init(_ asked: SendRequest) {
        let request = asked.addressed
        let names = SendKeys(
            account: Self.account(request), chat: Self.fingerprint(request.chat),
            person: Self.fingerprint(request.person), subject: Self.fingerprint(request.subject))
        let steps = SendKeys.steps(request.steps.map { Fingerprint(of: $0) })
        var keys = names
        text = Self.fingerprint(request.text)
        keys.content = SendKeys.content(text, chat: names.chat, person: names.person)
        keys.business = SendKeys.business(
            subject: names.subject, steps: steps, submission: request.submission)
        self.request = request
        self.keys = keys.completed(
            by: request,
            template: request.template.map { TemplateName.fingerprint($0.utf8Span.span) } ?? .none)
        key = Self.fingerprint(request.key)
        attempt = Self.fingerprint(request.attempt)
        queued = request.queued
        digest = Self.content(of: request, steps: steps).bytes.span.fingerprint()
        fields = nil
    }

    /// Prepares a request whose names are hashed and whose members are sealed already.
    public init(
        _ request: SendRequest, keys: SendKeys, text: Fingerprint, key: Fingerprint,
        digest: Fingerprint, fields: DraftBuilder
    ) {
        self.request = request
        self.keys = keys
        self.text = text
        self.key = key
        attempt = Self.fingerprint(request.attempt)
        queued = request.queued
        self.digest = digest
        self.fields = fields
    }

    /// Takes a request from its record, which says all that a decision rests on, sealed or not.
    public init(recorded event: borrowing EventView, as request: SendRequest) {
        self.request = request
        keys = SendKeys(event)
        text = event.nameFingerprint(.text)
        key = event.nameFingerprint(.key)
        attempt = event.attempt
        queued = request.queued
        digest = event.digest
        fields = nil
    }

    /// Whether two requests ask the same, under the same key, for the same instance.
    public static func == (left: PreparedRequest, right: PreparedRequest) -> Bool {
        left.request == right.request
    }

    private static func account(_ request: SendRequest) -> Fingerprint {
        request.account.map { Alias.account($0) } ?? .none
    }

    private static func fingerprint(_ text: String?) -> Fingerprint {
        text.map { Fingerprint(of: $0) } ?? .none
    }

    /// The fingerprint of the asking instance, or none.
    public var instance: Fingerprint { keys.instance }

    /// What the message is sent as; `all` where the request does not say.
    public var category: ConsentCategory { keys.category }
}

extension SendKeys {
    /// The keys with those that a request gives in clear.
    public func completed(by request: SendRequest, template: Fingerprint) -> SendKeys {
        var keys = self
        keys.role = request.role.map { Fingerprint(of: $0) } ?? .none
        keys.instance = request.instance.map { Fingerprint(of: $0) } ?? .none
        keys.template = template
        keys.category = ConsentCategory(name: request.category)
        return keys
    }
}

extension PreparedRequest {
    /// What is asked, as bytes of which no two requests share a spelling.
    ///
    /// Two asks under one key are the same request if their digests are equal. The key itself, the
    /// attempt, role and instance are no part of it: who asks again after a restart asks the same.
    /// The order of steps is no part of it either.
    public static func content(of request: SendRequest) -> [UInt8] {
        let steps = SendKeys.steps(request.steps.map { Fingerprint(of: $0) })
        return content(of: request, steps: steps).bytes
    }

    private static func content(of request: SendRequest, steps: Fingerprint) -> RequestContent {
        var content = RequestContent()
        content.add(.subject, request.subject)
        content.add(.account, request.account)
        content.add(.chat, request.route.map(\.askedChat) ?? request.chat)
        content.add(.person, request.route.map(\.askedPerson) ?? request.person)
        content.add(.category, request.category)
        content.add(.text, request.text)
        content.add(.zone, request.zone)
        content.add(.purpose, request.purpose)
        content.add(.template, request.template)
        content.add(.reply, request.reply)
        content.add(steps: steps, request.submission, request.critical)
        return content
    }
}

/// What is asked, as bytes of which no two requests share a spelling.
private struct RequestContent {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    mutating func add(_ field: Field, _ text: String?) {
        if let text { add(field, text.utf8Span.span) }
    }

    mutating func add(_ field: Field, _ text: Span<UInt8>) {
        bytes.append(field.rawValue)
        bytes.append(varint: UInt64(text.count))
        bytes.append(text)
    }

    mutating func add(steps: Fingerprint, _ submission: Int64?, _ isCritical: Bool) {
        bytes.append(isCritical ? 1 : 0)
        bytes.append(littleEndian: steps.bits)
        // Submissions count from 1, so that -1 is none.
        bytes.append(littleEndian: submission ?? -1)
    }
}
